//! The `Resource` of a policy: which URLs it covers.
//!
//! "Values that you specify in the policy statement for a custom policy", CloudFront Developer Guide. `*` is any
//! number of characters, `?` exactly one. Scheme, host, path and query are compared apart, so no wildcard reaches
//! over the end of its section; but `*` at the end of a path also covers any query, and at the end of a host any path and query.
//! The `?` that begins a query is written `\?`; one that is not escaped may begin it too, as the text of signers that do not escape.
//!
//! INVARIANT: texts are compared as they stand, in the encoded form of the URL. Nothing is decoded, folded or
//! lower-cased, so what matches is what was asked for.

mod glob;

use thiserror::Error;

use crate::asked_url::{AskedUrl, Scheme, names_restriction};
use glob::{has_wildcard, matches};

/// The most wildcards in a resource. It bounds what a comparison can cost.
const MAX_WILDCARDS: usize = 32;
/// The longest resource, in bytes. A URL of CloudFront is at most 8,192 bytes long.
const MAX_BYTES: usize = 4_096;

/// A resource of a custom policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resource {
    text: Box<str>,
    scheme: Option<Scheme>,
    /// Where the host begins in `text`.
    host: usize,
    /// Where path and query begin in `text`; its end if there are none.
    path: usize,
}

/// How the query of a URL is covered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QueryCover {
    /// Letter by letter: there is a query and it is what was signed, or there is none.
    Literal,
    /// By a wildcard, so whoever asks may write there what they like.
    Wildcard,
}

/// A text is no resource.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ResourceError {
    /// A `\` that does not escape a `?`.
    #[error("`\\` stands only before `?`")]
    Backslash,
    /// A character that no URL has as it is sent.
    #[error("a resource is a URL as it is sent, so the byte at {at} must be percent-encoded")]
    Character {
        /// Where, counted from zero.
        at: usize,
    },
    /// No host.
    #[error("a resource names a host")]
    HostMissing,
    /// Neither a known scheme nor a `*` at its beginning.
    #[error("a resource begins with `http://`, `https://` or `*`")]
    SchemeUnknown,
    /// Longer than any URL.
    #[error("a resource has at most {limit} bytes")]
    TooLong {
        /// The bound.
        limit: usize,
    },
    /// More wildcards than any needs.
    #[error("a resource has at most {limit} wildcards")]
    Wildcards {
        /// The bound.
        limit: usize,
    },
}

impl Resource {
    /// Reads a resource.
    ///
    /// ```
    /// use countersign_cloudfront::{AskedUrl, QueryCover, Resource};
    /// let resource = Resource::parse("https://media.example.com/films/*")?;
    /// let part = AskedUrl::parse("https://media.example.com/films/one/7.ts?t=1")?;
    /// assert_eq!(resource.cover(&part), Some(QueryCover::Wildcard));
    /// let other = AskedUrl::parse("https://media.example.com/books/one")?;
    /// assert_eq!(resource.cover(&other), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ResourceError`] if it is none.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        check_characters(text)?;
        let (scheme, rest) = split_scheme(text)?;
        let host_len = rest.find('/').unwrap_or(rest.len());
        let (host, _) = rest.split_at(host_len);
        if host.is_empty() {
            return Err(ResourceError::HostMissing);
        }
        if host.contains('\\') {
            return Err(ResourceError::Backslash);
        }
        let host = text.len() - rest.len();
        Ok(Self {
            text: text.into(),
            scheme,
            host,
            path: host + host_len,
        })
    }

    /// The resource as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it names nothing at all: `*`, `https://*/*` and their like cover whatever the key is trusted for.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.host().bytes().all(|b| b"*?.".contains(&b))
            && self.path().bytes().all(|b| b"*?/\\".contains(&b))
    }

    fn host(&self) -> &str {
        self.text.get(self.host..self.path).unwrap_or_default()
    }

    /// Path and query, beginning with `/`; empty if there are none.
    fn path(&self) -> &str {
        self.text.get(self.path..).unwrap_or_default()
    }

    /// Whether and how the resource covers a URL.
    #[must_use]
    pub fn cover(&self, asked: &AskedUrl) -> Option<QueryCover> {
        if self.scheme.is_some_and(|scheme| scheme != asked.scheme())
            || !matches(self.host(), asked.authority())
        {
            return None;
        }
        match self.path() {
            "" if self.host().ends_with('*') => Some(cover_of_any_query(asked)),
            "" => None,
            pattern => cover_path(pattern, asked),
        }
    }
}

