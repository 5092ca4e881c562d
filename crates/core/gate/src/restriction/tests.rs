use std::net::IpAddr;

use countersign_s3::{ErrorCode, Operation};
use countersign_sigv4::AmzDate;
use proptest::prelude::*;

use super::{
    ByteRange, Country, CountryCode, RestrictionError, RestrictionName, RestrictionNotMet,
    Restrictions,
};
use crate::Refusal;

fn of(name: &str, value: &str) -> Result<Box<Restrictions>, RestrictionError> {
    Restrictions::of([(name, value)]).map(Option::unwrap)
}

fn client(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn allows_client(list: &str, address: &str) -> bool {
    let restrictions = of("x-cs-ip", list).unwrap();
    let now = AmzDate::from_unix(0);
    let verdict = restrictions.check_client(client(address), Country::NotLookedUp, now);
    verdict.is_ok()
}

#[test]
fn no_restriction_takes_no_room() {
    let none = Restrictions::of([("X-Amz-Date", "1"), ("x-csx", "1"), ("x-c", "")]);
    assert_eq!(none, Ok(None));
    assert_eq!(size_of::<Option<Box<Restrictions>>>(), size_of::<usize>());
}

#[test]
fn every_restriction_is_read() {
    let all = Restrictions::of([
        ("x-cs-bind", "first"),
        ("x-cs-bytes", "1-1024"),
        ("x-cs-country", "CH,DE"),
        ("x-cs-create", "true"),
        ("x-cs-id", "invoice_7-B"),
        ("x-cs-ip", "203.0.113.7,2001:db8::/32"),
        ("x-cs-not-before", "20260115T120000Z"),
        ("x-cs-page", "true"),
        ("x-cs-rate", "65536"),
        ("x-cs-subject", "Zoë <zoe@example.com>"),
        ("x-cs-type", "image/*,Application/PDF"),
        ("x-cs-uses", "3"),
    ]);
    let all = all.unwrap().unwrap();
    let names: Vec<_> = all.names().collect();
    let expected: Vec<_> = RestrictionName::ALL.map(RestrictionName::as_str).into();
    assert_eq!(names, expected);
    assert!(names.is_sorted());
    assert!(all.binds_first() && all.creates_only() && all.has_page());
    let bytes = all.bytes().unwrap();
    assert_eq!((bytes.min(), bytes.max()), (1, 1_024));
    let codes: Vec<_> = all
        .countries()
        .unwrap()
        .iter()
        .map(|c| c.as_str())
        .collect();
    assert_eq!(codes, ["CH", "DE"]);
    assert_eq!(all.id(), Some("invoice_7-B"));
    assert_eq!(all.networks().unwrap().len(), 2);
    assert_eq!(all.not_before().unwrap().unix(), 1_768_478_400);
    assert_eq!(all.rate(), Some(65_536));
    assert_eq!(all.subject(), Some("Zoë <zoe@example.com>"));
    assert_eq!(all.types().unwrap().to_string(), "image/*, application/pdf");
    assert_eq!(all.uses().unwrap().get(), 3);
}

#[test]
fn a18_values_have_one_spelling() {
    let long_id = "a".repeat(65);
    let long_subject = "é".repeat(129);
    let many_networks = ["192.0.2.1"; 33].join(",");
    let many_countries = ["CH"; 65].join(",");
    let many_types = ["a/b"; 33].join(",");
    let refused: &[(&str, &[&str])] = &[
        ("x-cs-bind", &["", "First", "first ", "second", "true"]),
        (
            "x-cs-bytes",
            &[
                "",
                "-",
                "-1",
                "1-",
                "2-1",
                "01",
                "1-02",
                "+1",
                "1e3",
                "1 - 2",
                "1-2-3",
                "٣",
                "5497558138881",
                "18446744073709551616",
                "1.5",
                "0x10",
                "1K",
            ],
        ),
        (
            "x-cs-country",
            &[
                "",
                "ch",
                "CHE",
                "C",
                "CH,",
                ",CH",
                "CH, DE",
                "C1",
                "ＣＨ",
                &many_countries,
            ],
        ),
        ("x-cs-create", &["", "false", "True", "1", "yes"]),
        ("x-cs-id", &["", "a b", "a.b", "a/b", "ä", "a\n", &long_id]),
        (
            "x-cs-ip",
            &[
                "",
                "*",
                "localhost",
                "10.0.0",
                "10.0.0.01",
                "010.0.0.1",
                "10.0.0.1/",
                "/8",
                "10.0.0.0/33",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "10.0.0.1/24",
                "10.0.0.0/8,",
                "10.0.0.0/8, 192.0.2.1",
                "10.0.0.0-10.0.0.9",
                "fe80::1%eth0",
                "[::1]",
                "::1/129",
                "2001:db8::1/64",
                "10.0.0.1:80",
                "::ffff:10.0.0.0/8",
                "::ffff:10.0.0.1/120",
                "0x7f.1",
                &many_networks,
            ],
        ),
        (
            "x-cs-not-before",
            &[
                "",
                "20260115",
                "2026-01-15T12:00:00Z",
                "20260230T000000Z",
                "20260115T120000",
                "0",
            ],
        ),
        ("x-cs-page", &["", "false", "TRUE"]),
        (
            "x-cs-rate",
            &[
                "",
                "0",
                "1023",
                "-1",
                "1000000000001",
                "1024.0",
                "01024",
                "1MB",
            ],
        ),
        (
            "x-cs-subject",
            &[
                "",
                " ",
                " a",
                "a ",
                "a\tb",
                "a\nb",
                "a\0",
                "a\u{7f}",
                "a\u{202e}b",
                "a\u{200b}b",
                "a\u{a0}b",
                "\u{feff}a",
                "a\u{2028}b",
                "a\u{e0041}",
                &long_subject,
            ],
        ),
        (
            "x-cs-type",
            &[
                "",
                "*",
                "*/*",
                "image",
                "image/",
                "/png",
                "image/p*",
                "*/png",
                "image/png;q=1",
                "image/png, image/gif",
                "image/png,",
                "a/b/c",
                "im age/png",
                "image/ä",
                &many_types,
            ],
        ),
        (
            "x-cs-uses",
            &[
                "",
                "0",
                "-1",
                "01",
                "1000001",
                "1.0",
                "１",
                "1 ",
                "unlimited",
            ],
        ),
    ];
    for (name, values) in refused {
        for value in *values {
            let outcome = of(name, value);
            assert!(
                matches!(&outcome, Err(RestrictionError::BadValue { name: n, .. }) if n.as_str() == *name),
                "{name}={value}: {outcome:?}"
            );
        }
    }
    let accepted: &[(&str, &[&str])] = &[
        ("x-cs-bytes", &["0", "1", "0-0", "7-7", "5497558138880"]),
        ("x-cs-country", &["CH", "CH,DE,AT"]),
        ("x-cs-id", &["a", "-", "_", &long_id[..64]]),
        (
            "x-cs-ip",
            &[
                "0.0.0.0/0",
                "::/0",
                "192.0.2.1",
                "::ffff:192.0.2.0/120",
                "2001:db8::",
            ],
        ),
        ("x-cs-rate", &["1024", "1000000000000"]),
        (
            "x-cs-subject",
            &["a", "Anna Müller", "山田", &long_subject[..256]],
        ),
        (
            "x-cs-type",
            &["image/*", "application/vnd.ms-excel", "IMAGE/PNG", "a/b+c"],
        ),
        ("x-cs-uses", &["1", "1000000"]),
    ];
    for (name, values) in accepted {
        for value in *values {
            assert!(of(name, value).is_ok(), "{name}={value}");
        }
    }
}

#[test]
fn a5_names_stand_once_and_in_lower_case() {
    for name in ["X-Cs-Uses", "x-cs-USES", "X-CS-uses"] {
        assert!(
            matches!(
                of(name, "1"),
                Err(RestrictionError::CaseVariant {
                    expected: RestrictionName::Uses,
                    ..
                })
            ),
            "{name}"
        );
    }
    for name in [
        "x-cs-",
        "x-cs-use",
        "x-cs-uses ",
        "x-cs-ips",
        "X-CS-NEW",
        "x-cs-ü",
    ] {
        assert!(
            matches!(of(name, "1"), Err(RestrictionError::Unknown { .. })),
            "{name}"
        );
    }
    let twice = Restrictions::of([("x-cs-uses", "1"), ("x", ""), ("x-cs-uses", "1")]);
    let name = RestrictionName::Uses;
    assert_eq!(twice, Err(RestrictionError::Repeated { name }));
}

#[test]
fn g2_bare_ipv6_is_one_address() {
    assert!(allows_client("2001:db8::1", "2001:db8::1"));
    assert!(!allows_client("2001:db8::1", "2001:db8::2"));
    assert!(!allows_client("2001:db8::1", "2001:db8:1::1"));
    assert!(allows_client("2001:db8:0:0::/64", "2001:db8::ffff"));
}

#[test]
fn g2_an_ipv4_address_is_the_same_however_it_is_mapped() {
    for list in [
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "::ffff:c000:201",
        "::ffff:192.0.2.0/126",
    ] {
        assert!(allows_client(list, "192.0.2.1"), "{list}");
        assert!(allows_client(list, "::ffff:192.0.2.1"), "{list}");
        assert!(!allows_client(list, "192.0.2.9"), "{list}");
        assert!(!allows_client(list, "::ffff:192.0.2.9"), "{list}");
        assert!(!allows_client(list, "2001:db8::1"), "{list}");
    }
    // Each family by itself: all of one is nothing of the other.
    assert!(!allows_client("::/0", "192.0.2.1"));
    assert!(!allows_client("0.0.0.0/0", "2001:db8::1"));
}

#[test]
fn g9_a_client_that_moves_within_an_allowed_network_stays_allowed() {
    for (list, addresses) in [
        (
            "203.0.113.0/24",
            ["203.0.113.1", "203.0.113.77", "::ffff:203.0.113.255"],
        ),
        (
            "2001:db8:1:2::/64",
            [
                "2001:db8:1:2::1",
                "2001:db8:1:2:a:b:c:d",
                "2001:db8:1:2:ffff::",
            ],
        ),
    ] {
        for address in addresses {
            assert!(allows_client(list, address), "{list} {address}");
        }
        assert!(!allows_client(list, "203.0.114.1"));
        assert!(!allows_client(list, "2001:db8:1:3::1"));
    }
}

#[test]
fn g3_an_unknown_country_is_refused() {
    let restrictions = of("x-cs-country", "CH,DE").unwrap();
    let check =
        |country| restrictions.check_client(client("192.0.2.1"), country, AmzDate::from_unix(0));
    let known = |text| Country::Known(CountryCode::parse(text).unwrap());
    assert_eq!(check(known("CH")), Ok(()));
    assert_eq!(check(known("DE")), Ok(()));
    for country in [known("FR"), Country::Unknown, Country::NotLookedUp] {
        assert!(check(country).is_err(), "{country:?}");
    }
}

#[test]
fn b5_the_first_second_counts_and_there_is_no_tolerance_before_it() {
    let restrictions = of("x-cs-not-before", "20260115T120000Z").unwrap();
    let check = |now| {
        let now = AmzDate::from_unix(now);
        restrictions.check_client(client("192.0.2.1"), Country::Unknown, now)
    };
    assert!(check(1_768_478_399).is_err());
    assert_eq!(check(1_768_478_400), Ok(()));
}

#[test]
fn what_an_operation_cannot_hold_is_refused() {
    let fitting = |operation: Operation| -> Vec<&'static str> {
        RestrictionName::ALL
            .into_iter()
            .filter(|name| name.fits(operation))
            .map(|name| name.as_str().strip_prefix("x-cs-").unwrap())
            .collect()
    };
    let download = [
        "bind",
        "country",
        "id",
        "ip",
        "not-before",
        "page",
        "rate",
        "subject",
        "uses",
    ];
    let upload = [
        "bind",
        "bytes",
        "country",
        "create",
        "id",
        "ip",
        "not-before",
        "rate",
        "subject",
        "type",
        "uses",
    ];
    let part = [
        "bind",
        "bytes",
        "country",
        "id",
        "ip",
        "not-before",
        "rate",
        "subject",
        "uses",
    ];
    let complete = [
        "bind",
        "bytes",
        "country",
        "create",
        "id",
        "ip",
        "not-before",
        "subject",
        "type",
        "uses",
    ];
    let other = ["country", "id", "ip", "not-before", "subject"];
    for operation in Operation::ALL {
        let expected: &[&str] = match operation {
            Operation::GetObject | Operation::HeadObject => &download,
            Operation::PostObject | Operation::PutObject => &upload,
            Operation::UploadPart => &part,
            Operation::CompleteMultipartUpload => &complete,
            _ => &other,
        };
        assert_eq!(fitting(*operation), expected, "{operation}");
    }
    let restrictions = of("x-cs-type", "image/*").unwrap();
    let verdict = restrictions.check_fit(Operation::GetObject);
    assert!(matches!(verdict, Err(RestrictionError::Unfit { .. })));
}

