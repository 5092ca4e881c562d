use std::sync::Arc;

use countersign_gate::{PrincipalKind, Stranger};
use countersign_s3::{BucketName, Versioning};
use countersign_session::{Purpose, Session, SubjectKind};
use countersign_state::{
    BucketDocument, NewRole, NewUser, PolicyName, PolicyOwner, RoleName, SqliteStore, StateStore,
    UnixMillis, UserKind, UserName,
};
use tempfile::TempDir;

use super::{Directory, Options};
use crate::{Clock, Found, OwnRules, Sought, TimeSource};

mod calls;

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
const NOW_S: i64 = 1_700_000_000;
const RULES: &str = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>\
     <AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
const TRUST: &str = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"AWS": "arn:aws:iam::000000000000:root"}}}"#;
const FULL_ACCESS: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;

/// A clock that stands still.
pub(super) struct Still(i64);

impl TimeSource for Still {
    fn unix_ms(&self) -> i64 {
        self.0
    }
}

fn store(directory: &TempDir) -> Arc<dyn StateStore> {
    Arc::new(SqliteStore::open(directory.path()).unwrap())
}

/// One node's view of a state.
async fn node(state: &Arc<dyn StateStore>, now_ms: i64) -> Directory {
    let clock = Clock::new(Still(now_ms));
    let options = Options::new("us-east-1");
    Directory::open(Arc::clone(state), clock, options)
        .await
        .unwrap()
}

/// A state with the user `app`, the role `builder`, and one bucket, `photos`.
async fn directory(on: &TempDir) -> Directory {
    let state = store(on);
    let owner = UserName::parse("app").unwrap();
    let user = NewUser::new(&owner, UserKind::Ordinary);
    state.create_user(&user, NOW).await.unwrap();
    let name = BucketName::parse("photos").unwrap();
    state
        .create_bucket(&name, "us-east-1", &owner, &[], NOW)
        .await
        .unwrap();
    let role = RoleName::parse("builder").unwrap();
    let new = NewRole::new(&role, TRUST);
    state.create_role(&new, NOW).await.unwrap();
    node(&state, NOW.0).await
}

async fn role_id(directory: &Directory) -> String {
    let name = RoleName::parse("builder").unwrap();
    let role = directory.state().find_role(&name).await.unwrap();
    role.unwrap().unique_id
}

fn session_of(kind: SubjectKind, id: &str) -> Session {
    Session {
        name: (kind == SubjectKind::Role).then(|| "build".into()),
        ..Session::new(kind, id, Purpose::Sts, (NOW_S - 60, NOW_S + 3_600), [7; 16])
    }
}

/// What is found for a session that `directory` seals, by whoever knows.
async fn found_for(by: &Directory, sealed_by: &Directory, session: &Session) -> Found {
    let credentials = sealed_by.ring().seal(session).unwrap();
    let sought = Sought {
        access_key_id: Some(credentials.access_key_id.as_str()),
        session_token: Some(credentials.session_token.expose()),
        ..Sought::default()
    };
    match by.in_memory(&sought) {
        Some(found) => found,
        None => by.fetch(sought).await.unwrap(),
    }
}

#[tokio::test]
async fn a_bucket_is_looked_up_once_until_something_changes() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    assert!(directory.bucket_in_memory("photos").is_none());
    let found = directory.fetch_bucket("photos").await.unwrap().unwrap();
    assert!(matches!(found.cors, OwnRules::None));
    assert!(directory.bucket_in_memory("photos").unwrap().is_some());

    let (name, id) = (found.reference.name.clone(), found.reference.id);
    let state = directory.state();
    let put = state.put_bucket_document(&name, id, BucketDocument::Cors, RULES);
    put.await.unwrap();
    let set = state.set_bucket_versioning(&name, id, Versioning::Enabled);
    set.await.unwrap();
    directory.invalidate();
    assert!(directory.bucket_in_memory("photos").is_none());
    let found = directory.fetch_bucket("photos").await.unwrap().unwrap();
    assert_eq!(found.reference.versioning, Versioning::Enabled);
    assert!(matches!(&found.cors, OwnRules::Some(rules) if rules.rules().len() == 1));
}

#[tokio::test]
async fn a_bucket_that_is_missing_is_remembered_as_missing() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    assert!(directory.fetch_bucket("missing").await.unwrap().is_none());
    assert!(directory.bucket_in_memory("missing").unwrap().is_none());
}

#[tokio::test]
async fn l2_nothing_is_kept_under_names_that_could_not_be_ones() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let long = "a".repeat(30_000);
    for name in ["Photos", "..", "", long.as_str()] {
        for session_token in [None, Some(long.as_str()), Some("")] {
            let sought = Sought {
                access_key_id: Some(&long),
                session_token,
                bucket: Some(name),
                source_bucket: Some(name),
            };
            let at_once = directory.in_memory(&sought).unwrap();
            let fetched = directory.fetch(sought).await.unwrap();
            for found in [at_once, fetched] {
                assert!(found.key.is_err() && found.bucket.is_none());
                assert!(found.source_bucket.is_none());
            }
        }
    }
    assert_eq!((directory.keys.len(), directory.buckets.len()), (0, 0));
    assert_eq!(directory.sessions.len(), 0);
}

#[tokio::test]
async fn damaged_rules_allow_no_origin() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let found = directory.fetch_bucket("photos").await.unwrap().unwrap();
    let (name, id) = (found.reference.name.clone(), found.reference.id);
    let state = directory.state();
    let put = state.put_bucket_document(&name, id, BucketDocument::Cors, "<damaged");
    put.await.unwrap();
    directory.invalidate();
    let found = directory.fetch_bucket("photos").await.unwrap().unwrap();
    assert!(matches!(found.cors, OwnRules::Damaged));
}

