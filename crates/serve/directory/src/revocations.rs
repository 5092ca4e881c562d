//! What is revoked, as this node knows it, and since when it knows.
//!
//! The state keeps revocations in a feed with serial numbers; this node reads what is new several times a
//! second. A node that has not heard from the state for longer than it may (`revocation.max_staleness`) does
//! not know what was revoked meanwhile, and says so to whoever asks (threats D2, D8).
//!
//! INVARIANT: everything revoked is known before the first connection is accepted (threat D7).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use countersign_gate::{RevocationFacts, RevocationSet, RevokedBy};
use countersign_state::{Pulse, RevocationFeed, StateError, StateStore};

/// How many expired entries are taken out at a time.
const FORGET_AT_A_TIME: usize = 1_000;

/// This node's knowledge of what is revoked.
pub struct Revocations {
    set: RwLock<RevocationSet>,
    serial: AtomicU64,
    /// Moves whenever something was revoked that ends transfers under way.
    endings: AtomicU64,
    /// When the state last answered, in milliseconds after `began`.
    heard_ms: AtomicU64,
    began: Instant,
    max_staleness: Duration,
}

impl Revocations {
    /// Knows nothing yet, and is stale from the beginning.
    pub fn new(max_staleness: Duration) -> Self {
        Self {
            set: RwLock::default(),
            serial: AtomicU64::new(0),
            endings: AtomicU64::new(0),
            heard_ms: AtomicU64::new(0),
            began: Instant::now(),
            max_staleness,
        }
    }

    /// Reads what is new. Only one task may do so at a time.
    ///
    /// # Errors
    /// [`StateError`] if the state cannot answer.
    pub async fn catch_up(&self, state: &dyn StateStore) -> Result<Pulse, StateError> {
        let caught_up = self.read_on(state).await;
        // While it was away, another may have taken the state's place, with numbers of its own: what comes
        // after the number we know is then not all we do not know. To add again is harmless.
        if caught_up.is_err() {
            self.serial.store(0, Ordering::Relaxed);
        }
        caught_up
    }

    async fn read_on(&self, state: &dyn StateStore) -> Result<Pulse, StateError> {
        let asked_at = self.began.elapsed();
        let pulse = state.pulse().await?;
        let known = self.serial.load(Ordering::Relaxed);
        if pulse.revocation_serial < known {
            // Somebody put an older state in place of this one. What was revoked stays so here (threat D7).
            tracing::error!(
                known,
                now = pulse.revocation_serial,
                "the state has lost revocations"
            );
            self.serial.store(0, Ordering::Relaxed);
        }
        while self.serial.load(Ordering::Relaxed) < pulse.revocation_serial {
            let since = self.serial.load(Ordering::Relaxed);
            let page = state.revocations_since(since).await?;
            let up_to = page.up_to;
            self.take(page);
            if up_to <= since {
                return Err(StateError::Busy);
            }
            self.serial.store(up_to, Ordering::Relaxed);
        }
        let heard = u64::try_from(asked_at.as_millis()).unwrap_or(u64::MAX);
        self.heard_ms
            .store(heard.saturating_add(1), Ordering::Release);
        Ok(pulse)
    }

    fn take(&self, page: RevocationFeed) {
        let mut ends_transfers = false;
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        for entry in page.entries {
            ends_transfers |= entry.revocation.ends_transfers;
            set.add(entry.revocation);
        }
        drop(set);
        if ends_transfers {
            self.endings.fetch_add(1, Ordering::Release);
        }
    }

    /// Takes out some of what can concern nothing any more.
    pub fn forget_expired(&self, now_ms: i64) {
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        set.forget_expired(now_ms, FORGET_AT_A_TIME);
    }

    /// What is revoked; none if this node cannot know.
    pub fn known(&self) -> Option<RwLockReadGuard<'_, RevocationSet>> {
        if self.is_stale() {
            return None;
        }
        Some(self.set.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the state has not been heard for too long.
    pub fn is_stale(&self) -> bool {
        self.unheard_for()
            .is_none_or(|unheard| unheard > self.max_staleness)
    }

    /// How long ago the state answered; none if it never did.
    pub fn unheard_for(&self) -> Option<Duration> {
        let heard_ms = self.heard_ms.load(Ordering::Acquire).checked_sub(1)?;
        let heard = Duration::from_millis(heard_ms);
        Some(self.began.elapsed().saturating_sub(heard))
    }

    /// How many revocations count.
    pub fn count(&self) -> usize {
        self.set
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Moves whenever something was revoked that ends transfers under way.
    pub fn endings(&self) -> u64 {
        self.endings.load(Ordering::Acquire)
    }

    /// What ends a transfer with these facts, if anything does.
    pub fn ending(&self, facts: &RevocationFacts<'_>) -> Option<RevokedBy> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        set.find_ending(facts)
    }
}
