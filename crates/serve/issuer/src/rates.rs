//! How many links somebody may have made, in time (threat C12).
//!
//! One bucket for each principal and one for each subject of a principal, by the generic cell rate algorithm. What has
//! been quiet is forgotten; while too much is remembered all the same, nobody new is let in.
//!
//! INVARIANT: memory is bounded, whatever subjects are invented: they are remembered by their digest, however long
//! they are.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

/// The most principals and subjects that are remembered, each.
const MOST_REMEMBERED: usize = 100_000;

/// Links a second, and how many at once after a pause.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// Each second.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// What somebody is remembered by, which is as long for everybody.
type Key = [u8; 32];
type Limiter = RateLimiter<Key, HashMapStateStore<Key>, DefaultClock>;

/// The rates of everybody.
pub(crate) struct Rates {
    principals: Limiter,
    subjects: Limiter,
    clock: DefaultClock,
}

impl Rates {
    pub(crate) fn new(of_principal: Rate, of_subject: Rate) -> Self {
        let limiter = |rate: Rate| {
            let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
            RateLimiter::new(quota, HashMapStateStore::default(), DefaultClock::default())
        };
        Self {
            principals: limiter(of_principal),
            subjects: limiter(of_subject),
            clock: DefaultClock::default(),
        }
    }

    /// Lets a principal have so many links more.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(crate) fn take(&self, principal_id: &str, links: NonZeroU32) -> Result<(), Problem> {
        self.take_from(&self.principals, key_of(principal_id), links, "links")
    }

    /// Lets a subject of a principal have one link more.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(crate) fn take_for(&self, principal_id: &str, subject: &str) -> Result<(), Problem> {
        let key = key_of(&format!("{principal_id}/{subject}"));
        self.take_from(
            &self.subjects,
            key,
            NonZeroU32::MIN,
            "links for this subject",
        )
    }

    fn take_from(
        &self,
        limiter: &Limiter,
        key: Key,
        links: NonZeroU32,
        what: &str,
    ) -> Result<(), Problem> {
        if limiter.len() > MOST_REMEMBERED {
            limiter.retain_recent();
            limiter.shrink_to_fit();
            if limiter.len() > MOST_REMEMBERED {
                return Err(Problem::rate_limited(
                    "the server is asked by too many at once",
                    1,
                ));
            }
        }
        match limiter.check_key_n(&key, links) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => {
                let wait = not_until.wait_time_from(self.clock.now());
                let wait_s = wait.saturating_add(Duration::from_millis(999)).as_secs();
                Err(Problem::rate_limited(
                    format!("too many {what} in a short time"),
                    wait_s,
                ))
            }
            Err(_) => {
                let message = format!("so many {what} at once are never let through");
                Err(Problem::rate_limited(message, 60))
            }
        }
    }
}

fn key_of(text: &str) -> Key {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::{Rate, Rates};

    fn number(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    #[test]
    fn c12_a_subject_takes_the_same_room_however_long_it_is() {
        let (long, longer) = ("s".repeat(60_000), "s".repeat(60_001));
        assert_eq!(size_of_val(&super::key_of(&long)), 32);
        assert_ne!(super::key_of(&long), super::key_of(&longer));
    }

    #[test]
    fn c12_a_burst_is_let_through_and_no_more_and_each_has_a_rate_of_its_own() {
        let rate = |burst| Rate {
            per_second: number(1),
            burst: number(burst),
        };
        let rates = Rates::new(rate(3), rate(1));
        assert!(rates.take("AIDA1", number(3)).is_ok());
        let refused = rates.take("AIDA1", number(1)).unwrap_err();
        assert_eq!(refused.status(), 429);
        assert!(rates.take("AIDA2", number(1)).is_ok());
        assert_eq!(rates.take("AIDA2", number(4)).unwrap_err().status(), 429);
        assert!(rates.take_for("AIDA1", "alice").is_ok());
        assert!(rates.take_for("AIDA1", "alice").is_err());
        assert!(rates.take_for("AIDA1", "bob").is_ok());
    }
}
