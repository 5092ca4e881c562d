//! The ring of keys that session tokens are sealed with.
//!
//! Every node of one state has the same ring. At rest the keys are sealed under the master key, like secrets of
//! access keys, each bound to its id.
//!
//! INVARIANT: the newest key is never forgotten. INVARIANT: two nodes that rotate at once make one key.

use std::fmt;

use zeroize::Zeroizing;

use crate::UnixMillis;

/// One key of the ring.
#[derive(Clone, Eq, PartialEq)]
pub struct SealingKeyRecord {
    /// Its id: a random number, so that a state which was restored from a copy does not meet it twice.
    pub id: u32,
    /// The key.
    pub bytes: Zeroizing<[u8; 32]>,
    /// When it was made.
    pub created_at: UnixMillis,
}

impl fmt::Debug for SealingKeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKeyRecord")
            .field("id", &self.id)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// When the ring turns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SealingKeyRotation {
    /// A new key is made only if the newest is older than this, in milliseconds. Zero makes one always.
    pub if_older_than_ms: i64,
    /// Keys that were replaced longer ago than this are forgotten, in milliseconds. It has to be longer than
    /// anything lives that was sealed with them.
    pub forget_older_than_ms: i64,
}

impl SealingKeyRotation {
    /// Whether a new key is to be made. The ring begins with the newest.
    pub(crate) fn is_due(self, ring: &[SealingKeyRecord], now: UnixMillis) -> bool {
        ring.first().is_none_or(|newest| {
            self.if_older_than_ms <= 0
                || now.0.saturating_sub(newest.created_at.0) > self.if_older_than_ms
        })
    }

    /// When a key that is made now was made, so that it is the newest also where the clock went back.
    pub(crate) fn moment_of_new(ring: &[SealingKeyRecord], now: UnixMillis) -> UnixMillis {
        let after = |newest: &SealingKeyRecord| UnixMillis(newest.created_at.0.saturating_add(1));
        ring.first().map_or(now, |newest| now.max(after(newest)))
    }

    /// Which keys are to be forgotten: those whose successor is that old. The ring begins with the newest.
    pub(crate) fn to_forget(self, ring: &[SealingKeyRecord], now: UnixMillis) -> Vec<u32> {
        let replaced = ring.iter().zip(ring.iter().skip(1));
        replaced
            .filter(|(successor, _)| {
                now.0.saturating_sub(successor.created_at.0) > self.forget_older_than_ms
            })
            .map(|(_, key)| key.id)
            .collect()
    }
}

/// What a sealed key is bound to.
pub(crate) fn bound_to(id: u32) -> String {
    format!("sealing key {id}")
}
