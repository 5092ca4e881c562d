//! What an engine has to do with what configuration files declare.

use super::{Case, NOW, bucket, declared, user};
use crate::{
    Boundary, Declaration, DeclaredPolicy, DeclaredProvider, DeclaredRole, DeclaredUser, IamPath,
    NewManagedPolicy, NewOidcProvider, NewRole, NewUser, Origin, PolicyName, PolicyOwner,
    PrincipalName, RoleName, StateError, StateStore, UnixMillis, UserKind,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("what is declared follows the configuration", |s| {
            Box::pin(follows(s))
        }),
        (
            "what is declared is changed only where it is declared",
            |s| Box::pin(guards(s)),
        ),
        ("what was made at run time is not touched", |s| {
            Box::pin(leaves_alone(s))
        }),
        (
            "a declaration that names policies takes the first one",
            |s| Box::pin(narrows(s)),
        ),
        ("a wrong declaration changes nothing", |s| {
            Box::pin(refuses_as_a_whole(s))
        }),
    ]
}

const ISSUER: &str = "https://token.example.com";

fn policy(name: &str) -> PolicyName {
    PolicyName::parse(name).unwrap()
}

fn role_name(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

fn attached(name: &str, policies: &[&str]) -> DeclaredUser {
    DeclaredUser {
        policies: Some(policies.iter().map(|name| policy(name)).collect()),
        ..declared(name, &format!("AKIA-{name}"), "s")
    }
}

fn role(name: &str, policies: &[&str]) -> DeclaredRole {
    DeclaredRole {
        name: role_name(name),
        path: IamPath::default(),
        trust_policy: "{trust}".to_owned(),
        policies: policies.iter().map(|name| policy(name)).collect(),
        max_session_s: 3_600,
        description: None,
    }
}

fn managed(name: &str, document: &str) -> DeclaredPolicy {
    DeclaredPolicy {
        name: policy(name),
        document: document.to_owned(),
    }
}

fn whole() -> Declaration {
    Declaration {
        users: vec![attached("app", &["Read"]), attached("ci", &[])],
        roles: vec![role("Deploy", &["Read", "Write"]), role("Audit", &[])],
        policies: vec![managed("Read", "{r}"), managed("Write", "{w}")],
        providers: vec![DeclaredProvider {
            issuer: ISSUER.to_owned(),
            audiences: vec!["a".to_owned()],
        }],
    }
}

async fn token(store: &dyn StateStore) -> u64 {
    store.pulse().await.unwrap().change_token
}

async fn documents(store: &dyn StateStore, unique_id: &str) -> Vec<String> {
    let found = store.find_principal(unique_id).await.unwrap().unwrap();
    let policies = found.authority.policies;
    policies.into_iter().map(|policy| policy.document).collect()
}

async fn follows(store: &dyn StateStore) {
    store.declare(&whole(), NOW).await.unwrap();
    let app = store.find_user(&user("app")).await.unwrap().unwrap();
    assert_eq!(documents(store, &app.unique_id).await, ["{r}"]);
    let deploy = store
        .find_role(&role_name("deploy"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(deploy.origin, Origin::Declared);
    assert_eq!(documents(store, &deploy.unique_id).await, ["{r}", "{w}"]);
    let provider = store.find_oidc_provider(ISSUER).await.unwrap().unwrap();
    assert_eq!(
        (provider.origin, provider.audiences),
        (Origin::Declared, vec!["a".to_owned()])
    );

    let before = token(store).await;
    let later = UnixMillis(NOW.0 + 1);
    store.declare(&whole(), later).await.unwrap();
    assert_eq!(token(store).await, before, "the same again is no change");

    let mut changed = whole();
    changed.users[0].policies = Some(vec![policy("Write")]);
    changed.roles[0].policies = vec![policy("Write")];
    changed.roles[0].trust_policy = "{other}".to_owned();
    changed.roles[0].max_session_s = 7_200;
    changed.policies[1].document = "{w2}".to_owned();
    changed.providers[0].audiences = vec!["b".to_owned()];
    store.declare(&changed, later).await.unwrap();
    assert_ne!(token(store).await, before);
    assert_eq!(documents(store, &app.unique_id).await, ["{w2}"]);
    let same = store.find_role(&deploy.name).await.unwrap().unwrap();
    assert_eq!(same.unique_id, deploy.unique_id);
    assert_eq!(
        (same.trust_policy.as_str(), same.max_session_s),
        ("{other}", 7_200)
    );
    assert_eq!(documents(store, &deploy.unique_id).await, ["{w2}"]);
    let provider = store.find_oidc_provider(ISSUER).await.unwrap().unwrap();
    assert_eq!(provider.audiences, ["b"]);

    let moved = IamPath::parse("/ci/").unwrap();
    changed.roles[0].path = moved.clone();
    store.declare(&changed, later).await.unwrap();
    let other = store.find_role(&deploy.name).await.unwrap().unwrap();
    assert_eq!(other.path, moved);
    assert_ne!(
        other.unique_id, deploy.unique_id,
        "another path is another role"
    );

    store.declare(&Declaration::default(), later).await.unwrap();
    assert!(store.list_roles().await.unwrap().is_empty());
    assert!(store.list_users().await.unwrap().is_empty());
    assert!(store.list_access_keys(None).await.unwrap().is_empty());
    assert!(store.list_oidc_providers().await.unwrap().is_empty());
    let left = store.list_managed_policies().await.unwrap();
    assert!(left.iter().all(|policy| policy.origin == Origin::Aws));
}

async fn guards(store: &dyn StateStore) {
    store.declare(&whole(), NOW).await.unwrap();
    let (deploy, read) = (role_name("Deploy"), policy("Read"));
    let owner = PolicyOwner::Role(deploy.clone());
    let issuer = ISSUER;
    let update = crate::RoleUpdate::default();
    let before = token(store).await;
    for refused in [
        store.update_role(&deploy, &update).await,
        store.set_trust_policy(&deploy, "{}").await,
        store.delete_role(&deploy).await,
        store.detach_policy(&owner, &read).await,
        store.delete_managed_policy(&read).await,
        store
            .create_policy_version(&read, "{}", true, NOW)
            .await
            .map(|_| ()),
        store.delete_oidc_provider(issuer).await,
        store.set_oidc_audiences(issuer, &[]).await,
    ] {
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused, StateError::Declared { .. }),
            "{refused:?}"
        );
    }
    assert_eq!(token(store).await, before);
}

async fn leaves_alone(store: &dyn StateStore) {
    let own = NewManagedPolicy::new(&policy("Own"), "{own}");
    store.create_managed_policy(&own, NOW).await.unwrap();
    store
        .create_role(&NewRole::new(&role_name("Mine"), "{}"), NOW)
        .await
        .unwrap();
    let provider = NewOidcProvider {
        issuer: "https://mine.example".to_owned(),
        ..NewOidcProvider::default()
    };
    store.create_oidc_provider(&provider, NOW).await.unwrap();
    store.declare(&whole(), NOW).await.unwrap();
    let app = PolicyOwner::User(user("app"));
    store.attach_policy(&app, &own.name).await.unwrap();
    store
        .attach_policy(&PolicyOwner::User(user("ci")), &policy("Read"))
        .await
        .unwrap();
    store.declare(&whole(), NOW).await.unwrap();
    let attached = store.list_attached_policies(&app).await.unwrap();
    let attached: Vec<_> = attached.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(attached, ["Own", "Read"]);

    // Somebody still has what would go, so nothing goes.
    let refused = store
        .declare(&Declaration::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(
        refused,
        StateError::PolicyInUse {
            name: policy("Read")
        }
    );
    assert_eq!(store.list_roles().await.unwrap().len(), 3);
    store
        .detach_policy(&PolicyOwner::User(user("ci")), &policy("Read"))
        .await
        .unwrap();

    let (b, ci) = (bucket("photos"), user("ci"));
    store.create_bucket(&b, "r", &ci, &[], NOW).await.unwrap();
    store.declare(&Declaration::default(), NOW).await.unwrap();
    let users = store.list_users().await.unwrap();
    let users: Vec<_> = users.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(
        users,
        ["app", "ci"],
        "one has an attached policy, the other a bucket"
    );
    assert!(store.list_access_keys(None).await.unwrap().is_empty());
    assert_eq!(store.list_roles().await.unwrap().len(), 1);
    assert_eq!(store.list_oidc_providers().await.unwrap().len(), 1);
    assert!(
        store
            .find_managed_policy(&own.name)
            .await
            .unwrap()
            .is_some()
    );
}

async fn refuses_as_a_whole(store: &dyn StateStore) {
    let own = NewManagedPolicy::new(&policy("Own"), "{own}");
    store.create_managed_policy(&own, NOW).await.unwrap();
    store
        .create_role(&NewRole::new(&role_name("Mine"), "{}"), NOW)
        .await
        .unwrap();
    let elsewhere = |what, name: &str| StateError::DeclaredElsewhere {
        what,
        name: name.to_owned(),
    };
    let before = token(store).await;
    let change = |change: fn(&mut Declaration)| {
        let mut declaration = whole();
        change(&mut declaration);
        declaration
    };
    let wrong = [
        (
            change(|all| all.policies.push(managed("own", "{}"))),
            elsewhere("policy", "Own"),
        ),
        (
            change(|all| all.roles.push(role("mine", &[]))),
            elsewhere("role", "Mine"),
        ),
        (
            change(|all| all.policies.push(managed("AdministratorAccess", "{}"))),
            StateError::PolicyBuiltIn {
                name: policy("AdministratorAccess"),
            },
        ),
        (
            change(|all| all.roles.push(role("DEPLOY", &[]))),
            StateError::RoleAlreadyExists {
                name: role_name("DEPLOY"),
            },
        ),
        (
            change(|all| all.policies.push(managed("READ", "{}"))),
            StateError::PolicyAlreadyExists {
                name: policy("READ"),
            },
        ),
        (
            change(|all| all.users.push(attached("x", &["Missing"]))),
            StateError::NoSuchManagedPolicy {
                name: policy("Missing"),
            },
        ),
        (
            change(|all| all.roles[0].max_session_s = 1),
            StateError::SessionLength { seconds: 1 },
        ),
    ];
    for (declaration, expected) in wrong {
        let refused = store.declare(&declaration, NOW).await.unwrap_err();
        assert_eq!(refused, expected);
        assert_eq!(token(store).await, before);
        assert!(store.list_users().await.unwrap().is_empty());
    }
    // A boundary that would be taken away stops a declaration too.
    store.declare(&whole(), NOW).await.unwrap();
    let mine = PrincipalName::Role(role_name("Mine"));
    let boundary = Boundary::Managed(policy("Write"));
    store
        .set_permissions_boundary(&mine, Some(&boundary))
        .await
        .unwrap();
    let refused = store
        .declare(&Declaration::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(
        refused,
        StateError::PolicyInUse {
            name: policy("Write")
        }
    );
}

async fn narrows(store: &dyn StateStore) {
    let mut declaration = Declaration {
        users: vec![declared("app", "AKIA-app", "s")],
        policies: vec![managed("Read", "{r}")],
        ..Declaration::default()
    };
    store.declare(&declaration, NOW).await.unwrap();
    let (app, other) = (user("app"), user("other"));
    let made = store.find_user(&app).await.unwrap().unwrap();
    assert_eq!(documents(store, &made.unique_id).await.len(), 1);
    declaration.users = vec![attached("app", &["Read"])];
    store.declare(&declaration, NOW).await.unwrap();
    assert_eq!(documents(store, &made.unique_id).await, ["{r}"]);
    let before = token(store).await;
    store.declare(&declaration, NOW).await.unwrap();
    assert_eq!(token(store).await, before);
    // One who was made at run time keeps what it has.
    let new = NewUser::new(&other, UserKind::Ordinary);
    let other = store.create_user(&new, NOW).await.unwrap();
    declaration.users.push(attached("other", &["Read"]));
    store.declare(&declaration, NOW).await.unwrap();
    assert_eq!(documents(store, &other.unique_id).await.len(), 2);
}
