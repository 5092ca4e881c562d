//! What digests vouch for.
//!
//! INVARIANT: digests are held against each other as they come, so whatever one of them says of a record holds for all
//! before it.

use std::collections::VecDeque;

use super::FaultKind;
use crate::chain::Head;
use crate::digest::{Digest, DigestPublicKey, SegmentEntry};
use crate::hash::{ChainId, Hash};

/// The digests, less those that were met.
#[derive(Debug)]
pub(super) struct Cover {
    trusted: Vec<DigestPublicKey>,
    ahead: VecDeque<Digest>,
    last: Option<Last>,
    /// The segments of digests whose last record was met, but not yet the end of their last segment.
    open: VecDeque<(u64, SegmentEntry)>,
}

#[derive(Debug)]
struct Last {
    chain: ChainId,
    number: u64,
    head: Head,
    hash: Hash,
}

impl Cover {
    pub(super) fn new(trusted: Vec<DigestPublicKey>) -> Self {
        Self {
            trusted,
            ahead: VecDeque::new(),
            last: None,
            open: VecDeque::new(),
        }
    }

    /// Takes the next digest.
    pub(super) fn add(&mut self, signed: &[u8]) -> Result<(), FaultKind> {
        let digest = Digest::read(signed, &self.trusted).map_err(FaultKind::Digest)?;
        let number = digest.number;
        let missing = FaultKind::DigestMissing { number };
        let empty = digest.to + 1 == digest.from;
        let sane = digest.from > 0
            && (empty && digest.head == digest.prev && digest.segments.is_empty()
                || digest.to >= digest.from && segments_fit(&digest));
        if !sane {
            return Err(missing);
        }
        match &self.last {
            Some(last) => {
                if last.chain != digest.chain {
                    return Err(FaultKind::ForeignChain);
                }
                let follows = last.number + 1 == number
                    && last.hash == digest.previous
                    && last.head.seq + 1 == digest.from
                    && last.head.hash == digest.prev;
                if !follows {
                    return Err(missing);
                }
            }
            None if number == 1 => {
                let is_first =
                    digest.from == 1 && digest.prev == Hash::ZERO && digest.previous == Hash::ZERO;
                if !is_first {
                    return Err(missing);
                }
            }
            None => {}
        }
        self.last = Some(Last {
            chain: digest.chain,
            number,
            head: Head {
                seq: digest.to,
                hash: digest.head,
            },
            hash: Hash::of(signed),
        });
        self.open
            .extend(digest.segments.iter().map(|entry| (number, entry.clone())));
        if !empty {
            self.ahead.push_back(digest);
        }
        Ok(())
    }

    pub(super) fn chain(&self) -> Option<ChainId> {
        self.last.as_ref().map(|last| last.chain)
    }

    /// The last record that is vouched for.
    pub(super) fn last(&self) -> Option<u64> {
        self.last.as_ref().map(|last| last.head.seq)
    }

    /// Whether a digest begins with this record. Digests before it are of no more use.
    pub(super) fn begin_at(&mut self, seq: u64, prev: Hash) -> bool {
        while self.ahead.front().is_some_and(|digest| digest.to < seq) {
            self.ahead.pop_front();
        }
        while self.open.front().is_some_and(|(_, entry)| entry.to < seq) {
            self.open.pop_front();
        }
        // All records before were vouched for, and all of those are gone: this one follows upon them.
        let follows = |head: Head| head.seq + 1 == seq && head.hash == prev;
        self.ahead
            .front()
            .is_some_and(|digest| digest.from == seq && digest.prev == prev)
            || self.ahead.is_empty() && self.last.as_ref().is_some_and(|last| follows(last.head))
    }

    /// Holds the record that was read last against the digest that ends with it.
    pub(super) fn check_head(&mut self, head: Head) -> Result<(), FaultKind> {
        let Some(digest) = self.ahead.front().filter(|digest| digest.to == head.seq) else {
            return Ok(());
        };
        if digest.head != head.hash {
            return Err(FaultKind::DigestDisagrees {
                number: digest.number,
                record: head.seq,
            });
        }
        self.ahead.pop_front();
        Ok(())
    }

    /// Holds a segment that was read against the digest that lists it.
    pub(super) fn check_segment(&mut self, found: &SegmentEntry) -> Result<(), FaultKind> {
        let Some((number, wanted)) = self.open.front() else {
            return Ok(());
        };
        if found.to < wanted.from {
            return Ok(());
        }
        if wanted != found {
            return Err(FaultKind::SegmentChanged { number: *number });
        }
        self.open.pop_front();
        Ok(())
    }

    /// What is missing, if it is these records: a whole segment, if a digest lists one that begins with them.
    pub(super) fn missing(&self, first: u64, last: u64) -> FaultKind {
        let listed = self.open.iter().find(|(_, entry)| entry.from == first);
        match listed {
            Some((_, entry)) if entry.to <= last => FaultKind::SegmentMissing {
                name: entry.name.clone(),
                first,
                last: entry.to,
            },
            _ => FaultKind::Missing { first, last },
        }
    }
}

/// Whether the segments of a digest are its records, one after the other.
fn segments_fit(digest: &Digest) -> bool {
    let mut next = digest.from;
    let in_order = digest.segments.iter().all(|entry| {
        let fits = entry.from == next && entry.to >= entry.from;
        next = entry.to + 1;
        fits
    });
    in_order && next == digest.to + 1
}
