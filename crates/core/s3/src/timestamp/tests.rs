use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::{prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::Timestamp;

#[test]
fn known_instants_are_written_in_both_forms() {
    let instant = Timestamp::from_unix_ms(784_111_777_045);
    assert_eq!(
        instant.http_date().to_string(),
        "Sun, 06 Nov 1994 08:49:37 GMT"
    );
    assert_eq!(instant.iso_date().to_string(), "1994-11-06T08:49:37.045Z");
    let leap = Timestamp::from_unix_s(1_709_164_800);
    assert_eq!(
        leap.http_date().to_string(),
        "Thu, 29 Feb 2024 00:00:00 GMT"
    );
    let end = Timestamp::from_unix_ms(u64::MAX);
    assert_eq!(end.iso_date().to_string(), "9999-12-31T23:59:59.999Z");
}

#[test]
fn all_three_http_forms_are_read_and_nonsense_is_not() {
    let forms = [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ];
    for form in forms {
        assert_eq!(
            Timestamp::parse_http_date(form).map(Timestamp::unix_s),
            Some(784_111_777)
        );
    }
    for text in [
        "",
        "yesterday",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37",
    ] {
        assert_eq!(Timestamp::parse_http_date(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn http_dates_agree_with_another_implementation(unix_s in 0u64..253_402_300_799) {
        let ours = Timestamp::from_unix_s(unix_s).http_date().to_string();
        let theirs = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix_s));
        prop_assert_eq!(&ours, &theirs);
        prop_assert_eq!(Timestamp::parse_http_date(&ours).map(Timestamp::unix_s), Some(unix_s));
    }
}
