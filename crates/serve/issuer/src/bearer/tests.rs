use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Said, role_of, whole_seconds};

#[test]
fn the_name_of_a_session_says_the_subject_as_far_as_it_can() {
    let name = |sub: &str| {
        let said = Said {
            sub: sub.to_owned(),
            iat: 1.0,
            exp: 2.0,
        };
        said.session_name()
    };
    assert_eq!(name("alice@example.com"), "alice@example.com");
    let of_ci = name("repo:octo/app:ref:refs/heads/main");
    assert!(
        of_ci.starts_with("repo-octo-app-ref-refs-heads-main-"),
        "{of_ci}"
    );
    assert_eq!(name(&"x".repeat(255)).len(), 64);
    assert!(name("ä").starts_with("--"));
}

#[test]
fn c3_no_two_subjects_have_one_session_name() {
    let name = |sub: &str| {
        let said = Said {
            sub: sub.to_owned(),
            iat: 1.0,
            exp: 2.0,
        };
        said.session_name()
    };
    let of_ci = name("repo:octo/app");
    let long = "x".repeat(64);
    let names = [
        of_ci.clone(),
        name("repo/octo:app"),
        name("repo-octo-app"),
        name(&long),
        name(&format!("{long}y")),
        name(&format!("{long}z")),
        // Who may choose a subject cannot choose the name of another.
        name(&of_ci),
        name("a"),
        name("a-"),
    ];
    for (at, one) in names.iter().enumerate() {
        assert!((2..=64).contains(&one.len()), "{one}");
        assert!(!names[at + 1..].contains(one), "{one}");
    }
}

#[test]
fn what_a_token_says_is_read_strictly_enough_to_be_verified_later() {
    let token = |payload: &str| format!("h.{}.s", URL_SAFE_NO_PAD.encode(payload));
    assert!(Said::of(&token(r#"{"sub":"a","iat":1,"exp":2}"#)).is_some());
    for bad in ["", "a.b.c", "a", &token("{}"), &token("[]")] {
        assert!(Said::of(bad).is_none(), "{bad}");
    }
    assert_eq!(whole_seconds(1_800_000_000.9), Some(1_800_000_000));
    assert_eq!(whole_seconds(-1.0), None);
    assert_eq!(whole_seconds(f64::NAN), None);
}

#[test]
fn the_header_names_the_role_before_the_body_does() {
    let body = br#"{"role":"ci","verb":"get"}"#;
    assert_eq!(role_of(None, body).as_deref(), Some("ci"));
    assert_eq!(role_of(Some("other"), body).as_deref(), Some("other"));
    assert_eq!(role_of(None, b"no json"), None);
}
