use std::sync::Arc;

use countersign_s3::{DeleteCondition, DeleteRefused, ETag, TagCondition, VersionId, Versioning};

use super::{DeleteOne, Deleted, Deletions};
use crate::close::CloseBucket;
use crate::place::Wanted;
use crate::seen::SeenTags;
use crate::store::Shared;
use crate::store::tests::{
    BUCKET, LARGE, body_of, delete, delete_in, file_count, found, new_object, open, place, put,
    put_in, put_with, wait,
};
use crate::{CloseError, CommitError, DeleteError, Found};

fn one(key: &str, version: Option<&VersionId>) -> DeleteOne {
    DeleteOne {
        key: place(key).key,
        version: version.cloned(),
        condition: DeleteCondition::default(),
    }
}

async fn named(store: &Arc<Shared>, key: &str, id: &VersionId) -> Found {
    let wanted = Wanted::Named(id.clone());
    store.find(place(key), wanted).await.unwrap()
}

async fn tag_of(store: &Arc<Shared>, key: &str) -> Option<String> {
    let object = found(store, key).await?;
    Some(object.etag().as_str().to_owned())
}

#[test]
fn a_bucket_that_keeps_versions_keeps_them_through_writes_and_deletes() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let first = put_in(&store, Versioning::Enabled, "k", &[1; LARGE], "1").await;
        let second = put_in(&store, Versioning::Enabled, "k", &[2; 10], "2").await;
        assert_ne!(first.version_id(), second.version_id());
        let deleted = delete_in(&store, Versioning::Enabled, one("k", None))
            .await
            .unwrap();
        assert!(deleted.existed && deleted.delete_marker);
        let marker = deleted.version_id.unwrap();

        let hidden = store.find(place("k"), Wanted::Current).await.unwrap();
        let Found::DeleteMarker {
            version_id,
            modified_ms,
            current,
        } = hidden
        else {
            panic!("{hidden:?}");
        };
        assert_eq!((&version_id, modified_ms, current), (&marker, 5, true));
        assert!(matches!(
            named(&store, "k", &marker).await,
            Found::DeleteMarker { current: true, .. }
        ));
        for (version, length) in [(&first, LARGE), (&second, 10)] {
            let again = named(&store, "k", version.version_id()).await;
            let again = again.into_object().unwrap();
            assert_eq!(again.etag(), version.etag());
            assert_eq!(body_of(&store, &again).await.len(), length);
        }

        // Without the marker the newest version shows again, and without that the one before.
        let undone = delete_in(&store, Versioning::Enabled, one("k", Some(&marker)))
            .await
            .unwrap();
        assert!(undone.existed && undone.delete_marker);
        assert_eq!(tag_of(&store, "k").await.as_deref(), Some("2"));
        let id = second.version_id();
        let gone = delete_in(&store, Versioning::Enabled, one("k", Some(id)))
            .await
            .unwrap();
        assert!(gone.existed && !gone.delete_marker);
        assert_eq!(tag_of(&store, "k").await.as_deref(), Some("1"));
        assert!(matches!(named(&store, "k", id).await, Found::NoSuchVersion));
        let again = delete_in(&store, Versioning::Enabled, one("k", Some(id)))
            .await
            .unwrap();
        assert!(!again.existed);
        assert_eq!(file_count(&store), 1);
    });
}

#[test]
fn a_suspended_bucket_replaces_the_null_version_wherever_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        put(&store, "k", &[0; LARGE], "null-1").await;
        let kept = put_in(&store, Versioning::Enabled, "k", b"v", "kept").await;
        let null = VersionId::null();
        let hidden = named(&store, "k", &null).await.into_object().unwrap();
        assert_eq!(hidden.etag().as_str(), "null-1");
        drop(hidden);

        let second = put_in(&store, Versioning::Suspended, "k", b"n", "null-2").await;
        assert!(second.version_id().is_null());
        let visible = named(&store, "k", &null).await.into_object().unwrap();
        assert_eq!(visible.etag().as_str(), "null-2");
        assert!(
            named(&store, "k", kept.version_id())
                .await
                .into_object()
                .is_some()
        );

        let deleted = delete_in(&store, Versioning::Suspended, one("k", None))
            .await
            .unwrap();
        let marker = Deleted {
            existed: true,
            version_id: Some(null.clone()),
            delete_marker: true,
        };
        assert_eq!(deleted, marker);
        let again = delete_in(&store, Versioning::Suspended, one("k", None))
            .await
            .unwrap();
        assert_eq!(
            again,
            Deleted {
                existed: false,
                ..marker.clone()
            }
        );
        let undone = delete_in(&store, Versioning::Suspended, one("k", Some(&null)))
            .await
            .unwrap();
        assert_eq!(undone, marker);
        assert_eq!(tag_of(&store, "k").await.as_deref(), Some("kept"));
    });
}

