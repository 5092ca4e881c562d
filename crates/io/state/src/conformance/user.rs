//! What an engine has to do with paths, and with users who go. The expectations are IAM's.

use super::{Case, NOW, bucket, credential, user};
use crate::{
    Boundary, IamPath, NewUser, PolicyName, PolicyOwner, StateError, StateStore, UserKind, UserName,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("a user is made with path, tags and boundary", |s| {
            Box::pin(makes_users_whole(s))
        }),
        ("a user goes only when nothing is left of it", |s| {
            Box::pin(deletes_users(s))
        }),
    ]
}

async fn makes_users_whole(store: &dyn StateStore) {
    let new = NewUser {
        path: IamPath::parse("/team/a/").unwrap(),
        tags: vec![("team".to_owned(), "a".to_owned())],
        boundary: Some(Boundary::Document("{b}".to_owned())),
        full_access: false,
        ..NewUser::new(&user("app"), UserKind::Ordinary)
    };
    let made = store.create_user(&new, NOW).await.unwrap();
    assert_eq!(made.arn(), "arn:aws:iam::000000000000:user/team/a/app");
    assert_eq!(store.find_user(&user("APP")).await.unwrap(), Some(made));
    let authority = store.find_authority(&user("app")).await.unwrap().unwrap();
    assert!(authority.policies.is_empty());
    assert_eq!(authority.boundary.as_deref(), Some("{b}"));
    assert_eq!(authority.tags, new.tags);

    let twice = ["k", "K"].map(|key| (key.to_owned(), String::new()));
    let wrong = NewUser {
        tags: twice.to_vec(),
        ..NewUser::new(&user("ci"), UserKind::Ordinary)
    };
    let refused = store.create_user(&wrong, NOW).await.unwrap_err();
    assert_eq!(
        refused,
        StateError::TagRepeated {
            key: "K".to_owned()
        }
    );
    assert_eq!(store.find_user(&user("ci")).await.unwrap(), None);
}

async fn refused(store: &dyn StateStore, name: &UserName, holds: &'static str) {
    let name = name.clone();
    let error = store.delete_user(&name).await.unwrap_err();
    assert_eq!(error, StateError::UserNotEmpty { name, holds });
}

async fn deletes_users(store: &dyn StateStore) {
    let root = NewUser::new(&user("root"), UserKind::Root);
    store.create_user(&root, NOW).await.unwrap();
    let kept = store.delete_user(&user("root")).await.unwrap_err();
    assert_eq!(kept, StateError::RootKept);

    let app = user("app");
    let new = NewUser::new(&app, UserKind::Ordinary);
    store.create_user(&new, NOW).await.unwrap();
    let owner = PolicyOwner::User(app.clone());
    let full = PolicyName::parse(crate::FULL_ACCESS_NAME).unwrap();
    let read = PolicyName::parse("AmazonS3ReadOnlyAccess").unwrap();
    let group = crate::GroupName::parse("all").unwrap();
    let key = store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await
        .unwrap();
    store.attach_policy(&owner, &read).await.unwrap();
    store.create_group(&group, NOW).await.unwrap();
    store.add_group_member(&group, &app).await.unwrap();
    let mine = bucket("mine");
    let made = store.create_bucket(&mine, "r", &app, &[], NOW).await;
    let made = made.unwrap();
    let tags = [("a".to_owned(), "b".to_owned())];
    store.set_user_tags(&app, &tags).await.unwrap();

    refused(store, &app, "access keys").await;
    store.delete_access_key(&key.id).await.unwrap();
    refused(store, &app, "policies").await;
    store.delete_policy(&owner, &full).await.unwrap();
    refused(store, &app, "attached policies").await;
    store.detach_policy(&owner, &read).await.unwrap();
    refused(store, &app, "group memberships").await;
    store.remove_group_member(&group, &app).await.unwrap();
    refused(store, &app, "buckets").await;
    store.delete_bucket(&made.name, made.id).await.unwrap();
    let token = store.pulse().await.unwrap().change_token;
    store.delete_user(&app).await.unwrap();
    assert_ne!(store.pulse().await.unwrap().change_token, token);
    assert_eq!(store.find_user(&app).await.unwrap(), None);
    let gone = store.delete_user(&app).await.unwrap_err();
    assert_eq!(gone, StateError::NoSuchUser { name: app.clone() });
    let again = store.create_user(&new, NOW).await.unwrap();
    let authority = store.find_authority(&again.name).await.unwrap().unwrap();
    assert!(authority.tags.is_empty());
}
