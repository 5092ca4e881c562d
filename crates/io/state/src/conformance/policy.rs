//! What an engine has to do with policies, groups, boundaries and tags.

use countersign_sigv4::AccessKeyId;

use super::{Case, NOW, bucket, credential, declaration, declared, user};
use crate::{
    Authority, Boundary, BucketDocument, FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, GroupName,
    MAX_GROUPS_PER_USER, MAX_POLICIES_PER_OWNER, MAX_POLICY_BYTES, MAX_TAGS_PER_USER, NewUser,
    PolicyName, PolicyOwner, PrincipalName, StateError, StateStore, StoredPolicy, UserKind,
    UserName,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        (
            "a new ordinary user has full access, which can be taken",
            |s| Box::pin(begins_with_full_access(s)),
        ),
        ("a key is found with all that its user may do", |s| {
            Box::pin(finds_the_authority(s))
        }),
        ("policies are put, replaced, listed and deleted", |s| {
            Box::pin(keeps_policies(s))
        }),
        (
            "groups are unique whatever the case, and go when empty",
            |s| Box::pin(keeps_groups(s)),
        ),
        ("what a user may have is bounded", |s| {
            Box::pin(holds_the_bounds(s))
        }),
        ("nothing that would not bind is put on the root user", |s| {
            Box::pin(leaves_root_unbound(s))
        }),
        ("a bucket policy goes with its bucket", |s| {
            Box::pin(keeps_bucket_policies(s))
        }),
        ("every change of what a user may do moves the token", |s| {
            Box::pin(moves_the_token(s))
        }),
    ]
}

