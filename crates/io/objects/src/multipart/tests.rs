use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use countersign_s3::{
    ChecksumAlgorithm, ChecksumKind, ETag, ObjectAttributes, StoredChecksum, VersionId, Versioning,
};

use super::{
    AbortUpload, CompleteUpload, CompletedUpload, Completion, CreateUpload, NewPart, NewUpload,
    PartFileRef, PartUpload, UploadChecksum, UploadId,
};
use crate::buffer::READ_BYTES;
use crate::close::CloseBucket;
use crate::copy::{NewCopy, copy};
use crate::place::Wanted;
use crate::store::Shared;
use crate::store::tests::{
    BUCKET, LARGE, body_of, delete, file_count, found, open, place, put, target, target_in,
    test_options, wait,
};
use crate::sweep::sweep;
use crate::{CompleteError, ObjectReader, Options, PutCondition, UploadError};

const CREATED_MS: i64 = 1_000;

pub(crate) async fn create(store: &Arc<Shared>, key: &str) -> UploadId {
    let attributes = ObjectAttributes {
        content_type: Some("a/b".to_owned()),
        ..ObjectAttributes::default()
    };
    let new = NewUpload {
        attributes,
        checksum: Some(UploadChecksum {
            algorithm: ChecksumAlgorithm::Crc32,
            kind: ChecksumKind::Composite,
        }),
        initiator: "somebody".to_owned(),
        initiated_ms: CREATED_MS,
    };
    let change = CreateUpload {
        place: place(key),
        id: UploadId::new(store.ids.object()).unwrap(),
        new,
    };
    store.writer.perform(change).await.unwrap()
}

pub(crate) async fn put_part(
    store: &Arc<Shared>,
    key: &str,
    id: &UploadId,
    number: u16,
    body: &[u8],
) -> Result<(), UploadError> {
    let mut part = PartUpload::begin(store, place(key), id.clone(), number)?;
    for piece in body.chunks(10_000) {
        part.write(Bytes::copy_from_slice(piece)).await?;
    }
    let new = NewPart {
        etag: ETag::parse(&format!("part-{number}")),
        checksum: Some(crc(&format!("crc-{number}"))),
        modified_ms: 2_000,
    };
    part.commit(new).await
}

fn crc(value: &str) -> StoredChecksum {
    StoredChecksum {
        algorithm: ChecksumAlgorithm::Crc32,
        value: value.to_owned(),
        kind: ChecksumKind::FullObject,
    }
}

/// A completion with these of the parts that are there now.
pub(crate) async fn completion(
    store: &Arc<Shared>,
    key: &str,
    id: &UploadId,
    numbers: &[u16],
    etag: &str,
) -> Completion {
    let page = store.list_parts(place(key), id.clone(), None, 10_000).await;
    let parts = page.unwrap().parts;
    let named = numbers.iter().map(|number| {
        let part = parts.iter().find(|part| part.number == *number);
        (*number, part.unwrap().file)
    });
    Completion {
        parts: named.collect(),
        etag: ETag::parse(etag),
        checksum: Some(crc("whole-3")),
        modified_ms: 3_000,
        condition: PutCondition::None,
    }
}

pub(crate) async fn complete(
    store: &Arc<Shared>,
    versioning: Versioning,
    key: &str,
    id: &UploadId,
    completion: Completion,
) -> Result<CompletedUpload, CompleteError> {
    let change = CompleteUpload {
        target: target_in(versioning, key),
        id: id.clone(),
        completion,
    };
    store.writer.perform(change).await
}

async fn complete_all(store: &Arc<Shared>, key: &str, id: &UploadId, numbers: &[u16], etag: &str) {
    let completion = completion(store, key, id, numbers, etag).await;
    let completed = complete(store, Versioning::Unversioned, key, id, completion).await;
    completed.unwrap();
}

