//! What an engine has to do with providers of OpenID Connect tokens.

use super::{Case, NOW};
use crate::{
    Declaration, DeclaredProvider, MAX_AUDIENCES, NewOidcProvider, OidcProvider, Origin,
    StateError, StateStore,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        (
            "providers are made, found, changed, listed and deleted",
            |s| Box::pin(keeps(s)),
        ),
        ("what a provider may have is bounded", |s| {
            Box::pin(holds(s))
        }),
        ("h4 two providers never have one name", |s| {
            Box::pin(tells_apart(s))
        }),
    ]
}

fn provider(issuer: &str) -> NewOidcProvider {
    NewOidcProvider {
        issuer: issuer.to_owned(),
        audiences: vec!["z".to_owned(), "a b".to_owned()],
        thumbprints: vec!["00".repeat(20)],
        tags: vec![("a".to_owned(), "1".to_owned())],
    }
}

async fn keeps(store: &dyn StateStore) {
    let new = provider("https://token.example.com/x");
    let made = store.create_oidc_provider(&new, NOW).await.unwrap();
    let expected = OidcProvider {
        issuer: new.issuer.clone(),
        audiences: new.audiences.clone(),
        thumbprints: new.thumbprints.clone(),
        created_at: NOW,
        tags: new.tags.clone(),
        origin: Origin::Stored,
    };
    assert_eq!(made, expected);
    let issuer = made.issuer.as_str();
    let found = store.find_oidc_provider(issuer).await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    for other in [
        "https://token.example.com",
        "https://Token.example.com/x",
        "\0",
    ] {
        assert_eq!(store.find_oidc_provider(other).await.unwrap(), None);
    }
    let taken = store.create_oidc_provider(&new, NOW).await.unwrap_err();
    let issuer_of = || made.issuer.clone();
    assert_eq!(
        taken,
        StateError::ProviderAlreadyExists {
            issuer: issuer_of()
        }
    );
    let first = provider("https://a.example");
    let first = store.create_oidc_provider(&first, NOW).await.unwrap();
    assert_eq!(
        store.list_oidc_providers().await.unwrap(),
        [first, made.clone()]
    );

    let mut token = store.pulse().await.unwrap().change_token;
    for step in 0..3 {
        match step {
            0 => store.set_oidc_audiences(issuer, &["b".to_owned()]).await,
            1 => store.set_oidc_thumbprints(issuer, &[]).await,
            _ => store.set_oidc_tags(issuer, &[]).await,
        }
        .unwrap();
        let moved = store.pulse().await.unwrap().change_token;
        assert_ne!(moved, token, "step {step}");
        token = moved;
    }
    let found = store.find_oidc_provider(issuer).await.unwrap().unwrap();
    assert_eq!(found.audiences, ["b"]);
    assert!(found.thumbprints.is_empty() && found.tags.is_empty());
    store.delete_oidc_provider(issuer).await.unwrap();
    for refused in [
        store.delete_oidc_provider(issuer).await,
        store.set_oidc_audiences(issuer, &[]).await,
        store.set_oidc_thumbprints(issuer, &[]).await,
        store.set_oidc_tags(issuer, &[]).await,
    ] {
        let issuer = issuer_of();
        assert_eq!(refused.unwrap_err(), StateError::NoSuchProvider { issuer });
    }
}

async fn holds(store: &dyn StateStore) {
    let bad = ["", "https://a b", "https://é.example", &"h".repeat(256)];
    for issuer in bad {
        let refused = store.create_oidc_provider(&provider(issuer), NOW).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, StateError::TooLong { .. }), "{issuer}");
    }
    let many: Vec<String> = (0..=MAX_AUDIENCES).map(|n| n.to_string()).collect();
    for audiences in [many, vec!["two\nlines".to_owned()], vec![String::new()]] {
        let new = NewOidcProvider {
            audiences,
            ..provider("https://a.example")
        };
        let refused = store.create_oidc_provider(&new, NOW).await.unwrap_err();
        let is_bound = matches!(
            refused,
            StateError::TooLong { .. } | StateError::TooMany { .. }
        );
        assert!(is_bound);
    }
    assert!(store.list_oidc_providers().await.unwrap().is_empty());
}

async fn tells_apart(store: &dyn StateStore) {
    let of = ["http://127.0.0.1:9000/x", "https://127.0.0.1:9000/x"];
    for (first, second) in [(of[0], of[1]), (of[1], of[0])] {
        let first = store.create_oidc_provider(&provider(first), NOW).await;
        let issuer = first.unwrap().issuer;
        let refused = store.create_oidc_provider(&provider(second), NOW).await;
        let expected = StateError::ProviderAlreadyExists {
            issuer: issuer.clone(),
        };
        assert_eq!(refused.unwrap_err(), expected);
        store.delete_oidc_provider(&issuer).await.unwrap();
    }
    let mut declared = Declaration::default();
    for issuer in of {
        declared.providers.push(DeclaredProvider {
            issuer: issuer.to_owned(),
            audiences: vec!["a".to_owned()],
        });
    }
    let refused = store.declare(&declared, NOW).await.unwrap_err();
    assert!(matches!(refused, StateError::ProviderAlreadyExists { .. }));
    assert!(store.list_oidc_providers().await.unwrap().is_empty());
}
