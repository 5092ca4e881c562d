//! Killing the store at every interesting moment, and looking at what is left.
//!
//! A child process (this test binary again) puts, copies, uploads in parts and deletes objects in a
//! loop, some in a bucket that keeps versions, and says on its output what it begins and what was
//! acknowledged. The parent kills it, or lets it die at a named place, then opens the directory and
//! demands: what was acknowledged is there, whole; what was under way is there whole or not at all; and
//! no file is without a row.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use countersign_s3::{DeleteCondition, ETag, Versioning};

use crate::copy::copy;
use crate::copy::tests::copy_of;
use crate::delete::{DeleteOne, Deletions};
use crate::list::{VersionListRequest, list_versions};
use crate::multipart::tests::{complete, completion, create, put_part};
use crate::place::Wanted;
use crate::seen::SeenTags;
use crate::store::Shared;
use crate::store::tests::{BUCKET, body_of, delete_one, found, place, put_in, target_in, wait};
use crate::sweep;
use crate::{Durability, Options};

const KEYS: [&str; 6] = ["a", "a/b", "..", "//", "\u{1f600}", "z"];
const DIRECTORY: &str = "COUNTERSIGN_CRASH_DIRECTORY";
const FIRST_VERSION: &str = "COUNTERSIGN_CRASH_FIRST_VERSION";
const DIE_AT: &str = "COUNTERSIGN_DIE_AT";

/// Changes a child makes at most; a named place that it does not come past in that time is a mistake.
const CHANGES: u64 = 3_000;

#[test]
fn a_killed_store_keeps_what_it_acknowledged_and_leaves_no_orphans() {
    let directory = tempfile::tempdir().unwrap();
    let mut history = History::default();
    let places = [
        "mid-body",
        "before-sync",
        "before-rename",
        "after-rename",
        "before-row",
        "before-part",
        "after-link",
        "in-complete",
        "in-transaction",
        "after-commit",
        "before-unlink",
        "checkpoint",
    ];
    let mut first_version = 1;
    for round in 0..27_usize {
        let mut child = spawn(directory.path(), first_version, None);
        // Spread over the first changes, where opening and recovery still echo, and later ones.
        history.follow(&mut child, Some(1 + round * round / 6));
        verify(directory.path(), &mut history);
        first_version += CHANGES;
    }
    for (name, times) in places.iter().flat_map(|name| [(name, 1), (name, 3)]) {
        let death = format!("{name}:{times}");
        let mut child = spawn(directory.path(), first_version, Some(&death));
        history.follow(&mut child, None);
        assert_eq!(
            child.wait().unwrap().signal(),
            Some(9),
            "the child never died at {death}"
        );
        verify(directory.path(), &mut history);
        first_version += CHANGES;
    }
    assert!(
        history.acknowledged > 500,
        "{} changes",
        history.acknowledged
    );
}

/// The child: never ends by itself in good time.
#[test]
#[ignore = "run by the test above, in a process of its own"]
fn child() {
    let directory = std::env::var(DIRECTORY).unwrap();
    let first_version: u64 = std::env::var(FIRST_VERSION).unwrap().parse().unwrap();
    let store = open(Path::new(&directory));
    let change = |version: u64| {
        let store = Arc::clone(&store);
        async move {
            say("begin", version);
            carry_out(&store, version).await;
            say("done", version);
        }
    };
    wait(async {
        // Each key has one change under way, so its last version is never in doubt.
        for batch in 0..CHANGES / 6 {
            let mut under_way = tokio::task::JoinSet::new();
            (0..6).for_each(|one| drop(under_way.spawn(change(first_version + batch * 6 + one))));
            under_way.join_all().await;
        }
    });
}

fn say(what: &str, version: u64) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{what} {version}\n").as_bytes())
        .unwrap();
    out.flush().unwrap();
}

fn key_of(version: u64) -> &'static str {
    KEYS[usize::try_from(version % 6).unwrap()]
}

/// What makes a version.
enum Kind {
    Copy,
    Delete,
    InParts,
    /// Deletes all old versions, and then what is visible.
    Prune,
    Put(usize),
}

fn kind_of(version: u64) -> Kind {
    match (version / 6 + version) % 8 {
        0 => Kind::Put(60_000),
        1 => Kind::Put(300_000),
        2 => Kind::Delete,
        3 => Kind::Put(100),
        4 => Kind::InParts,
        5 => Kind::Copy,
        6 => Kind::Put(70_000),
        _ => Kind::Prune,
    }
}

