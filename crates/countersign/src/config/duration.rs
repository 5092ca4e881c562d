//! Times a person types: `"15m"`, `"1h30m"`, or a number of seconds.
//!
//! The texts are jiff's friendly format; a day has 24 hours. Months and years have no fixed length and are refused, and
//! so is anything below zero.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use thiserror::Error;

/// A length of time as written in a configuration or on the command line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TimeSpan(pub(crate) Duration);

/// Why a text is no length of time.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error(
    "`{text}` is not a length of time; write seconds as a number, or like \"15m\" or \"1h30m\""
)]
pub(crate) struct TimeSpanError {
    text: String,
}

impl FromStr for TimeSpan {
    type Err = TimeSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TimeSpanError {
            text: text.to_owned(),
        };
        if let Ok(seconds) = text.parse::<u64>() {
            return Ok(Self(Duration::from_secs(seconds)));
        }
        let span: Span = text.parse().map_err(|_| error())?;
        let signed = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| error())?;
        Duration::try_from(signed).map(Self).map_err(|_| error())
    }
}

impl<'de> Deserialize<'de> for TimeSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl Visitor<'_> for NumberOrText {
            type Value = TimeSpan;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seconds or a time like \"15m\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<TimeSpan, E> {
                let unexpected = || E::invalid_value(de::Unexpected::Signed(number), &self);
                let seconds = u64::try_from(number).map_err(|_| unexpected())?;
                Ok(TimeSpan(Duration::from_secs(seconds)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TimeSpan, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}

#[cfg(test)]
mod tests {
    use super::TimeSpan;

    #[test]
    fn times_are_seconds_or_units() {
        for (text, seconds) in [
            ("900", Some(900)),
            ("15m", Some(900)),
            ("1h30m", Some(5_400)),
            ("1h 30m", Some(5_400)),
            ("10s", Some(10)),
            ("7d", Some(604_800)),
            ("0", Some(0)),
            ("-1", None),
            ("-15m", None),
            ("1 month", None),
            ("soon", None),
            ("", None),
        ] {
            let parsed = text.parse::<TimeSpan>().ok().map(|span| span.0.as_secs());
            assert_eq!(parsed, seconds, "{text}");
        }
    }
}
