use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use countersign_gate::{
    ClientNetwork, LinkId, Redeemed, Redemption, Revocation, RevocationTarget, UseOf,
};
use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, AmzDate, SecretAccessKey};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{SqliteStore, link_use};
use crate::ledger::batch::{Job, Outcome};
use crate::{
    Authority, FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, KeyStatus, NewCredential, NewUser,
    RevocationEntry, StateError, StateStore, UnixMillis, UserKind, UserName, conformance,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

fn wait<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(answer)
}

fn app() -> UserName {
    UserName::parse("app").unwrap()
}

fn id() -> AccessKeyId {
    AccessKeyId::new("AKIAIOSFODNN7EXAMPLE")
}

/// A directory whose state holds user `app` with one key.
fn directory_with_a_key() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let credential = NewCredential {
        id: id(),
        secret: SecretAccessKey::new(SECRET),
    };
    wait(async {
        store
            .create_user(&NewUser::new(&app(), UserKind::Ordinary), NOW)
            .await
            .unwrap();
        store
            .create_access_key(&app(), credential, NOW)
            .await
            .unwrap();
    });
    directory
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn sqlite_passes_the_conformance_suite() {
    for (name, case) in conformance::all() {
        println!("{name}");
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).unwrap();
        wait(case(&store));
    }
}

#[test]
fn the_state_survives_a_restart() {
    let directory = directory_with_a_key();
    let store = SqliteStore::open(directory.path()).unwrap();
    let key = wait(store.find_access_key(&id())).unwrap().unwrap();
    assert_eq!((key.secret.expose(), key.user.name), (SECRET, app()));
}

#[test]
fn files_are_for_their_owner_alone() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path().join("deep/data");
    let store = SqliteStore::open(&data).unwrap();
    wait(store.create_user(&NewUser::new(&app(), UserKind::Ordinary), NOW)).unwrap();
    assert_eq!(mode(&data), 0o700);
    let files: Vec<_> = fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn f7_no_secret_is_at_rest_in_the_clear_or_in_an_error() {
    let directory = directory_with_a_key();
    let store = SqliteStore::open(directory.path()).unwrap();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !bytes
                .windows(SECRET.len())
                .any(|window| window == SECRET.as_bytes())
        );
    }
    let key = wait(store.find_access_key(&id())).unwrap().unwrap();
    let credential = NewCredential {
        id: id(),
        secret: key.secret.clone(),
    };
    let error = wait(store.create_access_key(&app(), credential, NOW)).unwrap_err();
    let shown = format!("{key:?} {error:?} {error}");
    assert!(
        shown.contains(id().as_str()) && !shown.contains(SECRET),
        "{shown}"
    );
}

#[test]
fn a_sealed_secret_moved_to_another_key_does_not_open() {
    let directory = directory_with_a_key();
    let moved = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    moved
        .execute("UPDATE access_key SET id = 'AKIAOTHER'", [])
        .unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let other = AccessKeyId::new("AKIAOTHER");
    let error = wait(store.find_access_key(&other)).unwrap_err();
    assert_eq!(error, StateError::SecretDamaged { id: other });
}

#[test]
fn a_missing_foreign_or_open_master_key_is_refused_by_name() {
    let directory = directory_with_a_key();
    let path = directory.path().join("master.key");
    let reopen = || SqliteStore::open(directory.path()).err();

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        reopen(),
        Some(StateError::MasterKeyTooOpen {
            path: path.clone(),
            mode: 0o644
        })
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let right = fs::read(&path).unwrap();
    fs::write(&path, [1; 32]).unwrap();
    assert_eq!(
        reopen(),
        Some(StateError::MasterKeyWrong { path: path.clone() })
    );
    fs::remove_file(&path).unwrap();
    assert_eq!(
        reopen(),
        Some(StateError::MasterKeyMissing { path: path.clone() })
    );
    assert!(
        !path.exists(),
        "no new key is made while secrets are sealed under the old one"
    );
    fs::write(&path, right).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert_eq!(reopen(), None);
}

