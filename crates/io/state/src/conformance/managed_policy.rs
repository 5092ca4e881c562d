//! What an engine has to do with managed policies. The expectations are IAM's.

use super::{Case, NOW, user};
use crate::{
    GroupName, IamPath, MAX_ATTACHED_POLICIES, MAX_POLICY_VERSIONS, NewManagedPolicy, NewRole,
    NewUser, Origin, PolicyEntities, PolicyName, PolicyOwner, RoleName, StateError, StateStore,
    UnixMillis, UserKind,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        (
            "managed policies are made, found, listed and deleted",
            |s| Box::pin(keeps(s)),
        ),
        ("a managed policy has five versions at most", |s| {
            Box::pin(keeps_versions(s))
        }),
        (
            "managed policies are attached to users, groups and roles",
            |s| Box::pin(attaches(s)),
        ),
        ("what is built in is never changed", |s| {
            Box::pin(keeps_what_is_built_in(s))
        }),
        ("documents are found by the ARN of their policy", |s| {
            Box::pin(finds_documents(s))
        }),
    ]
}

const BUILT_IN: [&str; 3] = [
    "AdministratorAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
];

fn policy(name: &str) -> PolicyName {
    PolicyName::parse(name).unwrap()
}

async fn make(store: &dyn StateStore, name: &str, document: &str) {
    let new = NewManagedPolicy::new(&policy(name), document);
    store.create_managed_policy(&new, NOW).await.unwrap();
}

async fn names(store: &dyn StateStore) -> Vec<String> {
    let policies = store.list_managed_policies().await.unwrap();
    let names = policies.iter().map(|policy| policy.name.to_string());
    names
        .filter(|name| !BUILT_IN.contains(&name.as_str()))
        .collect()
}

async fn keeps(store: &dyn StateStore) {
    let new = NewManagedPolicy {
        path: IamPath::parse("/team/").unwrap(),
        description: Some("reads".to_owned()),
        tags: vec![("a".to_owned(), "1".to_owned())],
        ..NewManagedPolicy::new(&policy("Readers"), "{1}")
    };
    let made = store.create_managed_policy(&new, NOW).await.unwrap();
    assert!(made.unique_id.starts_with("ANPA") && made.unique_id.len() == 21);
    assert_eq!(
        made.arn().to_string(),
        "arn:aws:iam::000000000000:policy/team/Readers"
    );
    assert_eq!((made.default_version, made.attachment_count), (1, 0));
    assert_eq!((made.created_at, made.updated_at), (NOW, NOW));
    assert_eq!(
        (&made.description, &made.tags),
        (&new.description, &new.tags)
    );
    let found = store.find_managed_policy(&policy("readers")).await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    let again = NewManagedPolicy::new(&policy("READERS"), "{}");
    let taken = store.create_managed_policy(&again, NOW).await.unwrap_err();
    assert_eq!(
        taken,
        StateError::PolicyAlreadyExists {
            name: policy("READERS")
        }
    );
    make(store, "auditors", "{}").await;
    assert_eq!(names(store).await, ["auditors", "Readers"]);
    let tags = [("b".to_owned(), "2".to_owned())];
    store
        .set_managed_policy_tags(&made.name, &tags)
        .await
        .unwrap();
    let found = store
        .find_managed_policy(&made.name)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.tags, tags);
    store.delete_managed_policy(&made.name).await.unwrap();
    assert_eq!(store.find_managed_policy(&made.name).await.unwrap(), None);
    let missing = || StateError::NoSuchManagedPolicy {
        name: policy("Readers"),
    };
    for refused in [
        store.delete_managed_policy(&made.name).await,
        store.set_managed_policy_tags(&made.name, &[]).await,
        store.delete_policy_version(&made.name, 1).await,
        store.list_policy_versions(&made.name).await.map(|_| ()),
        store.list_policy_entities(&made.name).await.map(|_| ()),
    ] {
        assert_eq!(refused.unwrap_err(), missing());
    }
}

