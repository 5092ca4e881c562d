use super::{Condition, PolicyParseError, PolicyViolation, PostPolicy, SizeRange};

const EXPIRES: &str = r#""expiration":"2026-01-15T13:00:00.000Z""#;
const BEFORE: i64 = 1_768_478_400_000;

fn policy(conditions: &str) -> PostPolicy {
    PostPolicy::parse_json(&format!("{{{EXPIRES},\"conditions\":[{conditions}]}}")).unwrap()
}

fn check(conditions: &str, fields: &[(&str, &str)]) -> Result<Option<SizeRange>, PolicyViolation> {
    policy(&format!("{{\"bucket\":\"b\"}},{conditions}")).check(fields, "b", BEFORE)
}

#[test]
fn e8_each_kind_of_condition_is_held_against_the_form() {
    let range = r#"["content-length-range", 1, "1048576"]"#;
    assert_eq!(
        check(range, &[]),
        Ok(Some(SizeRange {
            min: 1,
            max: 1_048_576
        }))
    );
    assert_eq!(
        check(r#"{"acl":"private"}"#, &[("ACL", "private")]),
        Ok(None)
    );
    assert!(check(r#"{"acl":"private"}"#, &[("acl", "Private")]).is_err());
    assert!(check(r#"{"acl":"private"}"#, &[]).is_err());
    assert_eq!(
        check(r#"["starts-with","$key","up/"]"#, &[("key", "up/x")]),
        Ok(None)
    );
    assert!(check(r#"["starts-with","$key","up/"]"#, &[("key", "down/x")]).is_err());
    assert_eq!(
        check(r#"["starts-with","$key",""]"#, &[("key", "any")]),
        Ok(None)
    );
    let images = r#"["starts-with","$Content-Type","image/"]"#;
    assert_eq!(
        check(images, &[("content-type", "image/png, image/gif")]),
        Ok(None)
    );
    assert!(check(images, &[("content-type", "image/png, text/html")]).is_err());
}

#[test]
fn e8_a_second_value_cannot_hide_behind_a_good_one() {
    assert!(check(r#"["eq","$key","a"]"#, &[("key", "a"), ("KEY", "b")]).is_err());
}

#[test]
fn e8_every_field_needs_a_condition() {
    let extra = |name: &str| {
        Err(PolicyViolation::ExtraField {
            name: name.to_owned(),
        })
    };
    assert_eq!(
        check(r#"{"key":"a"}"#, &[("key", "a"), ("Acl", "x")]),
        extra("acl")
    );
    let exempt = [
        ("key", "a"),
        ("policy", "p"),
        ("X-Amz-Signature", "s"),
        ("x-ignore-me", "1"),
    ];
    assert_eq!(check(r#"{"key":"a"}"#, &exempt), Ok(None));
    assert_eq!(
        policy(r#"{"key":"a"}"#).check(&[("key", "a")], "b", BEFORE),
        extra("bucket")
    );
}

#[test]
fn a_failed_condition_is_shown_as_s3_shows_it() {
    let shown = |condition: &str| match check(condition, &[("key", "a")]) {
        Err(PolicyViolation::ConditionFailed { condition }) => condition,
        other => panic!("{other:?}"),
    };
    assert_eq!(shown(r#"{"key":"b"}"#), r#"["eq", "$key", "b"]"#);
    assert_eq!(
        shown(r#"["starts-with","$key","x\"y"]"#),
        r#"["starts-with", "$key", "x\"y"]"#
    );
    assert_eq!(shown(r#"["eq","key","a"]"#), r#"["eq", "key", "a"]"#);
    assert_eq!(
        shown(r#"["content-length-range","test",10]"#),
        r#"["content-length-range", "test", 10]"#
    );
}

#[test]
fn a_policy_ends_at_its_expiration() {
    let policy = policy(r#"{"bucket":"b"}"#);
    let end = policy.expiration_ms();
    assert_eq!(end, 1_768_482_000_000);
    assert_eq!(policy.check(&[], "b", end), Ok(None));
    assert_eq!(
        policy.check(&[], "b", end + 1),
        Err(PolicyViolation::Expired)
    );
}

#[test]
fn malformed_documents_are_refused_in_the_words_of_s3() {
    for (json, expected) in [
        ("", "Expecting '{' but found End-of-Input"),
        ("[]", "Invalid JSON."),
        ("{\"conditions\":[]}", "Policy missing expiration."),
        (
            "{\"expiration\":\"2026-01-15T13:00:00Z\"}",
            "Policy missing conditions.",
        ),
        (
            "{\"Expiration\":\"x\",\"conditions\":[]}",
            "Unexpected: 'Expiration'",
        ),
        (
            "{\"expiration\":\"soon\",\"conditions\":[]}",
            "Invalid 'expiration' value: 'soon'",
        ),
        (
            "{\"expiration\":1,\"conditions\":[]}",
            "Invalid 'expiration' value: '1'",
        ),
    ] {
        assert_eq!(
            PostPolicy::parse_json(json).unwrap_err().to_string(),
            expected,
            "{json}"
        );
    }
    for (condition, expected) in [
        ("1", "Invalid condition test: must be a List or Object."),
        (
            "{}",
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
        ),
        (
            "{\"a\":\"1\",\"a\":\"2\"}",
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
        ),
        (
            "{\"a\":1}",
            "Invalid Simple-Condition: value must be a string.",
        ),
        ("[]", "Invalid Condition: missing operation identifier."),
        (
            "[\"ends-with\",\"$a\",\"b\"]",
            "Invalid Condition: unknown operation 'ends-with'.",
        ),
        ("[\"eq\",\"$a\"]", "Invalid eq: wrong number of arguments."),
        (
            "[\"content-length-range\",1]",
            "Invalid content-length-range: wrong number of arguments.",
        ),
        (
            "[\"content-length-range\",-1,0]",
            "Invalid content-length-range: a size must not be negative.",
        ),
        (
            "[\"content-length-range\",0,\"-9\"]",
            "Invalid content-length-range: a size must not be negative.",
        ),
    ] {
        let json = format!("{{{EXPIRES},\"conditions\":[{condition}]}}");
        assert_eq!(
            PostPolicy::parse_json(&json).unwrap_err().to_string(),
            expected,
            "{condition}"
        );
    }
    assert_eq!(
        PostPolicy::parse_base64("%%%"),
        Err(PolicyParseError::InvalidBase64)
    );
    let twice = format!("{{{EXPIRES},{EXPIRES},\"conditions\":[]}}");
    assert_eq!(
        PostPolicy::parse_json(&twice),
        Err(PolicyParseError::InvalidJson)
    );
    let nested = format!("{{{EXPIRES},\"conditions\":{}", "[".repeat(100_000));
    assert_eq!(
        PostPolicy::parse_json(&nested),
        Err(PolicyParseError::InvalidJson)
    );
}

#[test]
fn the_escapes_of_policies_are_read() {
    let policy = policy(r#"["eq","$key","a\$b\\$\v\u0041"]"#);
    let expected = Condition::Eq {
        field: "key".into(),
        value: "a$b\\$\u{b}A".into(),
    };
    assert_eq!(policy.conditions(), [expected]);
}
