use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use countersign_s3::{
    BucketId, DeleteCondition, ETag, ObjectAttributes, ObjectKey, VersionId, Versioning,
};
use tempfile::TempDir;

use super::Shared;
use crate::delete::Deletions;
use crate::place::{OwnedPlace, Target, Wanted};
use crate::seen::SeenTags;
use crate::{
    CommitError, DeleteError, DeleteOne, Deleted, Durability, Found, NewObject, Object,
    ObjectReader, Options, PutCondition, PutHints, StoreError, Upload,
};

pub(crate) const BUCKET: BucketId = BucketId(7);
pub(crate) const LARGE: usize = 200_000;

/// Quick and with a small cache, so that tests come past every way in and out of it.
pub(crate) fn test_options() -> Options {
    Options {
        durability: Durability::Relaxed,
        ..Options::default()
    }
}

pub(crate) fn open(directory: &TempDir) -> Arc<Shared> {
    Arc::new(Shared::open(directory.path(), test_options()).unwrap())
}

pub(crate) fn wait<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(answer)
}

pub(crate) fn place(key: &str) -> OwnedPlace {
    OwnedPlace {
        bucket: BUCKET,
        key: ObjectKey::parse(key).unwrap(),
    }
}

/// Where a change goes in a bucket that keeps no versions.
pub(crate) fn target(key: &str) -> Target {
    target_in(Versioning::Unversioned, key)
}

pub(crate) fn target_in(versioning: Versioning, key: &str) -> Target {
    Target {
        place: place(key),
        versioning,
        seen: SeenTags::default(),
    }
}

/// What is visible at a key.
pub(crate) async fn found(store: &Arc<Shared>, key: &str) -> Option<Arc<Object>> {
    let found = store.find(place(key), Wanted::Current).await.unwrap();
    found.into_object()
}

pub(crate) async fn delete_in(
    store: &Arc<Shared>,
    versioning: Versioning,
    one: DeleteOne,
) -> Result<Deleted, DeleteError> {
    let deletions = Deletions {
        bucket: BUCKET,
        versioning,
        each: vec![one],
        seen: SeenTags::default(),
        now_ms: 5,
    };
    store.writer.perform(deletions).await.unwrap().remove(0)
}

/// Deletes what is visible, or a named version, without a condition.
pub(crate) async fn delete_one(
    store: &Arc<Shared>,
    versioning: Versioning,
    key: &str,
    version: Option<&VersionId>,
) -> Deleted {
    let one = DeleteOne {
        key: place(key).key,
        version: version.cloned(),
        condition: DeleteCondition::default(),
    };
    delete_in(store, versioning, one).await.unwrap()
}

/// Deletes what is visible in a bucket that keeps no versions; says whether there was something.
pub(crate) async fn delete(store: &Arc<Shared>, key: &str) -> bool {
    let deleted = delete_one(store, Versioning::Unversioned, key, None).await;
    deleted.existed
}

pub(crate) fn new_object(etag: &str) -> NewObject {
    NewObject {
        etag: ETag::parse(etag),
        attributes: ObjectAttributes::default(),
        modified_ms: 1,
        condition: PutCondition::None,
    }
}

pub(crate) async fn put_with(
    store: &Arc<Shared>,
    key: &str,
    body: &[u8],
    new: NewObject,
) -> Result<Arc<Object>, CommitError> {
    upload(store, target(key), body, new).await
}

pub(crate) async fn put(store: &Arc<Shared>, key: &str, body: &[u8], etag: &str) -> Arc<Object> {
    put_with(store, key, body, new_object(etag)).await.unwrap()
}

pub(crate) async fn put_in(
    store: &Arc<Shared>,
    versioning: Versioning,
    key: &str,
    body: &[u8],
    etag: &str,
) -> Arc<Object> {
    let target = target_in(versioning, key);
    upload(store, target, body, new_object(etag)).await.unwrap()
}

pub(crate) async fn upload(
    store: &Arc<Shared>,
    target: Target,
    body: &[u8],
    new: NewObject,
) -> Result<Arc<Object>, CommitError> {
    let mut upload = Upload::begin(store, target, PutHints::default());
    for piece in body.chunks(10_000) {
        upload.write(Bytes::copy_from_slice(piece)).await?;
    }
    upload.commit(new).await
}

/// How many files of bodies there are.
pub(crate) fn file_count(store: &Shared) -> usize {
    let shelf = |shelf| {
        std::fs::read_dir(store.layout.shelf(shelf))
            .unwrap()
            .count()
    };
    (0..=u8::MAX).map(shelf).sum()
}

