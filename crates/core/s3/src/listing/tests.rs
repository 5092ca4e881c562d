use countersign_request::Query;
use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::{ListError, ListParameters, ListPosition, MAX_PAGE};
use crate::{ErrorCode, Fault};

fn parameters(raw: &str) -> Result<ListParameters, ListError> {
    ListParameters::of(&Query::of(raw).unwrap())
}

#[test]
fn what_is_absent_or_empty_has_its_default() {
    for raw in [
        "list-type=2",
        "prefix=&delimiter=&max-keys=&start-after=&encoding-type=&fetch-owner=",
    ] {
        let parameters = parameters(raw).unwrap();
        assert_eq!(
            (parameters.prefix.as_str(), parameters.delimiter.as_deref()),
            ("", None)
        );
        assert_eq!(parameters.max_keys, MAX_PAGE);
        assert!(!parameters.encode_url && !parameters.fetch_owner);
        assert_eq!(parameters.position(), &ListPosition::Start);
        assert!(parameters.first_candidate().is_empty());
    }
}

#[test]
fn every_parameter_is_read() {
    let parameters =
        parameters("prefix=a%20b/&delimiter=/&max-keys=7&start-after=a%20b/c&encoding-type=url&fetch-owner=true").unwrap();
    assert_eq!(
        (parameters.prefix.as_str(), parameters.delimiter.as_deref()),
        ("a b/", Some("/"))
    );
    assert_eq!(parameters.max_keys, 7);
    assert!(parameters.encode_url && parameters.fetch_owner);
    assert_eq!(parameters.first_candidate(), b"a b/c\0");
}

#[test]
fn a18_max_keys_is_bounded_and_strict() {
    assert_eq!(
        parameters("max-keys=2147483647").unwrap().max_keys,
        MAX_PAGE
    );
    assert_eq!(parameters("max-keys=0").unwrap().max_keys, 0);
    let fault = Fault::from(parameters("max-keys=-1").unwrap_err());
    assert_eq!(
        fault.message(),
        "Argument maxKeys must be an integer between 0 and 2147483647"
    );
    for value in ["2147483648", "x", "1.5", "５", "1%20"] {
        let fault = Fault::from(parameters(&format!("max-keys={value}")).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidArgument);
        assert_eq!(
            fault.message(),
            "Provided max-keys not an integer or within integer range"
        );
    }
}

#[test]
fn unknown_encodings_and_foreign_tokens_are_refused() {
    let fault = Fault::from(parameters("encoding-type=base64").unwrap_err());
    assert_eq!(
        fault.message(),
        "Invalid Encoding Method specified in Request"
    );
    for token in ["!", "AAAA", "cA", "a2E%3D"] {
        let fault = Fault::from(parameters(&format!("continuation-token={token}")).unwrap_err());
        assert_eq!(
            fault.message(),
            "The continuation token provided is incorrect",
            "{token}"
        );
    }
}

#[test]
fn an_empty_token_begins_where_none_would_and_is_told_again() {
    let first = parameters("continuation-token=").unwrap();
    assert_eq!(first.position(), &ListPosition::Start);
    assert_eq!(first.continuation_token.as_deref(), Some(""));
    let after = parameters("continuation-token=&start-after=m").unwrap();
    assert_eq!(after.position(), &ListPosition::AfterKey("m".to_owned()));
}

#[test]
fn a_token_goes_before_start_after() {
    let token = ListPosition::AfterKey("m".to_owned()).token();
    let parameters = parameters(&format!("start-after=z&continuation-token={token}")).unwrap();
    assert_eq!(
        parameters.position(),
        &ListPosition::AfterKey("m".to_owned())
    );
    assert_eq!(parameters.start_after.as_deref(), Some("z"));
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_position_survives_its_token(text in any::<String>()) {
        let key = if text.is_empty() { ListPosition::Start } else { ListPosition::AfterKey(text.clone()) };
        prop_assert_eq!(ListPosition::of_token(&key.token()), Some(key));
        if !text.is_empty() {
            let prefix = ListPosition::AfterPrefix(text);
            prop_assert_eq!(ListPosition::of_token(&prefix.token()), Some(prefix));
        }
    }
}
