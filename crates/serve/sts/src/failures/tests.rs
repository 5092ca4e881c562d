use std::net::IpAddr;

use super::{BURST, Failures, MOST, REGAINED_MS};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn an_address_may_fail_so_often_and_regains_its_tries() {
    let failures = Failures::default();
    let (here, other) = (address("192.0.2.1"), address("192.0.2.2"));
    for _ in 0..BURST {
        assert!(!failures.are_too_many(here, 1_000));
        failures.note(here, 1_000);
    }
    assert!(failures.are_too_many(here, 1_000));
    assert!(!failures.are_too_many(other, 1_000));
    assert!(!failures.are_too_many(here, 1_000 + REGAINED_MS));
    failures.note(here, 1_000 + REGAINED_MS);
    assert!(failures.are_too_many(here, 1_000 + REGAINED_MS));
    assert!(!failures.are_too_many(here, 1_000 + BURST * REGAINED_MS));
}

#[test]
fn a_network_of_ipv6_is_one_and_ipv4_is_the_same_in_both_spellings() {
    let failures = Failures::default();
    for number in 0..BURST {
        failures.note(address(&format!("2001:db8::{number:x}")), 0);
        failures.note(address("::ffff:192.0.2.9"), 0);
    }
    assert!(failures.are_too_many(address("2001:db8::ffff"), 0));
    assert!(!failures.are_too_many(address("2001:db8:0:1::1"), 0));
    assert!(failures.are_too_many(address("192.0.2.9"), 0));
}

#[test]
fn the_memory_is_bounded_and_forgets_who_has_regained_all() {
    let failures = Failures::default();
    let many = |number: usize| IpAddr::from(u32::try_from(number).unwrap().to_be_bytes());
    for number in 0..MOST + 10 {
        failures.note(many(number), 0);
    }
    assert_eq!(failures.whole_at_ms.lock().unwrap().len(), MOST);
    failures.note(many(MOST + 10), REGAINED_MS);
    assert_eq!(failures.whole_at_ms.lock().unwrap().len(), 1);
}
