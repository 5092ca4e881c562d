//! The `Range` header of GET and HEAD.
//!
//! RFC 9110, section 14, as S3 reads it: one byte range or none. A header that is malformed, in
//! another unit or lists several ranges is ignored and the whole object is served, so nobody can ask
//! for ten thousand slices of one object at once.
//!
//! INVARIANT: a resolved extent is never empty and lies within the object.

use std::fmt;

use thiserror::Error;

use crate::{ErrorCode, Fault};

/// One range as asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ByteRange {
    /// `bytes=first-last`, both inclusive.
    Between {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte, not before `first`.
        last: u64,
    },
    /// `bytes=first-`.
    From {
        /// Offset of the first byte.
        first: u64,
    },
    /// `bytes=-count`.
    Last {
        /// How many bytes at the end.
        count: u64,
    },
}

/// A run of bytes within an object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Extent {
    /// Offset of the first byte.
    pub first: u64,
    /// Number of bytes, at least one.
    pub length: u64,
}

/// No byte of the object lies in the range.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("range `{requested}` lies outside an object of {object_size} bytes")]
pub struct RangeNotSatisfiable {
    /// What was asked for.
    pub requested: ByteRange,
    /// How large the object is.
    pub object_size: u64,
}

impl ByteRange {
    /// Reads a `Range` header; nothing if the header is to be ignored.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let (unit, set) = header.split_once('=')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (first, last) = set.trim().split_once('-')?;
        match (first.trim_end(), last.trim_start()) {
            ("", count) => Some(Self::Last {
                count: offset(count)?,
            }),
            (first, "") => Some(Self::From {
                first: offset(first)?,
            }),
            (first, last) => {
                let (first, last) = (offset(first)?, offset(last)?);
                (first <= last).then_some(Self::Between { first, last })
            }
        }
    }

    /// The bytes of an object of `object_size` bytes that are meant.
    ///
    /// # Errors
    /// [`RangeNotSatisfiable`] if there are none.
    pub fn resolve(self, object_size: u64) -> Result<Extent, RangeNotSatisfiable> {
        let (first, end) = match self {
            Self::Between { first, last } => (first, last.saturating_add(1).min(object_size)),
            Self::From { first } => (first, object_size),
            Self::Last { count } => (object_size.saturating_sub(count), object_size),
        };
        match end.checked_sub(first) {
            None | Some(0) => Err(RangeNotSatisfiable {
                requested: self,
                object_size,
            }),
            Some(length) => Ok(Extent { first, length }),
        }
    }
}

impl Extent {
    /// The `Content-Range` of an answer that carries this part of an object.
    #[must_use]
    pub fn content_range(self, object_size: u64) -> String {
        let last = self.first.saturating_add(self.length.saturating_sub(1));
        format!("bytes {}-{last}/{object_size}", self.first)
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between { first, last } => write!(f, "bytes={first}-{last}"),
            Self::From { first } => write!(f, "bytes={first}-"),
            Self::Last { count } => write!(f, "bytes=-{count}"),
        }
    }
}

/// ASCII digits only; a number too large for 64 bits lies behind every object.
fn offset(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

impl From<RangeNotSatisfiable> for Fault {
    fn from(error: RangeNotSatisfiable) -> Self {
        Self::new(ErrorCode::InvalidRange)
            .with("RangeRequested", error.requested.to_string())
            .with("ActualObjectSize", error.object_size.to_string())
    }
}

#[cfg(test)]
mod tests;