async fn keeps_versions(store: &dyn StateStore) {
    let name = policy("p");
    make(store, "p", "{1}").await;
    let later = UnixMillis(NOW.0 + 1);
    for number in 2..=5 {
        let document = format!("{{{number}}}");
        let made = store
            .create_policy_version(&name, &document, number == 3, later)
            .await
            .unwrap();
        assert_eq!((made.number, made.is_default), (number, number == 3));
    }
    let sixth = store.create_policy_version(&name, "{6}", false, NOW).await;
    let limit = MAX_POLICY_VERSIONS;
    let too_many = StateError::TooManyVersions {
        name: name.clone(),
        limit,
    };
    assert_eq!(sixth.unwrap_err(), too_many);
    let kept = store.delete_policy_version(&name, 3).await.unwrap_err();
    let expected = StateError::DefaultVersionKept {
        name: name.clone(),
        number: 3,
    };
    assert_eq!(kept, expected);
    store.delete_policy_version(&name, 5).await.unwrap();
    let sixth = store.create_policy_version(&name, "{6}", false, NOW).await;
    assert_eq!(sixth.unwrap().number, 6, "a number is never used again");
    let versions = store.list_policy_versions(&name).await.unwrap();
    let all: Vec<_> = versions
        .iter()
        .map(|one| (one.number, one.is_default))
        .collect();
    assert_eq!(
        all,
        [(6, false), (4, false), (3, true), (2, false), (1, false)]
    );
    let gone = StateError::NoSuchPolicyVersion {
        name: name.clone(),
        number: 5,
    };
    let refused = store.set_default_policy_version(&name, 5, NOW).await;
    assert_eq!(refused.unwrap_err(), gone);
    let refused = store.delete_policy_version(&name, 5).await.unwrap_err();
    assert_eq!(refused, gone);
    let latest = UnixMillis(NOW.0 + 2);
    store
        .set_default_policy_version(&name, 6, latest)
        .await
        .unwrap();
    let found = store.find_managed_policy(&name).await.unwrap().unwrap();
    assert_eq!((found.default_version, found.updated_at), (6, latest));
    let found = store.find_policy_version(&name, 6).await.unwrap().unwrap();
    assert_eq!((found.document.as_str(), found.is_default), ("{6}", true));
    assert_eq!(store.find_policy_version(&name, 5).await.unwrap(), None);
    let token = store.pulse().await.unwrap().change_token;
    store
        .set_default_policy_version(&name, 6, NOW)
        .await
        .unwrap();
    assert_eq!(store.pulse().await.unwrap().change_token, token);
}

