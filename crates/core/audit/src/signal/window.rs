//! Sliding windows over what was seen, with a bound on what they keep.
//!
//! INVARIANT: [`Distinct`] counts exactly, as long as it is asked about no more than it may keep.
//! INVARIANT: [`Recent`] keeps so many entries at most, and never forgets one of the newer half for an older one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::Action;
use crate::hash::Hash;

/// Different things, each with the second at which it was seen last.
#[derive(Clone, Debug, Default)]
pub(super) struct Distinct {
    seen: Vec<(u64, i64)>,
}

impl Distinct {
    /// Notes a thing, and tells how many different ones were seen in the window that ends now. Counts to `most`.
    pub(super) fn note(&mut self, thing: u64, now: i64, window_s: u64, most: usize) -> u32 {
        let window = i64::try_from(window_s).unwrap_or(i64::MAX);
        let begin = now.saturating_sub(window);
        self.seen.retain(|(_, last)| *last > begin);
        match self.seen.iter_mut().find(|(known, _)| *known == thing) {
            Some((_, last)) => *last = now.max(*last),
            None => {
                if self.seen.len() >= most.max(1) {
                    let oldest = self
                        .seen
                        .iter()
                        .enumerate()
                        .min_by_key(|(_, (_, last))| *last);
                    if let Some(oldest) = oldest.map(|(at, _)| at) {
                        self.seen.swap_remove(oldest);
                    }
                }
                self.seen.push((thing, now));
            }
        }
        u32::try_from(self.seen.len()).unwrap_or(u32::MAX)
    }

    /// A number that stands for these bytes.
    pub(super) fn thing(bytes: &[u8]) -> u64 {
        let hash = Hash::of(bytes);
        let (half, _) = hash
            .as_bytes()
            .split_first_chunk()
            .unwrap_or((&[0; 8], &[]));
        u64::from_be_bytes(*half)
    }
}

/// What was told last, so that it is not told again and again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    last: Option<(Action, i64)>,
}

impl Told {
    /// Whether this is news: worse than what was told, or nothing was reached for a window.
    pub(super) fn is_news(&mut self, reached: Option<Action>, now: i64, window_s: u64) -> bool {
        let window = i64::try_from(window_s).unwrap_or(i64::MAX);
        let Some(action) = reached else {
            return false;
        };
        let told = self
            .last
            .filter(|(_, at)| now.saturating_sub(*at) < window)
            .map(|(told, _)| told);
        // As long as it goes on it is one signal.
        self.last = Some((told.map_or(action, |told| told.max(action)), now));
        told.is_none_or(|told| action > told)
    }
}

/// A map of bounded size, in two generations: when the younger is full, the older is forgotten.
#[derive(Clone, Debug)]
pub(super) struct Recent<K, V> {
    most: usize,
    young: BTreeMap<K, V>,
    old: BTreeMap<K, V>,
}

impl<K: Copy + Ord, V: Default> Recent<K, V> {
    /// A map of `most` entries at most (two at least).
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            young: BTreeMap::new(),
            old: BTreeMap::new(),
        }
    }

    /// The entry of this key, new if it is not known.
    pub(super) fn entry(&mut self, key: K) -> &mut V {
        if self.young.len() >= (self.most / 2).max(1) && !self.young.contains_key(&key) {
            let known = self.old.remove(&key);
            self.old = std::mem::take(&mut self.young);
            self.young.insert(key, known.unwrap_or_default());
        }
        match self.young.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(self.old.remove(&key).unwrap_or_default()),
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
