use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::{ListPage, ListRequest};
use crate::store::Shared;
use crate::store::tests::{BUCKET, open, put, wait};

/// What S3 lists, said as plainly as possible: entries in order, rolled up, greater than the marker.
fn model(keys: &[String], request: &ListRequest) -> Vec<(String, bool)> {
    let delimiter = request.delimiter.as_deref().filter(|text| !text.is_empty());
    let mut entries = BTreeMap::new();
    for key in keys {
        let Some(rest) = key.strip_prefix(request.prefix.as_str()) else {
            continue;
        };
        match delimiter.and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len())) {
            Some(end) => entries.insert(key[..request.prefix.len() + end].to_owned(), true),
            None => entries.insert(key.clone(), false),
        };
    }
    let after = request.start_after.clone().unwrap_or_default();
    entries
        .into_iter()
        .filter(|(entry, _)| *entry > after)
        .collect()
}

/// Pages through a whole listing.
fn listed(store: &Arc<Shared>, request: &ListRequest) -> Vec<(String, bool)> {
    let mut entries = Vec::new();
    let mut request = request.clone();
    loop {
        let ListPage {
            objects,
            common_prefixes,
            next,
        } = wait(store.list(BUCKET, request.clone())).unwrap();
        let keys = objects
            .into_iter()
            .map(|object| (object.key.as_str().to_owned(), false));
        let mut page: Vec<_> = keys
            .chain(common_prefixes.into_iter().map(|p| (p, true)))
            .collect();
        page.sort();
        assert!(page.len() <= request.max_keys);
        assert!(
            next.is_none() || page.len() == request.max_keys,
            "only full pages have a next"
        );
        assert_eq!(
            next.as_ref().or(page.last().map(|(last, _)| last)),
            page.last().map(|(l, _)| l)
        );
        entries.append(&mut page);
        match next {
            Some(next) => request.start_after = Some(next),
            None => return entries,
        }
    }
}

fn store_of(directory: &tempfile::TempDir, keys: &[String]) -> Arc<Shared> {
    let store = open(directory);
    wait(async {
        for key in keys {
            put(&store, key, b"", key).await;
        }
    });
    store
}

/// Few letters, so that prefixes, delimiters and markers meet.
fn text(least: usize) -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        Just("a"),
        Just("b"),
        Just("/"),
        Just("//"),
        Just("\u{10ffff}"),
        Just("\u{e9}")
    ];
    vec(letter, least..5).prop_map(|letters| letters.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pages_together_are_what_the_model_lists(
        keys in btree_set(text(1), 0..40),
        requests in vec((text(0), proptest::option::of(text(0)), proptest::option::of(text(0)), 1usize..5), 12),
    ) {
        let keys: Vec<String> = keys.into_iter().collect();
        let directory = tempfile::tempdir().unwrap();
        let store = store_of(&directory, &keys);
        for (prefix, delimiter, start_after, max_keys) in requests {
            let request = ListRequest { prefix, delimiter, start_after, max_keys };
            prop_assert_eq!(listed(&store, &request), model(&keys, &request), "{:?}", request);
        }
    }
}

#[test]
fn a_page_of_nothing_has_no_next() {
    let directory = tempfile::tempdir().unwrap();
    let store = store_of(&directory, &["a".to_owned()]);
    let nothing = wait(store.list(BUCKET, ListRequest::default())).unwrap();
    assert_eq!(nothing, ListPage::default());
}

#[test]
fn a_listing_tells_what_was_stored() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let stored = wait(put(&store, "k", b"12345", "tag"));
    let request = ListRequest {
        max_keys: 10,
        ..ListRequest::default()
    };
    let page = wait(store.list(BUCKET, request)).unwrap();
    let [object] = page.objects.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        (object.size, &object.etag, object.modified_ms),
        (5, stored.etag(), 1)
    );
    assert_eq!(&object.attributes, stored.attributes());
}

#[test]
fn rolled_up_keys_are_jumped_over_and_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let keys: Vec<String> = (0..3_000).map(|n| format!("{}/{n:05}", n % 3)).collect();
    let store = open(&directory);
    wait(async {
        let puts = keys.iter().map(|key| put(&store, key, b"", "e"));
        for one in puts {
            one.await;
        }
    });
    let request = ListRequest {
        delimiter: Some("/".to_owned()),
        max_keys: 10,
        ..Default::default()
    };
    let page = wait(store.list(BUCKET, request.clone())).unwrap();
    assert_eq!(page.common_prefixes, ["0/", "1/", "2/"]);
    // SQLite counts the rows a statement stepped over.
    let steps = store.index.read(|connection| {
        super::list(connection, BUCKET, &request)?;
        let sql = "SELECT key, size, etag, modified_ms, attributes FROM object \
                   WHERE bucket_id = ?1 AND key >= ?2 ORDER BY key";
        let statement = connection.prepare_cached(sql)?;
        Ok::<_, crate::StoreError>(statement.get_status(rusqlite::StatementStatus::VmStep))
    });
    let steps = steps.unwrap();
    assert!(steps > 0 && steps < 1_000, "{steps} steps");
}
