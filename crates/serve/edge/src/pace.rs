//! How fast the transfers of a link may go, together.
//!
//! Each transfer asks when it may move its next piece, and waits until then. The instants are handed out
//! per link and rate, so a holder gains nothing by opening many connections, nor by asking again for a
//! little at a time (threat L4). This is the leaky bucket as a meter, known as GCRA, without a burst.
//!
//! A link has so many transfers at a time and no more, however slow: each holds a connection and a little memory.
//!
//! INVARIANT: memory is one instant for each link that moved a piece lately, and a number for each that is moving.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_gate::{Authorized, LinkId, Refusal};
use countersign_s3::{ErrorCode, Fault};
use tokio::time::Instant;

const NANOS: u128 = 1_000_000_000;
/// Pieces a second: often enough to look steady, and seldom enough to cost nothing.
const PIECES_A_SECOND: u64 = 8;
const LARGEST_PIECE: u64 = 256 * 1024;
/// The most transfers under way by one link whose rate is limited, on one node.
pub(crate) const MOST_TRANSFERS: usize = 64;
/// Below so many entries nobody looks for old ones.
const FEW: usize = 256;

/// The pace of one link.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Pace {
    link: LinkId,
    rate: u64,
}

/// When each link may move its next piece, and how many transfers it has under way.
#[derive(Default)]
pub(crate) struct Paces {
    lately: Mutex<Lately>,
    under_way: Mutex<HashMap<LinkId, usize>>,
}

/// A transfer under way, no faster than its link may be. It counts until it is dropped.
pub(crate) struct PacedTransfer {
    paces: Arc<Paces>,
    pace: Pace,
}

#[derive(Default)]
struct Lately {
    next: HashMap<Pace, Instant>,
    /// How many entries there may be before old ones are taken out.
    enough: usize,
}

impl Pace {
    /// The pace that a permit demands; none if it demands none.
    fn of(permit: &Authorized) -> Option<Self> {
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
    fn piece(&self) -> usize {
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
    fn next_turn(&self, pace: &Pace, bytes: usize, now: Instant) -> Instant {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.forget_old(now);
        let next = lately.next.entry(*pace).or_insert(now);
        let turn = (*next).max(now);
        *next = turn.checked_add(pace.time_for(bytes)).unwrap_or(turn);
        turn
    }

    fn end(&self, link: LinkId) {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&link) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&link);
            }
        }
    }
}

impl PacedTransfer {
    /// The transfer that a permit is for; none if its rate is not limited.
    ///
    /// # Errors
    /// The refusal of one more than a link may have under way.
    pub(crate) fn of(paces: &Arc<Paces>, permit: &Authorized) -> Result<Option<Self>, Refusal> {
        let pace = Pace::of(permit);
        pace.map(|pace| Self::begin(paces, pace)).transpose()
    }

    /// Begins a transfer.
    ///
    /// # Errors
    /// The refusal of one more than a link may have under way.
    pub(crate) fn begin(paces: &Arc<Paces>, pace: Pace) -> Result<Self, Refusal> {
        let mut under_way = paces
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(pace.link).or_default();
        if *count >= MOST_TRANSFERS {
            let fault = Fault::new(ErrorCode::SlowDown);
            let reason = format!("link {} has {count} transfers under way", pace.link);
            return Err(Refusal::new(fault, reason));
        }
        *count += 1;
        Ok(Self {
            paces: Arc::clone(paces),
            pace,
        })
    }

    /// How many bytes to move at a time.
    pub(crate) fn piece(&self) -> usize {
        self.pace.piece()
    }

    /// When so many bytes may move. They count as moved then.
    pub(crate) fn next_turn(&self, bytes: usize, now: Instant) -> Instant {
        self.paces.next_turn(&self.pace, bytes, now)
    }

    /// Waits until so many bytes may move.
    pub(crate) async fn wait(&self, bytes: usize) {
        tokio::time::sleep_until(self.next_turn(bytes, Instant::now())).await;
    }
}

impl Drop for PacedTransfer {
    fn drop(&mut self) {
        self.paces.end(self.pace.link);
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