pub(crate) async fn body_of(store: &Shared, object: &Arc<Object>) -> Vec<u8> {
    let mut reader = ObjectReader::new(object, 0..u64::MAX, &store.read_buffers);
    let mut body = Vec::new();
    while let Some(piece) = reader.next().await {
        body.extend_from_slice(&piece.unwrap());
    }
    body
}

/// A body that tells by any of its bytes which version it belongs to.
fn version_body(version: u64, length: usize) -> Vec<u8> {
    vec![u8::try_from(version % 251).unwrap(); length]
}

#[test]
fn what_was_put_is_found_in_memory_and_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let attributes = ObjectAttributes {
        content_type: Some("text/plain".to_owned()),
        user_metadata: vec![("colour".to_owned(), "gr\u{fc}n".to_owned())],
        ..ObjectAttributes::default()
    };
    let bodies = [
        ("empty", 0),
        ("small", 10),
        ("edge", 65_536),
        ("file", 65_537),
        ("big", LARGE),
    ];
    let check = |store: &Arc<Shared>| {
        for (key, length) in bodies {
            let object = wait(found(store, key)).unwrap();
            assert_eq!(
                wait(body_of(store, &object)),
                version_body(9, length),
                "{key}"
            );
            assert_eq!((object.size(), object.modified_ms()), (length as u64, 1));
            assert_eq!(
                (object.etag().as_str(), object.attributes()),
                (key, &attributes)
            );
            assert_eq!(object.bytes().is_some(), length <= 65_536);
            assert!(
                store.cache.peek(place(key).borrow()).is_some(),
                "{key} is cached"
            );
        }
    };
    let store = open(&directory);
    for (key, length) in bodies {
        let new = NewObject {
            attributes: attributes.clone(),
            ..new_object(key)
        };
        wait(put_with(&store, key, &version_body(9, length), new)).unwrap();
    }
    check(&store);
    drop(store);
    let store = open(&directory);
    assert!(store.cache.peek(place("small").borrow()).is_none());
    check(&store);
}

#[test]
fn any_key_works_and_none_becomes_a_path() {
    let directory = tempfile::tempdir().unwrap();
    let long = "\u{1f600}".repeat(256);
    let keys = [
        "a",
        "a/b",
        "a/b/",
        "/",
        "//",
        "a//b",
        ".",
        "..",
        "../../etc/passwd",
        "./a",
        "\u{1}",
        "%2e",
        "A",
        "caf\u{e9}",
        "cafe\u{301}",
        "CON",
        "a\\b",
        "a\nb",
        &long,
    ];
    let store = open(&directory);
    for (index, key) in keys.iter().enumerate() {
        // Every other one is large, and so a file.
        wait(put(
            &store,
            key,
            &vec![1; index % 2 * LARGE + index],
            &index.to_string(),
        ));
    }
    drop(store);
    let store = open(&directory);
    for (index, key) in keys.iter().enumerate() {
        let object = wait(found(&store, key)).unwrap();
        assert_eq!(object.etag().as_str(), index.to_string(), "{key:?}");
        assert_eq!(
            wait(body_of(&store, &object)).len(),
            index % 2 * LARGE + index
        );
    }
    let other = OwnedPlace {
        bucket: BucketId(8),
        key: place("a").key,
    };
    assert!(
        matches!(wait(store.find(other, Wanted::Current)), Ok(Found::Absent)),
        "buckets are apart"
    );
}

#[test]
fn a_reader_of_a_replaced_or_deleted_object_goes_on_reading_the_old_one() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let old = put(&store, "k", &version_body(1, 3 * LARGE), "1").await;
        let mut reader = ObjectReader::new(&old, 0..u64::MAX, &store.read_buffers);
        let first = reader.next().await.unwrap().unwrap();
        put(&store, "k", &version_body(2, LARGE), "2").await;
        assert!(delete(&store, "k").await);
        assert!(!delete(&store, "k").await);
        let mut length = first.len();
        while let Some(piece) = reader.next().await {
            let piece = piece.unwrap();
            assert!(piece.iter().all(|byte| *byte == 1));
            length += piece.len();
        }
        assert_eq!(length, 3 * LARGE);
        assert!(found(&store, "k").await.is_none());
    });
}

