use super::{TaggingError, parse_tagging};
use crate::{ErrorCode, Fault};

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn tags_are_decoded_in_order() {
    let tags = parse_tagging("project=a%20b&empty=&flag&%C3%BC=x%2By").unwrap();
    let expected = [
        pair("project", "a b"),
        pair("empty", ""),
        pair("flag", ""),
        pair("ü", "x+y"),
    ];
    assert_eq!(tags, expected);
    assert_eq!(parse_tagging(""), Ok(Vec::new()));
}

#[test]
fn a5_a_tag_given_twice_is_refused() {
    let error = parse_tagging("a=1&%61=2").unwrap_err();
    assert_eq!(
        error,
        TaggingError::Encoding {
            value: "a=1&%61=2".to_owned()
        }
    );
    assert_eq!(Fault::from(error).code(), ErrorCode::InvalidArgument);
    assert!(parse_tagging("a=%zz").is_err());
}

#[test]
fn each_rule_for_a_tag_is_kept() {
    let long_key = format!("{}=v", "k".repeat(129));
    let long_value = format!("k={}", "v".repeat(257));
    for value in ["=v", "a%0d%0a=1", "a%3Cb%3E=", &long_key] {
        let error = parse_tagging(value).unwrap_err();
        assert!(matches!(error, TaggingError::InvalidTag { .. }), "{value}");
    }
    for value in ["a=%3Cb%3E", "a=%0d%0a", &long_value] {
        let error = parse_tagging(value).unwrap_err();
        assert!(
            matches!(error, TaggingError::InvalidValue { .. }),
            "{value}"
        );
    }
    for value in ["aws:x=1", "AWS:x=1", "aws:="] {
        let error = parse_tagging(value).unwrap_err();
        assert!(matches!(error, TaggingError::Reserved { .. }), "{value}");
    }
    assert!(parse_tagging("awsx=1&aws=2&x:aws:y=3&a%E2%82%AC=").is_err());
    assert!(parse_tagging("awsx=1&aws=2&x:aws:y=3").is_ok());
    let eleven: Vec<_> = (0..11).map(|n| format!("k{n}=v")).collect();
    let error = parse_tagging(&eleven.join("&")).unwrap_err();
    assert_eq!(
        error,
        TaggingError::TooMany {
            count: 11,
            most: 10
        }
    );
    assert_eq!(Fault::from(error).code(), ErrorCode::InvalidTag);
}

#[test]
fn a_refused_tag_is_told_by_key_and_value() {
    let fault = |value: &str| Fault::from(parse_tagging(value).unwrap_err());
    for (value, sentence) in [
        ("a%21=", "The TagKey you have provided is invalid"),
        ("a=%21", "The TagValue you have provided is invalid"),
        ("aws:a=", "System tags cannot be added/updated by requester"),
    ] {
        assert_eq!(fault(value).code(), ErrorCode::InvalidTag);
        assert_eq!(fault(value).message(), sentence);
    }
    assert_eq!(
        fault("a=%21").fields(),
        [("TagKey", "a".to_owned()), ("TagValue", "!".to_owned())]
    );
}
