use std::sync::Arc;

use countersign_s3::{VersionId, Versioning};

use super::SetTags;
use crate::place::Wanted;
use crate::seen::SeenTags;
use crate::store::Shared;
use crate::store::tests::{LARGE, body_of, delete_one, found, open, place, put, put_in, wait};
use crate::{Found, TagError};

fn tags(value: &str) -> Vec<(String, String)> {
    vec![("colour".to_owned(), value.to_owned())]
}

async fn set(store: &Arc<Shared>, wanted: Wanted, value: &str) -> Result<VersionId, TagError> {
    let change = SetTags {
        place: place("k"),
        wanted,
        seen: SeenTags::default(),
        tags: tags(value),
    };
    store.writer.perform(change).await
}

#[test]
fn tags_change_on_the_version_that_is_meant_and_nothing_else_does() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let old = put_in(&store, Versioning::Enabled, "k", &[1; LARGE], "1").await;
        let new = put_in(&store, Versioning::Enabled, "k", b"2", "2").await;
        let named = |id: &VersionId| Wanted::Named(id.clone());
        let told = set(&store, Wanted::Current, "red").await;
        assert_eq!(told.as_ref(), Ok(new.version_id()));
        let told = set(&store, named(old.version_id()), "blue").await;
        assert_eq!(told.as_ref(), Ok(old.version_id()));

        let current = found(&store, "k").await.unwrap();
        assert_eq!(current.attributes().tags, tags("red"));
        assert_eq!((current.etag(), current.id()), (new.etag(), new.id()));
        let wanted = named(old.version_id());
        let Ok(Found::Object(again)) = store.find(place("k"), wanted).await else {
            panic!("the old version is gone");
        };
        assert_eq!(again.attributes().tags, tags("blue"));
        assert_eq!(body_of(&store, &again).await.len(), LARGE);
    });
}

#[test]
fn what_has_no_body_has_no_tags() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        assert_eq!(
            set(&store, Wanted::Current, "red").await,
            Err(TagError::Absent)
        );
        put(&store, "k", b"1", "1").await;
        let deleted = delete_one(&store, Versioning::Enabled, "k", None).await;
        let version_id = deleted.version_id.unwrap();
        let refused = Err(TagError::DeleteMarker {
            version_id: version_id.clone(),
        });
        assert_eq!(set(&store, Wanted::Current, "red").await, refused);
        assert_eq!(set(&store, Wanted::Named(version_id), "red").await, refused);
        let nothing = set(&store, Wanted::Nothing, "red").await;
        assert_eq!(nothing, Err(TagError::NoSuchVersion));
    });
}