#[test]
fn a_database_from_a_newer_release_is_refused() {
    let directory = directory_with_a_key();
    let newer = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    newer.pragma_update(None, "user_version", 999).unwrap();
    assert_eq!(
        SqliteStore::open(directory.path()).err(),
        Some(StateError::SchemaTooNew)
    );
}

#[test]
fn a_change_by_another_process_is_noticed() {
    let directory = directory_with_a_key();
    let server = SqliteStore::open(directory.path()).unwrap();
    let command_line = SqliteStore::open(directory.path()).unwrap();
    wait(async {
        let before = server.pulse().await.unwrap();
        assert_eq!(server.pulse().await.unwrap(), before);
        command_line
            .set_access_key_status(&id(), KeyStatus::Disabled)
            .await
            .unwrap();
        assert_ne!(server.pulse().await.unwrap(), before);
        let key = server.find_access_key(&id()).await.unwrap().unwrap();
        assert_eq!(key.status, KeyStatus::Disabled);
    });
}

#[test]
fn stores_opened_at_once_agree_on_one_master_key() {
    let directory = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let path = directory.path();
            scope.spawn(move || {
                let store = SqliteStore::open(path).unwrap();
                let user = UserName::parse(&format!("user-{number}")).unwrap();
                let id = AccessKeyId::new(format!("AKIA{number}"));
                let credential = NewCredential {
                    id,
                    secret: SecretAccessKey::new(SECRET),
                };
                wait(store.create_user(&NewUser::new(&user, UserKind::Ordinary), NOW)).unwrap();
                wait(store.create_access_key(&user, credential, NOW)).unwrap();
            });
        }
    });
    let store = SqliteStore::open(directory.path()).unwrap();
    for number in 0..8 {
        let id = AccessKeyId::new(format!("AKIA{number}"));
        let key = wait(store.find_access_key(&id)).unwrap().unwrap();
        assert_eq!(key.secret.expose(), SECRET);
    }
}

#[test]
fn of_many_creators_of_one_bucket_exactly_one_succeeds() {
    let directory = directory_with_a_key();
    let name = BucketName::parse("photos").unwrap();
    let created: usize = std::thread::scope(|scope| {
        let creators: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let store = SqliteStore::open(directory.path()).unwrap();
                    wait(store.create_bucket(&name, "us-east-1", &app(), &[], NOW)).is_ok()
                })
            })
            .collect();
        creators
            .into_iter()
            .map(|creator| usize::from(creator.join().unwrap()))
            .sum()
    });
    assert_eq!(created, 1);
}

/// The schema of the first release, with two users in it.
const FIRST_RELEASE: &str = include_str!("../../migrations/sqlite/1.sql");

#[test]
fn an_update_leaves_every_ordinary_user_full_access() {
    let directory = tempfile::tempdir().unwrap();
    let old = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    old.execute_batch(FIRST_RELEASE).unwrap();
    old.execute_batch(
        "INSERT INTO user VALUES ('AIDA1', 'app', 'ordinary', 1), ('AIDA2', 'root', 'root', 1); \
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(old);
    for _ in 0..2 {
        let store = SqliteStore::open(directory.path()).unwrap();
        let root = UserName::parse("root").unwrap();
        let app = wait(store.find_authority(&app())).unwrap().unwrap();
        let policies: Vec<_> = app
            .policies
            .iter()
            .map(|policy| (policy.name.as_str(), policy.document.as_str()))
            .collect();
        assert_eq!(policies, [(FULL_ACCESS_NAME, FULL_ACCESS_DOCUMENT)]);
        let root = wait(store.find_authority(&root)).unwrap().unwrap();
        assert_eq!(root, Authority::default());
    }
}

#[test]
fn d6_what_was_redeemed_and_revoked_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let asked = Redemption {
        link: LinkId::from_bytes([1; 16]),
        limit: Some(1),
        network: ClientNetwork::of([192, 0, 2, 1].into()),
        binds: false,
        what: UseOf::Whole,
        now_ms: NOW.0,
        forget_at_ms: NOW.0 + 1,
    };
    let revocation = Revocation {
        target: RevocationTarget::Link(asked.link),
        signed_until: AmzDate::from_unix(0),
        ends_transfers: true,
        made_at_ms: NOW.0,
        expires_at_ms: NOW.0 + 1,
    };
    let redeem = || {
        let store = SqliteStore::open(directory.path()).unwrap();
        wait(store.redeem_use(&asked)).unwrap()
    };
    assert!(matches!(redeem(), Redeemed::New(_)));
    assert_eq!(redeem(), Redeemed::Exhausted { used: 1 });
    let store = SqliteStore::open(directory.path()).unwrap();
    let serial = wait(store.revoke(&revocation)).unwrap();
    drop(store);
    let store = SqliteStore::open(directory.path()).unwrap();
    let feed = wait(store.revocations_since(0)).unwrap();
    assert_eq!(feed.entries, [RevocationEntry { serial, revocation }]);
}

