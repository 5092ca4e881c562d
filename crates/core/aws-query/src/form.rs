//! The form: names and values, each decoded once.
//!
//! `application/x-www-form-urlencoded`: pairs parted by `&`, a `+` is a space, the rest is percent-encoded UTF-8. The URL's
//! query and the body are one form, as they are for AWS.
//!
//! INVARIANT: a name stands once. Whoever verifies a call and whoever serves it cannot read two values.

use std::collections::BTreeMap;
use std::ops::Bound;

use countersign_request::PercentError;
use countersign_request::percent::{Component, decode_into};
use thiserror::Error;

/// The most parameters of a call.
pub const MOST_PARAMETERS: usize = 1_000;
/// The most bytes of a parameter's name.
const LONGEST_NAME: usize = 256;

/// Why bytes are no form. Always the client's fault.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum FormError {
    /// A name that is longer than any action's.
    #[error("a parameter's name is longer than {limit} bytes")]
    LongName {
        /// The longest that is taken.
        limit: usize,
    },
    /// A name or a value is not percent-encoded UTF-8.
    #[error("parameter {index}: {source}")]
    Percent {
        /// The parameter's place, counted from one.
        index: usize,
        /// What is wrong with it.
        source: PercentError,
    },
    /// A name that stands twice.
    #[error("parameter `{name}` is given twice")]
    Repeated {
        /// The name.
        name: String,
    },
    /// More parameters than any call has.
    #[error("there are more than {limit} parameters")]
    TooMany {
        /// The most that are taken.
        limit: usize,
    },
}

/// Names and values in the order of their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pairs: BTreeMap<String, String>,
}

impl Form {
    /// Reads the pairs of a query and a body into one form.
    pub(crate) fn parse(query: &str, body: &[u8]) -> Result<Self, FormError> {
        let mut form = Self::default();
        let items = [query.as_bytes(), body]
            .into_iter()
            .flat_map(|part| part.split(|&byte| byte == b'&'))
            .filter(|item| !item.is_empty());
        for (index, item) in (1..).zip(items) {
            if index > MOST_PARAMETERS {
                let limit = MOST_PARAMETERS;
                return Err(FormError::TooMany { limit });
            }
            form.add(index, item)?;
        }
        Ok(form)
    }

    fn add(&mut self, index: usize, item: &[u8]) -> Result<(), FormError> {
        let mut halves = item.splitn(2, |&byte| byte == b'=');
        let mut half = || {
            let raw = halves.next().unwrap_or_default();
            decoded(raw).map_err(|source| FormError::Percent { index, source })
        };
        let (name, value) = (half()?, half()?);
        if name.len() > LONGEST_NAME {
            let limit = LONGEST_NAME;
            return Err(FormError::LongName { limit });
        }
        if self.pairs.contains_key(&name) {
            return Err(FormError::Repeated { name });
        }
        self.pairs.insert(name, value);
        Ok(())
    }

    /// The value of a name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.pairs.get(name).map(String::as_str)
    }

    /// The names that begin with a text, each without it.
    pub(crate) fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        self.pairs
            .range::<str, _>(from)
            .map_while(move |(name, _)| name.strip_prefix(prefix))
    }

    /// The first name that is `name`, or a member of it, in another case of letters.
    pub(crate) fn respelled(&self, name: &str) -> Option<&str> {
        self.pairs.keys().map(String::as_str).find(|other| {
            let Some((head, tail)) = other.split_at_checked(name.len()) else {
                return false;
            };
            head != name
                && head.eq_ignore_ascii_case(name)
                && (tail.is_empty() || tail.starts_with('.'))
        })
    }
}

fn decoded(raw: &[u8]) -> Result<String, PercentError> {
    let mut bytes = Vec::with_capacity(raw.len());
    decode_into(raw, Component::Query, &mut bytes)?;
    String::from_utf8(bytes).map_err(|_| PercentError::NotUtf8)
}

#[cfg(test)]
mod tests;