fn cover_path(pattern: &str, asked: &AskedUrl) -> Option<QueryCover> {
    // A backslash stands only before a question mark.
    if let Some((path, escaped)) = pattern.split_once('\\') {
        let query = escaped.get(1..).unwrap_or_default();
        return cover_sections(path, query, asked);
    }
    // The query that a signer wrote without escaping it is tried first: it may be covered to the letter.
    let begins_query = pattern.match_indices('?');
    let as_query = begins_query.filter_map(|(at, _)| {
        let query = pattern.get(at + 1..).unwrap_or_default();
        cover_sections(pattern.get(..at).unwrap_or_default(), query, asked)
    });
    as_query
        .min_by_key(|cover| *cover != QueryCover::Literal)
        .or_else(|| cover_as_path(pattern, asked))
}

/// Compares path and query with the two halves of a pattern.
fn cover_sections(path: &str, query: &str, asked: &AskedUrl) -> Option<QueryCover> {
    let asked_query = asked.raw_query()?;
    if !matches(path, asked.path()) || !matches(query, asked_query) {
        return None;
    }
    Some(if has_wildcard(query) {
        QueryCover::Wildcard
    } else {
        QueryCover::Literal
    })
}

/// Compares the path with a pattern that has no query.
fn cover_as_path(pattern: &str, asked: &AskedUrl) -> Option<QueryCover> {
    // A restriction behind an unescaped `?` is meant as a query; read as a path it would bind nobody.
    if pattern.contains('?') && names_restriction(pattern) {
        return None;
    }
    let covers_query = asked.raw_query().is_none() || pattern.ends_with('*');
    (covers_query && matches(pattern, asked.path())).then(|| cover_of_any_query(asked))
}

fn cover_of_any_query(asked: &AskedUrl) -> QueryCover {
    match asked.raw_query() {
        Some(_) => QueryCover::Wildcard,
        None => QueryCover::Literal,
    }
}

fn check_characters(text: &str) -> Result<(), ResourceError> {
    if text.len() > MAX_BYTES {
        return Err(ResourceError::TooLong { limit: MAX_BYTES });
    }
    let mut wildcards = 0usize;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'*' | b'?' => wildcards += 1,
            b'\\' if bytes.peek().is_none_or(|(_, next)| *next != b'?') => {
                return Err(ResourceError::Backslash);
            }
            b'"' => return Err(ResourceError::Character { at }),
            _ if !byte.is_ascii_graphic() => return Err(ResourceError::Character { at }),
            _ => {}
        }
    }
    if wildcards > MAX_WILDCARDS {
        return Err(ResourceError::Wildcards {
            limit: MAX_WILDCARDS,
        });
    }
    Ok(())
}

/// Takes off the scheme; `None` is either of the two.
fn split_scheme(text: &str) -> Result<(Option<Scheme>, &str), ResourceError> {
    // QUIRK: `http*://` is how older guides and many policies write either scheme.
    for (beginning, scheme) in [
        ("https://", Some(Scheme::Https)),
        ("http://", Some(Scheme::Http)),
        ("*://", None),
        ("http*://", None),
    ] {
        if let Some(rest) = text.strip_prefix(beginning) {
            return Ok((scheme, rest));
        }
    }
    if text.starts_with('*') {
        return Ok((None, text));
    }
    Err(ResourceError::SchemeUnknown)
}

#[cfg(test)]
mod tests;
