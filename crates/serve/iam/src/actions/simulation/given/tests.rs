use super::*;

fn held(kind: &'static str, values: &[&'static str]) -> bool {
    let entry = Entry {
        name: "aws:x",
        values: values.to_vec(),
        kind,
    };
    entry.held().is_some()
}

#[test]
fn values_are_of_the_type_that_is_named() {
    assert!(held("string", &["a"]) && held("stringList", &["a", "b"]));
    assert!(held("boolean", &["true"]) && !held("boolean", &["yes"]));
    assert!(held("ip", &["::1"]) && !held("ip", &["localhost"]));
    assert!(held("numeric", &["1.5"]));
    assert!(held("date", &["2026-11-24T16:00:00Z"]) && !held("date", &["tomorrow"]));
    assert!(!held("string", &["a", "b"]) && !held("string", &[]));
}

#[test]
fn dates_are_seconds_or_iso_8601() {
    assert_eq!(date_ms("1700000000"), Some(1_700_000_000_000));
    assert_eq!(date_ms("2023-11-14T22:13:20Z"), Some(1_700_000_000_000));
    assert_eq!(date_ms("99999999999999999999"), None);
}

#[test]
fn what_is_asked_for_and_not_given_is_named() {
    let given = Given::read(&[], &[], UnixMillis(0)).unwrap();
    assert_eq!(given.values("aws:sourceip"), Values::Absent);
    assert_eq!(given.values("aws:epochtime"), Values::One(Value::Number(0)));
    assert_eq!(given.missed(), ["aws:sourceip"]);
}
