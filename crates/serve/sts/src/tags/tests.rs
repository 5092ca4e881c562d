use countersign_session::SessionTag;
use proptest::prelude::*;

use super::of_session;

fn tag(key: &str, value: &str, is_transitive: bool) -> SessionTag {
    SessionTag {
        key: key.into(),
        value: value.into(),
        is_transitive,
    }
}

#[test]
fn tags_keep_their_case_and_transitive_ones_come_along() {
    let of_caller = [tag("Team", "web", true), tag("Cost", "7", false)];
    let tags = of_session(&[("stage", "test"), ("Run", "1")], &["STAGE"], &of_caller).unwrap();
    assert_eq!(
        tags,
        [
            tag("Team", "web", true),
            tag("stage", "test", true),
            tag("Run", "1", false)
        ]
    );
}

#[test]
fn what_came_along_cannot_be_given_again_in_any_case() {
    let of_caller = [tag("Team", "web", true)];
    for (given, keys) in [
        (&[("team", "ops")][..], &[][..]),
        (&[("TEAM", "web")], &[]),
        (&[], &["team"]),
        (&[("x", "y")], &["x", "TEAM"]),
    ] {
        let refused = of_session(given, keys, &of_caller).unwrap_err();
        assert_eq!(refused.fault.code(), "InvalidParameterValue");
        assert!(
            refused
                .fault
                .message()
                .contains("conflicts with a transitive tag key")
        );
    }
}

#[test]
fn keys_of_aws_and_too_many_tags_are_refused() {
    assert!(of_session(&[("aws:team", "x")], &[], &[]).is_err());
    let keys: Vec<String> = (0..51).map(|number| format!("k{number}")).collect();
    let given: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "v")).collect();
    assert!(of_session(given.get(..50).unwrap(), &[], &[]).is_ok());
    assert!(of_session(given.get(..50).unwrap(), &[], &[tag("team", "web", true)]).is_err());
}

proptest! {
    #[test]
    fn no_key_stands_twice_and_nothing_transitive_is_lost(
        given in prop::collection::vec(("[a-cA-C]{1,2}", "[x-z]{0,2}"), 0..5),
        keys in prop::collection::vec("[a-cA-C]{1,2}", 0..3),
        of_caller in prop::collection::btree_map("[a-c]{1,2}", any::<bool>(), 0..4),
    ) {
        let given: Vec<(&str, &str)> = given.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let of_caller: Vec<_> = of_caller.iter().map(|(key, keeps)| tag(key, "old", *keeps)).collect();
        if let Ok(tags) = of_session(&given, &keys, &of_caller) {
            let mut names: Vec<String> = tags.iter().map(|tag| tag.key.to_lowercase()).collect();
            names.sort();
            prop_assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
            for kept in of_caller.iter().filter(|tag| tag.is_transitive) {
                prop_assert!(tags.contains(kept));
            }
        }
    }
}
