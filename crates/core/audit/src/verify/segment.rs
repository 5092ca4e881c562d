//! What is known of a segment while it is read.

use sha2::{Digest as _, Sha256};

use super::Place;
use crate::chain::Torn;
use crate::digest::SegmentEntry;
use crate::hash::Hash;

/// A segment that is being read.
#[derive(Debug)]
pub(super) struct Segment {
    name: Box<str>,
    from: u64,
    bytes: u64,
    hasher: Sha256,
    /// The beginning of a line that is not whole yet.
    pub(super) line: Vec<u8>,
    /// How many lines were whole.
    pub(super) lines: u64,
    /// Whether the record that ends it was read.
    pub(super) closed: bool,
}

/// How a segment ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Ending {
    /// As it should.
    Closed,
    /// After a whole line.
    #[default]
    Cut,
    /// Within a line.
    Torn(Torn),
}

impl Segment {
    pub(super) fn new(name: &str, from: u64) -> Self {
        Self {
            name: name.into(),
            from,
            bytes: 0,
            hasher: Sha256::new(),
            line: Vec::new(),
            lines: 0,
            closed: false,
        }
    }

    pub(super) fn count(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hasher.update(bytes);
    }

    /// The first record, once it is known.
    pub(super) fn begins_with(&mut self, seq: u64) {
        self.from = seq;
    }

    /// Where reading stands, if this record is the next.
    pub(super) fn place(&self, next: u64) -> Place {
        Place {
            file: self.name.clone(),
            line: self.lines,
            record: Some(next),
        }
    }

    /// What a digest would say of it, and how it ended.
    pub(super) fn finish(self, to: u64) -> (SegmentEntry, Ending) {
        let ending = if !self.line.is_empty() {
            Ending::Torn(Torn {
                bytes: self.line.len() as u64,
                sha256: Hash::of(&self.line),
            })
        } else if self.closed {
            Ending::Closed
        } else {
            Ending::Cut
        };
        let entry = SegmentEntry {
            name: self.name,
            from: self.from,
            to,
            bytes: self.bytes,
            sha256: Hash::finish(self.hasher),
        };
        (entry, ending)
    }
}