/// Uploads an object in parts of these lengths; every byte is `byte`.
async fn upload(store: &Arc<Shared>, key: &str, lengths: &[usize], byte: u8, etag: &str) {
    let id = create(store, key).await;
    let numbers: Vec<u16> = (1..).take(lengths.len()).collect();
    for (number, length) in numbers.iter().zip(lengths) {
        let body = vec![byte; *length];
        put_part(store, key, &id, *number, &body).await.unwrap();
    }
    complete_all(store, key, &id, &numbers, etag).await;
}

async fn abort(store: &Arc<Shared>, key: &str, id: &UploadId) -> Result<(), UploadError> {
    let change = AbortUpload {
        place: place(key),
        id: id.clone(),
    };
    store.writer.perform(change).await
}

fn patterned(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect()
}

/// Waits until the housekeeper has unlinked all but so many files.
fn wait_for_files(store: &Shared, expected: usize) {
    for _ in 0..500 {
        if file_count(store) == expected {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{} files and not {expected}", file_count(store));
}

#[test]
fn an_object_is_its_parts_behind_one_another_in_any_range() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let lengths = [READ_BYTES + 3, 0, 70_000, 1];
    let body = patterned(lengths.iter().sum());
    wait(async {
        let id = create(&store, "k").await;
        let mut offset = 0;
        for (number, length) in [2, 3, 7, 9].into_iter().zip(lengths) {
            let part = &body[offset..offset + length];
            put_part(&store, "k", &id, number, part).await.unwrap();
            offset += length;
        }
        put_part(&store, "k", &id, 8, b"not wanted").await.unwrap();
        assert!(
            found(&store, "k").await.is_none(),
            "not before it is complete"
        );
        complete_all(&store, "k", &id, &[2, 3, 7, 9], "e-4").await;
        wait_for_files(&store, 4);
    });
    let check = |store: &Arc<Shared>| {
        wait(async {
            let object = found(store, "k").await.unwrap();
            let size = body.len() as u64;
            assert_eq!((object.size(), object.etag().as_str()), (size, "e-4"));
            assert_eq!(object.attributes().content_type.as_deref(), Some("a/b"));
            assert_eq!(object.attributes().checksum, Some(crc("whole-3")));
            let parts = object.parts();
            let told: Vec<_> = parts.iter().map(|p| (p.number, p.size)).collect();
            let sizes = lengths.map(|length| length as u64);
            assert_eq!(told, [(2, sizes[0]), (3, 0), (7, sizes[2]), (9, 1)]);
            assert_eq!(parts[2].offset, sizes[0]);
            assert_eq!(parts[3].checksum.as_deref(), Some("crc-9"));
            let edges = [
                0,
                1,
                sizes[0] - 1,
                sizes[0],
                sizes[0] + 1,
                size - 2,
                size - 1,
                size,
            ];
            for from in edges {
                for to in edges {
                    let mut reader = ObjectReader::new(&object, from..to, &store.read_buffers);
                    let mut read = Vec::new();
                    while let Some(bytes) = reader.next().await {
                        read.extend_from_slice(&bytes.unwrap());
                    }
                    let [from, to] = [from, to].map(|at| usize::try_from(at).unwrap());
                    assert!(
                        read == body.get(from..to).unwrap_or_default(),
                        "{from}..{to}"
                    );
                }
            }
        });
    };
    check(&store);
    drop(store);
    check(&open(&directory));
}

#[test]
fn e7_only_what_the_caller_looked_at_can_be_completed() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let id = create(&store, "k").await;
        for number in [1, 2] {
            put_part(&store, "k", &id, number, &[1; 100]).await.unwrap();
        }
        let seen = completion(&store, "k", &id, &[1, 2], "e").await;
        put_part(&store, "k", &id, 2, &[2; 100]).await.unwrap();
        let unversioned = Versioning::Unversioned;
        let refused = |number| Err(CompleteError::PartChanged { number });
        let stale = complete(&store, unversioned, "k", &id, seen.clone()).await;
        assert_eq!(stale, refused(2));
        let now = completion(&store, "k", &id, &[1, 2], "e").await;
        let with = |parts: Vec<(u16, PartFileRef)>| Completion {
            parts,
            ..now.clone()
        };
        let [first, second] = [now.parts[0], now.parts[1]];
        for (parts, error) in [
            (vec![second, first], refused(1)),
            (vec![first, first, second], refused(1)),
            (vec![first, second, (3, second.1)], refused(3)),
            (vec![(2, first.1)], refused(2)),
            (vec![], Err(CompleteError::NoParts)),
        ] {
            assert_eq!(
                complete(&store, unversioned, "k", &id, with(parts)).await,
                error
            );
        }
        assert!(found(&store, "k").await.is_none());
        complete(&store, unversioned, "k", &id, now.clone())
            .await
            .unwrap();
        let object = found(&store, "k").await.unwrap();
        assert_eq!(body_of(&store, &object).await[100..], [2; 100]);
        wait_for_files(&store, 2);
    });
}