/// The last keys keep versions.
fn versioning_of(key: &str) -> Versioning {
    match KEYS.iter().position(|known| *known == key) {
        Some(4..) => Versioning::Enabled,
        _ => Versioning::Unversioned,
    }
}

async fn carry_out(store: &Arc<Shared>, version: u64) {
    let (key, etag) = (key_of(version), version.to_string());
    let versioning = versioning_of(key);
    match kind_of(version) {
        Kind::Put(length) => {
            put_in(store, versioning, key, &body(version, length), &etag).await;
        }
        Kind::Delete => drop(delete_one(store, versioning, key, None).await),
        Kind::InParts => upload_in_parts(store, versioning, key, version).await,
        Kind::Copy => {
            let from = format!("source of {key}");
            if version.is_multiple_of(2) {
                upload_in_parts(store, versioning, &from, version).await;
            } else {
                let body = body(version, PARTS.iter().sum());
                put_in(store, Versioning::Unversioned, &from, &body, &etag).await;
            }
            let source = found(store, &from).await.unwrap();
            let copied = copy(store, target_in(versioning, key), copy_of(&source)).await;
            assert_eq!(copied.unwrap().etag().as_str(), etag);
        }
        Kind::Prune => {
            let request = VersionListRequest {
                prefix: key.to_owned(),
                max: 10_000,
                ..VersionListRequest::default()
            };
            let page = store.index.read(|c| list_versions(c, BUCKET, &request));
            let all = page.unwrap().versions.into_iter();
            let each = all
                .filter(|old| old.key.as_str() == key)
                .map(|old| DeleteOne {
                    key: old.key,
                    version: Some(old.version_id),
                    condition: DeleteCondition::default(),
                });
            let deletions = Deletions {
                bucket: BUCKET,
                versioning,
                each: each.collect(),
                seen: SeenTags::default(),
                now_ms: 1,
            };
            store.writer.perform(deletions).await.unwrap();
        }
    }
}

/// How long the parts are that a version may come in.
const PARTS: [usize; 2] = [80_000, 10_000];

async fn upload_in_parts(store: &Arc<Shared>, versioning: Versioning, key: &str, version: u64) {
    let id = create(store, key).await;
    let body = body(version, PARTS.iter().sum());
    let (first, second) = body.split_at(PARTS[0]);
    for (number, part) in [
        (1, &b"replaced"[..]),
        (3, b"unused"),
        (1, first),
        (2, second),
    ] {
        put_part(store, key, &id, number, part).await.unwrap();
    }
    let wanted = completion(store, key, &id, &[1, 2], &version.to_string()).await;
    complete(store, versioning, key, &id, wanted).await.unwrap();
}

/// How long the body of a version is; `None` for a version that is a deletion.
fn length_of(version: u64) -> Option<usize> {
    match kind_of(version) {
        Kind::Copy | Kind::InParts => Some(PARTS.iter().sum()),
        Kind::Delete | Kind::Prune => None,
        Kind::Put(length) => Some(length),
    }
}

fn body(version: u64, length: usize) -> Vec<u8> {
    version
        .to_le_bytes()
        .into_iter()
        .cycle()
        .take(length)
        .collect()
}

fn open(directory: &Path) -> Arc<Shared> {
    let options = Options {
        durability: Durability::Full,
        ..Options::default()
    };
    Arc::new(Shared::open(directory, options).unwrap())
}

