//! What every engine of [`StateStore`] has to do, as one suite.
//!
//! Each function takes an empty store and panics where the engine departs from the contract; [`all`]
//! names them, so an engine's own test runs the whole list, each on a fresh store. The expectations
//! on access keys are IAM's.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a suite fails by panicking"
)]

use std::pin::Pin;

use countersign_s3::{BucketId, BucketName, Versioning};
use countersign_sigv4::{AccessKeyId, SecretAccessKey};

use crate::{
    BucketDocument, DeclaredUser, KeyOrigin, KeyStatus, MAX_ACCESS_KEYS_PER_USER, NewCredential,
    StateError, StateStore, UnixMillis, UserKind, UserName,
};

/// One expectation, with its name.
pub type Case = (&'static str, for<'a> fn(&'a dyn StateStore) -> Verdict<'a>);

/// A case that is running.
pub type Verdict<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Every case of the suite.
#[must_use]
pub fn all() -> Vec<Case> {
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
        ("a bucket belongs to its creator", |s| {
            Box::pin(creates_buckets(s))
        }),
        ("a bucket number is never used again", |s| {
            Box::pin(renumbers_buckets(s))
        }),
        (
            "a bucket keeps its configuration as long as it lives",
            |s| Box::pin(configures_buckets(s)),
        ),
        (
            "a bucket is created with its configuration or not at all",
            |s| Box::pin(creates_configured_buckets(s)),
        ),
        ("buckets are listed by name", |s| Box::pin(lists_buckets(s))),
        ("every change moves the token", |s| {
            Box::pin(moves_the_token(s))
        }),
    ]
}

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

fn user(name: &str) -> UserName {
    UserName::parse(name).unwrap()
}

fn bucket(name: &str) -> BucketName {
    BucketName::parse(name).unwrap()
}

fn credential(id: &str, secret: &str) -> NewCredential {
    NewCredential {
        id: AccessKeyId::new(id),
        secret: SecretAccessKey::new(secret),
    }
}

fn declared(name: &str, id: &str, secret: &str) -> DeclaredUser {
    let NewCredential {
        id: access_key_id,
        secret,
    } = credential(id, secret);
    DeclaredUser {
        name: user(name),
        access_key_id,
        secret,
    }
}

async fn secret_of(store: &dyn StateStore, id: &str) -> Option<String> {
    let found = store.find_access_key(&AccessKeyId::new(id)).await.unwrap();
    found.map(|key| key.secret.expose().to_owned())
}

async fn finds_keys(store: &dyn StateStore) {
    let app = store
        .create_user(&user("app"), UserKind::Ordinary, NOW)
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
            .create_user(&user(name), kind, NOW)
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
        .create_user(&user("app"), UserKind::Ordinary, NOW)
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
        .create_user(&user("app"), UserKind::Ordinary, NOW)
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
        .create_user(&user("app"), UserKind::Ordinary, NOW)
        .await
        .unwrap()
        .name;
    let id = store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await
        .unwrap()
        .id;
    let token = store.change_token().await.unwrap();
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
        store.change_token().await.unwrap(),
        token,
        "a use is no change"
    );
}

async fn keeps_users_apart(store: &dyn StateStore) {
    let ordinary_root = store
        .create_user(&user("Root"), UserKind::Ordinary, NOW)
        .await
        .unwrap_err();
    assert_eq!(ordinary_root, StateError::RootNameReserved);
    let root = store
        .create_user(&user("root"), UserKind::Root, NOW)
        .await
        .unwrap();
    let app = store
        .create_user(&user("app"), UserKind::Ordinary, NOW)
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
        .create_user(&user("App"), UserKind::Ordinary, NOW)
        .await
        .unwrap_err();
    assert_eq!(again, StateError::UserAlreadyExists { name: user("App") });
    let second = store
        .create_user(&user("root2"), UserKind::Root, NOW)
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
    store.declare_users(&both, NOW).await.unwrap();
    assert_eq!(secret_of(store, "AKIA1").await.as_deref(), Some("one"));
    let ids = ["AKIA1", "AKIA2"].map(AccessKeyId::new);
    let refused = store.delete_access_key(&ids[0]).await.unwrap_err();
    assert_eq!(refused, StateError::DeclaredKey { id: ids[0].clone() });

    store
        .set_access_key_status(&ids[0], KeyStatus::Disabled)
        .await
        .unwrap();
    let token = store.change_token().await.unwrap();
    store
        .declare_users(&both, UnixMillis(NOW.0 + 1))
        .await
        .unwrap();
    assert_eq!(
        store.change_token().await.unwrap(),
        token,
        "nothing new was declared"
    );

    store
        .create_access_key(&user("ci"), credential("AKIA3", "kept"), NOW)
        .await
        .unwrap();
    store
        .declare_users(&[declared("app", "AKIA1", "changed")], NOW)
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
        .declare_users(&[declared("ci", "AKIA1", "changed")], NOW)
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
        .create_user(&user("app"), UserKind::Ordinary, NOW)
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
    let token = store.change_token().await.unwrap();
    for (users, expected) in wrong {
        assert_eq!(
            store.declare_users(&users, NOW).await.unwrap_err(),
            expected
        );
        assert_eq!(store.list_access_keys(None).await.unwrap().len(), 1);
        assert_eq!(store.find_user(&user("ci")).await.unwrap(), None);
        assert_eq!(store.change_token().await.unwrap(), token);
    }
    assert_eq!(secret_of(store, "AKIA1").await.as_deref(), Some("mine"));
}

