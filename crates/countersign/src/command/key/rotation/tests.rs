use countersign_state::{KeyRotationStore as _, NewUser, SqliteStore, UserKind};

use super::*;
use crate::command::runtime;

fn with_keys(keys: usize, test: impl AsyncFnOnce(&SqliteStore, UserName, Vec<AccessKeyId>)) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    runtime().unwrap().block_on(async {
        let app: UserName = "app".parse().unwrap();
        let new = NewUser::new(&app, UserKind::Ordinary);
        store.create_user(&new, UnixMillis(0)).await.unwrap();
        let mut ids = Vec::new();
        for at in 0..keys {
            let credential = NewCredential::generate().unwrap();
            let at = UnixMillis(i64::try_from(at).unwrap());
            let key = store.create_access_key(&app, credential, at).await.unwrap();
            ids.push(key.id);
        }
        test(&store, app, ids).await;
    });
}

fn refused(result: Result<impl Sized, CommandError>) -> RotationError {
    match result.err() {
        Some(CommandError::Rotation(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_key_that_is_to_go_is_named_or_the_only_one() {
    with_keys(1, async |store, _, ids| {
        assert_eq!(to_go(store, "APP").await.unwrap().id, ids[0]);
        assert_eq!(to_go(store, ids[0].as_str()).await.unwrap().id, ids[0]);
        assert!(to_go(store, "AKIANOBODY").await.is_err());
        assert!(to_go(store, "nobody").await.is_err());
    });
    with_keys(0, async |store, user, _| {
        let no_key = RotationError::NoKey { user };
        assert_eq!(refused(to_go(store, "app").await), no_key);
    });
    with_keys(2, async |store, user, ids| {
        let ambiguous = RotationError::Ambiguous { user };
        assert_eq!(refused(to_go(store, "app").await), ambiguous);
        assert_eq!(to_go(store, ids[1].as_str()).await.unwrap().id, ids[1]);
        store
            .retire_access_key(&ids[1], Some(UnixMillis(9)))
            .await
            .unwrap();
        assert_eq!(to_go(store, "app").await.unwrap().id, ids[1]);
    });
}

#[test]
fn h1_a_key_in_use_is_kept_a_quiet_one_is_disabled_and_then_deleted() {
    with_keys(1, async |store, _, ids| {
        let not_yet = retiring(store, "app").await;
        let which = "app".to_owned();
        assert_eq!(refused(not_yet), RotationError::NotRetiring { which });
        begin(store, "app", Form::Json).await.unwrap();
        let again = begin(store, "app", Form::Json).await;
        let id = ids[0].clone();
        assert_eq!(refused(again), RotationError::AlreadyRetiring { id });

        let day = Duration::from_secs(24 * 60 * 60);
        let step = async |force| finish(store, "app", day, force, Form::Json).await.unwrap();
        assert_eq!(step(false).await, Outcome::Negative);
        let status = async || {
            let key = store.find_access_key(&ids[0]).await.unwrap();
            key.map(|key| key.status)
        };
        assert_eq!(status().await, Some(KeyStatus::Active));
        // As if it had begun two days ago, and was used an hour ago.
        let now = unix_millis_now().0;
        let hour = 60 * 60 * 1_000;
        store.retire_access_key(&ids[0], None).await.unwrap();
        let began = UnixMillis(now - 48 * hour);
        store.retire_access_key(&ids[0], Some(began)).await.unwrap();
        let used = [(ids[0].clone(), UnixMillis(now - hour))];
        store.record_uses(&used).await.unwrap();
        assert_eq!(step(false).await, Outcome::Negative);
        let found = retiring(store, "app").await.unwrap();
        assert!(found.was_used() && found.others.len() == 1);
        assert_eq!(found.quiet_since(), UnixMillis(now - hour));

        assert_eq!(step(true).await, Outcome::Done);
        assert_eq!(status().await, Some(KeyStatus::Disabled));
        assert_eq!(step(true).await, Outcome::Done);
        assert_eq!(status().await, None);
    });
}
