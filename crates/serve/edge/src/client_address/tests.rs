use std::net::IpAddr;

use countersign_gate::Transport;
use countersign_request::{Header, RequestHead};
use ipnet::IpNet;

use super::{Client, Peer};

fn client(peer: &str, tls: bool, trusted: &[&str], headers: &[(&str, &str)]) -> Client {
    let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
    let headers: Vec<Header<'_>> = headers
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let head = RequestHead {
        method: "GET",
        path: "/",
        query: "",
        headers: &headers,
    };
    Peer::of_socket(peer.parse().unwrap(), tls, &trusted).client_of(&head, &trusted)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn g1_nobody_is_believed_about_addresses_unless_listed() {
    let forged = [
        ("x-forwarded-for", "10.1.1.1"),
        ("x-forwarded-proto", "https"),
    ];
    let seen = client("203.0.113.9:4000", false, &[], &forged);
    assert_eq!(
        seen,
        Client {
            address: ip("203.0.113.9"),
            transport: Transport::Plain
        }
    );
}

#[test]
fn g1_a_chain_is_walked_from_the_right_past_trusted_hops() {
    let trusted = ["192.0.2.0/24", "2001:db8::/32"];
    for (chain, expected) in [
        ("198.51.100.7", "198.51.100.7"),
        ("10.0.0.1, 198.51.100.7, 192.0.2.8", "198.51.100.7"),
        (
            "10.0.0.1, 198.51.100.7:9999, [2001:db8::5]:80",
            "198.51.100.7",
        ),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, unknown, 192.0.2.8", "192.0.2.8"),
        ("garbage", "192.0.2.1"),
        ("192.0.2.7, 192.0.2.8", "192.0.2.7"),
    ] {
        let seen = client(
            "192.0.2.1:4000",
            false,
            &trusted,
            &[("x-forwarded-for", chain)],
        );
        assert_eq!(seen.address, ip(expected), "{chain}");
    }
    let two_lines = [
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-for", "198.51.100.7"),
    ];
    assert_eq!(
        client("192.0.2.1:1", false, &trusted, &two_lines).address,
        ip("198.51.100.7")
    );
}

#[test]
fn g1_what_cannot_be_read_hides_all_that_stands_left_of_it() {
    let trusted = ["192.0.2.0/24"];
    let behind = |lines: &[&[u8]]| {
        let headers: Vec<Header<'_>> = lines
            .iter()
            .map(|value| Header {
                name: "X-Forwarded-For",
                value,
            })
            .collect();
        let head = RequestHead {
            method: "GET",
            path: "/",
            query: "",
            headers: &headers,
        };
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let peer = Peer::of_socket("192.0.2.1:4000".parse().unwrap(), true, &trusted);
        peer.client_of(&head, &trusted).address
    };
    for hidden in [
        b"\xff\xfe".as_slice(),
        b"",
        b"198.51.100.7,",
        b"fe80::1%eth0",
        b"198.51.100.07",
        b"198.51.100.7;",
        b"2001:db8::g",
    ] {
        let chain = [b"10.0.0.1".as_slice(), hidden];
        assert_eq!(behind(&chain), ip("192.0.2.1"), "{hidden:?}");
        let chain = [b"10.0.0.1", hidden, b"192.0.2.8"];
        assert_eq!(behind(&chain), ip("192.0.2.8"), "{hidden:?}");
        let chain = [b"10.0.0.1", hidden, b"203.0.113.5, 192.0.2.8"];
        assert_eq!(behind(&chain), ip("203.0.113.5"), "{hidden:?}");
    }
}

#[test]
fn g2_a_mapped_address_is_the_address_whoever_tells_it() {
    let of_socket = client("[::ffff:203.0.113.9]:4000", true, &[], &[]);
    assert_eq!(of_socket.address, ip("203.0.113.9"));
    // The list of trusted proxies is written in IPv4, and the socket is of IPv6.
    for hop in [
        "::ffff:198.51.100.7",
        "[::ffff:198.51.100.7]:80",
        "::ffff:c633:6407",
    ] {
        let chain = [("x-forwarded-for", hop)];
        let seen = client("[::ffff:192.0.2.1]:1", true, &["192.0.2.0/24"], &chain);
        assert_eq!(seen.address, ip("198.51.100.7"), "{hop}");
    }
}

#[test]
fn g5_the_scheme_is_believed_from_listed_proxies_only() {
    let claim = [("x-forwarded-proto", "https")];
    let transport = |peer, trusted: &[&str]| client(peer, false, trusted, &claim).transport;
    assert_eq!(
        transport("192.0.2.1:1", &["192.0.2.0/24"]),
        Transport::Secure
    );
    assert_eq!(
        transport("192.0.3.1:1", &["192.0.2.0/24"]),
        Transport::Plain
    );
    let chain = [("x-forwarded-proto", "https, http")];
    let seen = client("192.0.2.1:1", false, &["192.0.2.0/24"], &chain);
    assert_eq!(seen.transport, Transport::Plain);
    let two_lines = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-proto", "http"),
    ];
    let seen = client("192.0.2.1:1", false, &["192.0.2.0/24"], &two_lines);
    assert_eq!(seen.transport, Transport::Plain);
}

#[test]
fn g5_a_proxy_on_this_machine_that_nobody_listed_does_not_make_strangers_local() {
    for header in ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto"] {
        let seen = client("127.0.0.1:1", false, &[], &[(header, "198.51.100.7")]);
        assert_eq!(seen.transport, Transport::Plain, "{header}");
    }
}

#[test]
fn loopback_is_this_machine_and_not_a_proxy_on_it() {
    assert_eq!(
        client("127.0.0.1:1", false, &[], &[]).transport,
        Transport::Loopback
    );
    assert_eq!(
        client("[::1]:1", false, &[], &[]).transport,
        Transport::Loopback
    );
    let forwarded = [("x-forwarded-for", "198.51.100.7")];
    let through = client("127.0.0.1:1", false, &["127.0.0.0/8"], &forwarded);
    assert_eq!(through.transport, Transport::Plain);
    let hidden = [("x-forwarded-for", "127.0.0.1")];
    let through = client("127.0.0.1:1", false, &["127.0.0.0/8"], &hidden);
    assert_eq!(through.transport, Transport::Plain);
    assert_eq!(
        client("198.51.100.7:1", true, &[], &[]).transport,
        Transport::Secure
    );
}
