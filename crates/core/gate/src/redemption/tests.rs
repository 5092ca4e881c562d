//! Networks of clients.

use std::net::IpAddr;

use super::ClientNetwork;

fn network(address: &str) -> String {
    let address: IpAddr = address.parse().expect("an address");
    ClientNetwork::of(address).to_string()
}

#[test]
fn g9_neighbours_are_one_network() {
    assert_eq!(network("192.0.2.7"), "192.0.2.0/24");
    assert_eq!(network("192.0.2.255"), "192.0.2.0/24");
    assert_eq!(network("192.0.3.7"), "192.0.3.0/24");
    assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
}

#[test]
fn g2_a_mapped_address_is_the_address() {
    assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.0/24");
}

#[test]
fn a_network_reads_as_it_is_written() {
    for text in ["192.0.2.0/24", "2001:db8:1:2::/64"] {
        assert_eq!(
            ClientNetwork::parse(text).map(|n| n.to_string()).as_deref(),
            Some(text)
        );
    }
    for text in ["192.0.2.1/24", "192.0.2.0", "192.0.2.0/16", "x/24", ""] {
        assert_eq!(ClientNetwork::parse(text), None, "{text}");
    }
}
