use countersign_policy::Value;

use super::*;

fn tag(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn the_account_as_a_whole_is_no_resource_but_the_service() {
    assert_eq!(Target::account().resource(), Resource::Service);
    let arn = "arn:aws:iam::000000000000:user/ann";
    assert_eq!(
        Target::of(arn.to_owned()).resource(),
        Resource::Other { arn }
    );
}

#[test]
fn keys_say_what_the_call_is_about() {
    let asked = [tag("Team", "red")];
    let target = Target::of("arn".to_owned())
        .tagged(&[tag("Owner", "ann")])
        .bounded(Some("boundary".to_owned()))
        .with_policy("policy")
        .with_tags(&asked);
    for (key, value) in [
        ("iam:policyarn", "policy"),
        ("iam:permissionsboundary", "boundary"),
        ("aws:resourcetag/owner", "ann"),
        ("iam:resourcetag/owner", "ann"),
        ("aws:requesttag/team", "red"),
    ] {
        assert_eq!(target.values(key), Values::One(Value::Text(value)), "{key}");
    }
    assert_eq!(target.values("aws:tagkeys"), Values::Many(&["Team"]));
    for key in [
        "aws:resourcetag/team",
        "aws:requesttag/owner",
        "aws:sourceip",
        "iam:passedtoservice",
    ] {
        assert_eq!(target.values(key), Values::Absent, "{key}");
    }
}

#[test]
fn tags_that_are_taken_away_are_keys_without_values() {
    let target = Target::of("arn".to_owned()).without_tags(&["team"]);
    assert_eq!(target.values("aws:tagkeys"), Values::Many(&["team"]));
    assert_eq!(target.values("aws:requesttag/team"), Values::Absent);
}