#[test]
fn types_are_compared_without_case_and_parameters() {
    let restrictions = of("x-cs-type", "image/*,text/plain").unwrap();
    let types = restrictions.types().unwrap();
    for allowed in [
        "image/png",
        "IMAGE/PNG",
        "text/plain; charset=utf-8",
        "Text/Plain;x",
        " text/plain ",
    ] {
        assert!(types.allow(allowed), "{allowed}");
    }
    for refused in [
        "",
        "image",
        "image/",
        "imagex/png",
        "text/html",
        "text/plainer",
        "image/png/x",
        "image/png,text/html",
        "text/plain;,text/html",
        "text/html; image/png",
        "*/*",
    ] {
        assert!(!types.allow(refused), "{refused}");
    }
}

#[test]
fn e3_a_family_has_no_type_in_it_that_browsers_run() {
    let restrictions = of("x-cs-type", "image/*,text/*,application/*").unwrap();
    let types = restrictions.types().unwrap();
    for allowed in ["image/png", "text/csv", "application/zip"] {
        assert!(types.allow(allowed), "{allowed}");
    }
    for refused in [
        "image/svg+xml",
        "text/html",
        "text/xml",
        "application/xhtml+xml",
    ] {
        assert!(!types.allow(refused), "{refused}");
        assert!(
            of("x-cs-type", refused)
                .unwrap()
                .types()
                .unwrap()
                .allow(refused)
        );
    }
}

