//! The query string as ordered, percent-decoded pairs.
//!
//! Each name and value is decoded exactly once, here, so the verifier and the operation cannot read
//! two different things. Order and duplicates are kept: whoever looks for a parameter that must
//! stand alone asks [`Query::occurrences_ignoring_case`].
//!
//! A `Query` owns its buffers and can be parsed into again, so a server keeps one per request in
//! flight and allocates nothing once they are warm.

use std::ops::Range;

use crate::QueryError;
use crate::error::PercentError;
use crate::percent::{self, Component};

/// The most parameters a query may have. S3's own operations stay below thirty.
pub const MAX_QUERY_PARAMETERS: usize = 128;

/// The decoded pairs of one query string.
///
/// ```
/// use countersign_request::Query;
/// let query = Query::of("prefix=a%20b&uploads&prefix=c").unwrap();
/// assert_eq!(query.first("prefix"), Some("a b"));
/// assert_eq!(query.first("uploads"), Some(""));
/// assert_eq!(query.len(), 3);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Query {
    decoded: String,
    bytes: Vec<u8>,
    parameters: Vec<Parameter>,
}

/// Where one pair lies: decoded in `Query::decoded`, raw in the query string it came from.
#[derive(Clone, Debug)]
struct Parameter {
    name: Range<usize>,
    value: Range<usize>,
    raw_name: Range<usize>,
    raw_value: Range<usize>,
}

impl Query {
    /// Parses a raw query string (without `?`) into a new `Query`.
    ///
    /// # Errors
    /// As [`Query::parse`].
    pub fn of(raw: &str) -> Result<Self, QueryError> {
        let mut query = Self::default();
        query.parse(raw)?;
        Ok(query)
    }

    /// Parses a raw query string (without `?`), replacing what was held before.
    ///
    /// Empty items (`a&&b`) are skipped, as S3 does; an item without `=` has an empty value.
    ///
    /// # Errors
    /// [`QueryError`] if a name or value cannot be decoded or there are too many; the query is then
    /// empty.
    pub fn parse(&mut self, raw: &str) -> Result<(), QueryError> {
        self.decoded.clear();
        self.parameters.clear();
        let outcome = self.parse_items(raw);
        if outcome.is_err() {
            self.parameters.clear();
        }
        outcome
    }

    fn parse_items(&mut self, raw: &str) -> Result<(), QueryError> {
        let mut start = 0usize;
        for item in raw.split('&') {
            let end = start + item.len();
            if !item.is_empty() {
                if self.parameters.len() == MAX_QUERY_PARAMETERS {
                    return Err(QueryError::TooManyParameters {
                        limit: MAX_QUERY_PARAMETERS,
                    });
                }
                let (name, value) = item.split_once('=').unwrap_or((item, ""));
                let index = self.parameters.len();
                let describe = |source| QueryError::Percent { index, source };
                let raw_name = start..start + name.len();
                let parameter = Parameter {
                    name: self.decode(name).map_err(describe)?,
                    value: self.decode(value).map_err(describe)?,
                    raw_value: end - value.len()..end,
                    raw_name,
                };
                self.parameters.push(parameter);
            }
            start = end + 1;
        }
        Ok(())
    }

    fn decode(&mut self, raw: &str) -> Result<Range<usize>, PercentError> {
        let start = self.decoded.len();
        if raw.bytes().any(|b| b == b'%' || b == b'+') {
            self.bytes.clear();
            percent::decode_into(raw.as_bytes(), Component::Query, &mut self.bytes)?;
            let text = std::str::from_utf8(&self.bytes).map_err(|_| PercentError::NotUtf8)?;
            self.decoded.push_str(text);
        } else {
            self.decoded.push_str(raw);
        }
        Ok(start..self.decoded.len())
    }

    /// The number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// The decoded pairs, in the order sent.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        self.parameters
            .iter()
            .map(|p| (self.text(&p.name), self.text(&p.value)))
    }

    /// The pairs with the places of their raw spelling: decoded name, decoded value, and the byte
    /// ranges of raw name and raw value in the string given to [`Query::parse`].
    pub fn located_pairs(
        &self,
    ) -> impl ExactSizeIterator<Item = (&str, &str, Range<usize>, Range<usize>)> + Clone {
        self.parameters.iter().map(|p| {
            (
                self.text(&p.name),
                self.text(&p.value),
                p.raw_name.clone(),
                p.raw_value.clone(),
            )
        })
    }

    /// The value of the first parameter with exactly this decoded name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.pairs()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value)
    }

    /// Whether a parameter with exactly this decoded name is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.pairs().any(|(n, _)| n == name)
    }

    /// How many parameters have this name in any spelling of case.
    #[must_use]
    pub fn occurrences_ignoring_case(&self, name: &str) -> usize {
        self.pairs()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .count()
    }

    fn text(&self, range: &Range<usize>) -> &str {
        self.decoded.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
