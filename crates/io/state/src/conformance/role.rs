//! What an engine has to do with roles. The expectations are IAM's.

use super::{Case, NOW, user};
use crate::{
    Boundary, IamPath, NewRole, NewUser, Origin, PolicyName, PolicyOwner, Principal, PrincipalName,
    Role, RoleName, RoleUpdate, StateError, StateStore, UnixMillis, UserKind,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("a role is made, found and listed", |s| Box::pin(makes(s))),
        ("a role is changed", |s| Box::pin(changes(s))),
        ("a role goes only when nothing is left of it", |s| {
            Box::pin(deletes(s))
        }),
        ("a principal is found by its lasting id", |s| {
            Box::pin(finds_principals(s))
        }),
        ("a boundary is a document or a managed policy", |s| {
            Box::pin(bounds(s))
        }),
    ]
}

fn name(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

async fn role(store: &dyn StateStore, of: &str) -> Role {
    let new = NewRole::new(&name(of), "{trust}");
    store.create_role(&new, NOW).await.unwrap()
}

async fn makes(store: &dyn StateStore) {
    let new = NewRole {
        path: IamPath::parse("/ci/").unwrap(),
        max_session_s: 7_200,
        description: Some("deploys".to_owned()),
        boundary: Some(Boundary::Document("{b}".to_owned())),
        tags: vec![("a".to_owned(), "1".to_owned())],
        ..NewRole::new(&name("Deploy"), "{trust}")
    };
    let made = store.create_role(&new, NOW).await.unwrap();
    assert!(made.unique_id.starts_with("AROA") && made.unique_id.len() == 21);
    assert_eq!(made.arn(), "arn:aws:iam::000000000000:role/ci/Deploy");
    let expected = Role {
        unique_id: made.unique_id.clone(),
        name: new.name.clone(),
        path: new.path.clone(),
        trust_policy: new.trust_policy.clone(),
        max_session_s: 7_200,
        description: new.description.clone(),
        created_at: NOW,
        last_used_at: None,
        boundary: new.boundary.clone(),
        tags: new.tags.clone(),
        origin: Origin::Stored,
    };
    assert_eq!(made, expected);
    assert_eq!(
        store.find_role(&name("deploy")).await.unwrap(),
        Some(made.clone())
    );
    assert_eq!(store.find_role(&name("other")).await.unwrap(), None);
    let again = NewRole::new(&name("DEPLOY"), "{}");
    let taken = store.create_role(&again, NOW).await.unwrap_err();
    assert_eq!(
        taken,
        StateError::RoleAlreadyExists {
            name: name("DEPLOY")
        }
    );
    let auditor = role(store, "auditor").await;
    assert_eq!(store.list_roles().await.unwrap(), [auditor, made]);
    for seconds in [3_599, 43_201] {
        let wrong = NewRole {
            max_session_s: seconds,
            ..NewRole::new(&name("r"), "{}")
        };
        let refused = store.create_role(&wrong, NOW).await.unwrap_err();
        assert_eq!(refused, StateError::SessionLength { seconds });
    }
    // A user and a role may have one name.
    let deploy = NewUser::new(&user("Deploy"), UserKind::Ordinary);
    store.create_user(&deploy, NOW).await.unwrap();
}

async fn changes(store: &dyn StateStore) {
    let made = role(store, "r").await;
    let mut token = store.pulse().await.unwrap().change_token;
    let update = |description: Option<&str>, max_session_s| RoleUpdate {
        description: description.map(str::to_owned),
        max_session_s,
    };
    let tags = vec![("a".to_owned(), "1".to_owned())];
    let name = made.name.clone();
    for step in 0..4 {
        match step {
            0 => store.update_role(&name, &update(Some("d"), None)).await,
            1 => store.update_role(&name, &update(None, Some(43_200))).await,
            2 => store.set_trust_policy(&name, "{other}").await,
            _ => store.set_role_tags(&name, &tags).await,
        }
        .unwrap();
        let now = store.pulse().await.unwrap().change_token;
        assert_ne!(now, token, "step {step}");
        token = now;
    }
    let expected = Role {
        description: Some("d".to_owned()),
        max_session_s: 43_200,
        trust_policy: "{other}".to_owned(),
        tags,
        ..made
    };
    assert_eq!(
        store.find_role(&name).await.unwrap(),
        Some(expected.clone())
    );
    store
        .update_role(&name, &update(Some(""), None))
        .await
        .unwrap();
    let uses = [
        (expected.unique_id.clone(), UnixMillis(9)),
        (expected.unique_id.clone(), UnixMillis(5)),
        ("AROAUNKNOWN".to_owned(), UnixMillis(5)),
    ];
    token = store.pulse().await.unwrap().change_token;
    store.record_role_uses(&uses).await.unwrap();
    assert_eq!(store.pulse().await.unwrap().change_token, token);
    let found = store.find_role(&name).await.unwrap().unwrap();
    assert_eq!(
        (found.description, found.last_used_at),
        (None, Some(UnixMillis(9)))
    );
    let refused = store.update_role(&name, &update(None, Some(1))).await;
    assert_eq!(
        refused.unwrap_err(),
        StateError::SessionLength { seconds: 1 }
    );
    let nobody = RoleName::parse("nobody").unwrap();
    for refused in [
        store.update_role(&nobody, &update(None, None)).await,
        store.set_trust_policy(&nobody, "{}").await,
        store.set_role_tags(&nobody, &[]).await,
        store.delete_role(&nobody).await,
    ] {
        let name = nobody.clone();
        assert_eq!(refused.unwrap_err(), StateError::NoSuchRole { name });
    }
}

async fn deletes(store: &dyn StateStore) {
    let made = role(store, "r").await;
    let owner = PolicyOwner::Role(made.name.clone());
    let own = PolicyName::parse("own").unwrap();
    let read = PolicyName::parse("AmazonS3ReadOnlyAccess").unwrap();
    store.put_policy(&owner, &own, "{}").await.unwrap();
    store.attach_policy(&owner, &read).await.unwrap();
    store
        .set_role_tags(&made.name, &[("a".to_owned(), "1".to_owned())])
        .await
        .unwrap();
    let full = |holds| StateError::RoleNotEmpty {
        name: made.name.clone(),
        holds,
    };
    let refused = store.delete_role(&made.name).await.unwrap_err();
    assert_eq!(refused, full("policies"));
    store.delete_policy(&owner, &own).await.unwrap();
    let refused = store.delete_role(&made.name).await.unwrap_err();
    assert_eq!(refused, full("attached policies"));
    store.detach_policy(&owner, &read).await.unwrap();
    store.delete_role(&made.name).await.unwrap();
    assert_eq!(store.find_role(&made.name).await.unwrap(), None);
    let found = store.find_principal(&made.unique_id).await.unwrap();
    assert_eq!(found, None);
    let again = role(store, "r").await;
    assert_ne!(again.unique_id, made.unique_id);
    assert!(again.tags.is_empty());
}

async fn finds_principals(store: &dyn StateStore) {
    let made = role(store, "r").await;
    let owner = PolicyOwner::Role(made.name.clone());
    let own = PolicyName::parse("own").unwrap();
    let read = PolicyName::parse("AmazonS3ReadOnlyAccess").unwrap();
    store.put_policy(&owner, &own, "{own}").await.unwrap();
    store.attach_policy(&owner, &read).await.unwrap();
    let tags = [("a".to_owned(), "1".to_owned())];
    store.set_role_tags(&made.name, &tags).await.unwrap();
    let record = store
        .find_principal(&made.unique_id)
        .await
        .unwrap()
        .unwrap();
    let of_store = store.find_role(&made.name).await.unwrap().unwrap();
    assert_eq!(record.principal, Principal::Role(of_store));
    let policies: Vec<_> = record.authority.policies.iter().collect();
    assert_eq!(policies.len(), 2);
    assert_eq!(
        (policies[0].document.as_str(), &policies[0].managed),
        ("{own}", &None)
    );
    let arn = policies[1].managed.as_ref().unwrap().to_string();
    assert_eq!(arn, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
    assert!(policies[1].document.contains("s3:Get*"));
    assert!(policies.iter().all(|policy| policy.owner == owner));
    assert_eq!(record.authority.tags, tags);
    assert!(record.authority.groups.is_empty());

    let app = NewUser::new(&user("app"), UserKind::Ordinary);
    let app = store.create_user(&app, NOW).await.unwrap();
    let record = store.find_principal(&app.unique_id).await.unwrap().unwrap();
    let authority = store.find_authority(&app.name).await.unwrap().unwrap();
    assert_eq!(record.principal, Principal::User(app));
    assert_eq!(record.authority, authority);
    for unknown in ["", "AROA", "\0"] {
        assert_eq!(store.find_principal(unknown).await.unwrap(), None);
    }
}

async fn bounds(store: &dyn StateStore) {
    let made = role(store, "r").await;
    let app = NewUser::new(&user("app"), UserKind::Ordinary);
    let app = store.create_user(&app, NOW).await.unwrap();
    let limit = PolicyName::parse("Limit").unwrap();
    let new = crate::NewManagedPolicy::new(&limit, "{1}");
    store.create_managed_policy(&new, NOW).await.unwrap();
    let of = [
        (PrincipalName::Role(made.name.clone()), made.unique_id),
        (PrincipalName::User(app.name.clone()), app.unique_id),
    ];
    let managed = Boundary::Managed(limit.clone());
    for (of, id) in &of {
        let in_force = async || {
            let record = store.find_principal(id).await.unwrap().unwrap();
            record.authority.boundary
        };
        let document = Boundary::Document("{d}".to_owned());
        for boundary in [&document, &managed] {
            let set = store.set_permissions_boundary(of, Some(boundary)).await;
            set.unwrap();
            let found = store.find_permissions_boundary(of).await.unwrap();
            assert_eq!(found.as_ref(), Some(boundary));
        }
        assert_eq!(in_force().await.as_deref(), Some("{1}"));
    }
    let version = store.create_policy_version(&limit, "{2}", true, NOW).await;
    assert_eq!(version.unwrap().number, 2);
    for (_, id) in &of {
        let record = store.find_principal(id).await.unwrap().unwrap();
        assert_eq!(record.authority.boundary.as_deref(), Some("{2}"));
    }
    let policy = store.find_managed_policy(&limit).await.unwrap().unwrap();
    assert_eq!((policy.attachment_count, policy.boundary_count), (0, 2));
    let entities = store.list_policy_entities(&limit).await.unwrap();
    assert_eq!(entities.boundary_of, of.clone().map(|(of, _)| of));
    let refused = store.delete_managed_policy(&limit).await.unwrap_err();
    assert_eq!(
        refused,
        StateError::PolicyInUse {
            name: limit.clone()
        }
    );
    for (of, _) in &of {
        store.set_permissions_boundary(of, None).await.unwrap();
        assert_eq!(store.find_permissions_boundary(of).await.unwrap(), None);
    }
    store.delete_managed_policy(&limit).await.unwrap();
    let refused = store.set_permissions_boundary(&of[0].0, Some(&managed));
    let refused = refused.await.unwrap_err();
    assert_eq!(refused, StateError::NoSuchManagedPolicy { name: limit });
}