#[test]
fn a_refusal_names_the_restriction_and_what_it_requires() {
    let restrictions = of("x-cs-ip", "192.0.2.0/24,2001:db8::1").unwrap();
    let not_met = restrictions
        .check_client(
            client("::ffff:198.51.100.7"),
            Country::Unknown,
            AmzDate::from_unix(0),
        )
        .unwrap_err();
    let refusal = Refusal::from(not_met);
    let fault = refusal.fault();
    assert_eq!(fault.code(), ErrorCode::AccessDenied);
    assert_eq!(fault.fields(), [("Restriction", "x-cs-ip".to_owned())]);
    assert_eq!(
        fault.message(),
        "This link may be used from 192.0.2.0/24, 2001:db8::1/128 only; this request comes from \
         198.51.100.7."
    );
    let refusal = Refusal::from(of("x-cs-uses", &"9".repeat(1_000)).unwrap_err());
    let fault = refusal.fault();
    assert_eq!(fault.code(), ErrorCode::InvalidArgument);
    assert_eq!(fault.fields()[0], ("ArgumentName", "x-cs-uses".to_owned()));
    assert_eq!(fault.fields()[1].1.len(), 259);
    let bytes = ByteRange::parse("1-10").unwrap();
    let not_met = RestrictionNotMet::Bytes {
        allowed: bytes,
        found: 11,
    };
    assert_eq!(
        not_met.to_string(),
        "This link takes 1 to 10 bytes; this upload has 11 or more."
    );
}

