use countersign_request::{Header, Query, RequestHead};

use super::{
    ConditionError, DeleteCondition, PreconditionFailed, ReadConditions, ReadVerdict,
    WriteCondition, WriteRefused,
};
use crate::{ETag, ErrorCode, Fault, Fields, Timestamp};

const BEFORE: &str = "Thu, 15 Jan 2026 11:59:59 GMT";
const SAME: &str = "Thu, 15 Jan 2026 12:00:00 GMT";
const MODIFIED: Timestamp = Timestamp::from_unix_ms(1_768_478_400_250);

fn headers<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<Header<'a>> {
    pairs
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect()
}

fn read(pairs: &[(&str, &str)]) -> ReadVerdict {
    let headers = headers(pairs);
    let head = RequestHead {
        method: "GET",
        path: "/b/k",
        query: "",
        headers: &headers,
    };
    let fields = Fields::of_headers(head);
    ReadConditions::of(&fields)
        .unwrap()
        .evaluate(&ETag::parse("abc"), MODIFIED)
}

fn put(pairs: &[(&str, &str)]) -> Result<WriteCondition, ConditionError> {
    let headers = headers(pairs);
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &headers,
    };
    WriteCondition::of_put(&Fields::of_headers(head))
}

fn failed(condition: &'static str) -> ReadVerdict {
    ReadVerdict::PreconditionFailed(PreconditionFailed { condition })
}

#[test]
fn each_read_condition_is_decided_as_the_rfc_says() {
    let cases: [(&[(&str, &str)], ReadVerdict); 14] = [
        (&[], ReadVerdict::Proceed),
        (&[("if-match", "\"abc\"")], ReadVerdict::Proceed),
        (&[("if-match", "abc")], ReadVerdict::Proceed),
        (&[("if-match", "\"x\", \"abc\"")], ReadVerdict::Proceed),
        (&[("if-match", "*")], ReadVerdict::Proceed),
        (&[("if-match", "\"x\"")], failed("If-Match")),
        (&[("if-none-match", "\"abc\"")], ReadVerdict::NotModified),
        (&[("if-none-match", "W/\"abc\"")], ReadVerdict::NotModified),
        (&[("if-none-match", "\"x\"")], ReadVerdict::Proceed),
        (&[("if-modified-since", SAME)], ReadVerdict::NotModified),
        (&[("if-modified-since", BEFORE)], ReadVerdict::Proceed),
        (
            &[("if-unmodified-since", BEFORE)],
            failed("If-Unmodified-Since"),
        ),
        (&[("if-unmodified-since", SAME)], ReadVerdict::Proceed),
        (&[("if-modified-since", "soon")], ReadVerdict::Proceed),
    ];
    for (pairs, expected) in cases {
        assert_eq!(read(pairs), expected, "{pairs:?}");
    }
}

#[test]
fn tags_go_before_dates() {
    let matched = [("if-match", "\"abc\""), ("if-unmodified-since", BEFORE)];
    assert_eq!(read(&matched), ReadVerdict::Proceed);
    let other = [("if-none-match", "\"x\""), ("if-modified-since", SAME)];
    assert_eq!(read(&other), ReadVerdict::Proceed);
}

#[test]
fn a_resumed_download_gets_its_range_only_from_the_same_object() {
    let cases = [
        ("\"abc\"", true),
        ("\"x\"", false),
        (SAME, true),
        (BEFORE, false),
        ("W/\"abc\"", false),
    ];
    for (value, expected) in cases {
        let headers = headers(&[("if-range", value)]);
        let head = RequestHead {
            method: "GET",
            path: "/b/k",
            query: "",
            headers: &headers,
        };
        let fields = Fields::of_headers(head);
        let conditions = ReadConditions::of(&fields).unwrap();
        assert_eq!(
            conditions.range_applies(&ETag::parse("abc"), MODIFIED),
            expected,
            "{value}"
        );
    }
    assert!(ReadConditions::default().range_applies(&ETag::parse("abc"), MODIFIED));
}

#[test]
fn a_create_only_put_is_refused_when_the_object_is_there() {
    let condition = put(&[("if-none-match", "*")]).unwrap();
    assert_eq!(condition, WriteCondition::IfAbsent);
    assert_eq!(condition.check(None), Ok(()));
    let refused = condition.check(Some(&ETag::parse("abc"))).unwrap_err();
    let fault = Fault::from(refused);
    assert_eq!(fault.fields(), [("Condition", "If-None-Match".to_owned())]);
}

#[test]
fn a_replacing_put_is_refused_when_the_object_is_another_or_gone() {
    let condition = put(&[("if-match", "\"abc\"")]).unwrap();
    assert_eq!(condition.check(Some(&ETag::parse("abc"))), Ok(()));
    assert_eq!(condition.check(None), Err(WriteRefused::NoSuchKey));
    let refused = condition.check(Some(&ETag::parse("x"))).unwrap_err();
    assert_eq!(Fault::from(refused).code(), ErrorCode::PreconditionFailed);
}

#[test]
fn d12_write_conditions_that_are_not_taken_are_refused_not_ignored() {
    let cases: [&[(&str, &str)]; 10] = [
        &[("if-none-match", "\"abc\"")],
        &[("if-none-match", "abc")],
        &[("if-none-match", "\"*\"")],
        &[("if-none-match", "*, *")],
        &[("if-match", "*")],
        &[("if-none-match", "\"a\", \"b\"")],
        &[("if-match", "\"a\", \"b\"")],
        &[("if-none-match", "*"), ("if-match", "\"abc\"")],
        &[("if-modified-since", SAME)],
        &[("if-unmodified-since", SAME)],
    ];
    for pairs in cases {
        let error = put(pairs).unwrap_err();
        assert_eq!(
            Fault::from(error).code(),
            ErrorCode::NotImplemented,
            "{pairs:?}"
        );
    }
}

#[test]
fn a_hoisted_condition_takes_effect() {
    let query = Query::of("If-None-Match=*").unwrap();
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &[],
    };
    let fields = Fields::of_presigned(head, &query).unwrap();
    assert_eq!(
        WriteCondition::of_put(&fields),
        Ok(WriteCondition::IfAbsent)
    );
    assert!(DeleteCondition::of(&fields).is_err());
}
