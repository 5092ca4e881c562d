//! Sizes a person types: `65536`, `"64 KiB"`, `"5 GiB"`.
//!
//! Units are binary (`KiB`, `MiB`, `GiB`, `TiB`) or plain bytes (`B`); `KB` and the like are refused
//! because half of the readers take them for 1000 and the other half for 1024.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use thiserror::Error;

const UNITS: [(&str, u64); 5] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// A number of bytes as written in a configuration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ByteCount(pub(crate) u64);

/// Why a text is no size.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("`{text}` is not a size; write bytes as a number, or like \"64 KiB\" or \"5 GiB\"")]
pub(crate) struct ByteCountError {
    text: String,
}

impl FromStr for ByteCount {
    type Err = ByteCountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ByteCountError {
            text: text.to_owned(),
        };
        let trimmed = text.trim();
        let digits = trimmed
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(digits);
        let number: u64 = number.parse().map_err(|_| error())?;
        let unit = unit.trim_start();
        let factor = match unit {
            "" => Some(1),
            _ => UNITS
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(unit))
                .map(|(_, f)| *f),
        };
        factor
            .and_then(|f| number.checked_mul(f))
            .map(Self)
            .ok_or_else(error)
    }
}

impl<'de> Deserialize<'de> for ByteCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl Visitor<'_> for NumberOrText {
            type Value = ByteCount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes or a size like \"64 KiB\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<ByteCount, E> {
                let unexpected = || E::invalid_value(de::Unexpected::Signed(number), &self);
                u64::try_from(number)
                    .map(ByteCount)
                    .map_err(|_| unexpected())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteCount, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}

#[cfg(test)]
mod tests {
    use super::ByteCount;

    #[test]
    fn sizes_are_bytes_or_binary_units() {
        for (text, expected) in [
            ("0", Some(0)),
            ("65536", Some(65_536)),
            ("64KiB", Some(65_536)),
            ("64 kib", Some(65_536)),
            ("5 GiB", Some(5_368_709_120)),
            ("1 B", Some(1)),
            ("64 KB", None),
            ("", None),
            ("-1", None),
            ("1.5 GiB", None),
            ("99999999999 TiB", None),
        ] {
            assert_eq!(
                text.parse::<ByteCount>().ok(),
                expected.map(ByteCount),
                "{text}"
            );
        }
    }
}
