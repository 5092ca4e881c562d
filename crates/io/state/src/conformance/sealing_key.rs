//! What an engine has to do with the ring that seals sessions.

use zeroize::Zeroizing;

use super::{Case, NOW};
use crate::{SealingKeyRotation, StateStore, UnixMillis};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("the ring turns when its newest key is old enough", |s| {
            Box::pin(turns(s))
        }),
        ("the newest key is never forgotten", |s| {
            Box::pin(keeps_the_newest(s))
        }),
    ]
}

const DAY: i64 = 24 * 60 * 60 * 1_000;
const ROTATION: SealingKeyRotation = SealingKeyRotation {
    if_older_than_ms: DAY,
    forget_older_than_ms: 8 * DAY,
};

fn key(byte: u8) -> Zeroizing<[u8; 32]> {
    Zeroizing::new([byte; 32])
}

fn day(days: i64) -> UnixMillis {
    UnixMillis(NOW.0 + days * DAY)
}

async fn turns(store: &dyn StateStore) {
    assert!(store.sealing_keys().await.unwrap().is_empty());
    let mut token = store.pulse().await.unwrap().change_token;
    let first = store
        .rotate_sealing_key(key(1), ROTATION, NOW)
        .await
        .unwrap();
    assert_eq!((first.len(), &first[0].bytes), (1, &key(1)));
    let moved = store.pulse().await.unwrap().change_token;
    assert_ne!(moved, token);
    token = moved;
    let same = store
        .rotate_sealing_key(key(2), ROTATION, day(1))
        .await
        .unwrap();
    assert_eq!(same, first, "two that rotate at once make one key");
    assert_eq!(store.pulse().await.unwrap().change_token, token);

    let both = store
        .rotate_sealing_key(key(3), ROTATION, day(2))
        .await
        .unwrap();
    let bytes: Vec<_> = both.iter().map(|key| key.bytes.clone()).collect();
    assert_eq!(bytes, [key(3), key(1)]);
    assert_ne!(both[0].id, both[1].id);
    assert_eq!(store.sealing_keys().await.unwrap(), both);

    // The first was replaced at day 2, so it goes after day 10, and the second with its successor's.
    let kept = store
        .rotate_sealing_key(key(4), ROTATION, day(10))
        .await
        .unwrap();
    let bytes: Vec<_> = kept.iter().map(|key| key.bytes.clone()).collect();
    assert_eq!(bytes, [key(4), key(3), key(1)]);
    let kept = store
        .rotate_sealing_key(key(5), ROTATION, day(12))
        .await
        .unwrap();
    let bytes: Vec<_> = kept.iter().map(|key| key.bytes.clone()).collect();
    assert_eq!(bytes, [key(5), key(4), key(3)]);
}

async fn keeps_the_newest(store: &dyn StateStore) {
    let now = SealingKeyRotation {
        if_older_than_ms: 0,
        forget_older_than_ms: -1,
    };
    store.rotate_sealing_key(key(1), now, day(9)).await.unwrap();
    // A clock that went back makes the newest key all the same.
    let ring = store
        .rotate_sealing_key(key(2), ROTATION, NOW)
        .await
        .unwrap();
    assert_eq!(ring[0].bytes, key(1));
    let always = SealingKeyRotation {
        if_older_than_ms: 0,
        ..ROTATION
    };
    let ring = store.rotate_sealing_key(key(3), always, NOW).await.unwrap();
    let bytes: Vec<_> = ring.iter().map(|key| key.bytes.clone()).collect();
    assert_eq!(bytes, [key(3), key(1)]);
    let debug = format!("{ring:?}");
    assert!(!debug.contains("3, 3"), "f7: {debug}");
}
