//! Decimal numbers, compared exactly.
//!
//! No floating point: `0.1` is a tenth, and a bound of bytes is not rounded.

use crate::context::Value;

const MOST_DIGITS: usize = 18;
const PLACES: usize = 9;

/// A decimal number, in units of 10⁻⁹.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Decimal(i128);

impl Decimal {
    /// Reads `-?digits(.digits)?`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, places) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > MOST_DIGITS
            || places.len() > PLACES
            || !is_digits(whole)
            || !is_digits(places)
        {
            return None;
        }
        let units = format!("{whole}{places:0<PLACES$}").parse::<i128>().ok()?;
        Some(Self(if negative { -units } else { units }))
    }

    /// The number that a value is, if it is one.
    pub(crate) fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(number) => Some(Self(i128::from(number) * 1_000_000_000)),
            Value::Date(ms) => Some(Self(i128::from(ms.div_euclid(1_000)) * 1_000_000_000)),
            Value::Text(text) => Self::parse(text),
            Value::Address(_) | Value::Bool(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
