//! Answers that are kept until anything in the state changes.
//!
//! Every entry carries the generation it was read in. The number of the generation is taken *before* the state is
//! asked, so an answer that was overtaken by a change is stale at birth.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Equivalent;
use quick_cache::sync::Cache;

/// Which state of the world an answer belongs to.
#[derive(Debug, Default)]
pub(crate) struct Generation(AtomicU64);

/// Answers with their generations, bounded in number.
pub(crate) struct Answers<K, T>(Cache<K, Kept<T>>);

/// An answer and the generation it belongs to.
#[derive(Clone)]
struct Kept<T> {
    generation: u64,
    answer: T,
}

impl Generation {
    /// The present one.
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Begins a new one: everything that is kept is stale.
    pub(crate) fn begin_anew(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl<K: Eq + Hash, T: Clone> Answers<K, T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Cache::new(capacity))
    }

    /// The answer of this generation, if there is one.
    pub(crate) fn of<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q, now: u64) -> Option<T> {
        let kept = self.0.get(key)?;
        (kept.generation == now).then_some(kept.answer)
    }

    pub(crate) fn keep(&self, key: K, generation: u64, answer: T) {
        self.0.insert(key, Kept { generation, answer });
    }

    /// All that is kept, stale or not.
    pub(crate) fn all(&self) -> impl Iterator<Item = T> + use<'_, K, T>
    where
        K: Clone,
    {
        self.0.iter().map(|(_, kept)| kept.answer)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