#[test]
fn e7_a_part_of_an_upload_that_ended_is_not_stored() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let aborted = create(&store, "k").await;
        put_part(&store, "k", &aborted, 1, &[1; 100]).await.unwrap();
        let wrong_key = put_part(&store, "other", &aborted, 2, b"2").await;
        assert_eq!(wrong_key, Err(UploadError::NoSuchUpload));
        abort(&store, "k", &aborted).await.unwrap();
        assert_eq!(
            abort(&store, "k", &aborted).await,
            Err(UploadError::NoSuchUpload)
        );
        let completed = create(&store, "k").await;
        put_part(&store, "k", &completed, 1, &[1; 100])
            .await
            .unwrap();
        complete_all(&store, "k", &completed, &[1], "e").await;
        for id in [aborted, completed] {
            let late = put_part(&store, "k", &id, 1, &[2; 100]).await;
            assert_eq!(late, Err(UploadError::NoSuchUpload));
            let parts = store.list_parts(place("k"), id.clone(), None, 10).await;
            assert_eq!(parts, Err(UploadError::NoSuchUpload));
            let info = store.find_upload(place("k"), id).await;
            assert_eq!(info, Err(UploadError::NoSuchUpload));
        }
        wait_for_files(&store, 1);
        let object = found(&store, "k").await.unwrap();
        assert_eq!(body_of(&store, &object).await, [1; 100]);
    });
}

#[test]
fn who_asks_again_for_the_same_object_gets_the_same_answer_for_a_day() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let id = create(&store, "k").await;
        put_part(&store, "k", &id, 1, b"1").await.unwrap();
        let wanted = completion(&store, "k", &id, &[1], "e").await;
        let only_once = Completion {
            condition: PutCondition::IfAbsent,
            ..wanted.clone()
        };
        let complete = |completion| complete(&store, Versioning::Enabled, "k", &id, completion);
        let made = complete(only_once.clone()).await.unwrap();
        put(&store, "k", b"newer", "n").await;
        assert_eq!(complete(only_once.clone()).await.as_ref(), Ok(&made));
        let other = Completion {
            etag: ETag::parse("other"),
            ..wanted
        };
        assert_eq!(complete(other).await, Err(CompleteError::NoSuchUpload));
        assert_eq!(found(&store, "k").await.unwrap().etag().as_str(), "n");

        let day_ms = 24 * 3600 * 1000;
        for (after_ms, answer) in [
            (day_ms, Ok(made)),
            (day_ms + 1, Err(CompleteError::NoSuchUpload)),
        ] {
            sweep(&store, 3_000 + after_ms, Duration::MAX)
                .await
                .unwrap();
            assert_eq!(complete(only_once.clone()).await, answer);
        }
    });
}

