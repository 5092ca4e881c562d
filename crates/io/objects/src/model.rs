//! The store against a model: any sequence of changes, in buckets of every versioning state.
//!
//! The model is "Working with S3 Versioning" said as plainly as possible: a key is a list of versions,
//! newest first. After each change what is visible must agree, and at the end everything must: every
//! version with its bytes and tags, both listings, and the files on the disk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countersign_s3::{VersionId, Versioning};
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::copy::{NewCopy, copy};
use crate::list::{VersionListRequest, list_versions};
use crate::multipart::tests::{complete, completion, create, put_part};
use crate::place::Wanted;
use crate::seen::SeenTags;
use crate::store::Shared;
use crate::store::tests::{
    BUCKET, body_of, delete_one, file_count, place, put_in, target_in, test_options, wait,
};
use crate::tags::SetTags;
use crate::{Found, ListRequest, Options, PutCondition, StoreError};

const KEYS: [&str; 3] = ["a", "a/b", "b"];

/// Bodies longer than this are files.
const INLINE_MAX: usize = 50;

#[derive(Clone, Debug)]
enum Step {
    Copy(Versioning, usize, usize, usize),
    Complete(Versioning, usize),
    Delete(Versioning, usize),
    DeleteVersion(usize, usize),
    Put(Versioning, usize, usize),
    Reopen,
    Tag(usize, usize),
}

#[derive(Clone, Debug)]
struct Version {
    id: VersionId,
    /// `None` for a delete marker.
    content: Option<Content>,
}

#[derive(Clone, Debug, PartialEq)]
struct Content {
    etag: String,
    body: Vec<u8>,
    tags: Vec<(String, String)>,
    files: usize,
}