fn group(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

fn policy(name: &str) -> PolicyName {
    PolicyName::parse(name).unwrap()
}

fn of_user(name: &str) -> PolicyOwner {
    PolicyOwner::User(user(name))
}

fn of_group(name: &str) -> PolicyOwner {
    PolicyOwner::Group(group(name))
}

fn stored(owner: PolicyOwner, name: &str, document: &str) -> StoredPolicy {
    StoredPolicy {
        owner,
        name: policy(name),
        document: document.to_owned(),
        managed: None,
    }
}

fn tag(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

async fn bound(
    store: &dyn StateStore,
    of: &UserName,
    document: Option<&str>,
) -> Result<(), StateError> {
    let boundary = document.map(|document| Boundary::Document(document.to_owned()));
    let of = PrincipalName::User(of.clone());
    store.set_permissions_boundary(&of, boundary.as_ref()).await
}

async fn ordinary(store: &dyn StateStore, name: &str) -> UserName {
    let made = store
        .create_user(&NewUser::new(&user(name), UserKind::Ordinary), NOW)
        .await;
    made.unwrap().name
}

async fn authority_of(store: &dyn StateStore, name: &str) -> Authority {
    store.find_authority(&user(name)).await.unwrap().unwrap()
}

async fn begins_with_full_access(store: &dyn StateStore) {
    let app = ordinary(store, "app").await;
    let full = |name| stored(of_user(name), FULL_ACCESS_NAME, FULL_ACCESS_DOCUMENT);
    let listed = store.list_policies(&of_user("app")).await.unwrap();
    assert_eq!(listed, [full("app")]);
    store
        .declare(
            &declaration(&[declared("ci", "AKIA1", "s"), declared("app", "AKIA2", "s")]),
            NOW,
        )
        .await
        .unwrap();
    assert_eq!(authority_of(store, "ci").await.policies, [full("ci")]);

    // Whoever takes it away has taken it away, also after the next start.
    for name in ["app", "ci"] {
        let owner = of_user(name);
        store
            .delete_policy(&owner, &policy(FULL_ACCESS_NAME))
            .await
            .unwrap();
    }
    store
        .declare(
            &declaration(&[
                declared("ci", "AKIA1", "changed"),
                declared("app", "AKIA2", "s"),
            ]),
            NOW,
        )
        .await
        .unwrap();
    for name in [&app, &user("ci")] {
        assert_eq!(
            authority_of(store, name.as_str()).await,
            Authority::default()
        );
    }
    store
        .create_user(&NewUser::new(&user("root"), UserKind::Root), NOW)
        .await
        .unwrap();
    assert_eq!(authority_of(store, "root").await, Authority::default());
    assert_eq!(store.find_authority(&user("nobody")).await.unwrap(), None);
}

async fn finds_the_authority(store: &dyn StateStore) {
    let app = ordinary(store, "app").await;
    let other = ordinary(store, "other").await;
    for name in ["Writers", "auditors", "empty"] {
        store.create_group(&group(name), NOW).await.unwrap();
    }
    for (owner, name) in [
        (of_user("app"), "own"),
        (of_user("other"), "others"),
        (of_group("Writers"), "write"),
        (of_group("auditors"), "b-read"),
        (of_group("AUDITORS"), "a-read"),
        (of_group("empty"), "nothing"),
    ] {
        store.put_policy(&owner, &policy(name), name).await.unwrap();
    }
    for name in ["Writers", "auditors"] {
        store.add_group_member(&group(name), &app).await.unwrap();
    }
    store
        .add_group_member(&group("empty"), &other)
        .await
        .unwrap();
    bound(store, &app, Some("{b}")).await.unwrap();
    let tags = [tag("team", "blue"), tag("Cost Center", "")];
    store.set_user_tags(&app, &tags).await.unwrap();

    let made = store
        .create_access_key(&app, credential("AKIA1", "s"), NOW)
        .await;
    let found = store
        .find_access_key(&AccessKeyId::new("AKIA1"))
        .await
        .unwrap()
        .unwrap();
    let authority = found.authority;
    assert_eq!(made.unwrap().authority, authority);
    assert_eq!(authority_of(store, "APP").await, authority);
    assert_eq!(authority.groups, [group("auditors"), group("Writers")]);
    assert_eq!(
        authority.policies,
        [
            stored(of_user("app"), FULL_ACCESS_NAME, FULL_ACCESS_DOCUMENT),
            stored(of_user("app"), "own", "own"),
            stored(of_group("auditors"), "a-read", "a-read"),
            stored(of_group("auditors"), "b-read", "b-read"),
            stored(of_group("Writers"), "write", "write"),
        ]
    );
    assert_eq!(authority.boundary.as_deref(), Some("{b}"));
    assert_eq!(
        authority.tags,
        [tag("Cost Center", ""), tag("team", "blue")]
    );

    store
        .remove_group_member(&group("writers"), &app)
        .await
        .unwrap();
    bound(store, &app, None).await.unwrap();
    store.set_user_tags(&app, &tags[..1]).await.unwrap();
    let authority = authority_of(store, "app").await;
    assert_eq!(authority.groups, [group("auditors")]);
    assert_eq!(authority.policies.len(), 4);
    assert_eq!(
        (authority.boundary, authority.tags),
        (None, tags[..1].to_vec())
    );
}

async fn keeps_policies(store: &dyn StateStore) {
    ordinary(store, "app").await;
    store.create_group(&group("writers"), NOW).await.unwrap();
    for owner in [of_user("app"), of_group("writers")] {
        for (name, document) in [("b", "1"), ("a", "2"), ("b", "3"), ("B", "4")] {
            store
                .put_policy(&owner, &policy(name), document)
                .await
                .unwrap();
        }
        let mut listed = store.list_policies(&owner).await.unwrap();
        listed.retain(|policy| policy.name.as_str() != FULL_ACCESS_NAME);
        let expected = [("B", "4"), ("a", "2"), ("b", "3")];
        assert_eq!(listed, expected.map(|(n, d)| stored(owner.clone(), n, d)));
        store.delete_policy(&owner, &policy("b")).await.unwrap();
        let again = store.delete_policy(&owner, &policy("b")).await.unwrap_err();
        assert_eq!(again, StateError::NoSuchPolicy { name: policy("b") });
    }
    let nobody = StateError::NoSuchUser {
        name: user("nobody"),
    };
    let none = StateError::NoSuchGroup {
        name: group("none"),
    };
    for (owner, expected) in [(of_user("nobody"), nobody), (of_group("none"), none)] {
        let refused = store
            .put_policy(&owner, &policy("a"), "1")
            .await
            .unwrap_err();
        assert_eq!(refused, expected);
        let refused = store.delete_policy(&owner, &policy("a")).await.unwrap_err();
        assert_eq!(refused, expected);
        assert_eq!(store.list_policies(&owner).await.unwrap_err(), expected);
    }
}

async fn keeps_groups(store: &dyn StateStore) {
    let app = ordinary(store, "app").await;
    ordinary(store, "Zoe").await;
    let made = store.create_group(&group("Writers"), NOW).await.unwrap();
    assert!(made.unique_id.starts_with("AGPA"));
    let other = store.create_group(&group("auditors"), NOW).await.unwrap();
    assert_eq!(store.list_groups().await.unwrap(), [other, made.clone()]);
    let again = store
        .create_group(&group("WRITERS"), NOW)
        .await
        .unwrap_err();
    assert_eq!(
        again,
        StateError::GroupAlreadyExists {
            name: group("WRITERS")
        }
    );

    let writers = group("writers");
    for name in ["Zoe", "app", "APP"] {
        store.add_group_member(&writers, &user(name)).await.unwrap();
    }
    let members = store.list_group_members(&writers).await.unwrap();
    assert_eq!(members, [app.clone(), user("Zoe")]);
    let full = store.delete_group(&writers).await.unwrap_err();
    assert_eq!(
        full,
        StateError::GroupNotEmpty {
            name: writers.clone()
        }
    );
    for name in [&app, &user("zoe")] {
        store.remove_group_member(&writers, name).await.unwrap();
    }
    let again = store.remove_group_member(&writers, &app).await.unwrap_err();
    let not_in = StateError::NotInGroup {
        user: app.clone(),
        group: writers.clone(),
    };
    assert_eq!(again, not_in);

    let owner = PolicyOwner::Group(writers.clone());
    store
        .put_policy(&owner, &policy("write"), "{}")
        .await
        .unwrap();
    store.delete_group(&writers).await.unwrap();
    let gone = StateError::NoSuchGroup {
        name: writers.clone(),
    };
    assert_eq!(store.delete_group(&writers).await.unwrap_err(), gone);
    assert_eq!(store.list_group_members(&writers).await.unwrap_err(), gone);
    assert_eq!(
        store.add_group_member(&writers, &app).await.unwrap_err(),
        gone
    );
    let refused = store
        .add_group_member(&group("auditors"), &user("nobody"))
        .await;
    assert_eq!(
        refused.unwrap_err(),
        StateError::NoSuchUser {
            name: user("nobody")
        }
    );
    let anew = store.create_group(&writers, NOW).await.unwrap();
    assert_ne!(anew.unique_id, made.unique_id);
    assert!(store.list_policies(&owner).await.unwrap().is_empty());
}

async fn holds_the_bounds(store: &dyn StateStore) {
    let app = ordinary(store, "app").await;
    let owner = of_user("app");
    // Full access is one of them.
    for number in 1..MAX_POLICIES_PER_OWNER {
        let name = policy(&format!("p{number}"));
        store.put_policy(&owner, &name, "{}").await.unwrap();
    }
    let refused = store
        .put_policy(&owner, &policy("more"), "{}")
        .await
        .unwrap_err();
    let limit = MAX_POLICIES_PER_OWNER;
    assert_eq!(refused, StateError::TooManyPolicies { limit });
    let longest = " ".repeat(MAX_POLICY_BYTES);
    store
        .put_policy(&owner, &policy("p1"), &longest)
        .await
        .unwrap();
    let too_long = StateError::PolicyTooLong {
        bytes: MAX_POLICY_BYTES + 1,
        limit: MAX_POLICY_BYTES,
    };
    let longer = longest + " ";
    let refused = store.put_policy(&owner, &policy("p1"), &longer).await;
    assert_eq!(refused.unwrap_err(), too_long);
    let refused = bound(store, &app, Some(&longer)).await;
    assert_eq!(refused.unwrap_err(), too_long);
    let refused = store
        .put_policy(&owner, &policy("p1"), "\0")
        .await
        .unwrap_err();
    assert_eq!(refused, StateError::NulByte { at: 0 });
    assert_eq!(store.list_policies(&owner).await.unwrap().len(), limit);

    let limit = MAX_GROUPS_PER_USER;
    for number in 0..=limit {
        let name = group(&format!("g{number}"));
        store.create_group(&name, NOW).await.unwrap();
        let added = store.add_group_member(&name, &app).await;
        let too_many = StateError::TooManyGroups {
            user: app.clone(),
            limit,
        };
        assert_eq!(added.err(), (number == limit).then_some(too_many));
    }
    assert_eq!(authority_of(store, "app").await.groups.len(), limit);

    let tags: Vec<_> = (0..=MAX_TAGS_PER_USER)
        .map(|n| tag(&n.to_string(), "v"))
        .collect();
    store.set_user_tags(&app, &tags[1..]).await.unwrap();
    let limit = MAX_TAGS_PER_USER;
    let long = "k".repeat(129);
    for (wrong, expected) in [
        (tags.as_slice(), StateError::TooManyTags { limit }),
        (
            &[tag("a", "1"), tag("A", "2")],
            StateError::TagRepeated {
                key: "A".to_owned(),
            },
        ),
        (
            &[tag("", "1")],
            StateError::TagLength { key: String::new() },
        ),
        (
            &[tag(&long, "1")],
            StateError::TagLength { key: long.clone() },
        ),
        (
            &[tag("a", &"v".repeat(257))],
            StateError::TagLength {
                key: "a".to_owned(),
            },
        ),
    ] {
        let refused = store.set_user_tags(&app, wrong).await.unwrap_err();
        assert_eq!(refused, expected);
    }
    assert_eq!(authority_of(store, "app").await.tags.len(), limit);
}

async fn leaves_root_unbound(store: &dyn StateStore) {
    let root = store
        .create_user(&NewUser::new(&user("root"), UserKind::Root), NOW)
        .await
        .unwrap()
        .name;
    store.create_group(&group("writers"), NOW).await.unwrap();
    for refused in [
        store.put_policy(&of_user("root"), &policy("a"), "{}").await,
        bound(store, &root, Some("{}")).await,
        store.add_group_member(&group("writers"), &root).await,
    ] {
        assert_eq!(refused.unwrap_err(), StateError::RootUnbound);
    }
    assert_eq!(authority_of(store, "root").await, Authority::default());
}

async fn keeps_bucket_policies(store: &dyn StateStore) {
    let app = ordinary(store, "app").await;
    let name = bucket("photos");
    let kind = BucketDocument::Policy;
    for _ in 0..2 {
        let made = store
            .create_bucket(&name, "us-east-1", &app, &[], NOW)
            .await
            .unwrap();
        let found = store.find_bucket(&name).await.unwrap().unwrap();
        assert_eq!(found.document(kind), None);
        store
            .put_bucket_document(&name, made.id, kind, "{}")
            .await
            .unwrap();
        let found = store.find_bucket(&name).await.unwrap().unwrap();
        assert_eq!(found.document(kind), Some("{}"));
        store.delete_bucket(&name, made.id).await.unwrap();
    }
}

async fn moves_the_token(store: &dyn StateStore) {
    let app = ordinary(store, "app").await;
    let (writers, owner, name) = (group("writers"), of_user("app"), policy("a"));
    let tags = [tag("a", "1")];
    let mut tokens = vec![store.pulse().await.unwrap().change_token];
    for step in 0..11 {
        match step {
            0 => store.put_policy(&owner, &name, "1").await,
            1 => store.put_policy(&owner, &name, "2").await,
            2 => store.delete_policy(&owner, &name).await,
            3 => bound(store, &app, Some("{}")).await,
            4 => bound(store, &app, None).await,
            5 => store.set_user_tags(&app, &tags).await,
            6 => store.set_user_tags(&app, &[]).await,
            7 => store.create_group(&writers, NOW).await.map(|_| ()),
            8 => store.add_group_member(&writers, &app).await,
            9 => store.remove_group_member(&writers, &app).await,
            _ => store.delete_group(&writers).await,
        }
        .unwrap();
        tokens.push(store.pulse().await.unwrap().change_token);
    }
    assert!(
        tokens.windows(2).all(|pair| pair[0] != pair[1]),
        "{tokens:?}"
    );
}