#[test]
fn completing_obeys_condition_and_versioning_like_a_put() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let old = put(&store, "k", &[1; LARGE], "1").await;
        let id = create(&store, "k").await;
        put_part(&store, "k", &id, 1, b"new").await.unwrap();
        let wanted = completion(&store, "k", &id, &[1], "e").await;
        let refused = Completion {
            condition: PutCondition::IfAbsent,
            ..wanted.clone()
        };
        let enabled = Versioning::Enabled;
        let current = Some(ETag::parse("1"));
        assert_eq!(
            complete(&store, enabled, "k", &id, refused).await,
            Err(CompleteError::PreconditionFailed { current })
        );
        let if_match = Completion {
            condition: PutCondition::IfMatch(ETag::parse("1")),
            ..wanted
        };
        let made = complete(&store, enabled, "k", &id, if_match).await.unwrap();
        assert!(!made.version_id.is_null());
        let now = found(&store, "k").await.unwrap();
        assert_eq!(
            (now.version_id(), now.etag().as_str()),
            (&made.version_id, "e")
        );
        let null = Wanted::Named(VersionId::null());
        let before = store.find(place("k"), null).await.unwrap().into_object();
        assert_eq!(before.unwrap().id(), old.id());
    });
}

#[test]
fn parts_are_listed_in_pages() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let id = create(&store, "k").await;
        for number in [9, 1, 5] {
            put_part(&store, "k", &id, number, &[1; 10]).await.unwrap();
        }
        let page = async |after, max| {
            let page = store
                .list_parts(place("k"), id.clone(), after, max)
                .await
                .unwrap();
            assert_eq!(page.upload.initiator, "somebody");
            let numbers: Vec<_> = page.parts.iter().map(|part| part.number).collect();
            (numbers, page.next)
        };
        assert_eq!(page(None, 2).await, (vec![1, 5], Some(5)));
        assert_eq!(page(Some(5), 2).await, (vec![9], None));
        assert_eq!(page(None, 3).await, (vec![1, 5, 9], None));
        assert_eq!(page(None, 0).await, (vec![], None));
        let whole = store
            .list_parts(place("k"), id.clone(), None, 1)
            .await
            .unwrap();
        let part = &whole.parts[0];
        assert_eq!(
            (part.size, part.etag.as_str(), part.modified_ms),
            (10, "part-1", 2_000)
        );
        assert_eq!(part.checksum, Some(crc("crc-1")));
        let info = store.find_upload(place("k"), id.clone()).await.unwrap();
        assert_eq!(info, whole.upload);
        assert_eq!(
            info.checksum.map(|plan| plan.kind),
            Some(ChecksumKind::Composite)
        );
    });
}

#[test]
fn a_reader_of_a_replaced_object_of_parts_reads_it_to_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        for end_it in [true, false] {
            upload(&store, "k", &[LARGE, LARGE, LARGE], 7, "old").await;
            let old = found(&store, "k").await.unwrap();
            let mut reader = ObjectReader::new(&old, 0..u64::MAX, &store.read_buffers);
            drop(old);
            let mut length = reader.next().await.unwrap().unwrap().len();
            if end_it {
                assert!(delete(&store, "k").await);
            } else {
                upload(&store, "k", &[10], 8, "new").await;
            }
            let far_future = i64::MAX;
            let report = sweep(&store, far_future, Duration::ZERO).await.unwrap();
            assert_eq!(report.orphans, 0, "somebody still reads");
            while let Some(piece) = reader.next().await {
                let piece = piece.unwrap();
                assert!(piece.iter().all(|byte| *byte == 7));
                length += piece.len();
            }
            assert_eq!(length, 3 * LARGE);
            drop(reader);
            wait_for_files(&store, usize::from(!end_it));
        }
    });
}

#[test]
fn a_copy_of_an_object_of_parts_outlives_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        upload(&store, "k", &[LARGE, 10], 7, "e-2").await;
        let source = found(&store, "k").await.unwrap();
        let new = NewCopy {
            source,
            attributes: None,
            tags: None,
            modified_ms: 4,
            condition: PutCondition::None,
        };
        copy(&store, target("copy"), new).await.unwrap();
        assert!(delete(&store, "k").await);
        wait_for_files(&store, 2);
    });
    drop(store);
    let store = open(&directory);
    let copied = wait(found(&store, "copy")).unwrap();
    assert_eq!(copied.etag().as_str(), "e-2");
    assert_eq!(copied.parts()[1].checksum.as_deref(), Some("crc-2"));
    assert_eq!(wait(body_of(&store, &copied)), vec![7; LARGE + 10]);
}