/// The versions of each key, newest first.
#[derive(Debug, Default)]
struct Model(BTreeMap<&'static str, Vec<Version>>);

impl Model {
    fn of(&mut self, key: usize) -> &mut Vec<Version> {
        self.0.entry(KEYS[key]).or_default()
    }

    fn store(&mut self, versioning: Versioning, key: usize, id: &VersionId, content: Content) {
        assert_eq!(id.is_null(), versioning != Versioning::Enabled);
        self.put_on_top(key, id, Some(content));
    }

    fn put_on_top(&mut self, key: usize, id: &VersionId, content: Option<Content>) {
        let versions = self.of(key);
        versions.retain(|version| version.id != *id);
        let id = id.clone();
        versions.insert(0, Version { id, content });
    }

    /// Whether deleting what is visible makes a delete marker; if not, this deletes it.
    fn marker(&mut self, versioning: Versioning, key: usize) -> bool {
        let versions = self.of(key);
        let kept = versions
            .iter()
            .any(|v| !v.id.is_null() || v.content.is_none());
        let plain = versioning == Versioning::Unversioned && !kept;
        if plain {
            versions.clear();
        }
        !plain
    }

    fn visible(&self, key: usize) -> Option<&Version> {
        self.0.get(KEYS[key])?.first()
    }

    fn nth(&mut self, key: usize, nth: usize) -> Option<&mut Version> {
        let versions = self.of(key);
        let count = versions.len().max(1);
        versions.get_mut(nth % count)
    }
}

fn open(directory: &TempDir) -> Arc<Shared> {
    let options = Options {
        inline_max: INLINE_MAX,
        ..test_options()
    };
    loop {
        match Shared::open(directory.path(), options) {
            // The tests of crashes beside this one begin processes, and such a process holds every
            // lock of ours until it has begun.
            Err(StoreError::AlreadyOpen { .. }) => std::thread::yield_now(),
            opened => return Arc::new(opened.unwrap()),
        }
    }
}

async fn carry_out(store: &Arc<Shared>, model: &mut Model, number: usize, step: &Step) {
    let etag = number.to_string();
    let byte = u8::try_from(number).unwrap();
    match *step {
        Step::Put(versioning, key, length) => {
            let content = Content {
                body: vec![byte; length],
                etag,
                tags: Vec::new(),
                files: usize::from(length > INLINE_MAX),
            };
            let put = put_in(store, versioning, KEYS[key], &content.body, &content.etag).await;
            model.store(versioning, key, put.version_id(), content);
        }
        Step::Complete(versioning, key) => {
            let id = create(store, KEYS[key]).await;
            for part in 1..4 {
                let body = vec![byte; usize::from(part) * 10];
                put_part(store, KEYS[key], &id, part, &body).await.unwrap();
            }
            let wanted = completion(store, KEYS[key], &id, &[1, 3], &etag).await;
            let made = complete(store, versioning, KEYS[key], &id, wanted).await;
            let content = Content {
                etag,
                body: vec![byte; 40],
                tags: Vec::new(),
                files: 2,
            };
            model.store(versioning, key, &made.unwrap().version_id, content);
        }
        Step::Copy(versioning, from, nth, key) => {
            let Some(version) = model.nth(from, nth).cloned() else {
                return;
            };
            let Some(content) = version.content else {
                return;
            };
            let wanted = Wanted::Named(version.id);
            let source = store.find(place(KEYS[from]), wanted).await.unwrap();
            let new = NewCopy {
                source: source.into_object().unwrap(),
                attributes: None,
                tags: None,
                modified_ms: 4,
                condition: PutCondition::None,
            };
            let copied = copy(store, target_in(versioning, KEYS[key]), new).await;
            model.store(versioning, key, copied.unwrap().version_id(), content);
        }
        Step::Delete(versioning, key) => {
            let existed = model.visible(key).is_some_and(|v| v.content.is_some());
            let marked = model.marker(versioning, key);
            let deleted = delete_one(store, versioning, KEYS[key], None).await;
            assert_eq!((deleted.existed, deleted.delete_marker), (existed, marked));
            if let Some(id) = deleted.version_id {
                assert_eq!(id.is_null(), versioning != Versioning::Enabled);
                model.put_on_top(key, &id, None);
            }
        }
        Step::DeleteVersion(key, nth) => {
            let id = model.nth(key, nth).map(|version| version.id.clone());
            let id = id.unwrap_or(VersionId::null());
            let known = model.of(key).iter().find(|version| version.id == id);
            let expected = (known.is_some(), known.is_some_and(|v| v.content.is_none()));
            let deleted = delete_one(store, Versioning::Enabled, KEYS[key], Some(&id)).await;
            assert_eq!((deleted.existed, deleted.delete_marker), expected);
            model.of(key).retain(|version| version.id != id);
        }
        Step::Tag(key, nth) => {
            let tags = vec![("number".to_owned(), etag)];
            let version = model.nth(key, nth);
            let id = version.as_ref().map(|version| version.id.clone());
            let change = SetTags {
                place: place(KEYS[key]),
                wanted: id.clone().map_or(Wanted::Current, Wanted::Named),
                seen: SeenTags::default(),
                tags: tags.clone(),
            };
            let told = store.writer.perform(change).await.ok();
            let content = version.and_then(|version| version.content.as_mut());
            assert_eq!(told, id.filter(|_| content.is_some()));
            if let Some(content) = content {
                content.tags = tags;
            }
        }
        Step::Reopen => {}
    }
}

async fn content_of(store: &Shared, found: Found) -> Option<Content> {
    let object = found.into_object()?;
    let files = match object.bytes() {
        Some(_) => 0,
        None => object.parts().len().max(1),
    };
    Some(Content {
        etag: object.etag().as_str().to_owned(),
        body: body_of(store, &object).await,
        tags: object.attributes().tags.clone(),
        files,
    })
}

async fn check_visible(store: &Arc<Shared>, model: &Model, key: usize) {
    let found = store.find(place(KEYS[key]), Wanted::Current).await.unwrap();
    match (model.visible(key), &found) {
        (None, Found::Absent) => {}
        (Some(version), Found::Object(object)) => assert_eq!(&version.id, object.version_id()),
        (
            Some(version),
            Found::DeleteMarker {
                version_id,
                current: true,
                ..
            },
        ) => {
            assert_eq!((&version.id, &version.content), (version_id, &None));
        }
        (version, found) => panic!("{version:?} is {found:?}"),
    }
    let content = model
        .visible(key)
        .and_then(|version| version.content.clone());
    assert_eq!(content_of(store, found).await, content);
}

async fn check_all(store: &Arc<Shared>, model: &Model, max: usize) {
    let mut expected = Vec::new();
    for (key, versions) in &model.0 {
        for (nth, version) in versions.iter().enumerate() {
            let wanted = Wanted::Named(version.id.clone());
            let found = store.find(place(key), wanted).await.unwrap();
            if let Found::DeleteMarker { current, .. } = found {
                assert_eq!(current, nth == 0);
            }
            assert_eq!(content_of(store, found).await, version.content);
            let size = version
                .content
                .as_ref()
                .map(|content| content.body.len() as u64);
            expected.push(((*key).to_owned(), version.id.clone(), nth == 0, size));
        }
    }
    let mut listed = Vec::new();
    let mut request = VersionListRequest {
        max,
        ..VersionListRequest::default()
    };
    loop {
        let page = store.index.read(|c| list_versions(c, BUCKET, &request));
        let page = page.unwrap();
        listed.extend(page.versions.into_iter().map(|version| {
            let key = version.key.as_str().to_owned();
            let size = version.content.map(|content| content.size);
            (key, version.version_id, version.is_latest, size)
        }));
        let Some(next) = page.next else { break };
        (request.key_marker, request.version_id_marker) = (Some(next.key), next.version_id);
    }
    assert_eq!(listed, expected);

    let visible = model.0.iter().filter_map(|(key, versions)| {
        let content = versions.first()?.content.as_ref()?;
        Some(((*key).to_owned(), content.etag.clone()))
    });
    let request = ListRequest {
        max_keys: 1_000,
        ..ListRequest::default()
    };
    let page = store.list(BUCKET, request).await.unwrap();
    let listed = page.objects.iter();
    let listed = listed.map(|o| (o.key.as_str().to_owned(), o.etag.as_str().to_owned()));
    assert_eq!(listed.collect::<Vec<_>>(), visible.collect::<Vec<_>>());
}

/// Unlinking is not waited for, so this waits.
fn check_files(store: &Shared, model: &Model) {
    let contents = model
        .0
        .values()
        .flatten()
        .filter_map(|v| v.content.as_ref());
    let expected: usize = contents.map(|content| content.files).sum();
    for _ in 0..500 {
        if file_count(store) == expected {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{} files and not {expected}", file_count(store));
}

fn step() -> impl Strategy<Value = Step> {
    let state = || {
        prop_oneof![
            1 => Just(Versioning::Unversioned),
            4 => Just(Versioning::Enabled),
            3 => Just(Versioning::Suspended),
        ]
    };
    let key = || 0..KEYS.len();
    prop_oneof![
        4 => (state(), key(), prop_oneof![Just(0), Just(10), Just(100)])
            .prop_map(|(state, key, length)| Step::Put(state, key, length)),
        2 => (state(), key()).prop_map(|(state, key)| Step::Complete(state, key)),
        2 => (state(), key(), 0..9_usize, key())
            .prop_map(|(state, from, nth, to)| Step::Copy(state, from, nth, to)),
        3 => (state(), key()).prop_map(|(state, key)| Step::Delete(state, key)),
        4 => (key(), 0..9_usize).prop_map(|(key, nth)| Step::DeleteVersion(key, nth)),
        1 => (key(), 0..9_usize).prop_map(|(key, nth)| Step::Tag(key, nth)),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_sequence_of_changes_leaves_what_the_model_says(
        steps in vec(step(), 1..60),
        max in 1..6_usize,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = open(&directory);
        let mut model = Model::default();
        for (number, step) in steps.iter().enumerate() {
            wait(carry_out(&store, &mut model, number, step));
            for key in 0..KEYS.len() {
                wait(check_visible(&store, &model, key));
            }
            if matches!(step, Step::Reopen) {
                drop(store);
                store = open(&directory);
            }
        }
        wait(check_all(&store, &model, max));
        check_files(&store, &model);
    }
}