/// A value for each name, most of them valid, some of them not.
fn pair() -> impl Strategy<Value = (&'static str, String)> {
    let value = |name: &'static str, values: &[&'static str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        prop::sample::select(values).prop_map(move |value| (name, value))
    };
    prop_oneof![
        value(
            "x-cs-ip",
            &[
                "192.0.2.1",
                "192.0.2.0/24",
                "10.0.0.0/8,192.0.2.1",
                "2001:db8::/32",
                "x"
            ]
        ),
        value("x-cs-country", &["CH", "DE,CH", "FR", "ch"]),
        value(
            "x-cs-not-before",
            &["19700101T000000Z", "19700101T000010Z", "20260115T120000Z"]
        ),
        value("x-cs-id", &["a", "b", "a b"]),
        value("x-cs-subject", &["a", "b"]),
        value("x-cs-uses", &["1", "5", "0"]),
        value("x-cs-bytes", &["10", "5-10", "9-1"]),
        value("x-cs-type", &["image/*", "image/png,text/plain"]),
        value("x-cs-rate", &["1024"]),
        value("x-cs-create", &["true"]),
        value("x-cs-page", &["true"]),
        value("x-cs-bind", &["first"]),
        value("x-cs-other", &["1"]),
        value("X-Cs-Id", &["a"]),
    ]
}

