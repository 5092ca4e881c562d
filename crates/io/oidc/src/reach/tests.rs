use std::net::IpAddr;

use super::Reach;
use crate::IssuerUrl;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn g7_addresses_that_are_not_of_the_public_internet_are_not_reached() {
    for text in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ] {
        assert!(!Reach::Public.allows(address(text)), "{text}");
        assert!(Reach::Anywhere.allows(address(text)), "{text}");
    }
}

#[test]
fn addresses_of_the_public_internet_are_reached() {
    for text in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "185.199.108.133",
        "198.20.0.1",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00:1450::1",
    ] {
        assert!(Reach::Public.allows(address(text)), "{text}");
        assert!(!Reach::Loopback.allows(address(text)), "{text}");
    }
}

#[test]
fn g7_an_issuer_reaches_what_it_is_written_as_and_no_more() {
    let reach = |issuer: &str, private| Reach::of_issuer(&issuer.parse().unwrap(), private);
    let public = reach("https://accounts.example.com", false);
    assert_eq!(public, Reach::Public);
    let private = reach("https://10.0.0.5", false);
    assert!(private.allows(address("10.0.0.5")) && !private.allows(address("10.0.0.6")));
    let here = reach("http://localhost:8080", false);
    assert!(here.allows(address("::1")) && !here.allows(address("10.0.0.5")));
    assert_eq!(reach("https://id.corp.example", true), Reach::Anywhere);
}

#[test]
fn g7_what_a_configuration_names_reaches_no_further_than_its_issuer() {
    let issuer: IssuerUrl = "https://10.0.0.5/realm".parse().unwrap();
    let reach = |endpoint: &str, private| {
        Reach::of_endpoint(
            &IssuerUrl::parse_endpoint(endpoint).unwrap(),
            &issuer,
            private,
        )
    };
    assert_eq!(
        reach("https://10.0.0.5/keys", false),
        Reach::Exactly(address("10.0.0.5"))
    );
    assert_eq!(reach("https://10.0.0.6/keys", false), Reach::Public);
    assert_eq!(reach("https://localhost/keys", false), Reach::Public);
    assert_eq!(reach("https://keys.example.com/keys", false), Reach::Public);
    assert_eq!(reach("https://10.0.0.6/keys", true), Reach::Anywhere);
}
