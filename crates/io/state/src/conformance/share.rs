//! What an engine has to do with shares.

use countersign_gate::{LinkId, Revocation, RevocationTarget};
use countersign_s3::BucketName;
use countersign_sigv4::AmzDate;

use super::issued_link::HOUR;
use super::{Case, NOW};
use crate::{LinkFilter, Quota, Share, StateError, StateStore, UnixMillis};

pub(super) fn cases() -> Vec<Case> {
    vec![
        (
            "a share is kept, opened as often as may be, and revoked",
            |s| Box::pin(opens(s)),
        ),
        (
            "a share is opened by many exactly as often as may be",
            |s| Box::pin(opens_among_many(s)),
        ),
        ("d11: what is revoked takes its shares with it", |s| {
            Box::pin(goes_with_what_is_revoked(s))
        }),
        ("c6: a revocation ends the shares that it concerns", |s| {
            Box::pin(ends_by_revocation(s))
        }),
        ("shares are bounded, listed and forgotten", |s| {
            Box::pin(lists(s))
        }),
    ]
}

const MANY: Quota = Quota { live_links: 100 };

fn at(offset: i64) -> UnixMillis {
    UnixMillis(NOW.0 + offset)
}

fn share(number: u8) -> Share {
    Share {
        token_digest: [number; 32],
        id: LinkId::from_bytes([number; 16]),
        principal_id: "AIDA1".to_owned(),
        principal_arn: "arn:AIDA1".to_owned(),
        session: vec![1, 0, 255],
        subject: None,
        bucket: "photos".to_owned(),
        key: format!("a/{number}"),
        spec: "{}".to_owned(),
        created_at: at(i64::from(number)),
        expires_at: at(HOUR),
        max_opens: Some(2),
        opens: 0,
        revoked_at: None,
    }
}