#[test]
fn readers_of_an_object_that_is_replaced_all_the_time_always_find_it_whole() {
    let directory = tempfile::tempdir().unwrap();
    // Nothing is kept in memory, so that each reader races for the rows and files.
    let options = Options {
        cache_bytes: 1,
        ..test_options()
    };
    let store = Arc::new(Shared::open(directory.path(), options).unwrap());
    wait(upload(&store, "k", &[10, 20, 30], 1, "1"));
    let finished = AtomicBool::new(false);
    let reads = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !finished.load(Ordering::SeqCst) {
                    let object = wait(found(&store, "k")).unwrap();
                    let version: u8 = object.etag().as_str().parse().unwrap();
                    assert_eq!(wait(body_of(&store, &object)), [version; 60]);
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for version in 2..100 {
            wait(upload(
                &store,
                "k",
                &[10, 20, 30],
                version,
                &version.to_string(),
            ));
        }
        finished.store(true, Ordering::SeqCst);
    });
    assert!(reads.load(Ordering::Relaxed) > 50);
    wait_for_files(&store, 3);
}

#[test]
fn e7_uploads_that_are_too_old_are_swept_away_with_their_parts() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let mut uploads = Vec::new();
        for _ in 0..20 {
            let id = create(&store, "k").await;
            put_part(&store, "k", &id, 1, b"part").await.unwrap();
            uploads.push(id);
        }
        let max_age_ms = i64::try_from(store.options.upload_max_age.as_millis()).unwrap();
        for (now_ms, swept) in [
            (CREATED_MS + max_age_ms, 0),
            (CREATED_MS + max_age_ms + 1, 20),
        ] {
            let report = sweep(&store, now_ms, Duration::MAX).await.unwrap();
            assert_eq!(report.uploads, swept);
        }
        for id in &uploads {
            let gone = store.find_upload(place("k"), id.clone()).await;
            assert_eq!(gone, Err(UploadError::NoSuchUpload));
        }
        wait_for_files(&store, 0);
    });
}

#[test]
fn a_bucket_with_uploads_in_it_is_empty_and_takes_them_along() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let id = create(&store, "k").await;
        put_part(&store, "k", &id, 1, b"part").await.unwrap();
        let parts = completion(&store, "k", &id, &[1], "e").await;
        assert_eq!(store.writer.perform(CloseBucket(BUCKET)).await, Ok(()));
        let late = put_part(&store, "k", &id, 2, b"part").await;
        assert_eq!(late, Err(UploadError::NoSuchUpload));
        let late = complete(&store, Versioning::Unversioned, "k", &id, parts).await;
        assert_eq!(late, Err(CompleteError::BucketGone { bucket: BUCKET }));
        wait_for_files(&store, 0);
    });
}

#[test]
fn e7_ids_are_in_order_and_only_whole_ones_count() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let (first, second) = (create(&store, "k").await, create(&store, "k").await);
        assert!(first < second);
        assert_eq!(UploadId::parse(first.as_str()), Some(first.clone()));
        let guessed = format!("{}{}", &first.as_str()[..16], &second.as_str()[16..]);
        let guessed = UploadId::parse(&guessed).unwrap();
        let refused = store.find_upload(place("k"), guessed).await;
        assert_eq!(refused, Err(UploadError::NoSuchUpload));
        for text in [
            "",
            "null",
            &first.as_str()[1..],
            &first.as_str().to_uppercase(),
        ] {
            let same = text == first.as_str();
            assert_eq!(UploadId::parse(text).is_some(), same, "{text}");
        }
    });
}
