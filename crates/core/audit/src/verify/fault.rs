//! What can be wrong with a record, and where.

use std::fmt;

use thiserror::Error;

use crate::digest::DigestError;
use crate::record::RecordError;

/// The first thing that is wrong.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{place}: {kind}")]
pub struct ChainFault {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: FaultKind,
}

/// A place in a record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The name of the segment or digest; empty if there is none.
    pub file: Box<str>,
    /// The line, from 1; 0 at the end.
    pub line: u64,
    /// The number of the record that should be there.
    pub record: Option<u64>,
}

/// What is wrong.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum FaultKind {
    /// A record follows upon the one that closes its segment.
    #[error("a record stands behind the end of its segment")]
    AfterClose,
    /// The chain does not begin with its first record, nor where a digest begins.
    #[error("the chain begins with record {found}, and no digest vouches for what was before")]
    BeginningMissing {
        /// The first record that is there.
        found: u64,
    },
    /// A digest counts for nothing.
    #[error(transparent)]
    Digest(DigestError),
    /// A digest vouches for another record than is there, and everything hangs together nevertheless: it was rewritten.
    #[error(
        "digest {number} vouches for another record {record}: it, or one before, was rewritten"
    )]
    DigestDisagrees {
        /// Which digest.
        number: u64,
        /// The last record of the digest.
        record: u64,
    },
    /// A digest does not follow upon the one before.
    #[error("digest {number} does not follow upon the one before: one is missing or was replaced")]
    DigestMissing {
        /// The digest that was found.
        number: u64,
    },
    /// A segment ends without saying so, and the next does not admit it.
    #[error("the segment before was cut off, and no gap admits it")]
    EndUnexplained,
    /// It belongs to another chain.
    #[error("this is of another chain")]
    ForeignChain,
    /// A gap is told of where nothing was cut off.
    #[error("a gap is told of where there is none")]
    GapUnfounded,
    /// The record does not say what was hashed.
    #[error("the record was changed: its hash is another")]
    HashMismatch,
    /// A record that is known from elsewhere is another here.
    #[error("the record is known from elsewhere, and it is another")]
    KnownRecordDisagrees,
    /// The record does not follow upon the one before, though its number does.
    #[error("the record does not follow upon the one before: one of the two was replaced")]
    LinkBroken,
    /// Records are missing here.
    #[error("records {first} to {last} are missing")]
    Missing {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// There is no record at all.
    #[error("there is no record")]
    NothingThere,
    /// A record stands where another should.
    #[error("record {found} stands here: it was moved, doubled or put in")]
    OutOfPlace {
        /// Its number.
        found: u64,
    },
    /// A digest has another hash for the segment.
    #[error("the segment is not the one that digest {number} vouches for")]
    SegmentChanged {
        /// Which digest.
        number: u64,
    },
    /// A segment does not begin with the record that begins one, or has it elsewhere, or is not the next.
    #[error("a segment does not begin here as it should")]
    SegmentMisplaced,
    /// A whole segment is missing, which a digest vouches for.
    #[error("segment `{name}` is missing, with the records {first} to {last}")]
    SegmentMissing {
        /// Its name.
        name: Box<str>,
        /// Its first record.
        first: u64,
        /// Its last record.
        last: u64,
    },
    /// A line is longer than any record.
    #[error("the line is longer than a record can be")]
    TooLong,
    /// A segment ends within a line, and no gap admits it.
    #[error("an incomplete line of {bytes} bytes, which no gap admits")]
    TornTail {
        /// How long it is.
        bytes: u64,
    },
    /// A gap tells of another incomplete line.
    #[error("an incomplete line of {bytes} bytes, and a gap that tells of another")]
    TornTailDisagrees {
        /// How long it is.
        bytes: u64,
    },
    /// The line is no record.
    #[error("the line is no record")]
    Unreadable,
}

impl From<RecordError> for FaultKind {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::HashMismatch => Self::HashMismatch,
            RecordError::Unreadable => Self::Unreadable,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file.escape_debug())?;
        if self.line > 0 {
            write!(f, " line {}", self.line)?;
        }
        self.record
            .map_or(Ok(()), |record| write!(f, " (record {record})"))
    }
}
