use std::sync::Arc;

use countersign_s3::{DeleteCondition, VersionId, Versioning};

use super::SeenTags;
use crate::copy::copy;
use crate::copy::tests::copy_of;
use crate::delete::{DeleteOne, Deletions};
use crate::multipart::CompleteUpload;
use crate::multipart::tests::{completion, create, put_part};
use crate::place::{Target, Wanted};
use crate::store::Shared;
use crate::store::tests::{
    BUCKET, delete_one, found, new_object, open, place, put, put_in, target, upload, wait,
};
use crate::tags::SetTags;
use crate::{CommitError, CompleteError, DeleteError, Deleted, Found, TagError};

type Tags = Vec<(String, String)>;

fn clean() -> Tags {
    vec![("scan".to_owned(), "clean".to_owned())]
}

async fn set(store: &Arc<Shared>, seen: SeenTags, tags: Tags) -> Result<VersionId, TagError> {
    let change = SetTags {
        place: place("k"),
        wanted: Wanted::Current,
        seen,
        tags,
    };
    store.writer.perform(change).await
}

async fn delete(
    store: &Arc<Shared>,
    seen: &Tags,
    version: Option<&VersionId>,
) -> Result<Deleted, DeleteError> {
    let deletions = Deletions {
        bucket: BUCKET,
        versioning: Versioning::Enabled,
        each: vec![DeleteOne {
            key: place("k").key,
            version: version.cloned(),
            condition: DeleteCondition::default(),
        }],
        seen: SeenTags::from(&seen[..]),
        now_ms: 5,
    };
    store.writer.perform(deletions).await.unwrap().remove(0)
}

#[test]
fn e4_what_was_found_is_held_to_the_tags_that_were_decided_upon() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        put(&store, "k", b"1", "1").await;
        set(&store, SeenTags::default(), clean()).await.unwrap();
        let seen = SeenTags::from(&clean()[..]);
        let looked = || async { store.find(place("k"), Wanted::Current).await.unwrap() };
        assert!(matches!(seen.hold(looked().await), Found::Object(_)));
        // Another object, without tags, takes its place.
        put(&store, "k", b"2", "2").await;
        assert!(matches!(seen.hold(looked().await), Found::Changed));
        let untagged = SeenTags::from(&[][..]);
        assert!(matches!(untagged.hold(looked().await), Found::Object(_)));
        assert!(matches!(seen.hold(Found::Absent), Found::Absent));
    });
}

#[test]
fn e4_a_change_is_held_to_the_tags_that_were_decided_upon() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        put(&store, "k", b"1", "1").await;
        set(&store, SeenTags::default(), clean()).await.unwrap();
        let untagged = || SeenTags::from(&[][..]);
        let onto = |seen| Target {
            seen,
            ..target("k")
        };
        assert_eq!(
            set(&store, untagged(), clean()).await,
            Err(TagError::Changed)
        );
        let put = upload(&store, onto(untagged()), b"2", new_object("2")).await;
        assert_eq!(put.unwrap_err(), CommitError::Changed);
        let source = found(&store, "k").await.unwrap();
        let copied = copy(&store, onto(untagged()), copy_of(&source)).await;
        assert_eq!(copied.unwrap_err(), CommitError::Changed);
        assert_eq!(
            delete(&store, &Vec::new(), None).await,
            Err(DeleteError::Changed)
        );
        assert_eq!(found(&store, "k").await.unwrap().etag().as_str(), "1");

        let seen = SeenTags::from(&clean()[..]);
        upload(&store, onto(seen), b"2", new_object("2"))
            .await
            .unwrap();
        // What took its place has no tags, and then nothing is there at all.
        upload(&store, onto(untagged()), b"3", new_object("3"))
            .await
            .unwrap();
        delete_one(&store, Versioning::Unversioned, "k", None).await;
        upload(&store, onto(untagged()), b"4", new_object("4"))
            .await
            .unwrap();
    });
}

#[test]
fn e4_a_completion_is_held_to_the_tags_that_were_decided_upon() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        put(&store, "k", b"1", "1").await;
        set(&store, SeenTags::default(), clean()).await.unwrap();
        let id = create(&store, "k").await;
        put_part(&store, "k", &id, 1, b"2").await.unwrap();
        let complete = async |seen: &Tags| {
            let target = Target {
                seen: SeenTags::from(&seen[..]),
                ..target("k")
            };
            let change = CompleteUpload {
                target,
                id: id.clone(),
                completion: completion(&store, "k", &id, &[1], "2").await,
            };
            store.writer.perform(change).await
        };
        let refused = complete(&Vec::new()).await;
        assert_eq!(refused, Err(CompleteError::Changed));
        assert_eq!(found(&store, "k").await.unwrap().etag().as_str(), "1");
        // The upload is still there for whoever is decided upon anew.
        complete(&clean()).await.unwrap();
        assert_eq!(found(&store, "k").await.unwrap().etag().as_str(), "2");
    });
}

#[test]
fn e4_a_named_version_is_held_to_its_own_tags() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let old = put_in(&store, Versioning::Enabled, "k", b"1", "1").await;
        set(&store, SeenTags::default(), clean()).await.unwrap();
        put_in(&store, Versioning::Enabled, "k", b"2", "2").await;
        let named = Some(old.version_id());
        assert_eq!(
            delete(&store, &Vec::new(), named).await,
            Err(DeleteError::Changed)
        );
        assert_eq!(
            delete(&store, &clean(), None).await,
            Err(DeleteError::Changed)
        );
        // A delete marker has no tags, and is on top from now on.
        delete(&store, &Vec::new(), None).await.unwrap();
        delete(&store, &Vec::new(), None).await.unwrap();
        delete(&store, &clean(), named).await.unwrap();
    });
}
