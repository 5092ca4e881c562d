use std::sync::Arc;

use countersign_s3::{
    BucketId, ChecksumAlgorithm, ChecksumKind, ETag, ObjectAttributes, StoredChecksum, Versioning,
};

use super::{NewCopy, copy};
use crate::place::{OwnedPlace, Target, Wanted};
use crate::seen::SeenTags;
use crate::store::Shared;
use crate::store::tests::{
    LARGE, body_of, file_count, found, new_object, open, place, put, put_in, put_with, target, wait,
};
use crate::{CommitError, NewObject, Object, PutCondition};

pub(crate) fn copy_of(source: &Arc<Object>) -> NewCopy {
    NewCopy {
        source: Arc::clone(source),
        attributes: None,
        tags: None,
        modified_ms: 2,
        condition: PutCondition::None,
    }
}

fn tags(value: &str) -> Vec<(String, String)> {
    vec![("colour".to_owned(), value.to_owned())]
}

async fn again(store: &Arc<Shared>, key: &str) -> Arc<Object> {
    store.cache.remove(place(key).borrow());
    found(store, key).await.unwrap()
}

#[test]
fn a_copy_is_an_object_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        for length in [0, 10, LARGE] {
            let source = put(&store, "from", &vec![3; length], "e").await;
            let copied = copy(&store, target("to"), copy_of(&source)).await.unwrap();
            assert_ne!(copied.id(), source.id());
            put(&store, "from", b"new", "n").await;
            for copied in [copied, again(&store, "to").await] {
                assert_eq!((copied.etag(), copied.modified_ms()), (source.etag(), 2));
                assert_eq!(body_of(&store, &copied).await, vec![3; length]);
            }
        }
    });
    drop(store);
    let store = open(&directory);
    let copied = wait(found(&store, "to")).unwrap();
    assert_eq!(wait(body_of(&store, &copied)), vec![3; LARGE]);
}

#[test]
fn a_copy_may_lie_in_another_bucket_or_on_its_source() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let source = put(&store, "k", &[3; LARGE], "e").await;
        let elsewhere = OwnedPlace {
            bucket: BucketId(8),
            key: place("k").key,
        };
        let there = Target {
            place: elsewhere.clone(),
            versioning: Versioning::Enabled,
            seen: SeenTags::default(),
        };
        copy(&store, there, copy_of(&source)).await.unwrap();
        let here = NewCopy {
            attributes: Some(ObjectAttributes {
                content_type: Some("text/plain".to_owned()),
                ..ObjectAttributes::default()
            }),
            ..copy_of(&source)
        };
        copy(&store, target("k"), here).await.unwrap();
        let here = again(&store, "k").await;
        assert_eq!(
            here.attributes().content_type.as_deref(),
            Some("text/plain")
        );
        assert_eq!(body_of(&store, &here).await, [3; LARGE]);
        let there = store.find(elsewhere, Wanted::Current).await.unwrap();
        let there = there.into_object().unwrap();
        assert_eq!(body_of(&store, &there).await, [3; LARGE]);
    });
}

#[test]
fn an_old_version_and_one_that_is_gone_can_be_copied() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let old = put_in(&store, Versioning::Enabled, "k", &[1; LARGE], "1").await;
        put_in(&store, Versioning::Enabled, "k", &[2; LARGE], "2").await;
        copy(&store, target("old"), copy_of(&old)).await.unwrap();
        assert_eq!(
            body_of(&store, &again(&store, "old").await).await,
            [1; LARGE]
        );

        let gone = put(&store, "gone", &[4; LARGE], "4").await;
        std::fs::remove_file(store.layout.object(gone.id())).unwrap();
        copy(&store, target("saved"), copy_of(&gone)).await.unwrap();
        assert_eq!(
            body_of(&store, &again(&store, "saved").await).await,
            [4; LARGE]
        );
    });
}

#[test]
fn attributes_tags_and_checksum_are_the_sources_unless_they_are_given() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let attributes = ObjectAttributes {
        content_type: Some("a/b".to_owned()),
        checksum: Some(StoredChecksum {
            algorithm: ChecksumAlgorithm::Crc32,
            value: "AAAAAA==".to_owned(),
            kind: ChecksumKind::FullObject,
        }),
        tags: tags("red"),
        ..ObjectAttributes::default()
    };
    let new = NewObject {
        attributes: attributes.clone(),
        ..new_object("e")
    };
    wait(async {
        let source = put_with(&store, "k", b"body", new).await.unwrap();
        let same = copy(&store, target("same"), copy_of(&source))
            .await
            .unwrap();
        assert_eq!(same.attributes(), &attributes);
        let other = NewCopy {
            attributes: Some(ObjectAttributes::default()),
            ..copy_of(&source)
        };
        let other = copy(&store, target("other"), other).await.unwrap();
        let expected = ObjectAttributes {
            content_type: None,
            ..attributes.clone()
        };
        assert_eq!(other.attributes(), &expected);
        let retagged = NewCopy {
            tags: Some(tags("blue")),
            ..copy_of(&source)
        };
        let retagged = copy(&store, target("retagged"), retagged).await.unwrap();
        assert_eq!(retagged.attributes().tags, tags("blue"));
    });
}

#[test]
fn a_refused_copy_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let source = put(&store, "k", &[1; LARGE], "e").await;
        let new = NewCopy {
            condition: PutCondition::IfAbsent,
            ..copy_of(&source)
        };
        let refused = copy(&store, target("k"), new).await.unwrap_err();
        let current = Some(ETag::parse("e"));
        assert_eq!(refused, CommitError::PreconditionFailed { current });
        assert_eq!(file_count(&store), 1);
    });
}
