//! How large an upload may be.

use std::fmt;

use super::value::number;

/// S3's largest object.
const LARGEST: u64 = 5 * 1_024 * 1_024 * 1_024 * 1_024;

/// Sizes from one to another, both inclusive, in bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ByteRange {
    min: u64,
    max: u64,
}

impl ByteRange {
    /// Reads `max` or `min-max`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (min, max) = match text.split_once('-') {
            Some((min, max)) => (number(min)?, number(max)?),
            None => (0, number(text)?),
        };
        (min <= max && max <= LARGEST).then_some(Self { min, max })
    }

    /// Fewest bytes.
    #[must_use]
    pub const fn min(self) -> u64 {
        self.min
    }

    /// Most bytes.
    #[must_use]
    pub const fn max(self) -> u64 {
        self.max
    }

    /// Whether so many bytes are allowed.
    #[must_use]
    pub const fn contains(self, bytes: u64) -> bool {
        self.min <= bytes && bytes <= self.max
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { min: 0, max } => write!(f, "at most {max} bytes"),
            Self { min, max } if min == max => write!(f, "exactly {max} bytes"),
            Self { min, max } => write!(f, "{min} to {max} bytes"),
        }
    }
}
