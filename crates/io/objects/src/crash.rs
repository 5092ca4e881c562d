//! Killing the store at every interesting moment, and looking at what is left.
//!
//! A child process (this test binary again) puts, replaces and deletes objects in a loop and says on
//! its output what it begins and what was acknowledged. The parent kills it, or lets it die at a named
//! place, then opens the directory and demands: what was acknowledged is there, whole; what was under
//! way is there whole or not at all; and no file is without a row.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::store::Shared;
use crate::store::tests::{body_of, delete, found, put, wait};
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
            let key = key_of(version);
            say("begin", version);
            match length_of(version) {
                Some(length) => {
                    put(&store, key, &body(version, length), &version.to_string()).await;
                }
                None => drop(delete(&store, key).await),
            }
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

/// How long the body of a version is; `None` for a version that is a deletion.
fn length_of(version: u64) -> Option<usize> {
    match (version / 6 + version) % 5 {
        0 => Some(60_000),
        1 => Some(300_000),
        2 => None,
        3 => Some(100),
        _ => Some(70_000),
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
            match what {
                "begin" => drop(self.under_way.insert(key_of(version), version)),
                "done" => {
                    assert_eq!(self.under_way.remove(key_of(version)), Some(version));
                    self.settled.insert(key_of(version), version);
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
    sweep::sweep(
        &store,
        i64::try_from(now.as_millis()).unwrap(),
        Duration::ZERO,
    )
    .unwrap();
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
    let count = |sql: &str| -> usize {
        let rows = store
            .index
            .read(|c| Ok::<i64, crate::StoreError>(c.query_one(sql, [], |r| r.get(0))?));
        usize::try_from(rows.unwrap()).unwrap()
    };
    let entries = |path| fs::read_dir(path).unwrap().count();
    let files: usize = (0..=u8::MAX)
        .map(|shelf| entries(store.layout.shelf(shelf)))
        .sum();
    assert_eq!(
        files,
        count("SELECT count(*) FROM object WHERE storage = 0")
    );
    assert_eq!(
        count("SELECT count(*) FROM small_body"),
        count("SELECT count(*) FROM object WHERE storage = 1")
    );
    assert_eq!(entries(store.layout.temporary_directory()), 0);
}
