use countersign_request::{Header, Query, RequestHead};

use super::{DeleteCandidate, DeleteCondition, DeleteConditionError, TagCondition};
use crate::{ETag, ErrorCode, Fault, Fields};

const NOON: &str = "Mon, 23 Nov 2026 12:00:00 GMT";
const NOON_S: u64 = 1_795_435_200;

fn read(pairs: &[(&str, &str)]) -> Result<DeleteCondition, DeleteConditionError> {
    let headers: Vec<Header<'_>> = pairs
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    DeleteCondition::of(&Fields::of_headers(RequestHead {
        method: "DELETE",
        path: "/b/k",
        query: "",
        headers: &headers,
    }))
}

fn refused_by(condition: &DeleteCondition, size: u64) -> Option<&'static str> {
    let candidate = DeleteCandidate {
        etag: &ETag::parse("abc"),
        modified_s: NOON_S,
        size,
    };
    let refusal = condition.check(Some(candidate)).err();
    refusal.map(|refused| refused.condition)
}

#[test]
fn tag_time_and_size_are_read_together_and_all_must_hold() {
    let condition = read(&[
        ("If-Match", "\"abc\""),
        ("X-Amz-If-Match-Last-Modified-Time", NOON),
        ("x-amz-if-match-size", "3"),
    ])
    .unwrap();
    let expected = DeleteCondition {
        etag: Some(TagCondition::Is(ETag::parse("abc"))),
        modified_s: Some(NOON_S),
        size: Some(3),
    };
    assert_eq!(condition, expected);
    assert_eq!(refused_by(&condition, 3), None);
    assert_eq!(refused_by(&condition, 4), Some("x-amz-if-match-size"));
    let later = DeleteCondition {
        modified_s: Some(NOON_S + 1),
        ..condition
    };
    let of_time = Some("x-amz-if-match-last-modified-time");
    assert_eq!(refused_by(&later, 4), of_time);
    let other = DeleteCondition {
        etag: Some(TagCondition::Is(ETag::parse("d"))),
        ..later
    };
    assert_eq!(refused_by(&other, 4), Some("If-Match"));
}

#[test]
fn where_nothing_is_only_a_tag_asks_for_something() {
    for (name, value) in [
        ("x-amz-if-match-size", "3"),
        ("x-amz-if-match-last-modified-time", NOON),
    ] {
        assert_eq!(read(&[(name, value)]).unwrap().check(None), Ok(()));
        let with_tag = read(&[(name, value), ("if-match", "*")]).unwrap();
        assert!(with_tag.check(None).is_err());
    }
    for tag in ["*", "abc"] {
        assert!(read(&[("if-match", tag)]).unwrap().check(None).is_err());
    }
}

#[test]
fn a_condition_that_cannot_be_held_is_refused() {
    for (name, value) in [
        ("x-amz-if-match-size", ""),
        ("x-amz-if-match-size", "-1"),
        ("x-amz-if-match-size", "+1"),
        ("x-amz-if-match-size", "3 bytes"),
        ("x-amz-if-match-size", "99999999999999999999"),
        ("x-amz-if-match-last-modified-time", "yesterday"),
        ("x-amz-if-match-last-modified-time", "1795435200"),
    ] {
        let fault = Fault::from(read(&[(name, value)]).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidArgument, "{name}: {value}");
    }
    for (name, value) in [
        ("if-none-match", "*"),
        ("if-modified-since", NOON),
        ("if-unmodified-since", NOON),
        ("if-match", "a, b"),
    ] {
        let fault = Fault::from(read(&[(name, value)]).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::NotImplemented, "{name}");
    }
    let twice = [("x-amz-if-match-size", "3"), ("X-Amz-If-Match-Size", "3")];
    assert!(read(&twice).is_err());
}

#[test]
fn a_hoisted_condition_takes_effect() {
    let query = Query::of("x-amz-if-match-size=3").unwrap();
    let head = RequestHead {
        method: "DELETE",
        path: "/b/k",
        query: "",
        headers: &[],
    };
    let fields = Fields::of_presigned(head, &query).unwrap();
    assert_eq!(DeleteCondition::of(&fields).unwrap().size, Some(3));
}
