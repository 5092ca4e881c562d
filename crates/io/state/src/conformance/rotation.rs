//! What an engine has to do with keys that come to their end.

use std::net::{IpAddr, Ipv4Addr};

use countersign_gate::{ClientNetwork, LinkId};
use countersign_sigv4::AccessKeyId;

use super::{Case, NOW, credential, user};
use crate::{
    KeyCaller, KeyUse, MAX_AGENT_CHARACTERS, MAX_KEY_CALLERS, NewUser, StateError, StateStore,
    UnixMillis, UserKind,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("keys have dates and descriptions", |s| {
            Box::pin(keeps_dates(s))
        }),
        ("whoever uses a retiring key is noted", |s| {
            Box::pin(notes_callers(s))
        }),
        ("the callers of a key are bounded", |s| {
            Box::pin(bounds_callers(s))
        }),
    ]
}

async fn key(store: &dyn StateStore, id: &str) -> AccessKeyId {
    let app = NewUser::new(&user("app"), UserKind::Ordinary);
    if store.find_user(&app.name).await.unwrap().is_none() {
        store.create_user(&app, NOW).await.unwrap();
    }
    let made = store.create_access_key(&app.name, credential(id, "s"), NOW);
    made.await.unwrap().id
}

fn network(last: u8) -> ClientNetwork {
    ClientNetwork::of(IpAddr::V4(Ipv4Addr::new(10, 0, last, 1)))
}

fn used(id: &AccessKeyId, last: u8, agent: &str, at: i64) -> KeyUse {
    KeyUse {
        access_key_id: id.clone(),
        network: network(last),
        agent: agent.to_owned(),
        link: None,
        at: UnixMillis(NOW.0 + at),
    }
}

async fn keeps_dates(store: &dyn StateStore) {
    let id = key(store, "AKIA1").await;
    let (later, latest) = (UnixMillis(NOW.0 + 1), UnixMillis(NOW.0 + 2));
    let mut token = store.pulse().await.unwrap().change_token;
    for (step, moves) in [true, false, true, false, true, false]
        .into_iter()
        .enumerate()
    {
        match step {
            0 | 1 => store.set_access_key_expiry(&id, Some(latest)).await,
            2 => store.retire_access_key(&id, Some(later)).await,
            3 => store.retire_access_key(&id, Some(latest)).await,
            _ => {
                store
                    .set_access_key_description(&id, Some("old laptop"))
                    .await
            }
        }
        .unwrap();
        let now = store.pulse().await.unwrap().change_token;
        assert_eq!(now != token, moves, "step {step}");
        token = now;
    }
    let found = store.find_access_key(&id).await.unwrap().unwrap();
    assert_eq!(
        (found.expires_at, found.retiring_at),
        (Some(latest), Some(later))
    );
    assert_eq!(found.description.as_deref(), Some("old laptop"));
    let listed = store.list_access_keys(None).await.unwrap();
    assert_eq!(
        (listed[0].expires_at, listed[0].retiring_at),
        (Some(latest), Some(later))
    );
    assert_eq!(listed[0].description.as_deref(), Some("old laptop"));
    store.set_access_key_expiry(&id, None).await.unwrap();
    store.retire_access_key(&id, None).await.unwrap();
    store.set_access_key_description(&id, None).await.unwrap();
    let found = store.find_access_key(&id).await.unwrap().unwrap();
    assert_eq!((found.expires_at, found.retiring_at), (None, None));
    assert_eq!(found.description, None);
    let unknown = AccessKeyId::new("AKIA9");
    for refused in [
        store.set_access_key_expiry(&unknown, None).await,
        store.retire_access_key(&unknown, None).await,
        store.set_access_key_description(&unknown, None).await,
    ] {
        let id = unknown.clone();
        assert_eq!(refused.unwrap_err(), StateError::NoSuchAccessKey { id });
    }
}

async fn notes_callers(store: &dyn StateStore) {
    let (id, other) = (key(store, "AKIA1").await, key(store, "AKIA2").await);
    let link = LinkId::from_bytes([7; 16]);
    let uses = [
        KeyUse {
            link: Some(link),
            ..used(&id, 1, "boto3", 5)
        },
        used(&id, 1, "boto3", 3),
        used(&id, 2, "curl\n", 9),
        used(&other, 1, "boto3", 1),
        used(&AccessKeyId::new("AKIA9"), 1, "boto3", 1),
        used(&AccessKeyId::new("\0"), 1, "boto3", 1),
    ];
    store.note_key_callers(&uses).await.unwrap();
    assert!(store.list_key_callers(&id).await.unwrap().is_empty());

    store.retire_access_key(&id, Some(NOW)).await.unwrap();
    let token = store.pulse().await.unwrap().change_token;
    store.note_key_callers(&uses).await.unwrap();
    store
        .note_key_callers(&[used(&id, 1, "boto3", 6)])
        .await
        .unwrap();
    assert_eq!(store.pulse().await.unwrap().change_token, token);
    let at = |offset| UnixMillis(NOW.0 + offset);
    let expected = [
        KeyCaller {
            network: network(2),
            agent: "curl?".to_owned(),
            link: None,
            uses: 1,
            first_at: at(9),
            last_at: at(9),
        },
        KeyCaller {
            network: network(1),
            agent: "boto3".to_owned(),
            link: Some(link),
            uses: 3,
            first_at: at(5),
            last_at: at(6),
        },
    ];
    assert_eq!(store.list_key_callers(&id).await.unwrap(), expected);
    assert!(store.list_key_callers(&other).await.unwrap().is_empty());
    store.retire_access_key(&id, None).await.unwrap();
    assert!(store.list_key_callers(&id).await.unwrap().is_empty());
    store.retire_access_key(&id, Some(NOW)).await.unwrap();
    store.note_key_callers(&uses).await.unwrap();
    store.delete_access_key(&id).await.unwrap();
    assert!(store.list_key_callers(&id).await.unwrap().is_empty());
}

async fn bounds_callers(store: &dyn StateStore) {
    let id = key(store, "AKIA1").await;
    store.retire_access_key(&id, Some(NOW)).await.unwrap();
    let more = i64::try_from(MAX_KEY_CALLERS).unwrap() + 3;
    let agent = |n: i64| format!("{n:02}{}", "x".repeat(200));
    let uses: Vec<_> = (0..more).map(|n| used(&id, 1, &agent(n), n)).collect();
    store.note_key_callers(&uses).await.unwrap();
    let callers = store.list_key_callers(&id).await.unwrap();
    assert_eq!(callers.len(), MAX_KEY_CALLERS);
    assert!(callers[0].agent.starts_with("52"), "the latest come first");
    assert!(callers.last().unwrap().agent.starts_with("03"));
    let lengths = callers.iter().map(|one| one.agent.chars().count());
    assert!(lengths.max() == Some(MAX_AGENT_CHARACTERS));
}
