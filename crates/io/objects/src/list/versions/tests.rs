use std::sync::Arc;

use countersign_s3::{VersionId, Versioning};
use rusqlite::StatementStatus;

use super::{ListedVersion, ROWS, VersionListRequest, VersionPage, list_versions};
use crate::store::Shared;
use crate::store::tests::{BUCKET, delete_one, open, put, put_in, wait};

fn page(store: &Shared, request: &VersionListRequest) -> VersionPage {
    let page = store.index.read(|c| list_versions(c, BUCKET, request));
    page.unwrap()
}

/// Pages through a whole listing: each entry as key, version id and whether it is the latest.
fn all(store: &Shared, request: &VersionListRequest) -> (Vec<ListedVersion>, Vec<String>) {
    let mut request = request.clone();
    let (mut versions, mut prefixes) = (Vec::new(), Vec::new());
    loop {
        let mut page = page(store, &request);
        assert!(page.versions.len() + page.common_prefixes.len() <= request.max);
        versions.append(&mut page.versions);
        prefixes.append(&mut page.common_prefixes);
        let Some(next) = page.next else {
            return (versions, prefixes);
        };
        request.key_marker = Some(next.key);
        request.version_id_marker = next.version_id;
    }
}

/// Three keys: one visible with two older versions, one hidden by a marker, one that is null alone.
async fn store_of_some(directory: &tempfile::TempDir) -> (Arc<Shared>, Vec<(String, VersionId)>) {
    let store = open(directory);
    let enabled = Versioning::Enabled;
    let null = put(&store, "a/1", b"n", "0").await;
    let first = put_in(&store, enabled, "a/1", b"1", "1").await;
    let second = put_in(&store, enabled, "a/1", b"2", "2").await;
    let hidden = put_in(&store, enabled, "a/2", b"3", "3").await;
    let marker = delete_one(&store, enabled, "a/2", None)
        .await
        .version_id
        .unwrap();
    let alone = put(&store, "b", b"4", "4").await;
    let expected = [
        ("a/1", second.version_id()),
        ("a/1", first.version_id()),
        ("a/1", null.version_id()),
        ("a/2", &marker),
        ("a/2", hidden.version_id()),
        ("b", alone.version_id()),
    ];
    let expected = expected.map(|(key, id)| (key.to_owned(), id.clone()));
    (store, expected.to_vec())
}

#[test]
fn versions_come_by_key_and_newest_first_in_pages_of_any_size() {
    let directory = tempfile::tempdir().unwrap();
    let (store, expected) = wait(store_of_some(&directory));
    for max in 1..8 {
        let request = VersionListRequest {
            max,
            ..VersionListRequest::default()
        };
        let (versions, prefixes) = all(&store, &request);
        assert!(prefixes.is_empty());
        let told: Vec<_> = versions
            .iter()
            .map(|version| (version.key.as_str().to_owned(), version.version_id.clone()))
            .collect();
        assert_eq!(told, expected);
        let latest: Vec<_> = versions.iter().map(|version| version.is_latest).collect();
        assert_eq!(latest, [true, false, false, true, false, true], "{max}");
        let markers: Vec<_> = versions.iter().map(|v| v.content.is_none()).collect();
        assert_eq!(markers, [false, false, false, true, false, false]);
    }
}

#[test]
fn prefix_and_delimiter_roll_up_all_versions_beneath() {
    let directory = tempfile::tempdir().unwrap();
    let (store, expected) = wait(store_of_some(&directory));
    for max in 1..4 {
        let request = VersionListRequest {
            delimiter: Some("/".to_owned()),
            max,
            ..VersionListRequest::default()
        };
        let (versions, prefixes) = all(&store, &request);
        assert_eq!((versions.len(), prefixes), (1, vec!["a/".to_owned()]));
        let request = VersionListRequest {
            prefix: "a/2".to_owned(),
            max,
            ..VersionListRequest::default()
        };
        let (versions, _) = all(&store, &request);
        let ids: Vec<_> = versions.into_iter().map(|v| v.version_id).collect();
        assert_eq!(ids, [expected[3].1.clone(), expected[4].1.clone()]);
    }
    let beneath = VersionListRequest {
        delimiter: Some("/".to_owned()),
        key_marker: Some("a/1".to_owned()),
        version_id_marker: Some(expected[0].1.clone()),
        max: 10,
        ..VersionListRequest::default()
    };
    let page = page(&store, &beneath);
    assert!(
        page.common_prefixes.is_empty(),
        "the prefix is behind the marker"
    );
}

#[test]
fn a_marker_whose_version_was_deleted_leaves_nothing_out() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        put_in(&store, Versioning::Enabled, "k", b"1", "1").await;
        put_in(&store, Versioning::Suspended, "k", b"2", "2").await;
        let kept = put_in(&store, Versioning::Enabled, "k", b"3", "3").await;
        // A client that lists page by page and deletes what it was told.
        let mut request = VersionListRequest {
            max: 1,
            ..VersionListRequest::default()
        };
        let mut deleted = 0;
        loop {
            let page = page(&store, &request);
            for version in &page.versions {
                let id = Some(&version.version_id);
                let gone = delete_one(&store, Versioning::Enabled, "k", id).await;
                deleted += usize::from(gone.existed);
            }
            let Some(next) = page.next else { break };
            request.key_marker = Some(next.key);
            request.version_id_marker = next.version_id;
        }
        assert_eq!(deleted, 3);
        assert!(!kept.version_id().is_null());
    });
}

#[test]
fn a_page_is_merged_without_sorting_and_costs_its_entries() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        for number in 0..1_500 {
            let key = format!("{}/{:05}", number % 3, number / 2);
            put_in(&store, Versioning::Enabled, &key, b"", "e").await;
            put_in(&store, Versioning::Enabled, "2/many", b"", "e").await;
        }
    });
    let plan = store.index.read(|connection| {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {ROWS}"))?;
        let lines = plan.query_map((0, b"", 0), |row| row.get::<_, String>(3))?;
        Ok::<_, crate::StoreError>(lines.collect::<Result<Vec<_>, _>>()?)
    });
    let plan = plan.unwrap().join("\n");
    assert!(
        !plan.contains("TEMP B-TREE") && !plan.contains("SCAN "),
        "{plan}"
    );

    let steps = |request: &VersionListRequest| {
        let steps = store.index.read(|connection| {
            let step = StatementStatus::VmStep;
            connection.prepare_cached(ROWS)?.reset_status(step);
            list_versions(connection, BUCKET, request)?;
            let statement = connection.prepare_cached(ROWS)?;
            Ok::<_, crate::StoreError>(statement.get_status(step))
        });
        steps.unwrap()
    };
    let rolled = VersionListRequest {
        delimiter: Some("/".to_owned()),
        max: 10,
        ..VersionListRequest::default()
    };
    assert_eq!(page(&store, &rolled).common_prefixes, ["0/", "1/", "2/"]);
    let first = VersionListRequest {
        prefix: "2/many".to_owned(),
        max: 700,
        ..VersionListRequest::default()
    };
    let next = page(&store, &first).next.unwrap();
    let deep = VersionListRequest {
        key_marker: Some(next.key),
        version_id_marker: next.version_id,
        max: 10,
        ..VersionListRequest::default()
    };
    for request in [rolled, deep] {
        let steps = steps(&request);
        assert!(steps > 0 && steps < 1_000, "{steps} steps");
    }
}
