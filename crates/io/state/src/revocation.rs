//! The feed of revocations, as the state keeps it.
//!
//! Revocations are numbered in the order in which they were committed, by one counter that is moved in
//! the transaction of the revocation itself. So whoever has read up to a serial number has read everything
//! below it, and needs to ask only for what came later.
//!
//! INVARIANT: no revocation appears below a serial number that was already given out.

pub(crate) mod text;

use countersign_gate::Revocation;

/// The most revocations in one page of the feed.
pub const REVOCATIONS_PER_PAGE: usize = 10_000;

/// A revocation with its place in the feed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RevocationEntry {
    /// Its serial number.
    pub serial: u64,
    /// What is revoked.
    pub revocation: Revocation,
}

/// One page of the feed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RevocationFeed {
    /// Those that came after what was asked for, in order; what expired is left out.
    pub entries: Vec<RevocationEntry>,
    /// Everything up to here is in this page or the ones before: the next page comes after it.
    pub up_to: u64,
    /// The last serial number that was given out. Less than what a reader knows already means that an
    /// older state was put in this one's place.
    pub latest: u64,
}

impl RevocationFeed {
    /// Whether there are more pages.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.up_to < self.latest
    }

    /// A page, from as many entries as could be read and the serial number of that moment.
    pub(crate) fn page(entries: Vec<RevocationEntry>, latest: u64) -> Self {
        let is_full = entries.len() >= REVOCATIONS_PER_PAGE;
        let last = entries.last().map(|entry| entry.serial);
        let up_to = last.filter(|_| is_full).unwrap_or(latest);
        Self {
            entries,
            up_to,
            latest,
        }
    }
}

/// What is cheap to ask many times a second: whether anything is new.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Pulse {
    /// Different whenever something changed that a request can notice, whichever process changed it. Uses
    /// and revocations are not among it.
    pub change_token: u64,
    /// The serial number of the latest revocation.
    pub revocation_serial: u64,
}

/// How much was forgotten because its time is over.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Forgotten {
    /// Answers for repeated requests.
    pub answers: u64,
    /// Links whose uses were counted.
    pub links: u64,
    /// Records of links that the issuer made.
    pub records: u64,
    /// Revocations.
    pub revocations: u64,
    /// Shares.
    pub shares: u64,
}
