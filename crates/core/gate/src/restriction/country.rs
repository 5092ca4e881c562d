//! Countries, by the two letters of ISO 3166-1.

use std::fmt;

const MOST: usize = 64;

/// The two capital letters of a country (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CountryCode([u8; 2]);

/// Where a client is, as far as it was looked up.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Country {
    /// In this country.
    Known(CountryCode),
    /// Nobody looked, because nothing asks. Who asks after all is answered as if it were unknown.
    #[default]
    NotLookedUp,
    /// The table does not know, or there is none.
    Unknown,
}

impl CountryCode {
    /// Reads two capital letters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(letters))
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Country {
    /// The country, if it is known.
    #[must_use]
    pub const fn code(self) -> Option<CountryCode> {
        match self {
            Self::Known(code) => Some(code),
            Self::NotLookedUp | Self::Unknown => None,
        }
    }
}

/// Reads a comma-separated list of countries.
pub(super) fn parse(text: &str) -> Option<Box<[CountryCode]>> {
    let codes: Option<Box<[_]>> = text
        .split(',')
        .take(MOST + 1)
        .map(CountryCode::parse)
        .collect();
    codes.filter(|codes| codes.len() <= MOST)
}
