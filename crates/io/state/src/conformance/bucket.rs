//! What an engine has to do with buckets, and with the token that every change moves.

use countersign_s3::{BucketId, Versioning};
use countersign_sigv4::AccessKeyId;

use super::{Case, NOW, bucket, credential, user};
use crate::{BucketDocument, KeyStatus, NewUser, StateError, StateStore, UserKind};

pub(super) fn cases() -> Vec<Case> {
    vec![
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

async fn creates_buckets(store: &dyn StateStore) {
    for name in ["app", "other"] {
        store
            .create_user(&NewUser::new(&user(name), UserKind::Ordinary), NOW)
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
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
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
        .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
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
        let made = store
            .create_user(&NewUser::new(&owner, UserKind::Ordinary), NOW)
            .await;
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
            .create_user(&NewUser::new(&user(owner), UserKind::Ordinary), NOW)
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
    let mut tokens = vec![store.pulse().await.unwrap().change_token];
    store
        .create_user(&NewUser::new(&app, UserKind::Ordinary), NOW)
        .await
        .unwrap();
    tokens.push(store.pulse().await.unwrap().change_token);
    store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await
        .unwrap();
    tokens.push(store.pulse().await.unwrap().change_token);
    store
        .set_access_key_status(&id, KeyStatus::Disabled)
        .await
        .unwrap();
    tokens.push(store.pulse().await.unwrap().change_token);
    store.delete_access_key(&id).await.unwrap();
    tokens.push(store.pulse().await.unwrap().change_token);
    let number = store
        .create_bucket(&name, "us-east-1", &app, &[], NOW)
        .await
        .unwrap()
        .id;
    tokens.push(store.pulse().await.unwrap().change_token);
    store
        .set_bucket_versioning(&name, number, Versioning::Enabled)
        .await
        .unwrap();
    tokens.push(store.pulse().await.unwrap().change_token);
    let cors = BucketDocument::Cors;
    for document in ["<a/>", "<b/>"] {
        store
            .put_bucket_document(&name, number, cors, document)
            .await
            .unwrap();
        tokens.push(store.pulse().await.unwrap().change_token);
    }
    store
        .delete_bucket_document(&name, number, cors)
        .await
        .unwrap();
    tokens.push(store.pulse().await.unwrap().change_token);
    store.delete_bucket(&name, number).await.unwrap();
    tokens.push(store.pulse().await.unwrap().change_token);
    assert!(
        tokens.windows(2).all(|pair| pair[0] != pair[1]),
        "{tokens:?}"
    );
    let last = tokens.pop();
    assert_eq!(
        Some(store.pulse().await.unwrap().change_token),
        last,
        "looking is no change"
    );
}
