//! Current versions kept in memory: their metadata, small bodies, and open files.
//!
//! A reader who misses holds a placeholder while it loads the row. The writer thread puts the new
//! version in, or takes the old one out, after its transaction and before it acknowledges; either
//! breaks the placeholder, so what that reader loaded is not kept.
//!
//! INVARIANT: once a version is acknowledged, no older one is found here. Only the writer thread
//! inserts or removes outright, and readers insert through placeholders alone.

use std::sync::Arc;

use quick_cache::sync::{Cache, PlaceholderGuard};
use quick_cache::{DefaultHashBuilder, Weighter};

use crate::object::Body;
use crate::place::{OwnedPlace, Place};
use crate::{Object, Options};

/// What an entry costs beside the bytes it holds: key, attributes, table slots.
const ENTRY_BYTES: u64 = 512;

type Lifecycle = quick_cache::sync::DefaultLifecycle<OwnedPlace, Arc<Object>>;
type Entries = Cache<OwnedPlace, Arc<Object>, ByBytes, DefaultHashBuilder, Lifecycle>;

/// The right to load one place into the cache, for as long as nobody changes it.
pub(crate) type LoadRight<'a> =
    PlaceholderGuard<'a, OwnedPlace, Arc<Object>, ByBytes, DefaultHashBuilder, Lifecycle>;

/// Objects by place.
pub(crate) struct ObjectCache {
    entries: Entries,
}

impl ObjectCache {
    pub(crate) fn new(options: &Options) -> Self {
        let file_bytes = options.cache_bytes / options.cached_files.max(1);
        let weighter = ByBytes {
            file_bytes: file_bytes.max(1),
        };
        let likely_entries = usize::try_from(options.cache_bytes / 4096).unwrap_or(4096);
        Self {
            entries: Cache::with_weighter(likely_entries, options.cache_bytes, weighter),
        }
    }

    /// Looks a place up, without waiting for anybody who loads it.
    pub(crate) fn peek(&self, place: Place<'_>) -> Option<Arc<Object>> {
        self.entries.get(&place)
    }

    /// Looks a place up; on a miss, waits for whoever loads it or receives the right to.
    pub(crate) async fn find(&self, place: &OwnedPlace) -> Result<Arc<Object>, LoadRight<'_>> {
        self.entries.get_value_or_guard_async(place).await
    }

    /// Replaces what is here by the version just committed.
    pub(crate) fn replace(&self, place: OwnedPlace, object: Arc<Object>) {
        // An entry too heavy to be kept would leave the old one: take that out first.
        self.entries.remove(&place.borrow());
        self.entries.insert(place, object);
    }

    /// Forgets a place that was just deleted.
    pub(crate) fn remove(&self, place: Place<'_>) {
        self.entries.remove(&place);
    }
}

/// Weighs an entry by the memory it takes; an open file weighs its share of all that may be open.
#[derive(Clone)]
pub(crate) struct ByBytes {
    file_bytes: u64,
}

impl Weighter<OwnedPlace, Arc<Object>> for ByBytes {
    fn weight(&self, place: &OwnedPlace, object: &Arc<Object>) -> u64 {
        let held = ENTRY_BYTES + place.key.as_bytes().len() as u64;
        match &object.body {
            Body::File(_) => held.max(self.file_bytes),
            Body::Memory(bytes) => held + bytes.len() as u64,
            Body::Parts(body) => held + body.memory_bytes(),
        }
    }
}
