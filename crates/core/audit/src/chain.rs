//! The writing end of a chain: numbers records and ties each to the one before.
//!
//! Everything is appended to a buffer of the caller, who makes it durable. A writer always stands within a
//! segment: it is made by beginning one and ends by closing it.
//!
//! INVARIANT: after a crash a new segment begins, and its second record admits the gap. Nothing is ever written behind an
//! incomplete line. INVARIANT: the same calls write the same bytes.

use crate::hash::{ChainId, Hash};
use crate::json::write_json;
use crate::record::{Close, Gap, GapCause, SegmentStart, write_record};
use crate::{EventJson, Moment};

/// The last record of a chain: whoever knows it can tell whether anything before was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Head {
    /// Its number; zero before the first.
    pub seq: u64,
    /// Its hash; [`Hash::ZERO`] before the first.
    pub hash: Hash,
}

/// Where a chain ended, as a [`Verifier`](crate::verify::Verifier) found it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position {
    /// The chain.
    pub chain: ChainId,
    /// The number of its last segment.
    pub segment: u64,
    /// Its last record.
    pub head: Head,
}

/// The incomplete line that a crash leaves at the end of a segment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Torn {
    /// How long it is; zero if the last line is whole.
    pub bytes: u64,
    /// Its hash.
    pub sha256: Hash,
}

/// Writes a chain.
#[derive(Debug)]
pub struct ChainWriter {
    at: Position,
}

impl ChainWriter {
    /// Begins a chain and its first segment.
    #[must_use]
    pub fn begin(chain: ChainId, now: Moment, out: &mut Vec<u8>) -> Self {
        let head = Head {
            seq: 0,
            hash: Hash::ZERO,
        };
        let nowhere = Position {
            chain,
            segment: 0,
            head,
        };
        Self::reopen(nowhere, now, out)
    }

    /// Goes on behind a segment that was closed.
    #[must_use]
    pub fn reopen(behind: Position, now: Moment, out: &mut Vec<u8>) -> Self {
        let mut writer = Self { at: behind };
        writer.open(now, out);
        writer
    }

    /// Goes on behind a segment that was not closed: with a gap that tells since when something may be
    /// missing, and which incomplete line was left.
    #[must_use]
    pub fn resume(
        behind: Position,
        torn: Torn,
        since: Moment,
        now: Moment,
        out: &mut Vec<u8>,
    ) -> Self {
        let mut writer = Self::reopen(behind, now, out);
        let gap = Gap {
            at: now,
            since,
            cause: GapCause::Crash,
            torn_bytes: Some(torn.bytes),
            torn_sha256: Some(torn.sha256),
            lost: None,
        };
        writer.record("gap", out, |out| write_json(&gap, out));
        writer
    }

    /// Records an event.
    pub fn append(&mut self, event: &EventJson, out: &mut Vec<u8>) -> Head {
        self.record("event", out, |out| out.extend_from_slice(event.as_bytes()))
    }

    /// Admits that events since then were not recorded, though no crash lies between.
    pub fn admit_loss(
        &mut self,
        cause: GapCause,
        lost: Option<u64>,
        since: Moment,
        now: Moment,
        out: &mut Vec<u8>,
    ) -> Head {
        let gap = Gap {
            at: now,
            since,
            // A crash is admitted by whoever comes after it, in a new segment.
            cause: if cause == GapCause::Crash {
                GapCause::Lost
            } else {
                cause
            },
            torn_bytes: None,
            torn_sha256: None,
            lost,
        };
        self.record("gap", out, |out| write_json(&gap, out))
    }

    /// Closes the segment, at the end of `old`, and begins the next in `new`. Gives the last record of the old.
    pub fn rotate(&mut self, now: Moment, old: &mut Vec<u8>, new: &mut Vec<u8>) -> Head {
        let last = self.record("close", old, |out| write_json(&Close { at: now }, out));
        self.open(now, new);
        last
    }

    /// Closes the segment and ends.
    pub fn close(mut self, now: Moment, out: &mut Vec<u8>) -> Position {
        self.record("close", out, |out| write_json(&Close { at: now }, out));
        self.at
    }

    /// The last record, and where it lies.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.at
    }

    fn open(&mut self, now: Moment, out: &mut Vec<u8>) {
        self.at.segment += 1;
        let start = SegmentStart {
            version: 1,
            chain: self.at.chain,
            number: self.at.segment,
            at: now,
        };
        self.record("segment", out, |out| write_json(&start, out));
    }

    fn record(&mut self, member: &str, out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) -> Head {
        let seq = self.at.head.seq + 1;
        let hash = write_record(seq, &self.at.head.hash, out, |out| {
            out.push(b'"');
            out.extend_from_slice(member.as_bytes());
            out.extend_from_slice(b"\":");
            body(out);
        });
        self.at.head = Head { seq, hash };
        self.at.head
    }
}

#[cfg(test)]
mod tests;
