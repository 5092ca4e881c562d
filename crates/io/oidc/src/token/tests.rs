use serde_json::json;

use super::{UnverifiedToken, issuer_of};
use crate::TokenError;
use crate::key_set::SignatureAlgorithm;
use crate::testing::{claims, encoded};

const ISSUER: &str = "https://accounts.example.com";
const HEADER: &str = r#"{"alg":"ES256","kid":"k"}"#;

fn token(header: &str, claims: &str) -> String {
    let (header, claims) = (encoded(header.as_bytes()), encoded(claims.as_bytes()));
    format!("{header}.{claims}.{}", encoded(b"signature"))
}

fn parsed(token: &str) -> Result<UnverifiedToken<'_>, TokenError> {
    UnverifiedToken::parse(token, 16 * 1024)
}

fn malformed(token: &str) -> &'static str {
    match parsed(token) {
        Err(TokenError::Malformed { what }) => what,
        other => panic!("{token}: {other:?}"),
    }
}

#[test]
fn a_token_is_taken_apart() {
    let text = token(HEADER, &claims(ISSUER).to_string());
    let token = parsed(&text).unwrap();
    assert_eq!(token.algorithm, SignatureAlgorithm::Es256);
    assert_eq!(token.key_id.as_deref(), Some("k"));
    assert_eq!(token.issuer(), Ok(ISSUER));
    assert_eq!(format!("{}.{}", token.signed, token.signature), text);
    assert_eq!(issuer_of(&text).as_deref(), Ok(ISSUER));
}

#[test]
fn h4_a_token_has_three_parts_of_strict_base64url() {
    let good = token(HEADER, "{}");
    let [header, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        unreachable!();
    };
    let four = format!("{good}.x");
    for text in ["", ".", "a", "a.b", &four, &good.replacen('.', "", 1)] {
        assert_eq!(malformed(text), "it has not three parts", "{text}");
    }
    // The last character of 22 bytes has four bits to spare, which a careless reader would not look at.
    let spare = encoded(br#"{"alg":"ES256","a":1} "#);
    let stray = format!("{}B", spare.strip_suffix('A').unwrap());
    for header in [
        "",
        &format!("{header}="),
        &format!("{header}=="),
        &format!(" {header}"),
        &format!("{header}\n"),
        &stray,
        "e30+",
        "e30/",
        "\u{e9}",
    ] {
        let text = format!("{header}.{claims}.{signature}");
        assert!(malformed(&text).starts_with("a part is not"), "{text}");
    }
    for signature in ["", "=", "AB=", "A", "AB", "a+b/", "a b"] {
        let text = format!("{header}.{claims}.{signature}");
        assert_eq!(
            malformed(&text),
            "its signature is not base64url without padding"
        );
    }
}

#[test]
fn h4_names_that_stand_twice_are_refused_at_any_depth() {
    let twice = "a part is not JSON, or a name stands twice in it";
    for (header, claims) in [
        (r#"{"alg":"ES256","alg":"none"}"#, "{}"),
        (HEADER, r#"{"aud":"a","aud":"b"}"#),
        (HEADER, r#"{"aud":"a","\u0061ud":"b"}"#),
        (HEADER, r#"{"x":{"y":1,"y":2}}"#),
        (HEADER, r#"{"x":[{"y":1,"y":2}]}"#),
        (HEADER, r#"{"x":1}{"x":2}"#),
        (HEADER, r#"{"x":1} y"#),
        (HEADER, r#"{"x":01}"#),
        (HEADER, r#"{"x":1e999}"#),
        (HEADER, "{'x':1}"),
        (HEADER, ""),
        (HEADER, &"[".repeat(5000)),
        (HEADER, "{\"x\":\"\u{0}\"}"),
    ] {
        assert_eq!(
            malformed(&token(header, claims)),
            twice,
            "{header} {claims}"
        );
    }
    for claims in ["[]", "1", "\"x\"", "null"] {
        assert_eq!(
            malformed(&token(HEADER, claims)),
            "a part is no JSON object"
        );
    }
}

#[test]
fn h4_extensions_and_other_kinds_of_tokens_are_refused() {
    let crit = json!({"alg": "ES256", "crit": ["exp"], "exp": 1}).to_string();
    assert_eq!(parsed(&token(&crit, "{}")), Err(TokenError::Critical));
    let crit = json!({"alg": "ES256", "crit": []}).to_string();
    assert_eq!(parsed(&token(&crit, "{}")), Err(TokenError::Critical));
    for typ in [
        "JWT",
        "jwt",
        "application/jwt",
        "at+jwt",
        "application/at+jwt",
    ] {
        let header = json!({"alg": "ES256", "typ": typ}).to_string();
        assert!(parsed(&token(&header, "{}")).is_ok(), "{typ}");
    }
    for typ in ["logout+jwt", "dpop+jwt", "JOSE", "secevent+jwt", ""] {
        let header = json!({"alg": "ES256", "typ": typ}).to_string();
        let typ = typ.to_owned();
        assert_eq!(parsed(&token(&header, "{}")), Err(TokenError::Type { typ }));
    }
    let header = json!({"alg": "ES256", "typ": 1}).to_string();
    assert!(matches!(
        parsed(&token(&header, "{}")),
        Err(TokenError::Type { .. })
    ));
}

#[test]
fn h4_only_the_algorithms_of_the_list_are_accepted() {
    for alg in [
        "HS256", "HS384", "HS512", "PS256", "ES512", "ES256K", "EdDSA", "none", "rs256", "RS256 ",
        "RSA-OAEP",
    ] {
        let header = json!({"alg": alg}).to_string();
        let alg = alg.to_owned();
        assert_eq!(
            parsed(&token(&header, "{}")),
            Err(TokenError::Algorithm { alg })
        );
    }
    for header in [
        "{}",
        r#"{"alg":1}"#,
        r#"{"alg":null}"#,
        r#"{"alg":["RS256"]}"#,
    ] {
        let alg = String::new();
        assert_eq!(
            parsed(&token(header, "{}")),
            Err(TokenError::Algorithm { alg })
        );
    }
}

#[test]
fn a_name_of_a_key_is_a_bounded_text() {
    for kid in [json!(1), json!(null), json!("k".repeat(257))] {
        let header = json!({"alg": "ES256", "kid": kid}).to_string();
        assert_eq!(
            malformed(&token(&header, "{}")),
            "`kid` is no text of 256 bytes at most"
        );
    }
}