#[test]
fn readers_never_see_a_version_older_than_one_acknowledged_before_they_began() {
    let directory = tempfile::tempdir().unwrap();
    let one_kept = Options {
        cache_bytes: 150_000,
        ..test_options()
    };
    let store = Arc::new(Shared::open(directory.path(), one_kept).unwrap());
    let keys = ["a", "b", "c", "d", "e", "f"];
    let acknowledged: [AtomicU64; 6] = Default::default();
    let finished = AtomicBool::new(false);
    let reads = AtomicU64::new(0);
    for key in keys {
        wait(put(&store, key, &version_body(0, 100), "0"));
    }
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..keys.len())
            .map(|at| {
                let (store, key, acknowledged) = (&store, keys[at], &acknowledged[at]);
                scope.spawn(move || {
                    for version in 1..=120 {
                        // Small, in a file, or too heavy for the cache, in turn.
                        let length = [100, 70_000, 60_000][usize::try_from(version % 3).unwrap()];
                        let body = version_body(version, length);
                        wait(put(store, key, &body, &version.to_string()));
                        acknowledged.store(version, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for reader in 0..4 {
            let (store, acknowledged, finished, reads) = (&store, &acknowledged, &finished, &reads);
            scope.spawn(move || {
                let mut at = reader;
                while !finished.load(Ordering::SeqCst) {
                    at = (at + 1) % keys.len();
                    let at_least = acknowledged[at].load(Ordering::SeqCst);
                    let object = wait(found(store, keys[at])).unwrap();
                    let version: u64 = object.etag().as_str().parse().unwrap();
                    assert!(version >= at_least, "{version} after {at_least}");
                    let body = wait(body_of(store, &object));
                    let expected = version_body(version, body.len());
                    assert_eq!((body.len() as u64, &body), (object.size(), &expected));
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        writers
            .into_iter()
            .for_each(|writer| writer.join().unwrap());
        finished.store(true, Ordering::SeqCst);
    });
    assert!(reads.load(Ordering::Relaxed) > 100);
    // What is cached at the end is what the index holds.
    for key in keys {
        let found = wait(found(&store, key)).unwrap();
        assert_eq!(found.etag().as_str(), "120");
    }
}

#[test]
fn a_dropped_upload_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        for length in [10, LARGE] {
            let mut upload = Upload::begin(&store, target("k"), PutHints::default());
            upload.write(vec![1; length].into()).await.unwrap();
            assert_eq!(upload.size(), length as u64);
            drop(upload);
        }
        assert!(found(&store, "k").await.is_none());
    });
    assert_eq!(
        std::fs::read_dir(store.layout.temporary_directory())
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn a_second_store_on_the_same_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let again = Shared::open(directory.path(), test_options()).err();
    assert_eq!(
        again,
        Some(StoreError::AlreadyOpen {
            path: directory.path().to_owned()
        })
    );
    drop(store);
    open(&directory);
}

#[test]
fn a_missing_file_is_an_error_and_not_a_missing_object() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let id = wait(put(&store, "k", &[1; LARGE], "e")).id();
    std::fs::remove_file(store.layout.object(id)).unwrap();
    store.cache.remove(place("k").borrow());
    let error = wait(store.find(place("k"), Wanted::Current)).unwrap_err();
    assert_eq!(
        error,
        StoreError::Damaged {
            id,
            what: "its body is missing"
        }
    );
}

#[test]
fn open_files_in_the_cache_are_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        cached_files: 32,
        ..test_options()
    };
    let store = Arc::new(Shared::open(directory.path(), options).unwrap());
    let open_files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open_files();
    for number in 0..128 {
        wait(put(&store, &number.to_string(), &[1; 70_000], "e"));
    }
    // Other tests of this process open files too, but far fewer than 96.
    assert!(
        open_files() < before + 32 + 60,
        "{} after {before}",
        open_files()
    );
}

#[test]
fn ids_are_never_used_again() {
    let directory = tempfile::tempdir().unwrap();
    let first = wait(put(&open(&directory), "k", b"1", "1")).id();
    let store = open(&directory);
    assert!(wait(delete(&store, "k")));
    drop(store);
    let third = wait(put(&open(&directory), "k", b"3", "3")).id();
    assert!(third > first, "{third} after {first}");
}

#[test]
fn waiting_readers_are_served_when_the_one_who_loads_gives_up() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        put(&store, "k", b"body", "e").await;
        store.cache.remove(place("k").borrow());
        let first = found(&store, "k");
        let second = found(&store, "k");
        // The first takes the right to load, and is dropped before it has loaded.
        let gave_up = tokio::select! {
            biased;
            _ = first => false,
            () = std::future::ready(()) => true,
        };
        assert!(gave_up);
        assert!(second.await.is_some());
    });
}

#[test]
fn a_sweep_does_not_touch_what_is_on_its_way() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let mut upload = Upload::begin(&store, target("k"), PutHints::default());
        upload.write(vec![1; 3 * LARGE].into()).await.unwrap();
        let far_future = i64::MAX;
        let report = crate::sweep::sweep(&store, far_future, Duration::ZERO)
            .await
            .unwrap();
        assert_eq!(report, crate::SweepReport::default());
        let object = upload.commit(new_object("e")).await.unwrap();
        assert_eq!(body_of(&store, &object).await.len(), 3 * LARGE);
    });
}
