use countersign_gate::{RestrictionName, Restrictions};

use super::{COUNTRIES, in_words, is_aws, names_an_address, no_country};

fn of(pairs: &[(&str, &str)]) -> Box<Restrictions> {
    Restrictions::of(pairs.iter().copied()).unwrap().unwrap()
}

#[test]
fn every_restriction_has_words() {
    let all = of(&[
        ("x-cs-bind", "first"),
        ("x-cs-bytes", "1-1024"),
        ("x-cs-country", "CH,DE"),
        ("x-cs-create", "true"),
        ("x-cs-id", "invoice-7"),
        ("x-cs-ip", "203.0.113.0/24,2001:db8::/32"),
        ("x-cs-not-before", "20261124T080000Z"),
        ("x-cs-page", "true"),
        ("x-cs-rate", "65536"),
        ("x-cs-subject", "zoe@example.com"),
        ("x-cs-type", "image/*"),
        ("x-cs-uses", "3"),
    ]);
    let words = in_words(&all);
    assert_eq!(words.len(), RestrictionName::ALL.len());
    let means = |name| words.iter().find(|w| w.name == name).unwrap().means.clone();
    assert_eq!(means("x-cs-bytes"), "takes 1 to 1024 bytes");
    assert_eq!(means("x-cs-ip"), "only from 203.0.113.0/24, 2001:db8::/32");
    assert_eq!(
        means("x-cs-not-before"),
        "not before 2026-11-24 08:00:00 UTC"
    );
    assert_eq!(means("x-cs-uses"), "works 3 times");
    assert!(words.iter().all(|worded| !worded.means.is_empty()));
}

#[test]
fn g9_a_single_address_is_noticed() {
    for (list, noticed) in [
        ("203.0.113.7", true),
        ("203.0.113.0/24,2001:db8::1", true),
        ("203.0.113.0/24,2001:db8::/64", false),
    ] {
        assert_eq!(
            names_an_address(&of(&[("x-cs-ip", list)])),
            noticed,
            "{list}"
        );
    }
}

#[test]
fn a_country_that_is_none_is_noticed() {
    assert_eq!(COUNTRIES.split(' ').count(), 250);
    assert!(COUNTRIES.split(' ').is_sorted());
    assert_eq!(no_country(&of(&[("x-cs-country", "CH,XK,GB")])), None);
    assert_eq!(no_country(&of(&[("x-cs-country", "GB,UK")])), Some("UK"));
}

#[test]
fn hosts_of_aws_are_known() {
    assert!(is_aws("photos.s3.eu-central-1.amazonaws.com"));
    assert!(is_aws("S3.CN-North-1.amazonaws.com.cn:443"));
    assert!(!is_aws("amazonaws.com.example.com"));
    assert!(!is_aws("127.0.0.1:9000"));
}
