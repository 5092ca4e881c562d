use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use countersign_state::{
    Declaration, DeclaredUser, NewCredential, NewUser, SqliteStore, StateStore as _, UnixMillis,
    UserKind, UserName,
};

use super::first_keys;
use crate::command::runtime;

const NOW: UnixMillis = UnixMillis(1_000);

#[test]
fn the_first_start_makes_two_keys_and_the_second_none() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        let keys = first_keys(&store, NOW).await.unwrap().unwrap();
        let root = store.find_access_key(&keys.root.id).await.unwrap().unwrap();
        assert_eq!(root.user.kind, UserKind::Root);
        assert_eq!(root.secret.expose(), keys.root.secret.expose());
        let app = store
            .find_access_key(&keys.app.unwrap().id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (app.user.kind, app.user.name.as_str()),
            (UserKind::Ordinary, "app")
        );

        assert!(first_keys(&store, NOW).await.unwrap().is_none());
        assert_eq!(store.list_access_keys(None).await.unwrap().len(), 2);
    });
}

#[test]
fn a_user_app_with_a_key_of_its_own_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        let app = UserName::parse("app").unwrap();
        store
            .create_user(&NewUser::new(&app, UserKind::Ordinary), NOW)
            .await
            .unwrap();
        store
            .create_access_key(&app, NewCredential::generate().unwrap(), NOW)
            .await
            .unwrap();
        let keys = first_keys(&store, NOW).await.unwrap().unwrap();
        assert!(keys.app.is_none());
        assert_eq!(store.list_access_keys(Some(&app)).await.unwrap().len(), 1);
    });
}

#[test]
fn a_declared_root_is_the_root_user_and_no_other_is_made() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        let declared = DeclaredUser {
            name: UserName::parse("root").unwrap(),
            access_key_id: AccessKeyId::new("AKIADECLAREDROOT"),
            secret: SecretAccessKey::new("kept in a file"),
            policies: None,
        };
        store
            .declare(
                &Declaration {
                    users: vec![declared],
                    ..Declaration::default()
                },
                NOW,
            )
            .await
            .unwrap();
        assert!(first_keys(&store, NOW).await.unwrap().is_none());
        let users = store.list_users().await.unwrap();
        let kinds: Vec<_> = users.iter().map(|u| (u.name.as_str(), u.kind)).collect();
        assert_eq!(kinds, [("root", UserKind::Root)]);
    });
}