async fn creates_buckets(store: &dyn StateStore) {
    for name in ["app", "other"] {
        store
            .create_user(&user(name), UserKind::Ordinary, NOW)
            .await
            .unwrap();
    }
    let (name, app, other) = (bucket("photos"), user("app"), user("other"));
    assert_eq!(store.find_bucket(&name).await.unwrap(), None);
    let created = store
        .create_bucket(&name, "eu-central-1", &app, &[], NOW)
        .await
        .unwrap();
    assert_eq!(
        (created.region.as_str(), &created.owner),
        ("eu-central-1", &app)
    );
    assert_eq!(store.find_bucket(&name).await.unwrap(), Some(created));

    let again = store
        .create_bucket(&name, "eu-central-1", &app, &[], NOW)
        .await
        .unwrap_err();
    assert_eq!(
        again,
        StateError::BucketAlreadyOwnedByYou { name: name.clone() }
    );
    let others = store
        .create_bucket(&name, "eu-central-1", &other, &[], NOW)
        .await
        .unwrap_err();
    assert_eq!(
        others,
        StateError::BucketAlreadyExists { name: name.clone() }
    );
    let nobody = store
        .create_bucket(&name, "x", &user("nobody"), &[], NOW)
        .await
        .unwrap_err();
    assert_eq!(
        nobody,
        StateError::NoSuchUser {
            name: user("nobody")
        }
    );
}

async fn renumbers_buckets(store: &dyn StateStore) {
    let app = store
        .create_user(&user("app"), UserKind::Ordinary, NOW)
        .await
        .unwrap()
        .name;
    let name = bucket("photos");
    let first = store
        .create_bucket(&name, "us-east-1", &app, &[], NOW)
        .await
        .unwrap()
        .id;
    store.delete_bucket(&name, first).await.unwrap();
    let second = store
        .create_bucket(&name, "us-east-1", &app, &[], NOW)
        .await
        .unwrap()
        .id;
    assert_ne!(first, second);
    let gone = StateError::NoSuchBucket { name: name.clone() };
    for id in [first, BucketId(u64::MAX)] {
        assert_eq!(store.delete_bucket(&name, id).await.unwrap_err(), gone);
    }
    assert_eq!(store.find_bucket(&name).await.unwrap().unwrap().id, second);
}

async fn configures_buckets(store: &dyn StateStore) {
    let app = store
        .create_user(&user("app"), UserKind::Ordinary, NOW)
        .await
        .unwrap()
        .name;
    let name = bucket("photos");
    let made = store
        .create_bucket(&name, "us-east-1", &app, &[], NOW)
        .await
        .unwrap();
    assert_eq!(made.versioning, Versioning::Unversioned);
    for versioning in [
        Versioning::Enabled,
        Versioning::Suspended,
        Versioning::Enabled,
    ] {
        store
            .set_bucket_versioning(&name, made.id, versioning)
            .await
            .unwrap();
        let found = store.find_bucket(&name).await.unwrap().unwrap();
        assert_eq!(found.versioning, versioning);
    }
    let back = store.set_bucket_versioning(&name, made.id, Versioning::Unversioned);
    let kept = StateError::VersioningKept { name: name.clone() };
    assert_eq!(back.await.unwrap_err(), kept);

    let (cors, tagging) = (BucketDocument::Cors, BucketDocument::Tagging);
    for (kind, text) in [(cors, "<a/>"), (cors, "<b/>"), (tagging, "<t/>")] {
        store
            .put_bucket_document(&name, made.id, kind, text)
            .await
            .unwrap();
    }
    let found = store.find_bucket(&name).await.unwrap().unwrap();
    assert_eq!(found.document(cors), Some("<b/>"));
    assert_eq!(found.document(tagging), Some("<t/>"));
    assert_eq!(found.document(BucketDocument::PublicAccessBlock), None);
    for _ in 0..2 {
        store
            .delete_bucket_document(&name, made.id, cors)
            .await
            .unwrap();
    }
    assert_eq!(
        store
            .find_bucket(&name)
            .await
            .unwrap()
            .unwrap()
            .document(cors),
        None
    );

    let gone = StateError::NoSuchBucket { name: name.clone() };
    let other = BucketId(made.id.0 ^ 1);
    for refused in [
        store.put_bucket_document(&name, other, cors, "<a/>").await,
        store.delete_bucket_document(&name, other, tagging).await,
        store
            .set_bucket_versioning(&name, other, Versioning::Suspended)
            .await,
        store.delete_bucket(&name, other).await,
    ] {
        assert_eq!(refused.unwrap_err(), gone);
    }
    let elsewhere = bucket("elsewhere");
    let refused = store.delete_bucket(&elsewhere, made.id).await;
    assert_eq!(
        refused.unwrap_err(),
        StateError::NoSuchBucket { name: elsewhere }
    );
    let found = store.find_bucket(&name).await.unwrap().unwrap();
    assert_eq!(found.versioning, Versioning::Enabled);
    assert_eq!(found.document(tagging), Some("<t/>"));
    store.delete_bucket(&name, made.id).await.unwrap();
    let again = store
        .create_bucket(&name, "us-east-1", &app, &[], NOW)
        .await
        .unwrap();
    let found = store.find_bucket(&name).await.unwrap().unwrap();
    assert_eq!(
        (found.versioning, found.documents.len()),
        (Versioning::Unversioned, 0)
    );
    assert_eq!(found.id, again.id);
}