fn spawn(directory: &Path, first_version: u64, die_at: Option<&str>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::child", "--ignored", "--nocapture"]);
    command
        .env(DIRECTORY, directory)
        .env(FIRST_VERSION, first_version.to_string());
    command
        .env_remove(DIE_AT)
        .envs(die_at.map(|death| (DIE_AT, death)));
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What the children said, and what their keys may therefore hold.
#[derive(Default)]
struct History {
    /// The version last seen or acknowledged; 0 before the first.
    settled: HashMap<&'static str, u64>,
    under_way: HashMap<&'static str, u64>,
    /// The versions with bodies that were acknowledged and have not begun to be pruned.
    kept: HashMap<&'static str, BTreeSet<u64>>,
    acknowledged: usize,
}

impl History {
    /// Listens until the child has ended; kills it after so many acknowledgements.
    fn follow(&mut self, child: &mut Child, kill_after: Option<usize>) {
        let output = child.stdout.take().unwrap();
        let mut heard = 0;
        for line in BufReader::new(output).lines() {
            // A pipe takes so short a line whole or not at all.
            let Ok(line) = line else { break };
            let Some((what, version)) = line.split_once(' ') else {
                continue;
            };
            let Ok(version) = version.parse() else {
                continue;
            };
            let key = key_of(version);
            match what {
                "begin" => {
                    self.under_way.insert(key, version);
                    if matches!(kind_of(version), Kind::Prune) {
                        self.kept.remove(key);
                    }
                }
                "done" => {
                    assert_eq!(self.under_way.remove(key), Some(version));
                    self.settled.insert(key, version);
                    if versioning_of(key) == Versioning::Enabled && length_of(version).is_some() {
                        self.kept.entry(key).or_default().insert(version);
                    }
                    heard += 1;
                    if Some(heard) == kill_after {
                        child.kill().unwrap();
                    }
                }
                _ => {}
            }
        }
        self.acknowledged += heard;
        child.wait().unwrap();
        assert!(
            kill_after.is_none_or(|least| heard >= least),
            "the child ended after {heard}"
        );
    }
}

fn verify(directory: &Path, history: &mut History) {
    let store = open(directory);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap() + Duration::from_secs(1);
    let now_ms = i64::try_from(now.as_millis()).unwrap();
    wait(sweep::sweep(&store, now_ms, Duration::ZERO)).unwrap();
    for key in KEYS {
        let settled = history.settled.get(key).copied().unwrap_or(0);
        let may_be = [Some(settled), history.under_way.remove(key)];
        let object = wait(found(&store, key));
        let held: Option<u64> = object.as_ref().map(|o| o.etag().as_str().parse().unwrap());
        let version = may_be.into_iter().flatten().find(|version| match held {
            Some(held) => held == *version,
            None => *version == 0 || length_of(*version).is_none(),
        });
        let version = version.unwrap_or_else(|| panic!("`{key}` is {held:?}, not {may_be:?}"));
        if let Some(object) = object {
            let expected = body(version, length_of(version).unwrap());
            assert!(
                wait(body_of(&store, &object)) == expected,
                "`{key}` {version} is not whole"
            );
        }
        history.settled.insert(key, version);
    }
    verify_versions(&store, history);
    verify_files(&store);
}

/// Every version is whole, and none that was acknowledged is missing.
fn verify_versions(store: &Arc<Shared>, history: &History) {
    let request = VersionListRequest {
        max: 1_000_000,
        ..VersionListRequest::default()
    };
    let page = store.index.read(|c| list_versions(c, BUCKET, &request));
    let mut met = HashSet::new();
    for listed in page.unwrap().versions {
        let Some(content) = listed.content else {
            continue;
        };
        let key = listed.key.as_str();
        let wanted = Wanted::Named(listed.version_id);
        let found = wait(store.find(place(key), wanted)).unwrap();
        let object = found.into_object().unwrap();
        let version: u64 = content.etag.as_str().parse().unwrap();
        let expected = body(version, usize::try_from(content.size).unwrap());
        assert!(
            wait(body_of(store, &object)) == expected,
            "`{key}` {version} is not whole"
        );
        met.insert((key.to_owned(), content.etag));
    }
    for (key, versions) in &history.kept {
        for version in versions {
            let version = ((*key).to_owned(), ETag::parse(&version.to_string()));
            assert!(met.contains(&version), "{version:?} is lost");
        }
    }
}

/// Every file and every body has its row.
fn verify_files(store: &Shared) {
    let numbers = |sql: &str| -> Vec<i64> {
        let rows = store.index.read(|connection| {
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok::<_, crate::StoreError>(rows.collect::<Result<_, _>>()?)
        });
        rows.unwrap()
    };
    let versions = "(SELECT id, storage FROM object UNION ALL SELECT id, storage FROM old_version)";
    let of_storage = |storage: u8| {
        numbers(&format!(
            "SELECT id FROM {versions} WHERE storage = {storage}"
        ))
    };
    let parts = numbers("SELECT file_id FROM part");
    let entries = |path| fs::read_dir(path).unwrap().count();
    let files: usize = (0..=u8::MAX)
        .map(|shelf| entries(store.layout.shelf(shelf)))
        .sum();
    assert_eq!(files, of_storage(0).len() + parts.len());
    assert_eq!(
        numbers("SELECT object_id FROM small_body").len(),
        of_storage(1).len()
    );
    let bodies: BTreeSet<i64> = of_storage(2).into_iter().collect();
    let of_parts: BTreeSet<i64> = numbers("SELECT body_id FROM part").into_iter().collect();
    assert_eq!(of_parts, bodies, "uploads in progress were swept away");
    assert_eq!(numbers("SELECT count(*) FROM upload"), [0]);
    assert_eq!(entries(store.layout.temporary_directory()), 0);
}