#[test]
fn d7_a_damaged_feed_of_revocations_is_an_error_and_not_an_empty_one() {
    let directory = directory_with_a_key();
    let damaged = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    damaged
        .execute_batch("INSERT INTO revocation VALUES (1, 'lnik', NULL, 'x', 0, 0, 0, 9)")
        .unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    assert!(wait(store.revocations_since(0)).is_err());
}

#[test]
fn d7_a_use_that_cannot_be_read_fails_its_own_link_and_no_other() {
    let directory = directory_with_a_key();
    let [damaged, sound] = [1, 2].map(|link| Redemption {
        link: LinkId::from_bytes([link; 16]),
        limit: Some(9),
        network: ClientNetwork::of([192, 0, 2, 1].into()),
        binds: false,
        what: UseOf::Whole,
        now_ms: NOW.0,
        forget_at_ms: NOW.0 + 1,
    });
    let store = SqliteStore::open(directory.path()).unwrap();
    wait(store.redeem_use(&damaged)).unwrap();
    let mut beside = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    beside
        .execute_batch("UPDATE link_use SET sessions = 'torn'")
        .unwrap();

    // All of them in one transaction.
    let redeem = |asked: &Redemption| Job::Redeem {
        asked: *asked,
        answer: oneshot::channel().0,
    };
    let rearm = Job::Rearm {
        link: damaged.link,
        answer: oneshot::channel().0,
    };
    let jobs = [redeem(&sound), redeem(&damaged), rearm, redeem(&sound)];
    let transaction = beside.transaction().unwrap();
    let outcomes = link_use::carry_out(&transaction, &jobs).unwrap();
    transaction.commit().unwrap();
    let torn = Err(StateError::unexpected("link_use.sessions"));
    assert_eq!(outcomes[1..3], [torn.clone(), torn]);
    for outcome in [&outcomes[0], &outcomes[3]] {
        let new = matches!(outcome, Ok(Outcome::Redeemed(Redeemed::New(_))));
        assert!(new, "{outcome:?}");
    }
    let used = |link| wait(store.find_link_use(link)).map(|found| found.unwrap().used);
    assert_eq!(used(sound.link), Ok(2));
    assert!(used(damaged.link).is_err());
}

#[test]
fn d1_of_many_processes_exactly_as_many_redeem_as_may() {
    const LIMIT: u32 = 9;
    let directory = directory_with_a_key();
    let asked = Redemption {
        link: LinkId::from_bytes([1; 16]),
        limit: Some(LIMIT),
        network: ClientNetwork::of([192, 0, 2, 1].into()),
        binds: false,
        what: UseOf::Whole,
        now_ms: NOW.0,
        forget_at_ms: NOW.0 + 1,
    };
    let new: usize = std::thread::scope(|scope| {
        let stores: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let store = SqliteStore::open(directory.path()).unwrap();
                    let waiting: Vec<_> = (0..40).map(|_| store.redeem_use(&asked)).collect();
                    let answers = waiting.into_iter().map(|one| wait(one).unwrap());
                    answers
                        .filter(|answer| matches!(answer, Redeemed::New(_)))
                        .count()
                })
            })
            .collect();
        stores.into_iter().map(|store| store.join().unwrap()).sum()
    });
    assert_eq!(new, LIMIT as usize);
}
