//! What an engine has to do with users and access keys. The expectations are IAM's.

use countersign_sigv4::AccessKeyId;

use super::{Case, NOW, credential, declaration, declared, user};
use crate::{
    KeyOrigin, KeyStatus, MAX_ACCESS_KEYS_PER_USER, NewUser, StateError, StateStore, UnixMillis,
    UserKind,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("a key is found with its secret and user", |s| {
            Box::pin(finds_keys(s))
        }),
        ("a user has at most two keys", |s| {
            Box::pin(holds_the_quota(s))
        }),
        ("a disabled key is found as disabled", |s| {
            Box::pin(disables_keys(s))
        }),
        ("a deleted key is gone", |s| Box::pin(deletes_keys(s))),
        ("the last use only moves forward", |s| {
            Box::pin(records_uses(s))
        }),
        ("users are unique whatever the case", |s| {
            Box::pin(keeps_users_apart(s))
        }),
        ("declared keys follow the configuration", |s| {
            Box::pin(declares_users(s))
        }),
        ("a refused declaration changes nothing", |s| {
            Box::pin(declares_all_or_nothing(s))
        }),
    ]
}

async fn secret_of(store: &dyn StateStore, id: &str) -> Option<String> {
    let found = store.find_access_key(&AccessKeyId::new(id)).await.unwrap();
    found.map(|key| key.secret.expose().to_owned())
}

async fn finds_keys(store: &dyn StateStore) {
    let app = store
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
        .await
        .unwrap();
    let later = UnixMillis(NOW.0 + 1);
    let created = store
        .create_access_key(&app.name, credential("AKIA1", "s3cr3t"), later)
        .await
        .unwrap();
    let found = store.find_access_key(&created.id).await.unwrap().unwrap();
    assert_eq!(
        (found.id.as_str(), found.secret.expose()),
        ("AKIA1", "s3cr3t")
    );
    assert_eq!((&found.user, found.status), (&app, KeyStatus::Active));
    assert_eq!((found.created_at, found.last_used_at), (later, None));
    assert!(
        store
            .find_access_key(&AccessKeyId::new("akia1"))
            .await
            .unwrap()
            .is_none()
    );

    let nobody = user("nobody");
    let refused = store
        .create_access_key(&nobody, credential("AKIA2", "x"), NOW)
        .await;
    assert_eq!(
        refused.unwrap_err(),
        StateError::NoSuchUser { name: nobody }
    );
    let refused = store
        .create_access_key(&app.name, credential("AKIA1", "x"), NOW)
        .await;
    assert_eq!(
        refused.unwrap_err(),
        StateError::AccessKeyIdTaken { id: created.id }
    );
}

async fn holds_the_quota(store: &dyn StateStore) {
    for (kind, name) in [(UserKind::Root, "root"), (UserKind::Ordinary, "app")] {
        let name = store
            .create_user(&NewUser::new(&user(name), kind), NOW)
            .await
            .unwrap()
            .name;
        let key = |number| credential(&format!("AKIA-{name}-{number}"), "s");
        let first = store.create_access_key(&name, key(1), NOW).await.unwrap();
        store.create_access_key(&name, key(2), NOW).await.unwrap();
        // AWS: a disabled key counts.
        store
            .set_access_key_status(&first.id, KeyStatus::Disabled)
            .await
            .unwrap();
        let limit = MAX_ACCESS_KEYS_PER_USER;
        let refused = store
            .create_access_key(&name, key(3), NOW)
            .await
            .unwrap_err();
        assert_eq!(
            refused,
            StateError::TooManyAccessKeys {
                user: name.clone(),
                limit
            }
        );
        assert_eq!(
            store.list_access_keys(Some(&name)).await.unwrap().len(),
            limit
        );
        store.delete_access_key(&first.id).await.unwrap();
        store.create_access_key(&name, key(3), NOW).await.unwrap();
    }
}

async fn disables_keys(store: &dyn StateStore) {
    let app = store
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
        .await
        .unwrap()
        .name;
    let id = store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await
        .unwrap()
        .id;
    for status in [KeyStatus::Disabled, KeyStatus::Disabled, KeyStatus::Active] {
        store.set_access_key_status(&id, status).await.unwrap();
        assert_eq!(
            store.find_access_key(&id).await.unwrap().unwrap().status,
            status
        );
        assert_eq!(
            store.list_access_keys(None).await.unwrap()[0].status,
            status
        );
    }
    let unknown = AccessKeyId::new("AKIA2");
    let refused = store
        .set_access_key_status(&unknown, KeyStatus::Active)
        .await
        .unwrap_err();
    assert_eq!(refused, StateError::NoSuchAccessKey { id: unknown });
}

async fn deletes_keys(store: &dyn StateStore) {
    let app = store
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
        .await
        .unwrap()
        .name;
    let id = store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await
        .unwrap()
        .id;
    store.delete_access_key(&id).await.unwrap();
    assert!(store.find_access_key(&id).await.unwrap().is_none());
    assert!(store.list_access_keys(Some(&app)).await.unwrap().is_empty());
    let refused = store.delete_access_key(&id).await.unwrap_err();
    assert_eq!(refused, StateError::NoSuchAccessKey { id });
}

