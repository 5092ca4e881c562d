//! How fast the transfers of a link may go, together.
//!
//! Each transfer asks when it may move its next piece, and waits until then. The instants are handed out
//! per link and rate, so a holder gains nothing by opening many connections, nor by asking again for a
//! little at a time (threat L4). This is the leaky bucket as a meter, known as GCRA, without a burst.
//!
//! INVARIANT: memory is one instant for each link that moved a piece lately.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_gate::{Authorized, LinkId};
use tokio::time::Instant;

const NANOS: u128 = 1_000_000_000;
/// Pieces a second: often enough to look steady, and seldom enough to cost nothing.
const PIECES_A_SECOND: u64 = 8;
const LARGEST_PIECE: u64 = 256 * 1024;
/// Below so many entries nobody looks for old ones.
const FEW: usize = 256;

/// The pace of one link.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Pace {
    link: LinkId,
    rate: u64,
}

/// When each link may move its next piece.
#[derive(Default)]
pub(crate) struct Paces {
    lately: Mutex<Lately>,
}

#[derive(Default)]
struct Lately {
    next: HashMap<Pace, Instant>,
    /// How many entries there may be before old ones are taken out.
    enough: usize,
}

impl Pace {
    /// The pace that a permit demands; none if it demands none.
    pub(crate) fn of(permit: &Authorized) -> Option<Self> {
        let rate = permit.restrictions()?.rate()?;
        let link = permit.link()?;
        Some(Self { link, rate })
    }

    #[cfg(test)]
    pub(crate) fn for_tests(number: u8, rate: u64) -> Self {
        let link = LinkId::from_bytes([number; 16]);
        Self { link, rate }
    }

    /// How many bytes to move at a time.
    pub(crate) fn piece(&self) -> usize {
        let piece = (self.rate / PIECES_A_SECOND).clamp(1, LARGEST_PIECE);
        usize::try_from(piece).unwrap_or(usize::MAX)
    }

    /// How long it takes to move so many bytes.
    fn time_for(&self, bytes: usize) -> Duration {
        let nanos = (bytes as u128 * NANOS).div_ceil(u128::from(self.rate.max(1)));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

impl Paces {
    /// When this link may move so many bytes. They count as moved then.
    pub(crate) fn next_turn(&self, pace: &Pace, bytes: usize, now: Instant) -> Instant {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.forget_old(now);
        let next = lately.next.entry(*pace).or_insert(now);
        let turn = (*next).max(now);
        *next = turn.checked_add(pace.time_for(bytes)).unwrap_or(turn);
        turn
    }

    /// Waits until this link may move so many bytes.
    pub(crate) async fn wait(&self, pace: &Pace, bytes: usize) {
        tokio::time::sleep_until(self.next_turn(pace, bytes, Instant::now())).await;
    }
}

impl Lately {
    /// Takes out those whose time has come anyway, once there are twice as many as were left.
    fn forget_old(&mut self, now: Instant) {
        if self.next.len() >= self.enough.max(FEW) {
            self.next.retain(|_, next| *next > now);
            self.enough = self.next.len().saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests;