#[tokio::test]
async fn a_session_of_a_role_is_known_without_a_row() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let session = session_of(SubjectKind::Role, &id);
    let known = found_for(&directory, &directory, &session).await.key;
    let known = known.ok().unwrap();
    let identity = &known.credential().identity;
    assert_eq!(identity.kind, PrincipalKind::Role);
    assert_eq!(
        &*identity.arn,
        "arn:aws:sts::000000000000:assumed-role/builder/build"
    );
    assert_eq!(*identity.user_id, *format!("{id}:build"));
    assert_eq!(known.session().unwrap().as_ref(), &session);
    // Another session of the same role needs the state no more.
    let other = Session {
        salt: [8; 16],
        ..session
    };
    let sealed = directory.ring().seal(&other).unwrap();
    let sought = Sought {
        access_key_id: Some(sealed.access_key_id.as_str()),
        session_token: Some(sealed.session_token.expose()),
        ..Sought::default()
    };
    assert!(directory.in_memory(&sought).unwrap().key.is_ok());
}

#[tokio::test]
async fn b6_a_session_ends_when_its_role_is_gone_or_loses_a_right() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let session = session_of(SubjectKind::Role, &id);
    let state = Arc::clone(directory.state());
    let role = RoleName::parse("builder").unwrap();
    let owner = PolicyOwner::Role(role.clone());
    let policy = PolicyName::parse("all").unwrap();
    state
        .put_policy(&owner, &policy, FULL_ACCESS)
        .await
        .unwrap();
    directory.follow_change().await.unwrap();
    assert!(
        found_for(&directory, &directory, &session)
            .await
            .key
            .is_ok()
    );

    state.delete_policy(&owner, &policy).await.unwrap();
    state.delete_role(&role).await.unwrap();
    directory.follow_change().await.unwrap();
    let gone = found_for(&directory, &directory, &session).await.key;
    assert_eq!(gone.err(), Some(Stranger::Principal));
    // A new role of the same name is another one.
    let new = NewRole::new(&role, TRUST);
    state.create_role(&new, NOW).await.unwrap();
    directory.follow_change().await.unwrap();
    let gone = found_for(&directory, &directory, &session).await.key;
    assert_eq!(gone.err(), Some(Stranger::Principal));
}

#[tokio::test]
async fn h2_a_session_is_of_the_kind_that_its_principal_is() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let as_user = session_of(SubjectKind::User, &id);
    let found = found_for(&directory, &directory, &as_user).await.key;
    assert_eq!(found.err(), Some(Stranger::Principal));
    let nameless = Session {
        name: None,
        ..session_of(SubjectKind::Role, &id)
    };
    let found = found_for(&directory, &directory, &nameless).await.key;
    assert!(matches!(found.err(), Some(Stranger::Token(_))));
}

#[tokio::test]
async fn h6_root_has_no_sessions() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let root = UserName::parse("root").unwrap();
    let new = NewUser::new(&root, UserKind::Root);
    let root = directory.state().create_user(&new, NOW).await.unwrap();
    let session = session_of(SubjectKind::User, &root.unique_id);
    let found = found_for(&directory, &directory, &session).await.key;
    assert_eq!(found.err(), Some(Stranger::Principal));
}

#[tokio::test]
async fn h2_a_token_of_another_installation_is_refused() {
    let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (here, there) = (directory(&here).await, directory(&there).await);
    let session = session_of(SubjectKind::Role, &role_id(&here).await);
    let found = found_for(&here, &there, &session).await.key;
    assert!(matches!(found.err(), Some(Stranger::Token(_))));
    assert_eq!(here.sessions.len(), 0);
}

#[tokio::test]
async fn a_token_that_another_node_has_sealed_with_a_new_key_is_opened() {
    let on = TempDir::new().unwrap();
    let first = directory(&on).await;
    let a_day_later = NOW.0 + 25 * 60 * 60 * 1_000;
    let second = node(first.state(), a_day_later).await;
    assert_eq!(second.ring().len(), 2);
    assert_eq!(first.ring().len(), 1);
    // What the first node sealed, the second opens with the older key.
    let session = session_of(SubjectKind::Role, &role_id(&first).await);
    assert!(found_for(&second, &first, &session).await.key.is_ok());
    // The first node has just read its ring, so strangers cannot make it read it again at once.
    let found = found_for(&first, &second, &session).await.key;
    assert!(matches!(found.err(), Some(Stranger::Token(_))));
    first.follow_change().await.unwrap();
    assert!(found_for(&first, &second, &session).await.key.is_ok());
}

#[tokio::test]
async fn two_nodes_that_start_at_once_have_one_ring() {
    let on = TempDir::new().unwrap();
    let state = store(&on);
    let (one, other) = tokio::join!(node(&state, NOW.0), node(&state, NOW.0));
    assert_eq!(one.ring().len(), 1);
    let ids = [one, other].map(|node| node.ring().newest().map(|key| key.id()));
    let [one, other] = ids;
    assert_eq!(one, other);
}

#[tokio::test]
async fn a_session_is_narrowed_by_its_policies_and_managed_ones_that_are_gone_allow_nothing() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let session = Session {
        policy_arns: vec!["arn:aws:iam::000000000000:policy/gone".into()],
        ..session_of(SubjectKind::Role, &id)
    };
    let found = found_for(&directory, &directory, &session).await;
    let known = found.key.ok().unwrap();
    assert!(known.credential().session_rights.is_some());
}
