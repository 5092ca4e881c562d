//! Instants, as policies write them.
//!
//! "Date condition operators": a W3C profile of ISO 8601 (`2026-01-31`, `2026-01-31T12:00:00Z`, with
//! fractions and offsets), or seconds since 1970.
//!
//! INVARIANT: a day that does not exist is no date; nothing is rolled over.

use crate::context::Value;

const DAY_MS: i64 = 86_400_000;

/// Reads a date; milliseconds since 1970.
pub(crate) fn parse(text: &str) -> Option<i64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        // Four digits are a year to some readers and seconds to others.
        return match text.len() {
            5..=12 => text.parse::<i64>().ok()?.checked_mul(1_000),
            _ => None,
        };
    }
    let (day, time) = match text.split_once('T') {
        None => (text, None),
        Some((day, time)) => (day, Some(time)),
    };
    let days = parse_day(day)?;
    let of_day = match time {
        None => 0,
        Some(time) => parse_time(time)?,
    };
    Some(days * DAY_MS + of_day)
}

/// The instant that a value is, if it is one; numbers are seconds.
pub(crate) fn of(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Date(ms) => Some(ms),
        Value::Number(seconds) => seconds.checked_mul(1_000),
        Value::Text(text) => parse(text),
        Value::Address(_) | Value::Bool(_) => None,
    }
}

/// Days since 1970 of `YYYY-MM-DD`.
fn parse_day(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Howard Hinnant's `days_from_civil`; years here are never negative.
    let shifted_year = if month > 2 { year } else { year - 1 };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Milliseconds since midnight, in UTC, of `hh:mm[:ss[.fraction]]` and a zone.
fn parse_time(text: &str) -> Option<i64> {
    let (clock, offset_ms) = match text.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => {
            let (clock, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
            let minutes = hours_and_minutes(zone.get(1..)?)?;
            match zone.chars().next()? {
                '+' => (clock, minutes * 60_000),
                '-' => (clock, -minutes * 60_000),
                _ => return None,
            }
        }
    };
    let (minutes, seconds) = match clock.split_at_checked(5)? {
        (minutes, "") => (minutes, None),
        (minutes, seconds) => (minutes, Some(seconds.strip_prefix(':')?)),
    };
    let mut ms = hours_and_minutes(minutes)? * 60_000;
    if let Some(seconds) = seconds {
        let (whole, fraction) = match seconds.split_once('.') {
            None => (seconds, None),
            Some((whole, fraction)) => (whole, Some(fraction)),
        };
        let whole = digits(whole, 2).filter(|second| *second < 60)?;
        ms += whole * 1_000 + fraction.map_or(Some(0), parse_fraction)?;
    }
    Some(ms - offset_ms)
}

/// Milliseconds of up to nine digits after the point; what is finer is cut off.
fn parse_fraction(text: &str) -> Option<i64> {
    if !(1..=9).contains(&text.len()) {
        return None;
    }
    digits(text, text.len())?;
    digits(format!("{text:0<3}").get(..3)?, 3)
}

/// Minutes of `hh:mm`.
fn hours_and_minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let hours = digits(hours, 2).filter(|hour| *hour < 24)?;
    let minutes = digits(minutes, 2).filter(|minute| *minute < 60)?;
    Some(hours * 60 + minutes)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
