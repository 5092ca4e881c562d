use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::testing::{
    CONFIGURATION, KEYS, NOW, TestKey, TestProvider, US, claims, claims_with, verifier, verify,
};
use crate::{FetchError, ProviderRef, TokenError, TokenErrorKind};

#[tokio::test]
async fn h4_a_storm_of_unknown_keys_counts_one_fetch_a_minute() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = Arc::new(verifier());
    let known = key.token(&claims(&provider.issuer));
    assert!(verify(&verifier, &provider, &known, NOW).await.is_ok());
    assert_eq!(provider.hits(KEYS), 1);
    let storm = async |now_s: i64| {
        let mut tasks = JoinSet::new();
        for number in 0..100 {
            let header = json!({"alg": "ES256", "kid": format!("unknown-{now_s}-{number}")});
            let token = key.token_with(&header, &claims(&provider.issuer));
            let (verifier, issuer) = (Arc::clone(&verifier), provider.issuer.clone());
            tasks.spawn(async move {
                let audiences = [US.to_owned()];
                let provider = ProviderRef {
                    issuer: &issuer,
                    audiences: &audiences,
                };
                verifier.verify(&token, &[provider], now_s).await
            });
        }
        for outcome in tasks.join_all().await {
            assert!(
                matches!(outcome, Err(TokenError::UnknownKey { .. })),
                "{outcome:?}"
            );
        }
    };
    storm(NOW).await;
    assert_eq!(provider.hits(KEYS), 2);
    storm(NOW + 59).await;
    assert_eq!(provider.hits(KEYS), 2);
    // The storm keeps nobody with a good key out.
    assert!(verify(&verifier, &provider, &known, NOW + 59).await.is_ok());
    storm(NOW + 60).await;
    assert_eq!(provider.hits(KEYS), 3);
}

#[tokio::test]
async fn keys_that_rotated_are_found_at_once() {
    let (old, new) = (TestKey::p256("old"), TestKey::p256("new"));
    let provider = TestProvider::start(&[&old]).await;
    let verifier = verifier();
    let (before, after) = (
        old.token(&claims(&provider.issuer)),
        new.token(&claims(&provider.issuer)),
    );
    assert!(verify(&verifier, &provider, &before, NOW).await.is_ok());
    provider.publish(&[new.jwk()]);
    assert!(verify(&verifier, &provider, &after, NOW).await.is_ok());
    // The old one is not published any more.
    let outcome = verify(&verifier, &provider, &before, NOW).await;
    assert!(
        matches!(outcome, Err(TokenError::UnknownKey { .. })),
        "{outcome:?}"
    );
    assert_eq!(provider.hits(KEYS), 2);
}

#[tokio::test]
async fn many_first_tokens_at_once_make_one_fetch() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = Arc::new(verifier());
    let token = key.token(&claims(&provider.issuer));
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let (verifier, issuer) = (Arc::clone(&verifier), provider.issuer.clone());
        let token = token.clone();
        tasks.spawn(async move {
            let audiences = [US.to_owned()];
            let provider = ProviderRef {
                issuer: &issuer,
                audiences: &audiences,
            };
            verifier.verify(&token, &[provider], NOW).await.is_ok()
        });
    }
    assert!(tasks.join_all().await.into_iter().all(|is_ok| is_ok));
    assert_eq!((provider.hits(CONFIGURATION), provider.hits(KEYS)), (1, 1));
}

#[tokio::test]
async fn keys_are_used_for_an_hour_while_their_provider_is_down() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    let token_at = |now_s: i64| {
        let mut claims = claims_with(&provider.issuer, "exp", json!(now_s + 300));
        claims["iat"] = json!(now_s);
        key.token(&claims)
    };
    let at = |now_s: i64| {
        let (verifier, provider, token) = (&verifier, &provider, token_at(now_s));
        async move { verify(verifier, provider, &token, now_s).await }
    };
    assert!(at(NOW).await.is_ok());
    provider.fail();
    assert!(at(NOW + 599).await.is_ok());
    assert_eq!(provider.hits(CONFIGURATION), 1, "ten minutes are not over");
    assert!(at(NOW + 600).await.is_ok());
    assert!(at(NOW + 609).await.is_ok());
    assert_eq!(
        provider.hits(CONFIGURATION),
        2,
        "a failure is not repeated at once"
    );
    assert!(at(NOW + 3599).await.is_ok());
    let outcome = at(NOW + 3600).await.unwrap_err();
    assert_eq!(outcome.kind(), TokenErrorKind::Unreachable);
    let host = "127.0.0.1".to_owned();
    let reason = FetchError::Status { host, status: 503 };
    let issuer = provider.issuer.clone();
    assert_eq!(outcome, TokenError::Unreachable { issuer, reason });
}

#[tokio::test]
async fn a_provider_may_shorten_how_long_its_keys_are_kept() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let body = json!({"keys": [key.jwk()]}).to_string();
    for (cache_control, fresh_s) in [
        ("cache-control: public, max-age=120\r\n", 120),
        ("cache-control: max-age=1\r\n", 60),
        ("Cache-Control: no-store\r\n", 60),
        ("cache-control: max-age=86400\r\n", 600),
        ("cache-control: max-age=a\r\n", 600),
        ("", 600),
    ] {
        provider.answer(KEYS, 200, cache_control, body.as_bytes());
        let (verifier, before) = (verifier(), provider.hits(KEYS));
        let token = key.token(&claims_with(&provider.issuer, "exp", json!(NOW + 9000)));
        for (now_s, hits) in [(NOW, 1), (NOW + fresh_s - 1, 1), (NOW + fresh_s, 2)] {
            assert!(verify(&verifier, &provider, &token, now_s).await.is_ok());
            assert_eq!(
                provider.hits(KEYS) - before,
                hits,
                "{cache_control} {now_s}"
            );
        }
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_undo_the_fetch() {
    let key = TestKey::p256("k");
    let provider = TestProvider::start(&[&key]).await;
    let verifier = verifier();
    let token = key.token(&claims(&provider.issuer));
    for _ in 0..10 {
        // Polled a few times, then dropped while the fetch is under way.
        let gone = verify(&verifier, &provider, &token, NOW);
        let _ = timeout(Duration::ZERO, gone).await;
    }
    assert!(verify(&verifier, &provider, &token, NOW).await.is_ok());
    assert_eq!((provider.hits(CONFIGURATION), provider.hits(KEYS)), (1, 1));
}
