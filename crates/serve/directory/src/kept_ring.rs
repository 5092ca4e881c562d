//! The ring of sealing keys, as this node knows it.
//!
//! It is read at the start, whenever something in the state changed, and when a token names a key that is not in
//! it: another node may have rotated a moment ago. Strangers who invent key ids cannot make this node ask more than
//! once a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use countersign_session::{SealingKey, SealingRing};
use countersign_state::{SealingKeyRecord, SealingKeyRotation, StateError, StateStore, UnixMillis};
use rand::Rng as _;
use zeroize::Zeroizing;

/// How long a key seals new sessions, if nobody says otherwise.
pub const DEFAULT_ROTATION: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a replaced key still opens: longer than any session or link lives.
const KEPT: Duration = Duration::from_secs(8 * 24 * 60 * 60);
/// How often the ring is read at most because a token names an unknown key.
const READ_AGAIN_MS: i64 = 1_000;

/// The ring and when it was last read.
pub(crate) struct KeptRing {
    ring: ArcSwap<SealingRing>,
    /// In milliseconds after `began`.
    read_at_ms: AtomicI64,
    began: Instant,
    rotation: Duration,
}

impl KeptRing {
    pub(crate) fn new(rotation: Duration) -> Self {
        Self {
            ring: ArcSwap::default(),
            read_at_ms: AtomicI64::new(i64::MIN),
            began: Instant::now(),
            rotation,
        }
    }

    pub(crate) fn ring(&self) -> Arc<SealingRing> {
        self.ring.load_full()
    }

    /// Runs with the ring, without taking a share of it.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&SealingRing) -> T) -> T {
        run(&self.ring.load())
    }

    /// Whether the ring may be read because of an unknown key.
    pub(crate) fn may_read_again(&self) -> bool {
        let read_at_ms = self.read_at_ms.load(Ordering::Acquire);
        millis(self.began.elapsed()).saturating_sub(read_at_ms) >= READ_AGAIN_MS
    }

    /// Reads the ring.
    pub(crate) async fn read(&self, state: &dyn StateStore) -> Result<(), StateError> {
        // Noted first: also a state that cannot answer is not asked more often.
        let now_ms = millis(self.began.elapsed());
        self.read_at_ms.store(now_ms, Ordering::Release);
        let keys = state.sealing_keys().await?;
        self.take(keys);
        Ok(())
    }

    /// Makes a new key if it is time, or if there is none.
    pub(crate) async fn rotate_if_due(
        &self,
        state: &dyn StateStore,
        now_ms: i64,
    ) -> Result<(), StateError> {
        let rotation_ms = millis(self.rotation);
        let is_due = self.with(|ring| {
            let newest = ring.newest();
            newest.is_none_or(|key| now_ms.saturating_sub(key.made_at_ms()) >= rotation_ms)
        });
        if !is_due {
            return Ok(());
        }
        let mut bytes = Zeroizing::new([0; 32]);
        rand::rng().fill_bytes(bytes.as_mut());
        let rotation = SealingKeyRotation {
            if_older_than_ms: rotation_ms,
            forget_older_than_ms: millis(KEPT),
        };
        let keys = state
            .rotate_sealing_key(bytes, rotation, UnixMillis(now_ms))
            .await?;
        self.take(keys);
        Ok(())
    }

    fn take(&self, keys: Vec<SealingKeyRecord>) {
        self.ring.store(Arc::new(ring_of(&keys)));
    }
}

/// The ring of the keys that the state keeps.
#[must_use]
pub fn ring_of(keys: &[SealingKeyRecord]) -> SealingRing {
    let of_record = |key: &SealingKeyRecord| SealingKey::new(key.id, &key.bytes, key.created_at.0);
    SealingRing::new(keys.iter().map(of_record))
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
