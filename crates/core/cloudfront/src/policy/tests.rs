use proptest::prelude::*;

use super::*;
use crate::testing::vectors;

#[test]
fn k2_policies_are_taken_as_the_vectors_say() {
    for vector in vectors("policies.jsonl") {
        let taken = Policy::parse(vector["policy"].as_str().unwrap().as_bytes());
        assert_eq!(
            taken.is_ok(),
            vector["taken"].as_bool().unwrap(),
            "{vector}: {taken:?}"
        );
    }
}

#[test]
fn k2_bytes_that_are_no_text_or_too_many_are_refused() {
    assert_eq!(Policy::parse(b"\xff"), Err(PolicyError::NotUtf8));
    let long = " ".repeat(8_193);
    assert_eq!(
        Policy::parse(long.as_bytes()),
        Err(PolicyError::TooLong { limit: 8_192 })
    );
}

#[test]
fn the_canned_policy_of_the_reference_is_made_byte_by_byte() {
    let policy = canned_policy(
        "https://d111111abcdef8.cloudfront.net/a?x=1&y=2",
        EpochTime::from_unix(1_767_225_600),
    );
    assert_eq!(policy.len(), 136);
    assert_eq!(
        crate::alphabet::encode(policy.as_bytes()),
        "eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9kMTExMTExYWJjZGVmOC5jbG91ZGZyb250Lm5ldC9hP3g9MSZ5PTIiLCJDb25kaXRpb24iOnsiRGF0ZUxlc3NUaGFuIjp7IkFXUzpFcG9jaFRpbWUiOjE3NjcyMjU2MDB9fX1dfQ__"
    );
}

#[test]
fn the_custom_policy_of_the_reference_is_read() {
    let encoded = "eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly8qLmV4YW1wbGUuY29tL3AvKlxcP3Y9Pz8~PiIsIkNvbmRpdGlvbiI6eyJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTc2NzIyNTYwMH0sIklwQWRkcmVzcyI6eyJBV1M6U291cmNlSXAiOiIyMDMuMC4xMTMuMC8yNCJ9LCJEYXRlR3JlYXRlclRoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTc2NzIyMjAwMH19fV19";
    let policy = Policy::parse(&crate::alphabet::decode(encoded).unwrap()).unwrap();
    assert_eq!(
        policy.resource().unwrap().as_str(),
        r"https://*.example.com/p/*\?v=???>"
    );
    assert_eq!(policy.expires_at().unix(), 1_767_225_600);
    assert_eq!(policy.begins_at().map(EpochTime::unix), Some(1_767_222_000));
    assert_eq!(policy.network(), Some("203.0.113.0/24".parse().unwrap()));
}

#[test]
fn conditions_hold_from_their_first_second_to_the_one_before_their_end() {
    let time = EpochTime::from_unix;
    let policy =
        Policy::new(Resource::parse("https://a/b").unwrap(), time(20)).not_before(time(10));
    let anybody = "2001:db8::1".parse().unwrap();
    let check = |now| policy.check_conditions(time(now), anybody);
    let (not_before, now) = (time(10), time(9));
    assert_eq!(
        check(9),
        Err(CloudFrontError::NotYetValid { not_before, now })
    );
    assert_eq!(check(10), Ok(()));
    assert_eq!(check(19), Ok(()));
    let (expires_at, now) = (time(20), time(20));
    assert_eq!(check(20), Err(CloudFrontError::Expired { expires_at, now }));
}

#[test]
fn a_network_is_of_ipv4_and_holds_clients_however_they_are_written() {
    let check = |network: &str, client: &str| {
        let json = format!(
            r#"{{"Statement":{{"Condition":{{"DateLessThan":{{"AWS:EpochTime":9}},"IpAddress":{{"AWS:SourceIp":"{network}"}}}}}}}}"#
        );
        let policy = Policy::parse(json.as_bytes()).unwrap();
        policy
            .check_conditions(EpochTime::from_unix(1), client.parse().unwrap())
            .is_ok()
    };
    assert!(check("203.0.113.0/24", "203.0.113.255"));
    assert!(check("203.0.113.7/24", "203.0.113.1"));
    assert!(check("203.0.113.7", "203.0.113.7"));
    assert!(check("203.0.113.7", "::ffff:203.0.113.7"));
    assert!(check("0.0.0.0/0", "198.51.100.1"));
    assert!(!check("203.0.113.7", "203.0.113.8"));
    assert!(!check("203.0.113.0/24", "203.0.114.1"));
    assert!(!check("0.0.0.0/0", "2001:db8::1"));
    // CloudFront knows IPv4 only, so a network of IPv6 holds nobody.
    assert!(!check("2001:db8::/32", "2001:db8::1"));
    assert!(!check("::ffff:203.0.113.7", "203.0.113.7"));
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_policy(
        path in r"([a-z/*=&%']|\\\?){0,20}",
        end in 0..=2_147_483_647_u64,
        start in proptest::option::of(0..=2_147_483_647_u64),
        network in proptest::option::of((any::<u32>(), 0..=32_u8)),
    ) {
        let Ok(resource) = Resource::parse(&format!("https://example.com/{path}")) else {
            return Ok(());
        };
        let mut policy = Policy::new(resource, EpochTime::from_unix(end));
        if let Some(start) = start {
            policy = policy.not_before(EpochTime::from_unix(start));
        }
        if let Some((address, prefix)) = network {
            policy = policy.within(Ipv4Net::new(address.into(), prefix).unwrap());
        }
        let json = policy.to_json();
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
        prop_assert_eq!(Policy::parse(json.as_bytes()), Ok(policy));
    }
}
