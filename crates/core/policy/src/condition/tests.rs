use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::*;
use crate::PolicyKind;
use crate::context::Values;
use crate::testing::{holds, refusal};

const TAGS: &str = "s3:requestobjecttagkeys";

/// Each operator on `aws:principaltag/t` or its kin: the policy's value, one that matches and one that
/// does not.
const TABLE: [(&str, &str, &str, &str); 26] = [
    ("StringEquals", r#""a""#, "a", "A"),
    ("StringEqualsIgnoreCase", r#""a""#, "A", "b"),
    ("StringLike", r#""a*?""#, "axy", "a"),
    ("StringNotEquals", r#""a""#, "A", "a"),
    ("StringNotEqualsIgnoreCase", r#""a""#, "b", "A"),
    ("StringNotLike", r#""a*?""#, "a", "axy"),
    ("NumericEquals", r#""1.5""#, "1.50", "2"),
    ("NumericNotEquals", "1.5", "2", "1.50"),
    ("NumericLessThan", "10", "9", "10"),
    ("NumericLessThanEquals", "10", "10", "11"),
    ("NumericGreaterThan", "10", "11", "10"),
    ("NumericGreaterThanEquals", "10", "10", "9"),
    (
        "DateEquals",
        r#""2026-01-01""#,
        "2026-01-01T00:00:00Z",
        "2026-01-02",
    ),
    (
        "DateNotEquals",
        r#""2026-01-01""#,
        "2026-01-02",
        "2026-01-01",
    ),
    (
        "DateLessThan",
        r#""2026-01-01""#,
        "2025-12-31",
        "2026-01-01",
    ),
    (
        "DateLessThanEquals",
        r#""2026-01-01""#,
        "2026-01-01",
        "2026-01-02",
    ),
    (
        "DateGreaterThan",
        r#""2026-01-01""#,
        "2026-01-02",
        "2026-01-01",
    ),
    (
        "DateGreaterThanEquals",
        r#""2026-01-01""#,
        "2026-01-01",
        "2025-12-31",
    ),
    ("Bool", "true", "true", "false"),
    ("BinaryEquals", r#""AQID""#, "\u{1}\u{2}\u{3}", "AQID"),
    ("IpAddress", r#""192.0.2.0/24""#, "192.0.2.1", "192.0.3.1"),
    (
        "NotIpAddress",
        r#""192.0.2.0/24""#,
        "192.0.3.1",
        "192.0.2.1",
    ),
    (
        "ArnEquals",
        r#""arn:aws:iam::*:user/a?""#,
        "arn:aws:iam::1:user/ab",
        "arn:aws:iam::1:user/a",
    ),
    (
        "ArnLike",
        r#""arn:aws:iam::*:user/a?""#,
        "arn:aws:iam::1:user/ab",
        "arn:aws:iam::1:user/a",
    ),
    (
        "ArnNotEquals",
        r#""arn:aws:iam::*:user/a?""#,
        "arn:aws:iam::1:user/a",
        "arn:aws:iam::1:user/ab",
    ),
    (
        "ArnNotLike",
        r#""arn:aws:iam::*:user/a?""#,
        "arn:aws:iam::1:user/a",
        "arn:aws:iam::1:user/ab",
    ),
];

fn on_tag(operator: &str, value: &str, values: Values<'_>) -> bool {
    let condition = format!(r#"{{"{operator}": {{"aws:PrincipalTag/T": {value}}}}}"#);
    holds(&condition, &[("aws:principaltag/t", values)])
}

#[test]
fn every_operator_holds_for_what_it_should_and_for_nothing_else() {
    for (operator, value, yes, no) in TABLE {
        assert!(
            on_tag(operator, value, yes.into()),
            "{operator} {value} on {yes}"
        );
        assert!(
            !on_tag(operator, value, no.into()),
            "{operator} {value} on {no}"
        );
        let if_exists = format!("{operator}IfExists");
        assert!(
            on_tag(&if_exists, value, yes.into()),
            "{if_exists} on {yes}"
        );
        assert!(!on_tag(&if_exists, value, no.into()), "{if_exists} on {no}");
    }
}

#[test]
fn a_missing_key_is_decided_by_the_operator() {
    for (operator, value, ..) in TABLE {
        let negated = operator.contains("Not");
        for (prefix, suffix, expected) in [
            ("", "", negated),
            ("", "IfExists", true),
            ("ForAllValues:", "", true),
            ("ForAllValues:", "IfExists", true),
            ("ForAnyValue:", "", false),
            ("ForAnyValue:", "IfExists", true),
        ] {
            let operator = format!("{prefix}{operator}{suffix}");
            for absent in [Values::Absent, Values::Many(&[])] {
                assert_eq!(on_tag(&operator, value, absent), expected, "{operator}");
            }
        }
    }
}

#[test]
fn several_values_count_as_the_qualifier_says() {
    for (operator, value, yes, no) in TABLE {
        let both: &[&str] = &[yes, no];
        for (prefix, values, expected) in [
            ("ForAllValues:", &[yes, yes][..], true),
            ("ForAllValues:", both, false),
            ("ForAllValues:", &[no, no], false),
            ("ForAnyValue:", &[yes, yes], true),
            ("ForAnyValue:", both, true),
            ("ForAnyValue:", &[no, no], false),
        ] {
            let operator = format!("{prefix}{operator}");
            assert_eq!(
                on_tag(&operator, value, values.into()),
                expected,
                "{operator} {values:?}"
            );
        }
        // Without a qualifier a negated operator wants none of them, as its positive twin wants one.
        let expected = !operator.contains("Not");
        assert_eq!(on_tag(operator, value, both.into()), expected, "{operator}");
    }
}

#[test]
fn alternatives_are_or_for_positive_and_nor_for_negated_operators() {
    for (operator, value, expected) in [
        ("StringEquals", "a", true),
        ("StringEquals", "b", true),
        ("StringEquals", "c", false),
        ("StringNotEquals", "a", false),
        ("StringNotEquals", "b", false),
        ("StringNotEquals", "c", true),
    ] {
        assert_eq!(
            on_tag(operator, r#"["a", "b"]"#, value.into()),
            expected,
            "{operator} {value}"
        );
    }
}

#[test]
fn operators_and_keys_are_all_wanted() {
    let context = |age, secure| {
        [
            ("s3:signatureage", Values::from(age)),
            ("aws:securetransport", Values::from(secure)),
        ]
    };
    let condition =
        r#"{"NumericLessThan": {"s3:signatureAge": 5}, "Bool": {"aws:SecureTransport": "true"}}"#;
    assert!(holds(condition, &context(4_i64, true)));
    assert!(!holds(condition, &context(5, true)));
    assert!(!holds(condition, &context(4, false)));
    let condition = r#"{"StringEquals": {"aws:PrincipalTag/a": "1", "aws:PrincipalTag/b": "1"}}"#;
    let tags = |b| {
        [
            ("aws:principaltag/a", Values::from("1")),
            ("aws:principaltag/b", Values::from(b)),
        ]
    };
    assert!(holds(condition, &tags("1")));
    assert!(!holds(condition, &tags("2")));
}

#[test]
fn null_asks_whether_a_key_is_there() {
    for (value, absent, present) in [
        (r#""true""#, true, false),
        ("false", false, true),
        (r#"["true", "false"]"#, true, true),
    ] {
        assert_eq!(on_tag("Null", value, Values::Absent), absent);
        assert_eq!(on_tag("Null", value, Values::Many(&[])), absent);
        assert_eq!(on_tag("Null", value, "x".into()), present);
    }
}

#[test]
fn typed_values_are_compared_as_what_they_are() {
    let four = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let mapped = IpAddr::V6(Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped());
    let six = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let address = r#"{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]}}"#;
    assert!(holds(address, &[("aws:sourceip", four.into())]));
    assert!(holds(address, &[("aws:sourceip", mapped.into())]));
    assert!(!holds(address, &[("aws:sourceip", six.into())]));
    let date = r#"{"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}"#;
    let at = |ms| Values::One(Value::Date(ms));
    assert!(holds(date, &[("aws:currenttime", at(1_767_225_599_999))]));
    assert!(!holds(date, &[("aws:currenttime", at(1_767_225_600_000))]));
    let epoch = [("aws:epochtime", Values::from(1_767_225_600_i64))];
    assert!(holds(
        r#"{"DateEquals": {"aws:EpochTime": "2026-01-01"}}"#,
        &epoch
    ));
    assert!(holds(
        r#"{"NumericEquals": {"aws:EpochTime": "1767225600"}}"#,
        &epoch
    ));
    let tls = r#"{"NumericLessThan": {"s3:TlsVersion": 1.3}}"#;
    assert!(holds(tls, &[("s3:tlsversion", "1.2".into())]));
    assert!(!holds(tls, &[("s3:tlsversion", "1.3".into())]));
}

#[test]
fn a_value_of_another_type_matches_nothing() {
    assert!(!on_tag("NumericLessThan", "10", "abc".into()));
    assert!(on_tag("NumericNotEquals", "10", "abc".into()));
    assert!(!on_tag("Bool", "false", "0".into()));
    assert!(!on_tag("IpAddress", r#""0.0.0.0/0""#, "unknown".into()));
    assert!(!on_tag("ArnLike", r#""arn:*:*:*:*:*""#, true.into()));
}

#[test]
fn variables_without_a_value_match_nothing() {
    let variable = r#""${aws:PrincipalTag/other}""#;
    assert!(!on_tag("StringEquals", variable, "x".into()));
    assert!(!on_tag("StringEqualsIgnoreCase", variable, "".into()));
    assert!(!on_tag(
        "StringLike",
        r#""*${aws:PrincipalTag/other}*""#,
        "x".into()
    ));
    assert!(on_tag("StringNotEquals", variable, "x".into()));
    assert!(on_tag("StringNotLike", variable, "x".into()));
    assert!(on_tag("StringEquals", r#""${aws:username}""#, "ann".into()));
    assert!(on_tag(
        "StringEquals",
        r#"["${aws:PrincipalTag/other}", "x"]"#,
        "x".into()
    ));
}

#[test]
fn a_closed_list_of_values_is_read_in_any_case() {
    let condition = r#"{"StringEquals": {"s3:authType": "REST-query-string"}}"#;
    assert!(holds(
        condition,
        &[("s3:authtype", "REST-QUERY-STRING".into())]
    ));
    assert!(!holds(condition, &[("s3:authtype", "POST".into())]));
}

#[test]
fn what_would_never_match_is_refused_with_a_hint() {
    for (condition, expected) in [
        (
            r#"{"StringEqual": {"s3:prefix": "a"}}"#,
            "1: `StringEqual` is no condition operator; did you mean `StringEquals`?",
        ),
        (
            r#"{"stringequals": {"s3:prefix": "a"}}"#,
            "1: `stringequals` is no condition operator; did you mean `StringEquals`?",
        ),
        (
            r#"{"ForAnyValues:StringLikeIfExists": {"s3:prefix": "a"}}"#,
            "1: `ForAnyValues:StringLikeIfExists` is no condition operator; did you mean \
             `ForAnyValue:StringLikeIfExists`?",
        ),
        (
            r#"{"NumericLessThenIfExists": {"s3:max-keys": 1}}"#,
            "1: `NumericLessThenIfExists` is no condition operator; did you mean \
             `NumericLessThanIfExists`?",
        ),
        (
            r#"{"NullIfExists": {"s3:prefix": "true"}}"#,
            "1: `NullIfExists` is no condition operator; `Null` takes no prefix and no suffix",
        ),
        (
            r#"{"ForAllValues:Null": {"s3:prefix": "true"}}"#,
            "1: `ForAllValues:Null` is no condition operator; `Null` takes no prefix and no suffix",
        ),
        (
            r#"{"NumericGreaterThan": {"s3:signatureAges": 1}}"#,
            "24: there is no condition key `s3:signatureAges`; did you mean `s3:signatureAge`?",
        ),
        (
            r#"{"StringEquals": {"kms:ViaService": "x"}}"#,
            "18: there is no condition key `kms:ViaService`",
        ),
        (
            r#"{"StringEquals": {"aws:SourceIp": "1.2.3.4"}}"#,
            "18: `StringEquals` does not compare `aws:SourceIp`; compare it with `IpAddress` or its kin",
        ),
        (
            r#"{"StringLike": {"aws:SecureTransport": "true"}}"#,
            "16: `StringLike` does not compare `aws:SecureTransport`; compare it with `Bool` or its kin",
        ),
        (
            r#"{"StringEquals": {"aws:TagKeys": "a"}}"#,
            "18: `aws:TagKeys` has several values: say `ForAnyValue:` or `ForAllValues:`",
        ),
        (
            r#"{"StringEquals": {"s3:prefix": "a", "S3:Prefix": "b"}}"#,
            "36: `S3:Prefix` occurs twice; condition keys are the same in any case",
        ),
        (r#"{"StringEquals": {}}"#, "17: `StringEquals` is empty"),
        (
            r#"{"StringEquals": {"s3:prefix": []}}"#,
            "31: `s3:prefix` is empty",
        ),
        (
            r#"{"StringEquals": {"s3:prefix": null}}"#,
            "31: `s3:prefix` is a string, number or boolean, or an array of them",
        ),
        (
            r#"{"StringEquals": {"s3:prefix": [["a"]]}}"#,
            "32: `s3:prefix` is a string, number or boolean, or an array of them",
        ),
        (
            r#"{"StringEquals": "a"}"#,
            "17: `StringEquals` is an object",
        ),
        ("[]", "0: `Condition` is an object"),
        (
            r#"{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "IP-address-range"]}}"#,
            "48: `IP-address-range` is neither an IP address nor a CIDR range",
        ),
        (
            r#"{"DateLessThan": {"aws:CurrentTime": "2026-02-30"}}"#,
            "37: `2026-02-30` is neither an ISO 8601 date in a time zone nor seconds since 1970",
        ),
        (
            r#"{"NumericLessThan": {"s3:signatureAge": 1e6}}"#,
            "40: `1e6` is no decimal number of at most 18 digits and 9 places",
        ),
        (
            r#"{"NumericLessThan": {"s3:signatureAge": "${s3:max-keys}"}}"#,
            "40: no policy variable is replaced in a value of this operator",
        ),
        (
            r#"{"Bool": {"aws:SecureTransport": "no"}}"#,
            "33: `no` is neither `true` nor `false`",
        ),
        (
            r#"{"BinaryEquals": {"s3:prefix": "?"}}"#,
            "31: `?` is not base64",
        ),
        (
            r#"{"ArnLike": {"aws:PrincipalArn": "*"}}"#,
            "33: `*` is no ARN: it has six sections, `arn:partition:service:region:account:resource`; any \
             ARN is `arn:*:*:*:*:*`",
        ),
        (
            r#"{"StringEquals": {"s3:authType": "REST-QUERY"}}"#,
            "33: `s3:authType` is never `REST-QUERY`",
        ),
        (
            r#"{"StringEquals": {"s3:authType": "REST-QUERYSTRING"}}"#,
            "33: `s3:authType` is never `REST-QUERYSTRING`; did you mean `REST-QUERY-STRING`?",
        ),
    ] {
        let statement = format!(
            r#"{{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition": {condition}}}"#
        );
        let start = statement.find(condition).unwrap();
        let (column, message) = expected.split_once(": ").unwrap();
        let column = column.parse::<usize>().unwrap() + start + 1;
        assert_eq!(
            refusal(&statement, PolicyKind::Identity),
            format!("line 2, column {column}: {message}")
        );
    }
}

#[test]
fn an_empty_condition_is_none_and_other_services_may_have_keys_of_their_own() {
    assert!(holds("{}", &[]));
    let foreign = r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": "s3.amazonaws.com"}}}"#;
    crate::testing::statement(foreign, PolicyKind::Identity);
    let misspelt = foreign.replace("kms:ViaService", "aws:SourceIpp");
    assert!(refusal(&misspelt, PolicyKind::Identity).contains("did you mean `aws:SourceIp`?"));
}

#[test]
fn tag_keys_are_the_same_in_any_case_beyond_ascii_too() {
    let condition = r#"{"StringEquals": {"aws:PrincipalTag/ÄRGER": "x"}}"#;
    assert!(holds(condition, &[("aws:principaltag/ärger", "x".into())]));
    let twice = r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals":
        {"aws:PrincipalTag/ä": "x", "aws:PrincipalTag/Ä": "y"}}}"#;
    assert!(refusal(twice, PolicyKind::Identity).contains("`aws:PrincipalTag/Ä` occurs twice"));
}

#[test]
fn every_key_can_be_compared_as_its_family_says() {
    for facts in crate::condition_keys() {
        let name = match facts.name.strip_suffix('/') {
            Some(family) => format!("{family}/k"),
            None => facts.name.to_owned(),
        };
        let (operator, value) = match facts.family {
            crate::Family::Address => ("IpAddress", "192.0.2.1"),
            crate::Family::Any => ("StringEquals", "x"),
            crate::Family::Arn => ("ArnLike", "arn:aws:iam::*:user/x"),
            crate::Family::Bool => ("Bool", "true"),
            crate::Family::Date => ("DateLessThan", "2026-01-01"),
            crate::Family::Epoch | crate::Family::Number => ("NumericLessThan", "5"),
            crate::Family::Text => ("StringLike", "x*"),
        };
        let qualifier = if facts.several { "ForAnyValue:" } else { "" };
        holds(
            &format!(r#"{{"{qualifier}{operator}": {{"{name}": "{value}"}}}}"#),
            &[],
        );
    }
    let tags: &[&str] = &["a", "b"];
    let condition = r#"{"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b"]}}"#;
    assert!(holds(condition, &[(TAGS, tags.into())]));
}