async fn opens(store: &dyn StateStore) {
    let token = store.pulse().await.unwrap().change_token;
    let made = share(1);
    let digest = made.token_digest;
    store.create_share(&made, MANY, NOW).await.unwrap();
    let found = store.find_share(digest).await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    assert_eq!(store.find_share_by_id(made.id).await.unwrap(), found);
    for opens in 1..=2 {
        let opened = store.open_share(digest, NOW).await.unwrap().unwrap();
        assert_eq!(
            opened,
            Share {
                opens,
                ..made.clone()
            }
        );
    }
    assert_eq!(store.open_share(digest, NOW).await.unwrap(), None);
    let over = store.find_share(digest).await.unwrap().unwrap();
    assert!(over.opens == 2 && !over.is_live_at(NOW));

    let endless = Share {
        max_opens: None,
        ..share(2)
    };
    let digest = endless.token_digest;
    store.create_share(&endless, MANY, NOW).await.unwrap();
    assert!(
        store
            .open_share(digest, at(HOUR - 1))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(store.open_share(digest, at(HOUR)).await.unwrap(), None);
    store.revoke_share(endless.id, at(5)).await.unwrap();
    store.revoke_share(endless.id, at(9)).await.unwrap();
    let revoked = store.find_share(digest).await.unwrap().unwrap();
    assert_eq!(revoked.revoked_at, Some(at(5)));
    assert_eq!(store.open_share(digest, NOW).await.unwrap(), None);
    assert_eq!(store.pulse().await.unwrap().change_token, token);

    let id = LinkId::from_bytes([9; 16]);
    let refused = store.revoke_share(id, NOW).await.unwrap_err();
    assert_eq!(refused, StateError::NoSuchShare { id });
    assert_eq!(store.open_share([9; 32], NOW).await.unwrap(), None);
    assert_eq!(store.find_share([9; 32]).await.unwrap(), None);
}

async fn opens_among_many(store: &dyn StateStore) {
    let made = Share {
        max_opens: Some(5),
        ..share(1)
    };
    store.create_share(&made, MANY, NOW).await.unwrap();
    let asked: Vec<_> = (0..20)
        .map(|_| store.open_share(made.token_digest, NOW))
        .collect();
    let mut opened = 0;
    for asked in asked {
        opened += usize::from(asked.await.unwrap().is_some());
    }
    assert_eq!(opened, 5);
}

async fn goes_with_what_is_revoked(store: &dyn StateStore) {
    for number in 1..=8 {
        let made = Share {
            subject: (number == 5).then(|| "alice".to_owned()),
            principal_id: format!("AIDA{}", if number == 6 { 6 } else { 1 }),
            created_at: at(if number == 8 { 1_000 } else { 0 }),
            ..share(number)
        };
        store.create_share(&made, MANY, NOW).await.unwrap();
    }
    let photos = BucketName::parse("photos").unwrap();
    let prefix = |prefix: &str| RevocationTarget::Prefix {
        bucket: photos.clone(),
        prefix: prefix.into(),
    };
    for (target, expected) in [
        (RevocationTarget::Link(share(1).id), vec![1]),
        (prefix("a/2"), vec![1, 2]),
        (prefix("a/%"), vec![1, 2]),
        (prefix("A/"), vec![1, 2]),
        (
            RevocationTarget::Object {
                bucket: photos.clone(),
                key: "a/3".into(),
            },
            vec![1, 2, 3],
        ),
        (RevocationTarget::Subject("alice".into()), vec![1, 2, 3, 5]),
        (
            RevocationTarget::User {
                user_id: "AIDA6".into(),
            },
            vec![1, 2, 3, 5, 6],
        ),
        // The eighth was made a second later.
        (prefix(""), vec![1, 2, 3, 4, 5, 6, 7]),
    ] {
        let revocation = Revocation {
            target,
            signed_until: AmzDate::from_unix(NOW.0.div_euclid(1_000)),
            ends_transfers: false,
            made_at_ms: NOW.0 + 9,
            expires_at_ms: NOW.0 + HOUR,
        };
        store.revoke(&revocation).await.unwrap();
        let mut revoked = Vec::new();
        for number in 1..=8 {
            let found = store.find_share([number; 32]).await.unwrap().unwrap();
            if found.revoked_at == Some(at(9)) {
                revoked.push(number);
            }
        }
        assert_eq!(revoked, expected, "{:?}", revocation.target);
    }
}

async fn lists(store: &dyn StateStore) {
    let quota = Quota { live_links: 3 };
    for number in 1..=3 {
        let made = Share {
            expires_at: at(i64::from(number) * HOUR),
            ..share(number)
        };
        store.create_share(&made, quota, NOW).await.unwrap();
    }
    let exceeded = StateError::QuotaExceeded { limit: 3 };
    let refused = store.create_share(&share(4), quota, NOW).await;
    assert_eq!(refused.unwrap_err(), exceeded);
    let other = Share {
        principal_id: "AIDA2".to_owned(),
        ..share(5)
    };
    store.create_share(&other, quota, NOW).await.unwrap();
    store.revoke_share(share(3).id, NOW).await.unwrap();
    store.create_share(&share(4), quota, NOW).await.unwrap();

    let numbers = async |filter: LinkFilter, after| {
        let found = store.list_shares(&filter, 100, after).await.unwrap();
        found
            .iter()
            .map(|one| one.token_digest[0])
            .collect::<Vec<_>>()
    };
    let of_one = LinkFilter {
        principal_id: Some("AIDA1".to_owned()),
        ..LinkFilter::default()
    };
    assert_eq!(numbers(of_one.clone(), None).await, [4, 3, 2, 1]);
    let after = Some(share(3).position());
    assert_eq!(numbers(of_one, after).await, [2, 1]);
    let live = LinkFilter {
        live_at: Some(at(HOUR)),
        ..LinkFilter::default()
    };
    assert_eq!(numbers(live, None).await, [2]);
    let forgotten = store.forget_expired(at(25 * HOUR)).await.unwrap();
    assert_eq!(forgotten.shares, 3);
    assert_eq!(numbers(LinkFilter::default(), None).await, [3, 2]);

    let longer = Share {
        spec: "s".repeat(crate::MAX_SHARE_SPEC_BYTES + 1),
        ..share(6)
    };
    let refused = store.create_share(&longer, MANY, NOW).await;
    assert!(matches!(refused, Err(StateError::TooLong { .. })));
}

async fn ends_by_revocation(store: &dyn StateStore) {
    let photos = BucketName::parse("photos").unwrap();
    let place = |key: &str| RevocationTarget::Object {
        bucket: photos.clone(),
        key: key.into(),
    };
    let prefix = |prefix: &str| RevocationTarget::Prefix {
        bucket: photos.clone(),
        prefix: prefix.into(),
    };
    let sessions = |id: &str| RevocationTarget::Sessions {
        principal_id: id.into(),
    };
    let user = |id: &str| RevocationTarget::User { user_id: id.into() };
    let subject = |subject: &str| RevocationTarget::Subject(subject.into());
    let cases = [
        (sessions("AIDA1"), sessions("AIDA2")),
        (user("AIDA1"), user("AIDA2")),
        (subject("zoe"), subject("yan")),
        (place("a/1"), place("a/")),
        (prefix("a/"), prefix("b/")),
        (prefix(""), prefix("a/1/")),
    ];
    for (number, (concerns, not)) in (1..).zip(cases) {
        let made = Share {
            key: "a/1".to_owned(),
            subject: Some("zoe".to_owned()),
            ..share(number)
        };
        store.create_share(&made, MANY, NOW).await.unwrap();
        let is_live = async || {
            let found = store.find_share(made.token_digest).await.unwrap();
            found.unwrap().is_live_at(NOW)
        };
        let until = |target, signed_until_s| Revocation {
            target,
            signed_until: AmzDate::from_unix(signed_until_s),
            ends_transfers: false,
            made_at_ms: NOW.0,
            expires_at_ms: NOW.0 + 1_000,
        };
        let now_s = NOW.0.div_euclid(1_000);
        store.revoke(&until(not, now_s)).await.unwrap();
        let earlier = until(concerns.clone(), now_s - 1);
        store.revoke(&earlier).await.unwrap();
        assert!(is_live().await, "{concerns:?}");
        store.revoke(&until(concerns.clone(), now_s)).await.unwrap();
        assert!(!is_live().await, "{concerns:?}");
        assert!(
            store
                .open_share(made.token_digest, NOW)
                .await
                .unwrap()
                .is_none()
        );
    }
}
