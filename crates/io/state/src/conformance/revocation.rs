//! What an engine has to do with revocations.

use countersign_gate::{LinkId, Revocation, RevocationTarget};
use countersign_sigv4::{AccessKeyId, AmzDate};

use super::{Case, NOW, bucket};
use crate::{RevocationFeed, StateError, StateStore, UnixMillis};

pub(super) fn cases() -> Vec<Case> {
    vec![
        (
            "d2: revocations of every kind come back as they were",
            |s| Box::pin(keeps_every_kind(s)),
        ),
        ("the feed has every serial number once and in order", |s| {
            Box::pin(numbers_in_order(s))
        }),
        ("revocations are listed, the latest first", |s| {
            Box::pin(lists_revocations(s))
        }),
        (
            "d9: revocations are forgotten when nothing is concerned",
            |s| Box::pin(forgets_revocations(s)),
        ),
        (
            "a revocation moves its serial number and not the token",
            |s| Box::pin(moves_the_serial(s)),
        ),
    ]
}

fn of(target: RevocationTarget) -> Revocation {
    Revocation {
        target,
        signed_until: AmzDate::from_unix(NOW.0 / 1_000),
        ends_transfers: false,
        made_at_ms: NOW.0,
        expires_at_ms: NOW.0 + 1_000,
    }
}

fn of_subject(number: usize) -> Revocation {
    of(RevocationTarget::Subject(number.to_string().into()))
}

/// Everything after a serial number, page by page.
async fn everything_since(store: &dyn StateStore, mut serial: u64) -> RevocationFeed {
    let mut whole = RevocationFeed::default();
    loop {
        let page = store.revocations_since(serial).await.unwrap();
        let has_more = page.has_more();
        assert!(page.entries.len() <= crate::REVOCATIONS_PER_PAGE);
        whole.entries.extend(page.entries);
        (whole.up_to, whole.latest) = (page.up_to, page.latest);
        if !has_more {
            return whole;
        }
        assert!(page.up_to > serial, "a page leads on");
        serial = page.up_to;
    }
}

async fn keeps_every_kind(store: &dyn StateStore) {
    let bucket = bucket("photos");
    let targets = [
        RevocationTarget::AccessKey(AccessKeyId::new("AKIA1")),
        RevocationTarget::Link(LinkId::from_bytes([255; 16])),
        RevocationTarget::Object {
            bucket: bucket.clone(),
            key: "a//../b \u{1f512}\n\u{1}".into(),
        },
        RevocationTarget::Prefix {
            bucket: bucket.clone(),
            prefix: "".into(),
        },
        RevocationTarget::Sessions {
            principal_id: "AROA1".into(),
        },
        RevocationTarget::Subject("Zoë <zoe@example.com>".into()),
        RevocationTarget::User {
            user_id: "AIDA1".into(),
        },
    ];
    let mut expected = Vec::new();
    for (number, target) in targets.into_iter().enumerate() {
        let revocation = Revocation {
            ends_transfers: number % 2 == 0,
            ..of(target)
        };
        let serial = store.revoke(&revocation).await.unwrap();
        expected.push((serial, revocation));
    }
    let feed = everything_since(store, 0).await;
    let kept: Vec<_> = feed
        .entries
        .into_iter()
        .map(|entry| (entry.serial, entry.revocation))
        .collect();
    assert_eq!(kept, expected);
    let nul = of(RevocationTarget::Subject("a\0".into()));
    assert_eq!(
        store.revoke(&nul).await.unwrap_err(),
        StateError::NulByte { at: 1 }
    );
    assert_eq!(store.pulse().await.unwrap().revocation_serial, feed.latest);
}

async fn numbers_in_order(store: &dyn StateStore) {
    let empty = store.revocations_since(0).await.unwrap();
    assert_eq!(empty, RevocationFeed::default());
    let mut serials = Vec::new();
    for number in 0..20 {
        serials.push(store.revoke(&of_subject(number)).await.unwrap());
    }
    assert!(
        serials.windows(2).all(|pair| pair[0] < pair[1]),
        "{serials:?}"
    );
    for (at, serial) in serials.iter().enumerate() {
        let feed = everything_since(store, *serial).await;
        let rest: Vec<u64> = feed.entries.iter().map(|entry| entry.serial).collect();
        assert_eq!(rest, serials[at + 1..]);
        assert_eq!((feed.up_to, feed.latest), (serials[19], serials[19]));
        assert!(!feed.has_more());
    }
    // Whoever knows more than the state does sees that it does.
    let ahead = store.revocations_since(serials[19] + 5).await.unwrap();
    assert_eq!((ahead.entries.len(), ahead.latest), (0, serials[19]));
    let end = store.revocations_since(u64::MAX).await.unwrap();
    assert_eq!((end.entries.len(), end.latest), (0, serials[19]));
}

async fn lists_revocations(store: &dyn StateStore) {
    for number in 0..5 {
        store.revoke(&of_subject(number)).await.unwrap();
    }
    let mut listed = Vec::new();
    let mut before = None;
    loop {
        let page = store.list_revocations(2, before).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        before = Some(last.serial);
        listed.extend(page.into_iter().map(|entry| entry.revocation));
    }
    let expected: Vec<_> = (0..5).rev().map(of_subject).collect();
    assert_eq!(listed, expected);
    assert_eq!(
        store
            .list_revocations(usize::MAX, None)
            .await
            .unwrap()
            .len(),
        5
    );
}

async fn forgets_revocations(store: &dyn StateStore) {
    for number in 0..3 {
        let revocation = Revocation {
            expires_at_ms: NOW.0 + 10 * (3 - i64::from(number)),
            ..of_subject(number as usize)
        };
        store.revoke(&revocation).await.unwrap();
    }
    let before = store.pulse().await.unwrap();
    for (at, revocations, left) in [(9, 0, 3), (10, 1, 2), (30, 2, 0)] {
        let forgotten = store.forget_expired(UnixMillis(NOW.0 + at)).await.unwrap();
        assert_eq!((forgotten.links, forgotten.revocations), (0, revocations));
        assert_eq!(
            store.revocations_since(0).await.unwrap().entries.len(),
            left
        );
    }
    // The serial number goes on from where it was.
    assert_eq!(store.pulse().await.unwrap(), before);
    let next = store.revoke(&of_subject(4)).await.unwrap();
    assert_eq!(next, before.revocation_serial + 1);
}

async fn moves_the_serial(store: &dyn StateStore) {
    let before = store.pulse().await.unwrap();
    let serial = store.revoke(&of_subject(1)).await.unwrap();
    let after = store.pulse().await.unwrap();
    assert_eq!(after.change_token, before.change_token);
    assert_eq!(after.revocation_serial, serial);
    assert!(serial > before.revocation_serial);
}