async fn creates_configured_buckets(store: &dyn StateStore) {
    for owner in ["app", "other"] {
        let owner = user(owner);
        let made = store.create_user(&owner, UserKind::Ordinary, NOW).await;
        assert!(made.is_ok());
    }
    let name = bucket("photos");
    let documents = [
        (BucketDocument::OwnershipControls, "<o/>".to_owned()),
        (BucketDocument::Tagging, "<t/>".to_owned()),
    ];
    let made = store
        .create_bucket(&name, "us-east-1", &user("app"), &documents, NOW)
        .await
        .unwrap();
    assert_eq!(made.documents, documents);
    let others = [(BucketDocument::Tagging, "<x/>".to_owned())];
    for owner in ["app", "other"] {
        let owner = user(owner);
        let again = store.create_bucket(&name, "us-east-1", &owner, &others, NOW);
        assert!(again.await.is_err());
    }
    let found = store.find_bucket(&name).await.unwrap().unwrap();
    for (kind, document) in &documents {
        assert_eq!(found.document(*kind), Some(document.as_str()));
    }
    assert_eq!(found.documents.len(), documents.len());
    let listed = store.list_buckets(None).await.unwrap();
    assert_eq!(listed.len(), 1);
}

async fn lists_buckets(store: &dyn StateStore) {
    for (owner, names) in [("app", ["b-2", "b-10"]), ("other", ["c-c", "a-a"])] {
        store
            .create_user(&user(owner), UserKind::Ordinary, NOW)
            .await
            .unwrap();
        for name in names {
            store
                .create_bucket(&bucket(name), "us-east-1", &user(owner), &[], NOW)
                .await
                .unwrap();
        }
    }
    for (owner, expected) in [
        (None, vec!["a-a", "b-10", "b-2", "c-c"]),
        (Some(user("app")), vec!["b-10", "b-2"]),
        (Some(user("nobody")), vec![]),
    ] {
        let buckets = store.list_buckets(owner.as_ref()).await.unwrap();
        assert_eq!(
            buckets.iter().map(|b| b.name.as_str()).collect::<Vec<_>>(),
            expected
        );
    }
}

async fn moves_the_token(store: &dyn StateStore) {
    let (app, id, name) = (user("app"), AccessKeyId::new("AKIA1"), bucket("photos"));
    let mut tokens = vec![store.change_token().await.unwrap()];
    store
        .create_user(&app, UserKind::Ordinary, NOW)
        .await
        .unwrap();
    tokens.push(store.change_token().await.unwrap());
    store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await
        .unwrap();
    tokens.push(store.change_token().await.unwrap());
    store
        .set_access_key_status(&id, KeyStatus::Disabled)
        .await
        .unwrap();
    tokens.push(store.change_token().await.unwrap());
    store.delete_access_key(&id).await.unwrap();
    tokens.push(store.change_token().await.unwrap());
    let number = store
        .create_bucket(&name, "us-east-1", &app, &[], NOW)
        .await
        .unwrap()
        .id;
    tokens.push(store.change_token().await.unwrap());
    store
        .set_bucket_versioning(&name, number, Versioning::Enabled)
        .await
        .unwrap();
    tokens.push(store.change_token().await.unwrap());
    let cors = BucketDocument::Cors;
    for document in ["<a/>", "<b/>"] {
        store
            .put_bucket_document(&name, number, cors, document)
            .await
            .unwrap();
        tokens.push(store.change_token().await.unwrap());
    }
    store
        .delete_bucket_document(&name, number, cors)
        .await
        .unwrap();
    tokens.push(store.change_token().await.unwrap());
    store.delete_bucket(&name, number).await.unwrap();
    tokens.push(store.change_token().await.unwrap());
    assert!(
        tokens.windows(2).all(|pair| pair[0] != pair[1]),
        "{tokens:?}"
    );
    let last = tokens.pop();
    assert_eq!(
        store.change_token().await.ok(),
        last,
        "looking is no change"
    );
}