async fn records_uses(store: &dyn StateStore) {
    let app = store
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
        .await
        .unwrap()
        .name;
    let id = store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await
        .unwrap()
        .id;
    let token = store.pulse().await.unwrap().change_token;
    let at = |offset: i64| UnixMillis(NOW.0 + offset);
    let uses = [
        (AccessKeyId::new("unknown"), at(9)),
        (id.clone(), at(5)),
        (id.clone(), at(3)),
    ];
    store.record_uses(&uses).await.unwrap();
    store.record_uses(&[(id.clone(), at(4))]).await.unwrap();
    let found = store.find_access_key(&id).await.unwrap().unwrap();
    assert_eq!(found.last_used_at, Some(at(5)));
    assert_eq!(
        store.pulse().await.unwrap().change_token,
        token,
        "a use is no change"
    );
}

async fn keeps_users_apart(store: &dyn StateStore) {
    let ordinary_root = store
        .create_user(&NewUser::new(&user("Root"), UserKind::Ordinary), NOW)
        .await
        .unwrap_err();
    assert_eq!(ordinary_root, StateError::RootNameReserved);
    let root = store
        .create_user(&NewUser::new(&user("root"), UserKind::Root), NOW)
        .await
        .unwrap();
    let app = store
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
        .await
        .unwrap();
    assert_ne!(root.unique_id, app.unique_id);
    assert!(app.unique_id.starts_with("AIDA"));
    assert_eq!(
        store.find_user(&user("APP")).await.unwrap(),
        Some(app.clone())
    );
    assert_eq!(store.find_user(&user("other")).await.unwrap(), None);
    let again = store
        .create_user(&NewUser::new(&user("App"), UserKind::Ordinary), NOW)
        .await
        .unwrap_err();
    assert_eq!(again, StateError::UserAlreadyExists { name: user("App") });
    let second = store
        .create_user(&NewUser::new(&user("root2"), UserKind::Root), NOW)
        .await
        .unwrap_err();
    assert_eq!(second, StateError::RootAlreadyExists);
    assert_eq!(store.list_users().await.unwrap(), [app, root]);
}

async fn declares_users(store: &dyn StateStore) {
    let both = [
        declared("app", "AKIA1", "one"),
        declared("ci", "AKIA2", "two"),
    ];
    store.declare(&declaration(&both), NOW).await.unwrap();
    assert_eq!(secret_of(store, "AKIA1").await.as_deref(), Some("one"));
    let ids = ["AKIA1", "AKIA2"].map(AccessKeyId::new);
    let refused = store.delete_access_key(&ids[0]).await.unwrap_err();
    assert_eq!(refused, StateError::DeclaredKey { id: ids[0].clone() });

    store
        .set_access_key_status(&ids[0], KeyStatus::Disabled)
        .await
        .unwrap();
    let token = store.pulse().await.unwrap().change_token;
    store
        .declare(&declaration(&both), UnixMillis(NOW.0 + 1))
        .await
        .unwrap();
    assert_eq!(
        store.pulse().await.unwrap().change_token,
        token,
        "nothing new was declared"
    );

    store
        .create_access_key(&user("ci"), credential("AKIA3", "kept"), NOW)
        .await
        .unwrap();
    store
        .declare(&declaration(&[declared("app", "AKIA1", "changed")]), NOW)
        .await
        .unwrap();
    let key = store.find_access_key(&ids[0]).await.unwrap().unwrap();
    assert_eq!(
        (key.secret.expose(), key.origin),
        ("changed", KeyOrigin::Declared)
    );
    assert_eq!(
        key.status,
        KeyStatus::Disabled,
        "an operator's word outlives a restart"
    );
    assert_eq!(secret_of(store, "AKIA2").await, None);
    assert_eq!(secret_of(store, "AKIA3").await.as_deref(), Some("kept"));
    store
        .declare(&declaration(&[declared("ci", "AKIA1", "changed")]), NOW)
        .await
        .unwrap();
    assert_eq!(
        store
            .find_access_key(&ids[0])
            .await
            .unwrap()
            .unwrap()
            .user
            .name,
        user("ci")
    );
}

async fn declares_all_or_nothing(store: &dyn StateStore) {
    let app = store
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
        .await
        .unwrap()
        .name;
    store
        .create_access_key(&app, credential("AKIA1", "mine"), NOW)
        .await
        .unwrap();
    let taken = |id: &str| StateError::AccessKeyIdTaken {
        id: AccessKeyId::new(id),
    };
    let limit = MAX_ACCESS_KEYS_PER_USER;
    let wrong = [
        (
            vec![declared("ci", "AKIA2", "a"), declared("ci", "AKIA1", "b")],
            taken("AKIA1"),
        ),
        (
            vec![declared("ci", "AKIA2", "a"), declared("ci", "AKIA2", "b")],
            taken("AKIA2"),
        ),
        (
            vec![declared("app", "AKIA2", "a"), declared("app", "AKIA3", "b")],
            StateError::TooManyAccessKeys {
                user: app.clone(),
                limit,
            },
        ),
    ];
    let token = store.pulse().await.unwrap().change_token;
    for (users, expected) in wrong {
        assert_eq!(
            store.declare(&declaration(&users), NOW).await.unwrap_err(),
            expected
        );
        assert_eq!(store.list_access_keys(None).await.unwrap().len(), 1);
        assert_eq!(store.find_user(&user("ci")).await.unwrap(), None);
        assert_eq!(store.pulse().await.unwrap().change_token, token);
    }
    assert_eq!(secret_of(store, "AKIA1").await.as_deref(), Some("mine"));
}
