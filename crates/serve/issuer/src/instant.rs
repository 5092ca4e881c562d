//! Instants as JSON has them: RFC 3339, in UTC, whole seconds.

use countersign_sigv4::AmzDate;

/// Reads `2026-12-24T18:00:00Z`. Fractions and other zones are not taken: nobody should have to guess what became of
/// them.
pub(crate) fn parse(text: &str) -> Option<AmzDate> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let fits = |(at, byte): (usize, &u8)| match at {
        4 | 7 => *byte == b'-',
        10 => *byte == b'T',
        13 | 16 => *byte == b':',
        19 => *byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    if !bytes.iter().enumerate().all(fits) {
        return None;
    }
    let basic: String = text.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    AmzDate::parse(&basic)
}

/// An instant of so many milliseconds since 1970, cut to the second.
pub(crate) fn of_ms(ms: i64) -> String {
    AmzDate::from_unix(ms.div_euclid(1_000)).iso8601()
}

#[cfg(test)]
mod tests {
    use super::{of_ms, parse};

    #[test]
    fn only_whole_seconds_in_utc_are_read() {
        let parsed = parse("2026-12-24T18:00:00Z").unwrap();
        assert_eq!(of_ms(parsed.unix() * 1_000 + 999), "2026-12-24T18:00:00Z");
        for bad in [
            "2026-12-24T18:00:00+00:00",
            "2026-12-24T18:00:00.5Z",
            "2026-12-24 18:00:00Z",
            "20261224T180000Z",
            "2026-02-30T18:00:00Z",
            "2026-12-24T18:00:00z",
            "",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
