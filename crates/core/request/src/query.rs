//! The query string as ordered, percent-decoded pairs.
//!
//! Each name and value is decoded exactly once, here, so the verifier and the operation cannot read
//! two different things. Order and duplicates are kept: whoever looks for a parameter that must
//! stand alone asks [`Query::occurrences_ignoring_case`].
//!
//! A `Query` owns its buffers and can be parsed into again, so a server keeps one per request in
//! flight and allocates nothing once they are warm.

mod item;

use std::ops::Range;

use crate::QueryError;
use crate::error::PercentError;
use crate::percent::{self, Component};
use crate::specials::Specials;
use item::{Item, Piece};

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
    /// The raw query, and behind it every name and value whose decoded form differs from it.
    text: String,
    bytes: Vec<u8>,
    raw_len: usize,
    parameters: Vec<Parameter>,
    respelled: bool,
}

/// Where one pair lies in `Query::text`. The raw ranges are those of the raw query.
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
        self.clear();
        self.text.push_str(raw);
        self.raw_len = raw.len();
        let outcome = self.parse_items(raw);
        if outcome.is_err() {
            self.clear();
        }
        outcome
    }

    fn clear(&mut self) {
        self.text.clear();
        self.raw_len = 0;
        self.parameters.clear();
        self.respelled = false;
    }

    fn parse_items(&mut self, raw: &str) -> Result<(), QueryError> {
        let mut item = Item::starting_at(0);
        for at in Specials::of(raw.as_bytes(), Component::Query) {
            let tail = raw.as_bytes().get(at..).unwrap_or_default();
            if tail.first() == Some(&b'&') {
                self.push(raw, item.ending_at(at))?;
                item = Item::starting_at(at + 1);
            } else {
                item.note(at, tail);
            }
        }
        self.push(raw, item.ending_at(raw.len()))
    }

    #[inline]
    fn push(&mut self, raw: &str, (name, value): (Piece, Piece)) -> Result<(), QueryError> {
        // An item with neither name nor `=` is nothing at all.
        if value.raw.end == name.raw.start {
            return Ok(());
        }
        let index = self.parameters.len();
        if index == MAX_QUERY_PARAMETERS {
            return Err(QueryError::TooManyParameters {
                limit: MAX_QUERY_PARAMETERS,
            });
        }
        let describe = |source| QueryError::Percent { index, source };
        self.respelled |= name.respelled || value.respelled;
        let parameter = Parameter {
            name: self.decode(raw, &name).map_err(describe)?,
            value: self.decode(raw, &value).map_err(describe)?,
            raw_name: name.raw,
            raw_value: value.raw,
        };
        self.parameters.push(parameter);
        Ok(())
    }

    #[inline]
    fn decode(&mut self, raw: &str, piece: &Piece) -> Result<Range<usize>, PercentError> {
        if !piece.escaped {
            return Ok(piece.raw.clone());
        }
        let start = self.text.len();
        let raw = raw.get(piece.raw.clone()).unwrap_or_default();
        self.bytes.clear();
        percent::decode_into(raw.as_bytes(), Component::Query, &mut self.bytes)?;
        let decoded = std::str::from_utf8(&self.bytes).map_err(|_| PercentError::NotUtf8)?;
        self.text.push_str(decoded);
        Ok(start..self.text.len())
    }

    /// The query as it was sent, which the raw ranges of [`Query::located_pairs`] point into.
    #[inline]
    #[must_use]
    pub fn raw(&self) -> &str {
        self.text.get(..self.raw_len).unwrap_or_default()
    }

    /// Whether every pair was sent in its canonical spelling: with its `=`, and the raw text of name
    /// and value being what [`percent::canonicalize_into`] would write.
    #[inline]
    #[must_use]
    pub fn is_canonically_spelled(&self) -> bool {
        !self.respelled
    }

    /// The number of pairs.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether there are no pairs.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// The decoded pairs, in the order sent.
    #[inline]
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        self.parameters
            .iter()
            .map(|p| (self.text(&p.name), self.text(&p.value)))
    }

    /// The pairs with the places of their raw spelling: decoded name, decoded value, and the byte
    /// ranges of raw name and raw value in the string given to [`Query::parse`].
    #[inline]
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
    #[inline]
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.pairs()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value)
    }

    /// Whether a parameter with exactly this decoded name is there.
    #[inline]
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.pairs().any(|(n, _)| n == name)
    }

    /// How many parameters have this name in any spelling of case.
    #[inline]
    #[must_use]
    pub fn occurrences_ignoring_case(&self, name: &str) -> usize {
        self.pairs()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .count()
    }

    #[inline]
    fn text(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
