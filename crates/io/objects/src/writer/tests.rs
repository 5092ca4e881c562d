use countersign_s3::{BucketId, ETag};

use crate::close::CloseBucket;
use crate::store::tests::{
    BUCKET, LARGE, body_of, delete, found, new_object, open, put, put_with, wait,
};
use crate::{CloseError, CommitError, NewObject, PutCondition};

fn only_if(condition: PutCondition, etag: &str) -> NewObject {
    NewObject {
        condition,
        ..new_object(etag)
    }
}

#[test]
fn conditions_are_judged_where_the_row_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let if_match = |etag| PutCondition::IfMatch(ETag::parse(etag));
    let failed = |current: Option<&str>| CommitError::PreconditionFailed {
        current: current.map(ETag::parse),
    };
    wait(async {
        for length in [10, LARGE] {
            let key = length.to_string();
            let body = vec![1; length];
            let put = |condition, etag| put_with(&store, &key, &body, only_if(condition, etag));
            assert_eq!(put(if_match("1"), "1").await.unwrap_err(), failed(None));
            put(PutCondition::IfAbsent, "1").await.unwrap();
            let again = put(PutCondition::IfAbsent, "2").await.unwrap_err();
            assert_eq!(again, failed(Some("1")));
            assert_eq!(
                put(if_match("2"), "2").await.unwrap_err(),
                failed(Some("1"))
            );
            put(if_match("1"), "2").await.unwrap();
            delete(&store, &key).await;
            assert_eq!(put(if_match("2"), "3").await.unwrap_err(), failed(None));
        }
    });
    let files: usize = (0..=u8::MAX)
        .map(|shelf| {
            std::fs::read_dir(store.layout.shelf(shelf))
                .unwrap()
                .count()
        })
        .sum();
    assert!(
        files <= 2,
        "{files} files: refused bodies are removed, replaced ones soon"
    );
}

#[test]
fn of_many_creators_of_one_key_exactly_one_succeeds() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let created = wait(async {
        let mut creators = tokio::task::JoinSet::new();
        for number in 0..64 {
            let store = store.clone();
            creators.spawn(async move {
                let new = only_if(PutCondition::IfAbsent, &number.to_string());
                put_with(&store, "k", &[number; 9], new).await.is_ok()
            });
        }
        creators
            .join_all()
            .await
            .into_iter()
            .filter(|created| *created)
            .count()
    });
    assert_eq!(created, 1);
}

#[test]
fn changes_that_share_a_transaction_see_each_other_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let put = |etag| put_with(&store, "k", b"body", new_object(etag));
        let (first, deleted, second, third) =
            tokio::join!(put("1"), delete(&store, "k"), put("2"), put("3"));
        assert!(first.is_ok() && second.is_ok() && third.is_ok());
        assert!(deleted);
        let found = found(&store, "k").await.unwrap();
        assert_eq!(found.etag().as_str(), "3");
        assert_eq!(body_of(&store, &found).await, b"body");
    });
}

#[test]
fn a_closed_bucket_takes_nothing_any_more() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        put(&store, "k", b"1", "1").await;
        let not_empty = CloseError::NotEmpty { bucket: BUCKET };
        assert_eq!(
            store.writer.perform(CloseBucket(BUCKET)).await,
            Err(not_empty)
        );
        put(&store, "k", b"2", "2").await;
        delete(&store, "k").await;
        assert_eq!(store.writer.perform(CloseBucket(BUCKET)).await, Ok(()));
        assert_eq!(
            store.writer.perform(CloseBucket(BUCKET)).await,
            Ok(()),
            "closing again changes nothing"
        );
        assert_eq!(store.writer.perform(CloseBucket(BucketId(1))).await, Ok(()));
    });
    drop(store);
    let store = open(&directory);
    for length in [1, LARGE] {
        let refused = wait(put_with(&store, "k", &vec![1; length], new_object("3"))).unwrap_err();
        assert_eq!(refused, CommitError::BucketGone { bucket: BUCKET });
    }
    assert!(wait(found(&store, "k")).is_none());
}

#[test]
fn the_wal_does_not_grow_without_bound() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let body = vec![7; 60_000];
    wait(async {
        for round in 0..3_000 {
            put(&store, &(round % 20).to_string(), &body, "e").await;
        }
    });
    let wal = std::fs::metadata(directory.path().join("index.db-wal"))
        .unwrap()
        .len();
    assert!(wal < 100 << 20, "{wal} bytes after writing 180 MB");
}
