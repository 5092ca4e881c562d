//! An instant, as HTTP headers and S3's documents write it.
//!
//! Headers carry the IMF-fixdate of RFC 9110, section 5.6.7 (the two obsolete forms are read, never
//! written); documents carry ISO 8601 with milliseconds. HTTP dates have no milliseconds, so
//! conditions compare whole seconds.
//!
//! INVARIANT: nothing here reads the clock.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

const MS_PER_SECOND: u64 = 1000;
const SECONDS_PER_DAY: u64 = 86_400;
/// The last millisecond of the year 9999; neither form has room for more.
const LATEST_MS: u64 = 253_402_300_799_999;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// An instant between 1970 and 9999, to the millisecond.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp {
    unix_ms: u64,
}

/// A [`Timestamp`] that displays as an HTTP date.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HttpDate(Timestamp);

/// A [`Timestamp`] that displays in ISO 8601 with milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IsoDate(Timestamp);

impl Timestamp {
    /// The instant so many milliseconds after 1970; later than 9999 counts as the end of 9999.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: u64) -> Self {
        Self {
            unix_ms: if unix_ms > LATEST_MS {
                LATEST_MS
            } else {
                unix_ms
            },
        }
    }

    /// The instant so many seconds after 1970.
    #[must_use]
    pub const fn from_unix_s(unix_s: u64) -> Self {
        Self::from_unix_ms(unix_s.saturating_mul(MS_PER_SECOND))
    }

    /// Reads any of the three HTTP date forms.
    ///
    /// ```
    /// use countersign_s3::Timestamp;
    /// let instant = Timestamp::parse_http_date("Thu, 15 Jan 2026 12:00:00 GMT").unwrap();
    /// assert_eq!(instant.iso_date().to_string(), "2026-01-15T12:00:00.000Z");
    /// ```
    #[must_use]
    pub fn parse_http_date(text: &str) -> Option<Self> {
        let instant = httpdate::parse_http_date(text.trim()).ok()?;
        let since_epoch = instant.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Some(Self::from_unix_s(since_epoch.as_secs()))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn unix_ms(self) -> u64 {
        self.unix_ms
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub const fn unix_s(self) -> u64 {
        self.unix_ms / MS_PER_SECOND
    }

    /// As it stands in `Last-Modified`.
    #[must_use]
    pub const fn http_date(self) -> HttpDate {
        HttpDate(self)
    }

    /// As it stands in XML documents.
    #[must_use]
    pub const fn iso_date(self) -> IsoDate {
        IsoDate(self)
    }

    /// Year, month (1 to 12) and day of the month in the proleptic Gregorian calendar.
    const fn civil(self) -> (u64, u64, u64) {
        // Howard Hinnant's `civil_from_days`, for days since 1970 that are never negative.
        let z = self.unix_s() / SECONDS_PER_DAY + 719_468;
        let day_of_era = z % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + z / 146_097 * 400 + (month <= 2) as u64;
        (year, month, day)
    }

    const fn clock(self) -> (u64, u64, u64) {
        let second = self.unix_s() % SECONDS_PER_DAY;
        (second / 3600, second / 60 % 60, second % 60)
    }
}

impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.civil();
        let (hour, minute, second) = self.0.clock();
        let weekday = name(&WEEKDAYS, self.0.unix_s() / SECONDS_PER_DAY % 7);
        let month = name(&MONTHS, month - 1);
        write!(
            f,
            "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT"
        )
    }
}

impl fmt::Display for IsoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.civil();
        let (hour, minute, second) = self.0.clock();
        let ms = self.0.unix_ms % MS_PER_SECOND;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z"
        )
    }
}

fn name(names: &[&'static str], index: u64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|i| names.get(i))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