#[test]
fn a_change_that_began_before_versioning_destroys_no_version() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let kept = put_in(&store, Versioning::Enabled, "k", b"v", "kept").await;
        assert!(delete(&store, "k").await);
        assert!(found(&store, "k").await.is_none());
        put(&store, "k", b"n", "late").await;
        assert!(delete(&store, "k").await);
        assert!(
            named(&store, "k", kept.version_id())
                .await
                .into_object()
                .is_some()
        );
    });
}

#[test]
fn a_version_id_must_be_known_whole() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let first = put_in(&store, Versioning::Enabled, "k", b"v", "1").await;
        put_in(&store, Versioning::Enabled, "k", b"v", "2").await;
        let number = first.version_id().as_str().get(..16).unwrap().to_owned();
        let guessed = VersionId::parse(&format!("{number}{number}")).unwrap();
        assert!(matches!(
            named(&store, "k", &guessed).await,
            Found::NoSuchVersion
        ));
        let deleted = delete_in(&store, Versioning::Enabled, one("k", Some(&guessed))).await;
        assert!(!deleted.unwrap().existed);
    });
}

#[test]
fn a_deletion_whose_condition_does_not_hold_deletes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let with = |condition| DeleteOne {
        condition,
        ..one("k", None)
    };
    let tag = |etag: &str| DeleteCondition {
        etag: Some(TagCondition::Is(ETag::parse(etag))),
        ..DeleteCondition::default()
    };
    let any = DeleteCondition {
        etag: Some(TagCondition::Any),
        ..DeleteCondition::default()
    };
    let size = |size| DeleteCondition {
        size: Some(size),
        ..DeleteCondition::default()
    };
    let second = |s| DeleteCondition {
        modified_s: Some(s),
        ..DeleteCondition::default()
    };
    let failed = |condition, current: Option<&str>| {
        Err(DeleteError::PreconditionFailed {
            refused: DeleteRefused { condition },
            current: current.map(ETag::parse),
        })
    };
    let (of_size, of_time) = ("x-amz-if-match-size", "x-amz-if-match-last-modified-time");
    wait(async {
        for versioning in [
            Versioning::Enabled,
            Versioning::Suspended,
            Versioning::Unversioned,
        ] {
            let delete = |condition| delete_in(&store, versioning, with(condition));
            for absent in [tag("1"), any.clone()] {
                assert_eq!(delete(absent).await, failed("If-Match", None));
            }
            for right in [tag("1"), any.clone(), size(3), second(0)] {
                put_in(&store, versioning, "k", b"abc", "1").await;
                for (wrong, condition) in [
                    (tag("2"), "If-Match"),
                    (size(4), of_size),
                    (second(1), of_time),
                ] {
                    assert_eq!(delete(wrong).await, failed(condition, Some("1")));
                }
                assert!(delete(right).await.unwrap().existed);
            }
            for nothing_newer in [size(3), second(0)] {
                assert!(delete(nothing_newer).await.is_ok());
            }
        }
    });
}

#[test]
fn a_thousand_deletions_are_one_commit() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        for number in 0..1_000 {
            put(&store, &number.to_string(), b"body", "e").await;
        }
        let deletions = Deletions {
            bucket: BUCKET,
            versioning: Versioning::Unversioned,
            each: (0..1_001)
                .map(|number| one(&number.to_string(), None))
                .collect(),
            seen: SeenTags::default(),
            now_ms: 5,
        };
        // SQLite counts the commits that changed the database, seen from another connection.
        let version = || {
            let sql = "PRAGMA data_version";
            store
                .index
                .read(|c| Ok::<i64, crate::StoreError>(c.query_one(sql, [], |r| r.get(0))?))
        };
        let before = version().unwrap();
        let answers = store.writer.perform(deletions).await.unwrap();
        assert_eq!(version().unwrap(), before + 1);
        let existed = answers
            .into_iter()
            .filter(|answer| answer.as_ref().unwrap().existed);
        assert_eq!(existed.count(), 1_000);
        assert!(found(&store, "0").await.is_none());
    });
}

#[test]
fn a_bucket_with_anything_left_in_it_is_not_closed() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let not_empty = CloseError::NotEmpty { bucket: BUCKET };
    wait(async {
        let kept = put_in(&store, Versioning::Enabled, "k", b"v", "1").await;
        let marker = delete_in(&store, Versioning::Enabled, one("k", None))
            .await
            .unwrap();
        for left in [Some(kept.version_id().clone()), marker.version_id] {
            assert_eq!(
                store.writer.perform(CloseBucket(BUCKET)).await,
                Err(not_empty.clone())
            );
            delete_in(&store, Versioning::Enabled, one("k", left.as_ref()))
                .await
                .unwrap();
        }
        assert_eq!(store.writer.perform(CloseBucket(BUCKET)).await, Ok(()));
        let late = delete_in(&store, Versioning::Enabled, one("k", None)).await;
        assert_eq!(late, Err(DeleteError::BucketGone { bucket: BUCKET }));
        let late = put_with(&store, "k", b"v", new_object("2"))
            .await
            .unwrap_err();
        assert_eq!(late, CommitError::BucketGone { bucket: BUCKET });
    });
}
