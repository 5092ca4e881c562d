use countersign_policy::{PolicyDocument, PolicyKind};

use super::NAMES;

#[test]
fn every_action_can_be_named_in_a_policy() {
    for name in NAMES {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:{name}","Resource":"*"}}]}}"#
        );
        assert_eq!(
            PolicyDocument::parse(&policy, PolicyKind::Identity).err(),
            None,
            "{name}"
        );
    }
}

#[test]
fn no_action_stands_twice() {
    let mut names = NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), NAMES.len());
}
