use super::*;

fn contains(network: &str, address: &str) -> bool {
    let address = of(Value::Address(address.parse().unwrap())).unwrap();
    Network::parse(network).unwrap().contains(address)
}

#[test]
fn g2_mapped_addresses_are_the_ipv4_addresses_they_map() {
    for (network, address, expected) in [
        ("192.0.2.0/24", "192.0.2.9", true),
        ("192.0.2.0/24", "192.0.3.1", false),
        ("192.0.2.0/24", "::ffff:192.0.2.9", true),
        ("::ffff:192.0.2.0/120", "192.0.2.9", true),
        ("::ffff:192.0.2.9", "192.0.2.9", true),
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("192.0.2.77/24", "192.0.2.9", true),
        ("2001:db8::/32", "2001:db8:1::1", true),
        ("2001:db8::1", "2001:db8::1", true),
        ("2001:db8::1", "2001:db8::2", false),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "192.0.2.1", false),
    ] {
        assert_eq!(contains(network, address), expected, "{network} {address}");
    }
}

#[test]
fn what_is_no_network_is_none() {
    for text in [
        "",
        "192.0.2",
        "192.0.2.0/33",
        "192.0.2.0/",
        "example.com",
        "010.0.0.1",
        "1.2.3.4 ",
    ] {
        assert_eq!(Network::parse(text), None, "{text}");
    }
}

#[test]
fn broad_networks_are_told_from_narrow_ones() {
    for (network, broad) in [
        ("0.0.0.0/0", true),
        ("128.0.0.0/1", true),
        ("11.0.0.0/8", false),
        ("10.0.0.0/8", false),
        ("8.0.0.0/7", true),
        ("2001::/16", true),
        ("2001:db8::/32", false),
    ] {
        assert_eq!(
            Network::parse(network).unwrap().is_broad(),
            broad,
            "{network}"
        );
    }
}
