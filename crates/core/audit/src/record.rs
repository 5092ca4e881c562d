//! One record of a chain: a line with its number, the hash of the one before, what it says, and its own hash
//! (docs/specs/audit.md, section 3).
//!
//! INVARIANT: the hash is looked at before anything else of a line is believed. INVARIANT: a line has one
//! reading: number and hashes have fixed places at its two ends, and what lies between is one JSON object.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Moment;
use crate::hash::{ChainId, Hash};
use crate::json::write_json;

/// The most bytes of a line, without its end.
pub const LONGEST_RECORD: usize = 1 << 20;

const HEAD: &[u8] = b"{\"seq\":";
const PREV: &[u8] = b",\"prev\":\"";
const TAIL: &[u8] = b",\"hash\":\"";
const END: &[u8] = b"\"}";
/// The tail of every line: `,"hash":"…"}`.
const TAIL_LENGTH: usize = TAIL.len() + 64 + END.len();

/// A record that was read, and whose own hash is right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record<'a> {
    /// Its number.
    pub seq: u64,
    /// The hash of the one before.
    pub prev: Hash,
    /// Its own hash.
    pub hash: Hash,
    /// What it says.
    pub body: Body<'a>,
}

/// What a record says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Body<'a> {
    /// The segment ends here, as it should.
    Close(Close),
    /// Something happened: the JSON of an [`AuditEvent`](crate::AuditEvent).
    Event(&'a [u8]),
    /// Something may be missing here.
    Gap(Gap),
    /// A segment begins here.
    Segment(SegmentStart),
}

/// The end of a segment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// When it ended.
    pub at: Moment,
}

/// The beginning of a segment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentStart {
    /// The version of the format: 1.
    pub version: u32,
    /// Of which chain.
    pub chain: ChainId,
    /// Which segment, from 1.
    pub number: u64,
    /// When it began.
    pub at: Moment,
}

/// A place where something may be missing, admitted by the writer itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// When recording went on.
    pub at: Moment,
    /// Since when something may be missing.
    pub since: Moment,
    /// Why.
    pub cause: GapCause,
    /// After a crash, how long the incomplete line is that the segment before ends with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn_bytes: Option<u64>,
    /// Its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn_sha256: Option<Hash>,
    /// How many events were not recorded, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
}

/// Why something may be missing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// The writer ended without closing its segment.
    Crash,
    /// There was no room.
    Full,
    /// The writer could not write.
    Lost,
}

/// Why a line is no record.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum RecordError {
    /// What the line says is not what was hashed.
    #[error("the hash of the record is not the one that it names")]
    HashMismatch,
    /// The line is none of the forms that a record has.
    #[error("the line is no record")]
    Unreadable,
}

impl<'a> Record<'a> {
    /// Reads a line, without the byte that ends it.
    ///
    /// # Errors
    /// [`RecordError::HashMismatch`] if it was changed, [`RecordError::Unreadable`] if it has another form.
    pub fn read(line: &'a [u8]) -> Result<Self, RecordError> {
        let split = line.len().checked_sub(TAIL_LENGTH);
        let split = split.and_then(|at| line.split_at_checked(at));
        let (hashed, tail) = split.ok_or(RecordError::Unreadable)?;
        let digits = tail.strip_prefix(TAIL).and_then(|t| t.strip_suffix(END));
        let hash = hash_of(digits.ok_or(RecordError::Unreadable)?)?;
        if Hash::of(hashed) != hash {
            return Err(RecordError::HashMismatch);
        }
        let rest = hashed.strip_prefix(HEAD).ok_or(RecordError::Unreadable)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = rest.split_at(digits);
        let rest = rest.strip_prefix(PREV).ok_or(RecordError::Unreadable)?;
        let (prev, rest) = rest.split_at_checked(64).ok_or(RecordError::Unreadable)?;
        let body = rest.strip_prefix(b"\",").ok_or(RecordError::Unreadable)?;
        Ok(Self {
            seq: number_of(number).ok_or(RecordError::Unreadable)?,
            prev: hash_of(prev)?,
            hash,
            body: Body::read(body).ok_or(RecordError::Unreadable)?,
        })
    }
}

impl<'a> Body<'a> {
    fn read(text: &'a [u8]) -> Option<Self> {
        if let Some(event) = text.strip_prefix(b"\"event\":") {
            // Whatever it says, it is one object: nothing in it can be taken for a member of the record.
            let is_object = event.first() == Some(&b'{') && event.last() == Some(&b'}');
            let is_json = || serde_json::from_slice::<IgnoredAny>(event).is_ok();
            return (is_object && is_json()).then_some(Self::Event(event));
        }
        if let Some(gap) = text.strip_prefix(b"\"gap\":") {
            return one_spelling(gap).map(Self::Gap);
        }
        if let Some(start) = text.strip_prefix(b"\"segment\":") {
            let start: SegmentStart = one_spelling(start)?;
            return (start.version == 1).then_some(Self::Segment(start));
        }
        let close = text.strip_prefix(b"\"close\":")?;
        one_spelling(close).map(Self::Close)
    }
}

/// Reads a value that is written exactly so.
fn one_spelling<'a, T: Deserialize<'a> + Serialize>(json: &'a [u8]) -> Option<T> {
    let value: T = serde_json::from_slice(json).ok()?;
    let mut again = Vec::with_capacity(json.len());
    write_json(&value, &mut again);
    (again == json).then_some(value)
}

fn hash_of(digits: &[u8]) -> Result<Hash, RecordError> {
    let bytes = crate::hash::unhex(digits).map_err(|_| RecordError::Unreadable)?;
    Ok(Hash::from_bytes(bytes))
}

/// A number from 1 to below 2^63, without leading zeros.
fn number_of(digits: &[u8]) -> Option<u64> {
    if digits.first().is_none_or(|first| *first == b'0') {
        return None;
    }
    let number = std::str::from_utf8(digits).ok()?.parse::<u64>().ok()?;
    i64::try_from(number).is_ok().then_some(number)
}

/// Appends a record and the end of its line; the body is written by `body`. Gives its hash.
pub(crate) fn write_record(
    seq: u64,
    prev: &Hash,
    out: &mut Vec<u8>,
    body: impl FnOnce(&mut Vec<u8>),
) -> Hash {
    let start = out.len();
    out.extend_from_slice(HEAD);
    out.extend_from_slice(seq.to_string().as_bytes());
    out.extend_from_slice(PREV);
    prev.write(out);
    out.extend_from_slice(b"\",");
    body(out);
    let hash = Hash::of(out.get(start..).unwrap_or_default());
    out.extend_from_slice(TAIL);
    hash.write(out);
    out.extend_from_slice(END);
    out.push(b'\n');
    hash
}
