use countersign_request::Query;
use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::{ListError, ListParameters, ListPosition, MAX_PAGE, VersionListParameters};
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

fn first_version(raw: &str) -> ListParameters {
    ListParameters::of_version_1(&Query::of(raw).unwrap()).unwrap()
}

fn versions(raw: &str) -> Result<VersionListParameters, ListError> {
    VersionListParameters::of(&Query::of(raw).unwrap())
}

#[test]
fn the_first_version_goes_on_behind_its_marker() {
    let start = first_version("marker=&delimiter=/");
    assert_eq!(start.position(), &ListPosition::Start);
    assert!(start.fetch_owner);
    let key = first_version("marker=a/b&delimiter=/&max-keys=3&encoding-type=url");
    assert_eq!(key.position(), &ListPosition::AfterKey("a/b".to_owned()));
    assert_eq!((key.max_keys, key.encode_url), (3, true));
    // It has neither tokens nor start-after.
    let foreign = first_version("continuation-token=!&start-after=z");
    assert_eq!(foreign.position(), &ListPosition::Start);
}

#[test]
fn a_marker_that_a_page_told_as_common_prefix_is_behind_all_of_it() {
    let behind = |raw: &str| first_version(raw).position().clone();
    let prefix = |text: &str| ListPosition::AfterPrefix(text.to_owned());
    let key = |text: &str| ListPosition::AfterKey(text.to_owned());
    assert_eq!(behind("marker=a/&delimiter=/"), prefix("a/"));
    assert_eq!(behind("marker=a/b/&delimiter=/&prefix=a/"), prefix("a/b/"));
    assert_eq!(behind("marker=a/&delimiter=/&prefix=a/"), key("a/"));
    assert_eq!(behind("marker=a/b/&delimiter=/"), key("a/b/"));
    assert_eq!(behind("marker=a/"), key("a/"));
}

#[test]
fn versions_are_listed_from_a_key_or_a_version_of_it() {
    let id = "0123456789abcdef0123456789abcdef";
    let raw = format!("versions&key-marker=k&version-id-marker={id}&prefix=p&delimiter=/");
    let parameters = versions(&raw).unwrap();
    assert_eq!(parameters.key_marker.as_deref(), Some("k"));
    assert_eq!(parameters.version_id_marker.unwrap().as_str(), id);
    assert_eq!(
        (parameters.prefix.as_str(), parameters.delimiter.as_deref()),
        ("p", Some("/"))
    );
    let null = versions("key-marker=k&version-id-marker=null").unwrap();
    assert!(null.version_id_marker.unwrap().is_null());
    let empty = versions("key-marker=&version-id-marker=&max-keys=").unwrap();
    assert_eq!((empty.key_marker, empty.version_id_marker), (None, None));
    assert_eq!(empty.max_keys, MAX_PAGE);
}

#[test]
fn a_marker_of_versions_is_refused_for_what_is_wrong_with_it() {
    for (raw, sentence) in [
        (
            "version-id-marker=null",
            "A version-id marker cannot be specified without a key marker.",
        ),
        (
            "key-marker=&version-id-marker=x",
            "A version-id marker cannot be specified without a key marker.",
        ),
        (
            "key-marker=k&version-id-marker=x",
            "Invalid version id specified",
        ),
    ] {
        let fault = Fault::from(versions(raw).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidArgument, "{raw}");
        assert_eq!(fault.message(), sentence, "{raw}");
        assert!(
            fault
                .fields()
                .contains(&("ArgumentName", "version-id-marker".to_owned())),
            "{raw}"
        );
    }
    assert!(versions("max-keys=-1").is_err() && versions("encoding-type=x").is_err());
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
