use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::testing::{
    CONFIGURATION, KEYS, NOW, TestKey, TestProvider, US, claims, claims_with, encoded, modulus,
    verifier, verify,
};
use crate::{Options, ProviderRef, TokenError, TokenErrorKind, Verifier};

#[tokio::test]
async fn a_token_proves_what_it_claims_with_each_accepted_algorithm() {
    let keys = [TestKey::rsa("r"), TestKey::p256("e"), TestKey::p384("f")];
    let provider = TestProvider::start(&keys.each_ref()).await;
    let verifier = verifier();
    for (key, algorithm) in [
        (0, "RS256"),
        (0, "RS384"),
        (0, "RS512"),
        (1, "ES256"),
        (2, "ES384"),
    ] {
        let key = &keys[key];
        let header = json!({"alg": algorithm, "kid": key.kid});
        let token = key.token_with(&header, &claims(&provider.issuer));
        let verified = verify(&verifier, &provider, &token, NOW).await.unwrap();
        assert_eq!(verified.issuer, provider.issuer);
        assert_eq!(verified.subject, "repo:acme/site");
        assert_eq!(verified.audience, US);
        assert_eq!(
            (verified.issued_at, verified.expires_at),
            (NOW - 5, NOW + 300)
        );
        assert_eq!(verified.claims["sub"], "repo:acme/site");
    }
    assert_eq!(provider.hits(KEYS), 1);
    assert_eq!(provider.hits(CONFIGURATION), 1);
}

#[tokio::test]
async fn h4_an_issuer_that_is_not_trusted_is_refused_and_not_asked() {
    let key = TestKey::p256("k");
    let (ours, theirs) = (
        TestProvider::start(&[&key]).await,
        TestProvider::start(&[&key]).await,
    );
    let verifier = verifier();
    for issuer in [
        theirs.issuer.clone(),
        format!("{}/x", ours.issuer),
        format!("{}//", ours.issuer),
        ours.issuer.replace("http", "HTTP"),
        ours.issuer.replace("http://", "http://x@"),
    ] {
        let outcome = verify(&verifier, &ours, &key.token(&claims(&issuer)), NOW).await;
        assert_eq!(outcome, Err(TokenError::Issuer { issuer }));
    }
    assert_eq!(ours.hits(CONFIGURATION) + theirs.hits(CONFIGURATION), 0);
}