async fn attaches(store: &dyn StateStore) {
    let app = NewUser::new(&user("app"), UserKind::Ordinary);
    store.create_user(&app, NOW).await.unwrap();
    let group = GroupName::parse("g").unwrap();
    store.create_group(&group, NOW).await.unwrap();
    store.add_group_member(&group, &app.name).await.unwrap();
    let role = RoleName::parse("r").unwrap();
    store
        .create_role(&NewRole::new(&role, "{}"), NOW)
        .await
        .unwrap();
    make(store, "p", "{p}").await;
    make(store, "B", "{b}").await;
    let (p, b) = (policy("p"), policy("B"));
    let owners = [
        PolicyOwner::Group(group.clone()),
        PolicyOwner::Role(role),
        PolicyOwner::User(app.name.clone()),
    ];
    for owner in &owners {
        for name in [&p, &b] {
            let token = store.pulse().await.unwrap().change_token;
            store.attach_policy(owner, name).await.unwrap();
            let moved = store.pulse().await.unwrap().change_token;
            assert_ne!(moved, token);
            store.attach_policy(owner, name).await.unwrap();
            assert_eq!(store.pulse().await.unwrap().change_token, moved);
        }
        let attached = store.list_attached_policies(owner).await.unwrap();
        let attached: Vec<_> = attached.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(attached, ["B", "p"]);
        let own = store.list_policies(owner).await.unwrap();
        assert!(own.iter().all(|policy| policy.managed.is_none()));
    }
    let entities = store.list_policy_entities(&p).await.unwrap();
    let expected = PolicyEntities {
        attached: owners.to_vec(),
        boundary_of: Vec::new(),
    };
    assert_eq!(entities, expected);
    let found = store.find_managed_policy(&p).await.unwrap().unwrap();
    assert_eq!(found.attachment_count, 3);

    store
        .create_policy_version(&p, "{p2}", true, NOW)
        .await
        .unwrap();
    let authority = store.find_authority(&app.name).await.unwrap().unwrap();
    let documents = authority.policies.iter().skip(1);
    let documents: Vec<_> = documents.map(|one| one.document.as_str()).collect();
    assert_eq!(
        documents,
        ["{b}", "{p2}", "{b}", "{p2}"],
        "its own, then its groups'"
    );
    assert_eq!(authority.policies[0].name.as_str(), crate::FULL_ACCESS_NAME);

    let refused = store.delete_managed_policy(&p).await.unwrap_err();
    assert_eq!(refused, StateError::PolicyInUse { name: p.clone() });
    for owner in &owners[1..] {
        store.detach_policy(owner, &p).await.unwrap();
        let refused = store.detach_policy(owner, &p).await.unwrap_err();
        assert_eq!(refused, StateError::NotAttached { name: p.clone() });
    }
    store.remove_group_member(&group, &app.name).await.unwrap();
    store.delete_group(&group).await.unwrap();
    store.delete_managed_policy(&p).await.unwrap();

    let owner = &owners[2];
    store.detach_policy(owner, &b).await.unwrap();
    for number in 0..MAX_ATTACHED_POLICIES {
        let name = format!("m{number}");
        make(store, &name, "{}").await;
        store.attach_policy(owner, &policy(&name)).await.unwrap();
    }
    let limit = MAX_ATTACHED_POLICIES;
    let refused = store.attach_policy(owner, &b).await.unwrap_err();
    assert_eq!(refused, StateError::TooManyPolicies { limit });
    let attached = store.list_attached_policies(owner).await.unwrap();
    assert_eq!(attached.len(), limit);

    let root = NewUser::new(&user("root"), UserKind::Root);
    store.create_user(&root, NOW).await.unwrap();
    let root = PolicyOwner::User(root.name);
    let refused = store.attach_policy(&root, &b).await.unwrap_err();
    assert_eq!(refused, StateError::RootUnbound);
}

async fn keeps_what_is_built_in(store: &dyn StateStore) {
    let all = store.list_managed_policies().await.unwrap();
    let built_in: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(built_in, BUILT_IN);
    assert!(all.iter().all(|one| one.origin == Origin::Aws));
    for name in BUILT_IN.map(policy) {
        let expected = StateError::PolicyBuiltIn { name: name.clone() };
        for refused in [
            store.delete_managed_policy(&name).await,
            store.set_managed_policy_tags(&name, &[]).await,
            store.set_default_policy_version(&name, 1, NOW).await,
            store.delete_policy_version(&name, 1).await,
        ] {
            assert_eq!(refused.unwrap_err(), expected);
        }
        let refused = store.create_policy_version(&name, "{}", true, NOW).await;
        assert_eq!(refused.unwrap_err(), expected);
        let versions = store.list_policy_versions(&name).await.unwrap();
        assert!(versions.len() == 1 && versions[0].document.contains("Allow"));
    }
}

async fn finds_documents(store: &dyn StateStore) {
    let new = NewManagedPolicy {
        path: IamPath::parse("/team/").unwrap(),
        ..NewManagedPolicy::new(&policy("p"), "{1}")
    };
    store.create_managed_policy(&new, NOW).await.unwrap();
    store
        .create_policy_version(&new.name, "{2}", true, NOW)
        .await
        .unwrap();
    let arns = [
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::000000000000:policy/AdministratorAccess",
        "arn:aws:iam::000000000000:policy/team/p",
        "arn:aws:iam::000000000000:policy/p",
        "arn:aws:iam::aws:policy/team/p",
        "p",
    ];
    let arns = arns.map(str::to_owned);
    let found = store.find_policy_documents(&arns).await.unwrap();
    assert!(
        found[0]
            .as_deref()
            .is_some_and(|text| text.contains("\"*\""))
    );
    let rest: Vec<_> = found.iter().skip(1).map(Option::as_deref).collect();
    assert_eq!(rest, [None, Some("{2}"), None, None, None]);
}
