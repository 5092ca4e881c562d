//! `AWS:EpochTime`: whole seconds since 1970-01-01T00:00:00Z.
//!
//! INVARIANT: nothing here reads a clock. `now` is always passed in.

use std::fmt;

/// A moment, as CloudFront's policies write it: seconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EpochTime(u64);

impl EpochTime {
    /// The last moment that a policy may name, 2038-01-19T03:14:07Z ("Create a signed URL using a custom
    /// policy", `DateLessThan`).
    pub const LATEST_IN_POLICY: Self = Self(2_147_483_647);

    /// The moment this many seconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_unix(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix(self) -> u64 {
        self.0
    }

    /// Reads the decimal digits of a moment that a policy may name: no sign, no leading zero, nothing else.
    ///
    /// ```
    /// use countersign_cloudfront::EpochTime;
    /// assert_eq!(EpochTime::parse("1767225600"), Some(EpochTime::from_unix(1_767_225_600)));
    /// for other in ["", "01", "+1", "1e9", "1.0", "2147483648", "9999999999999999999999"] {
    ///     assert_eq!(EpochTime::parse(other), None);
    /// }
    /// ```
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        let seconds = digits.parse().ok().filter(|_| is_plain || digits == "0")?;
        Some(Self(seconds)).filter(|time| *time <= Self::LATEST_IN_POLICY)
    }
}

impl fmt::Display for EpochTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
