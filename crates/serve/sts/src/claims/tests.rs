use countersign_oidc::Verified;
use countersign_policy::{Value as KeyValue, Values};
use serde_json::json;

use super::{Brought, Claims};

fn token(claims: serde_json::Value) -> Verified {
    Verified {
        issuer: "https://ci.example.com/Org".to_owned(),
        subject: "repo:a/b".to_owned(),
        audience: "countersign".to_owned(),
        issued_at: 0,
        expires_at: 1,
        claims: claims.as_object().unwrap().clone(),
    }
}

#[test]
fn claims_are_keys_below_the_name_of_their_provider() {
    let token = token(json!({
        "sub": "repo:a/b", "aud": ["countersign", "other"], "n": 7, "b": true, "Groups": ["x", "y"],
        "nothing": null, "object": {"a": 1}, "mixed": ["x", 1]
    }));
    let claims = Claims::of("ci.example.com/Org", &token).unwrap();
    let value = |claim: &str| claims.values(&format!("ci.example.com/org:{claim}"));
    assert_eq!(value("sub"), "repo:a/b".into());
    assert_eq!(value("aud"), "countersign".into());
    assert_eq!(value("n"), "7".into());
    assert_eq!(value("b"), Values::One(KeyValue::Bool(true)));
    assert_eq!(value("groups"), Values::Many(&["x", "y"]));
    for absent in ["nothing", "object", "mixed", "else"] {
        assert_eq!(value(absent), Values::Absent, "{absent}");
    }
    assert_eq!(claims.values("sub"), Values::Absent);
}

#[test]
fn two_claims_that_are_one_key_are_refused() {
    let token = token(json!({"repository": "a", "Repository": "b"}));
    let refused = Claims::of("ci.example.com", &token).unwrap_err();
    assert_eq!(refused.fault.code(), "InvalidIdentityToken");
}

#[test]
fn what_a_token_brings_for_its_session_is_read_strictly() {
    let read = |claims: serde_json::Value| {
        let claims = claims.as_object().unwrap().clone();
        Brought::of(&claims)
            .map(|brought| format!("{brought:?}"))
            .ok()
    };
    assert!(read(json!({})).is_some());
    let tags = "https://aws.amazon.com/tags";
    let good =
        json!({tags: {"principal_tags": {"a": ["b"], "c": "d"}, "transitive_tag_keys": ["a"]}});
    let brought = read(good).unwrap();
    assert!(
        brought.contains(r#"tags: [("a", "b"), ("c", "d")], transitive_keys: ["a"]"#),
        "{brought}"
    );
    for bad in [
        json!({tags: null}),
        json!({tags: {"transitive_tag_keys": ["a"]}}),
        json!({tags: {"principal_tags": {"a": []}}}),
        json!({tags: {"principal_tags": {"a": ["b", "c"]}}}),
        json!({tags: {"principal_tags": {"": "b"}}}),
        json!({tags: {"principal_tags": {"a": "<"}}}),
        json!({tags: {"principal_tags": {"a": "b"}, "transitive_tag_keys": "a"}}),
        json!({tags: {"principal_tags": {"a": "b"}, "other": 1}}),
        json!({"https://aws.amazon.com/source_identity": 1}),
        json!({"https://aws.amazon.com/source_identity": "a b"}),
        json!({"https://aws.amazon.com/source_identity": "aws:x"}),
    ] {
        assert_eq!(read(bad.clone()), None, "{bad}");
    }
}
