//! The server's clock: the system's, but never backwards.
//!
//! A clock that steps back would bring expired links to life again (threat B7), so the time given
//! out never decreases while the process lives. While the system clock stands behind what was given
//! out already, [`Clock::is_unsure`] says so: health turns red, and decisions go on with the later
//! time, which can only refuse more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// How far the system clock may lag before it counts as stepped back, in milliseconds.
const TOLERATED_LAG_MS: i64 = 2_000;

/// Where the time comes from, in milliseconds since 1970.
pub trait TimeSource: Send + Sync + 'static {
    /// The source's present.
    fn unix_ms(&self) -> i64;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl TimeSource for SystemClock {
    fn unix_ms(&self) -> i64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// A clock that one can share and that never runs backwards.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn TimeSource>,
    latest_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock over this source.
    pub fn new(source: impl TimeSource) -> Self {
        Self {
            source: Arc::new(source),
            latest_ms: Arc::new(AtomicI64::new(i64::MIN)),
        }
    }

    /// Now, in milliseconds since 1970: never less than it said before.
    #[must_use]
    pub fn unix_ms(&self) -> i64 {
        let source = self.source.unix_ms();
        self.latest_ms
            .fetch_max(source, Ordering::Relaxed)
            .max(source)
    }

    /// Whether the source stands behind the time given out already.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        let source = self.source.unix_ms();
        self.latest_ms
            .load(Ordering::Relaxed)
            .saturating_sub(source)
            > TOLERATED_LAG_MS
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({} ms)", self.unix_ms())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::{Clock, TimeSource};

    struct Hands(Arc<AtomicI64>);

    impl TimeSource for Hands {
        fn unix_ms(&self) -> i64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn b7_time_given_out_never_decreases_and_a_step_back_is_noticed() {
        let hands = Arc::new(AtomicI64::new(1_000_000));
        let clock = Clock::new(Hands(Arc::clone(&hands)));
        assert_eq!(clock.unix_ms(), 1_000_000);
        hands.store(400_000, Ordering::Relaxed);
        assert_eq!(clock.unix_ms(), 1_000_000);
        assert!(clock.is_unsure());
        hands.store(999_000, Ordering::Relaxed);
        assert!(!clock.is_unsure());
        hands.store(1_000_001, Ordering::Relaxed);
        assert_eq!(clock.unix_ms(), 1_000_001);
    }
}