#[tokio::test]
async fn h4_wrong_audience_is_refused() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    for (aud, shown) in [
        (json!("somebody-else"), "somebody-else"),
        (json!(["one", "two"]), "one,two"),
        (json!("Countersign"), "Countersign"),
        (json!("countersign "), "countersign "),
    ] {
        let token = key.token(&claims_with(&provider.issuer, "aud", aud));
        let audience = shown.to_owned();
        let outcome = verify(&verifier, &provider, &token, NOW).await;
        assert_eq!(outcome, Err(TokenError::Audience { audience }));
    }
    // A provider without audiences is a provider whose tokens are for nobody here.
    let token = key.token(&claims(&provider.issuer));
    let nobody = ProviderRef {
        issuer: &provider.issuer,
        audiences: &[],
    };
    let outcome = verifier.verify(&token, &[nobody], NOW).await;
    assert!(
        matches!(outcome, Err(TokenError::Audience { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn h4_a_token_without_a_signature_is_refused() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    for alg in ["none", "None", "NONE", ""] {
        let header = json!({"alg": alg, "kid": "k"});
        let token = key.token_with(&header, &claims(&provider.issuer));
        let alg = alg.to_owned();
        let outcome = verify(&verifier, &provider, &token, NOW).await;
        assert_eq!(outcome, Err(TokenError::Algorithm { alg }));
        let unsigned = &token[..=token.rfind('.').unwrap()];
        assert!(verify(&verifier, &provider, unsigned, NOW).await.is_err());
    }
    let token = key.token(&claims(&provider.issuer));
    let unsigned = &token[..=token.rfind('.').unwrap()];
    let outcome = verify(&verifier, &provider, unsigned, NOW).await;
    assert!(
        matches!(outcome, Err(TokenError::Malformed { .. })),
        "{outcome:?}"
    );
    assert_eq!(provider.hits(CONFIGURATION), 0);
}

#[tokio::test]
async fn h4_a_public_key_is_never_the_secret_of_an_hmac() {
    let key = TestKey::rsa("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    let published = key.jwk();
    let secrets = [
        modulus(&key),
        published["n"].as_str().unwrap().as_bytes().to_vec(),
        published.to_string().into_bytes(),
    ];
    for secret in secrets {
        let signed = format!(
            "{}.{}",
            encoded(json!({"alg": "HS256", "kid": "k"}).to_string().as_bytes()),
            encoded(claims(&provider.issuer).to_string().as_bytes())
        );
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let tag = hmac::sign(&secret, signed.as_bytes());
        let token = format!("{signed}.{}", encoded(tag.as_ref()));
        let alg = "HS256".to_owned();
        let outcome = verify(&verifier, &provider, &token, NOW).await;
        assert_eq!(outcome, Err(TokenError::Algorithm { alg }));
    }
}

#[tokio::test]
async fn h4_a_key_is_used_only_for_what_it_is_for() {
    let (rsa, ec) = (TestKey::rsa("r"), TestKey::p256("e"));
    let provider = TestProvider::start(&[&rsa, &ec]).await;
    let with = |key: &TestKey, name: &str, value: Value| {
        let mut jwk = key.jwk();
        jwk[name] = value;
        jwk
    };
    let token = |key: &TestKey, alg: &str, kid: &str| {
        key.token_with(&json!({"alg": alg, "kid": kid}), &claims(&provider.issuer))
    };
    let cases = [
        (
            "of another type",
            vec![rsa.jwk()],
            token(&ec, "ES256", "r"),
            "ES256",
        ),
        (
            "of another curve",
            vec![ec.jwk()],
            token(&ec, "ES384", "e"),
            "ES384",
        ),
        (
            "for encryption",
            vec![with(&rsa, "use", json!("enc"))],
            token(&rsa, "RS256", "r"),
            "RS256",
        ),
        (
            "of strange use",
            vec![with(&rsa, "use", json!(7))],
            token(&rsa, "RS256", "r"),
            "RS256",
        ),
        (
            "to sign only",
            vec![with(&rsa, "key_ops", json!(["sign"]))],
            token(&rsa, "RS256", "r"),
            "RS256",
        ),
        (
            "for RS512",
            vec![with(&rsa, "alg", json!("RS512"))],
            token(&rsa, "RS256", "r"),
            "RS256",
        ),
        (
            "private",
            vec![with(&rsa, "d", json!("AQAB"))],
            token(&rsa, "RS256", "r"),
            "RS256",
        ),
        (
            "short",
            vec![with(&rsa, "n", json!(encoded(&[0xc5; 128])))],
            token(&rsa, "RS256", "r"),
            "RS256",
        ),
        (
            "long",
            vec![with(&rsa, "n", json!(encoded(&[0xc5; 2048])))],
            token(&rsa, "RS256", "r"),
            "RS256",
        ),
    ];
    for (what, keys, token, alg) in cases {
        provider.publish(&keys);
        let outcome = verify(&verifier(), &provider, &token, NOW).await;
        let kid = keys[0]["kid"].as_str().unwrap().to_owned();
        let issuer = provider.issuer.clone();
        let alg = alg.to_owned();
        assert_eq!(
            outcome,
            Err(TokenError::KeyMismatch { issuer, kid, alg }),
            "{what}"
        );
    }
}

#[tokio::test]
async fn h4_a_token_that_was_changed_is_refused() {
    let (key, other) = (TestKey::rsa("k"), TestKey::rsa("k"));
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    let token = key.token(&claims(&provider.issuer));
    assert!(verify(&verifier, &provider, &token, NOW).await.is_ok());
    let mut parts: Vec<&str> = token.split('.').collect();
    let swapped = claims_with(&provider.issuer, "sub", json!("repo:acme/other"));
    let swapped = encoded(swapped.to_string().as_bytes());
    parts[1] = &swapped;
    let mismatch = TokenError::SignatureMismatch {
        issuer: provider.issuer.clone(),
        kid: "k".to_owned(),
    };
    for token in [parts.join("."), other.token(&claims(&provider.issuer))] {
        let outcome = verify(&verifier, &provider, &token, NOW).await;
        assert_eq!(outcome, Err(mismatch.clone()));
    }
}

#[tokio::test]
async fn h4_keys_of_one_issuer_say_nothing_about_another() {
    let (one, other) = (TestKey::p256("k"), TestKey::p256("k"));
    let (a, b) = (
        TestProvider::start(&[&one]).await,
        TestProvider::start(&[&other]).await,
    );
    let verifier = verifier();
    let audiences = [US.to_owned()];
    let both = [&a, &b].map(|provider| ProviderRef {
        issuer: &provider.issuer,
        audiences: &audiences,
    });
    let forged = other.token(&claims(&a.issuer));
    assert!(
        verifier
            .verify(&other.token(&claims(&b.issuer)), &both, NOW)
            .await
            .is_ok()
    );
    let outcome = verifier.verify(&forged, &both, NOW).await;
    assert!(
        matches!(outcome, Err(TokenError::SignatureMismatch { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn h4_a_token_out_of_its_time_is_refused_and_makes_nothing_be_fetched() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    for (claim, value, kind) in [
        ("exp", NOW - 60, TokenErrorKind::Expired),
        ("exp", i64::MIN, TokenErrorKind::Expired),
        ("iat", NOW + 61, TokenErrorKind::Rejected),
        ("nbf", NOW + 61, TokenErrorKind::Rejected),
        ("nbf", i64::MAX, TokenErrorKind::Rejected),
    ] {
        let token = key.token(&claims_with(&provider.issuer, claim, json!(value)));
        let outcome = verify(&verifier, &provider, &token, NOW).await;
        assert_eq!(outcome.unwrap_err().kind(), kind, "{claim} {value}");
    }
    assert_eq!(provider.hits(CONFIGURATION), 0);
    for (claim, value) in [("exp", NOW - 59), ("iat", NOW + 60), ("nbf", NOW + 60)] {
        let token = key.token(&claims_with(&provider.issuer, claim, json!(value)));
        assert!(
            verify(&verifier, &provider, &token, NOW).await.is_ok(),
            "{claim} {value}"
        );
    }
}

#[tokio::test]
async fn h4_claims_that_must_be_there_are_missed() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    for claim in ["iss", "sub", "aud", "exp", "iat"] {
        for value in [Value::Null, json!({}), json!(true), json!([])] {
            let token = key.token(&claims_with(&provider.issuer, claim, value));
            let outcome = verify(&verifier, &provider, &token, NOW).await;
            assert_eq!(outcome, Err(TokenError::Claim { claim }));
        }
    }
}

#[tokio::test]
async fn a_token_that_names_no_key_is_good_only_where_there_is_one() {
    let (one, two) = (TestKey::p256("one"), TestKey::p256("two"));
    let provider = TestProvider::start(&[&one]).await;
    let token = one.token_with(&json!({"alg": "ES256"}), &claims(&provider.issuer));
    assert!(verify(&verifier(), &provider, &token, NOW).await.is_ok());
    provider.publish(&[one.jwk(), two.jwk()]);
    let outcome = verify(&verifier(), &provider, &token, NOW).await;
    assert!(
        matches!(outcome, Err(TokenError::UnknownKey { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn h4_an_issuer_is_written_as_it_writes_itself_though_registered_without_its_slash() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let slashed = format!("{}/", provider.issuer);
    let keys = format!("{}{KEYS}", provider.issuer);
    let configuration = json!({"issuer": slashed, "jwks_uri": keys}).to_string();
    provider.answer(CONFIGURATION, 200, "", configuration.as_bytes());
    let verifier = verifier();
    let token = key.token(&claims(&slashed));
    let verified = verify(&verifier, &provider, &token, NOW).await.unwrap();
    assert_eq!(verified.issuer, provider.issuer);
    let token = key.token(&claims(&provider.issuer));
    let outcome = verify(&verifier, &provider, &token, NOW).await;
    let issuer = provider.issuer.clone();
    assert_eq!(outcome, Err(TokenError::Issuer { issuer }));
}

#[tokio::test]
async fn h4_an_oversized_token_is_not_read() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let filler = "x".repeat(13_000);
    let token = key.token(&claims_with(&provider.issuer, "filler", json!(filler)));
    let (bytes, most) = (token.len(), 16 * 1024);
    assert!((most..20_000).contains(&bytes));
    let outcome = verify(&verifier(), &provider, &token, NOW).await;
    assert_eq!(outcome, Err(TokenError::Oversize { bytes, most }));
    let as_sts = Verifier::new(Options {
        max_token_bytes: 20_000,
        ..Options::default()
    });
    assert!(
        verify(&as_sts.unwrap(), &provider, &token, NOW)
            .await
            .is_ok()
    );
}

#[test]
fn no_error_shows_a_token() {
    let key = TestKey::p256("k");
    let token = key.token(&claims("https://accounts.example.com"));
    for error in [
        crate::issuer_of(&format!("{token}.")).unwrap_err(),
        crate::issuer_of(&format!("{token}=")).unwrap_err(),
        crate::issuer_of(&token.replacen('.', "", 1)).unwrap_err(),
    ] {
        let shown = format!("{error} {error:?}");
        for part in token.split('.') {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}
