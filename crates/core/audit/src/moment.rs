//! An instant to the millisecond, and the three ways in which records write it.
//!
//! `2026-02-06T00:01:57.123Z` in our own records (RFC 3339), `2026-02-06T00:01:57Z` in CloudTrail,
//! `06/Feb/2026:00:01:57 +0000` in S3's access log. Always UTC.
//!
//! INVARIANT: nothing here reads a clock. INVARIANT: reading what [`Moment`] displays gives it back.

use std::fmt;
use std::str::FromStr;

use countersign_sigv4::AmzDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// An instant in UTC, in milliseconds since 1970, held within the years 0 to 9999.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Moment(i64);

/// A text is no instant `YYYY-MM-DDTHH:MM:SS.mmmZ`.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("an instant is written `YYYY-MM-DDTHH:MM:SS.mmmZ`")]
pub struct MomentError;

impl Moment {
    /// The instant this many milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_unix_ms(milliseconds: i64) -> Self {
        let within = AmzDate::from_unix(milliseconds.div_euclid(1_000)).unix();
        Self(within.saturating_mul(1_000) + milliseconds.rem_euclid(1_000))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// The second it lies in.
    #[must_use]
    pub fn date(self) -> AmzDate {
        AmzDate::from_unix(self.0.div_euclid(1_000))
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`, as CloudTrail writes instants.
    #[must_use]
    pub fn to_seconds(self) -> String {
        self.date().iso8601()
    }

    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    fn bytes(self) -> [u8; 24] {
        let text = self.date().format();
        let Ok([y1, y2, y3, y4, o1, o2, d1, d2, t, h1, h2, m1, m2, s1, s2, z]) =
            <[u8; 16]>::try_from(text.as_str().as_bytes())
        else {
            return *b"0000-01-01T00:00:00.000Z";
        };
        let milliseconds = u16::try_from(self.0.rem_euclid(1_000)).unwrap_or(0);
        let digit = |value: u16| b'0' + u8::try_from(value % 10).unwrap_or(0);
        let [f1, f2, f3] = [100, 10, 1].map(|unit| digit(milliseconds / unit));
        [
            y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, t, h1, h2, b':', m1, m2, b':', s1, s2,
            b'.', f1, f2, f3, z,
        ]
    }

    /// `dd/Mon/YYYY:HH:MM:SS +0000`, as S3 writes them in access logs.
    pub(crate) fn write_access_log(self, out: &mut Vec<u8>) {
        let text = self.date().format();
        let part = |from: usize, to: usize| text.as_str().get(from..to).unwrap_or_default();
        let month = part(4, 6).parse::<usize>().unwrap_or(1);
        let month = MONTHS.get(month.saturating_sub(1)).copied();
        let pieces = [
            part(6, 8),
            "/",
            month.unwrap_or("Jan"),
            "/",
            part(0, 4),
            ":",
            part(9, 11),
            ":",
            part(11, 13),
            ":",
            part(13, 15),
            " +0000",
        ];
        for piece in pieces {
            out.extend_from_slice(piece.as_bytes());
        }
    }
}

impl From<AmzDate> for Moment {
    fn from(date: AmzDate) -> Self {
        Self(date.unix().saturating_mul(1_000))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.bytes()).unwrap_or_default())
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let (second, fraction) = text.split_once('.').ok_or(MomentError)?;
        let fraction = fraction.strip_suffix('Z').ok_or(MomentError)?;
        if fraction.len() != 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(MomentError);
        }
        let compact: String = second.chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let date = AmzDate::parse(&format!("{compact}Z")).ok_or(MomentError)?;
        let milliseconds: i64 = fraction.parse().map_err(|_| MomentError)?;
        let moment = Self(date.unix().saturating_mul(1_000) + milliseconds);
        // One spelling: separators stand where they belong, or it is another text.
        (moment.to_string() == text)
            .then_some(moment)
            .ok_or(MomentError)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // COST: an event has four of them; the machinery of formatting takes twice as long.
        serializer.serialize_str(std::str::from_utf8(&self.bytes()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an instant")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Moment, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests;
