use std::sync::Arc;

use countersign_s3::{BucketName, Versioning};
use countersign_state::{
    BucketDocument, NewUser, SqliteStore, StateStore, UnixMillis, UserKind, UserName,
};
use tempfile::TempDir;

use super::{Lookups, OwnRules, Sought};

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
const RULES: &str = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>\
     <AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";

/// Lookups over a state with one bucket, `photos`.
async fn lookups(directory: &TempDir) -> Lookups {
    let store = SqliteStore::open(directory.path()).unwrap();
    let owner = UserName::parse("app").unwrap();
    store
        .create_user(&NewUser::new(&owner, UserKind::Ordinary), NOW)
        .await
        .unwrap();
    let name = BucketName::parse("photos").unwrap();
    store
        .create_bucket(&name, "us-east-1", &owner, &[], NOW)
        .await
        .unwrap();
    Lookups::new(Arc::new(store), "us-east-1")
}

#[tokio::test]
async fn a_bucket_is_looked_up_once_until_something_changes() {
    let directory = TempDir::new().unwrap();
    let lookups = lookups(&directory).await;
    assert!(lookups.bucket_in_memory("photos").is_none());
    let found = lookups.fetch_bucket("photos").await.unwrap().unwrap();
    assert!(matches!(found.cors, OwnRules::None));
    assert!(lookups.bucket_in_memory("photos").unwrap().is_some());

    let (name, id) = (found.reference.name.clone(), found.reference.id);
    let state = lookups.state();
    let put = state.put_bucket_document(&name, id, BucketDocument::Cors, RULES);
    put.await.unwrap();
    let set = state.set_bucket_versioning(&name, id, Versioning::Enabled);
    set.await.unwrap();
    lookups.invalidate();
    assert!(lookups.bucket_in_memory("photos").is_none());
    let found = lookups.fetch_bucket("photos").await.unwrap().unwrap();
    assert_eq!(found.reference.versioning, Versioning::Enabled);
    assert!(matches!(&found.cors, OwnRules::Some(rules) if rules.rules().len() == 1));
}

#[tokio::test]
async fn a_bucket_that_is_missing_is_remembered_as_missing() {
    let directory = TempDir::new().unwrap();
    let lookups = lookups(&directory).await;
    assert!(lookups.fetch_bucket("missing").await.unwrap().is_none());
    assert!(lookups.bucket_in_memory("missing").unwrap().is_none());
}

#[tokio::test]
async fn l2_nothing_is_kept_under_names_that_could_not_be_ones() {
    let directory = TempDir::new().unwrap();
    let lookups = lookups(&directory).await;
    let long = "a".repeat(30_000);
    for name in ["Photos", "..", "", long.as_str()] {
        let sought = Sought {
            access_key_id: Some(&long),
            bucket: Some(name),
            source_bucket: Some(name),
        };
        let at_once = lookups.in_memory(&sought).unwrap();
        let fetched = lookups.fetch(sought).await.unwrap();
        for found in [at_once, fetched] {
            assert!(found.key.is_none() && found.bucket.is_none());
            assert!(found.source_bucket.is_none());
        }
    }
    assert_eq!((lookups.keys.len(), lookups.buckets.len()), (0, 0));
}

#[tokio::test]
async fn damaged_rules_allow_no_origin() {
    let directory = TempDir::new().unwrap();
    let lookups = lookups(&directory).await;
    let found = lookups.fetch_bucket("photos").await.unwrap().unwrap();
    let (name, id) = (found.reference.name.clone(), found.reference.id);
    let state = lookups.state();
    let put = state.put_bucket_document(&name, id, BucketDocument::Cors, "<damaged");
    put.await.unwrap();
    lookups.invalidate();
    let found = lookups.fetch_bucket("photos").await.unwrap().unwrap();
    assert!(matches!(found.cors, OwnRules::Damaged));
}
