//! The instant of a signature, `YYYYMMDD'T'HHMMSS'Z'`, in UTC.
//!
//! Only the ISO 8601 basic form with these sixteen characters is read; a date that cannot be read
//! is an error, never "no date" (threat B4). Internally it is seconds since 1970, so no calendar
//! crate is needed: the civil conversion is Howard Hinnant's `days_from_civil`.
//!
//! INVARIANT: parsing what [`AmzDate::format`] wrote gives the same instant back.

use std::fmt;

/// An instant in UTC with the resolution of one second.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AmzDate(i64);

const SECONDS_A_DAY: i64 = 86_400;
/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of year can say.
const EARLIEST: i64 = -62_167_219_200;
const LATEST: i64 = 253_402_300_799;

impl AmzDate {
    /// The instant this many seconds after 1970-01-01T00:00:00Z, held within years 0 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds.clamp(EARLIEST, LATEST))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Reads `YYYYMMDDTHHMMSSZ`; `None` for any other text and for days that do not exist.
    ///
    /// ```
    /// use countersign_sigv4::AmzDate;
    /// assert_eq!(AmzDate::parse("20130524T000000Z").unwrap().unix(), 1_369_353_600);
    /// assert_eq!(AmzDate::parse("20130229T000000Z"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
        let (day, time) = bytes.split_at(8);
        let [b'T', h1, h2, m1, m2, s1, s2, b'Z'] = *time else {
            return None;
        };
        let hour = two_digits(h1, h2)?;
        let minute = two_digits(m1, m2)?;
        let second = two_digits(s1, s2)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let time = i64::from(hour * 3_600 + minute * 60 + second);
        Some(Self(days_of(day)? * SECONDS_A_DAY + time))
    }

    /// The instant this many seconds later (or earlier, if negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to `self`; negative if `self` is before it.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The sixteen characters `YYYYMMDDTHHMMSSZ`.
    #[must_use]
    pub fn format(self) -> DateText {
        let (year, month, day) = civil(self.0.div_euclid(SECONDS_A_DAY));
        let (hour, minute, second) = self.time_of_day();
        let [[y1, y2], [y3, y4]] = [digits(year / 100), digits(year % 100)];
        let [[mo1, mo2], [d1, d2]] = [digits(month), digits(day)];
        let [[h1, h2], [mi1, mi2], [s1, s2]] = [digits(hour), digits(minute), digits(second)];
        DateText([
            y1, y2, y3, y4, mo1, mo2, d1, d2, b'T', h1, h2, mi1, mi2, s1, s2, b'Z',
        ])
    }

    /// ISO 8601 extended form, `YYYY-MM-DDTHH:MM:SSZ`, as S3 writes it into error documents.
    #[must_use]
    pub fn iso8601(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(SECONDS_A_DAY));
        let (hour, minute, second) = self.time_of_day();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    fn time_of_day(self) -> (u32, u32, u32) {
        let second = u32::try_from(self.0.rem_euclid(SECONDS_A_DAY)).unwrap_or(0);
        (second / 3_600, second / 60 % 60, second % 60)
    }
}

impl fmt::Display for AmzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format().as_str())
    }
}

/// An [`AmzDate`] written out, without allocation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DateText([u8; 16]);

impl DateText {
    /// `YYYYMMDDTHHMMSSZ`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `YYYYMMDD`, as it stands in a credential scope.
    #[must_use]
    pub fn day(&self) -> &str {
        self.as_str().get(..8).unwrap_or_default()
    }
}

/// The number of the day `YYYYMMDD`, counted from 1970-01-01; `None` if there is no such day.
pub(crate) fn day_number(text: &str) -> Option<i64> {
    days_of(text.as_bytes())
}

/// Says whether `date` lies on the day with this number.
pub(crate) fn is_on_day(date: AmzDate, day_number: i64) -> bool {
    date.0.div_euclid(SECONDS_A_DAY) == day_number
}

/// Days from 0000-03-01, less one era of 400 years, to 1970-01-01. The calendar is reckoned from
/// there so that no year is negative.
const EPOCH: i64 = 719_468 + 146_097;

fn days_of(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, m1, m2, d1, d2] = *<&[u8; 8]>::try_from(text).ok()?;
    let year = two_digits(y1, y2)? * 100 + two_digits(y3, y4)?;
    let month = two_digits(m1, m2)?;
    let day = two_digits(d1, d2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let y = year + 400 - u32::from(month <= 2);
    let (era, year_of_era) = (y / 400, y % 400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(i64::from(era * 146_097 + day_of_era) - EPOCH)
}

fn civil(days: i64) -> (u32, u32, u32) {
    let z = u32::try_from(days + EPOCH).unwrap_or(0);
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = (year_of_era + era * 400 + u32::from(month <= 2)).saturating_sub(400);
    (year, month, day)
}

fn days_in_month(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[inline]
fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

#[inline]
fn digits(value: u32) -> [u8; 2] {
    let value = u8::try_from(value).unwrap_or(0) % 100;
    [b'0' + value / 10, b'0' + value % 10]
}

#[cfg(test)]
mod tests {
    use super::AmzDate;
    use proptest::prelude::*;

    #[test]
    fn b4_only_the_basic_form_is_a_date() {
        for text in [
            "",
            "20130524",
            "20130524T000000",
            "20130524T000000z",
            "2013-05-24T00:00:00Z",
            "20130524T240000Z",
            "20130524T006000Z",
            "20130524T000060Z",
            "20131324T000000Z",
            "20130500T000000Z",
            "20130431T000000Z",
            "+0130524T000000Z",
            "２０１３0524T000000Z",
        ] {
            assert_eq!(AmzDate::parse(text), None, "{text}");
        }
        assert!(AmzDate::parse("20240229T235959Z").is_some());
        assert!(AmzDate::parse("21000229T000000Z").is_none());
    }

    #[test]
    fn error_documents_get_the_extended_form() {
        let date = AmzDate::parse("20130524T010203Z").unwrap();
        assert_eq!(date.iso8601(), "2013-05-24T01:02:03Z");
        assert_eq!(date.format().day(), "20130524");
    }

    proptest! {
        #[test]
        fn every_instant_survives_being_written_and_read(seconds in super::EARLIEST..=super::LATEST) {
            let date = AmzDate::from_unix(seconds);
            prop_assert_eq!(AmzDate::parse(date.format().as_str()), Some(date));
        }
    }
}