/// Whether a request with these parameters would pass, as far as restrictions go.
fn passes(
    pairs: &[(&'static str, String)],
    operation: Operation,
    address: IpAddr,
    country: Country,
    now: AmzDate,
) -> bool {
    let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    match Restrictions::of(pairs) {
        Err(_) => false,
        Ok(None) => true,
        Ok(Some(restrictions)) => {
            restrictions.check_fit(operation).is_ok()
                && restrictions.check_client(address, country, now).is_ok()
        }
    }
}

proptest! {
    /// A URL with more restrictions is permitted only where the one with fewer is.
    #[test]
    fn no_restriction_widens(
        pairs in prop::collection::vec(pair(), 0..6),
        more in pair(),
        at in any::<prop::sample::Index>(),
        operation in prop::sample::select(Operation::ALL),
        address in prop::sample::select(vec!["192.0.2.1", "192.0.2.9", "10.1.1.1", "2001:db8::1"]),
        country in prop::sample::select(vec!["CH", "FR", ""]),
        now in 0_i64..20,
    ) {
        let address = client(address);
        let country = CountryCode::parse(country).map_or(Country::Unknown, Country::Known);
        let now = AmzDate::from_unix(now);
        let mut widened = pairs.clone();
        widened.insert(at.index(pairs.len() + 1), more);
        if passes(&widened, operation, address, country, now) {
            prop_assert!(passes(&pairs, operation, address, country, now));
        }
    }

    /// A list of networks allows an address exactly if one of its entries does.
    #[test]
    fn g2_networks_are_compared_bit_by_bit(network in any::<u32>(), prefix in 0_u8..=32, address in any::<u32>()) {
        let mask = u32::MAX.checked_shl(u32::from(32 - prefix)).unwrap_or(0);
        let network = std::net::Ipv4Addr::from_bits(network & mask);
        let address = std::net::Ipv4Addr::from_bits(address);
        let expected = address.to_bits() & mask == network.to_bits();
        let plain = format!("{network}/{prefix}");
        let mapped = format!("::ffff:{network}/{}", prefix + 96);
        for list in [plain, mapped] {
            let restrictions = of("x-cs-ip", &list).unwrap();
            let now = AmzDate::from_unix(0);
            for client in [IpAddr::V4(address), IpAddr::V6(address.to_ipv6_mapped())] {
                let verdict = restrictions.check_client(client, Country::Unknown, now);
                prop_assert_eq!(verdict.is_ok(), expected, "{} {}", list, client);
            }
        }
    }
}
