use serde_json::{Map, Value, json};

use super::{Validity, audience, check_times, subject};
use crate::TokenError;

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn ours() -> [String; 2] {
    ["one".to_owned(), "two".to_owned()]
}

#[test]
fn h4_a_token_is_for_one_of_our_audiences() {
    for (claims, expected) in [
        (json!({"aud": "one"}), "one"),
        (json!({"aud": ["two"]}), "two"),
        (json!({"aud": ["x", "two"]}), "two"),
        (json!({"aud": ["two", "one"]}), "two"),
        // With several audiences, the party that it was issued to counts.
        (json!({"aud": ["one", "two"], "azp": "two"}), "two"),
        (json!({"aud": ["x", "y"], "azp": "one"}), "one"),
        // With one, it is that one.
        (json!({"aud": "one", "azp": "x"}), "one"),
        (json!({"aud": ["one"], "azp": "x"}), "one"),
    ] {
        assert_eq!(
            audience(&object(claims.clone()), &ours()).as_deref(),
            Ok(expected),
            "{claims}"
        );
    }
}

#[test]
fn h4_a_token_for_others_is_not_for_us() {
    for (claims, expected) in [
        (json!({"aud": "x"}), "x"),
        (json!({"aud": "x", "azp": "one"}), "x"),
        (json!({"aud": "one "}), "one "),
        (json!({"aud": "ONE"}), "ONE"),
        (json!({"aud": ["x", "y"]}), "x,y"),
        (json!({"aud": ["one", "x"], "azp": "x"}), "x"),
    ] {
        let audience_of = audience(&object(claims), &ours());
        let expected = expected.to_owned();
        assert_eq!(
            audience_of,
            Err(TokenError::Audience { audience: expected })
        );
    }
    for claims in [
        json!({}),
        json!({"aud": 1}),
        json!({"aud": []}),
        json!({"aud": ""}),
        json!({"aud": ["one", 1]}),
        json!({"aud": ["one", ""]}),
        json!({"aud": [["one"]]}),
    ] {
        let audience_of = audience(&object(claims), &ours());
        assert_eq!(audience_of, Err(TokenError::Claim { claim: "aud" }));
    }
    let strange = object(json!({"aud": ["one", "two"], "azp": 1}));
    assert_eq!(
        audience(&strange, &ours()),
        Err(TokenError::Claim { claim: "azp" })
    );
    // An empty audience of a provider is no way in.
    let empty = object(json!({"aud": ""}));
    assert!(audience(&empty, &[String::new()]).is_err());
}

#[test]
fn times_may_have_fractions_and_no_other_form() {
    let times =
        |exp: Value, iat: Value| check_times(&object(json!({"exp": exp, "iat": iat})), 1000, 60);
    let expected = Validity {
        issued_at: 900,
        expires_at: 1100,
    };
    assert_eq!(times(json!(1100), json!(900)), Ok(expected));
    assert_eq!(times(json!(1100.9), json!(900.9)), Ok(expected));
    for exp in [json!("1100"), json!(1e300), json!(null), json!(u64::MAX)] {
        assert_eq!(
            times(exp, json!(900)),
            Err(TokenError::Claim { claim: "exp" })
        );
    }
}

#[test]
fn times_at_the_ends_of_what_can_be_written_overflow_nothing() {
    for (exp, iat, now) in [
        (i64::MAX, i64::MIN, 0),
        (i64::MAX, i64::MIN, i64::MAX),
        (i64::MIN, i64::MAX, i64::MIN),
    ] {
        let _ = check_times(&object(json!({"exp": exp, "iat": iat})), now, i64::MAX);
    }
}

#[test]
fn a_subject_is_a_text_that_can_stand_in_a_line() {
    assert_eq!(
        subject(&object(json!({"sub": "repo:acme/site"}))),
        Ok("repo:acme/site")
    );
    for sub in [
        json!(""),
        json!(1),
        json!("a\nb"),
        json!("a\u{7f}"),
        json!("x".repeat(256)),
        json!(null),
    ] {
        assert_eq!(
            subject(&object(json!({"sub": sub}))),
            Err(TokenError::Claim { claim: "sub" })
        );
    }
}
