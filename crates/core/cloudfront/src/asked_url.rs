//! The URL that a client asks for, as its signer wrote it: without the parameters that carry the signature.
//!
//! CloudFront signs the text of a URL, so here it is put together again from what came off the wire: scheme and
//! host as the client used them, the raw path, the raw query in its order.
//!
//! INVARIANT: what remains of the query keeps its spelling. INVARIANT: no signing parameter remains, however its name is
//! escaped, so none reaches a store or an upstream.

use std::fmt;
use std::ops::Range;

use countersign_request::{Query, QueryError};
use thiserror::Error;

use crate::parameter::Parameter;

/// The beginning of the names of restrictions.
const RESTRICTION: &str = "x-cs-";

/// The scheme by which the client asked.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// The scheme as a URL begins with it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A URL, its parts, and its query without the parameters of a signature.
///
/// A wildcard covers dot segments and escapes as they stand (`/films/*` covers `/films/../x` and `/films/%2e%2e/x`), so
/// whoever serves the request must take the object from [`AskedUrl::path`] without folding any.
#[derive(Clone, Debug)]
pub struct AskedUrl {
    text: String,
    scheme: Scheme,
    authority: Range<usize>,
    path: Range<usize>,
    has_query: bool,
    query: Query,
}

/// A text is no URL that could be asked for.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum UrlError {
    /// A character that no URL has as it is sent.
    #[error("the byte at {at} must be percent-encoded")]
    Character {
        /// Where, counted from zero.
        at: usize,
    },
    /// A fragment, which is never sent.
    #[error("a fragment is never sent, so nothing can be signed for it")]
    Fragment,
    /// Not an absolute URL with a host and a path.
    #[error("a URL is absolute, such as `https://example.com/file`")]
    NotAbsolute,
    /// A query that cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A parameter that CloudFront takes for itself.
    #[error("`{parameter}` is a parameter of the signature")]
    SigningParameter {
        /// Which.
        parameter: Parameter,
    },
}

impl AskedUrl {
    /// Puts the URL of a request together: scheme and `Host` as the client used them, the raw path, and the
    /// query without the parameters of a signature.
    ///
    /// ```
    /// use countersign_cloudfront::{AskedUrl, Scheme};
    /// use countersign_request::Query;
    /// let query = Query::of("b=2&Expires=1767225600&a=1&Signature=x&Key-Pair-Id=K1")?;
    /// let asked = AskedUrl::of(Scheme::Https, "example.com", "/a%20b", &query)?;
    /// assert_eq!(asked.as_str(), "https://example.com/a%20b?b=2&a=1");
    /// assert_eq!(asked.query().first("a"), Some("1"));
    /// # Ok::<(), countersign_request::QueryError>(())
    /// ```
    ///
    /// # Errors
    /// [`QueryError`] if what remains of the query cannot be read, which cannot be if `query` was read.
    pub fn of(
        scheme: Scheme,
        authority: &str,
        path: &str,
        query: &Query,
    ) -> Result<Self, QueryError> {
        Self::join(scheme, authority, path, without_signature(query).as_deref())
    }

    /// Reads a URL that is not signed yet.
    ///
    /// # Errors
    /// [`UrlError`] if it is none, or has parameters that CloudFront takes for itself.
    pub fn parse(url: &str) -> Result<Self, UrlError> {
        if let Some(at) = url.bytes().position(|byte| !is_sent(byte)) {
            return Err(UrlError::Character { at });
        }
        if url.contains('#') {
            return Err(UrlError::Fragment);
        }
        let (scheme, rest) = [Scheme::Http, Scheme::Https]
            .into_iter()
            .find_map(|scheme| {
                let rest = url.strip_prefix(scheme.as_str())?.strip_prefix("://")?;
                Some((scheme, rest))
            })
            .ok_or(UrlError::NotAbsolute)?;
        let (before, query) = match rest.split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (rest, None),
        };
        let slash = before.find('/').ok_or(UrlError::NotAbsolute)?;
        let (authority, path) = before.split_at(slash);
        if authority.is_empty() {
            return Err(UrlError::NotAbsolute);
        }
        let asked = Self::join(scheme, authority, path, query)?;
        let taken = asked
            .query
            .pairs()
            .find_map(|(name, _)| Parameter::of_query(name));
        match taken {
            Some(parameter) => Err(UrlError::SigningParameter { parameter }),
            None => Ok(asked),
        }
    }

    fn join(
        scheme: Scheme,
        authority: &str,
        path: &str,
        query: Option<&str>,
    ) -> Result<Self, QueryError> {
        let raw_len = query.map_or(0, str::len);
        let mut text =
            String::with_capacity(authority.len() + path.len() + raw_len + "https://?".len());
        text.extend([scheme.as_str(), "://", authority]);
        let path_start = text.len();
        text.push_str(path);
        let path_end = text.len();
        if let Some(query) = query {
            text.push('?');
            text.push_str(query);
        }
        Ok(Self {
            authority: path_start - authority.len()..path_start,
            path: path_start..path_end,
            has_query: query.is_some(),
            query: Query::of(query.unwrap_or_default())?,
            scheme,
            text,
        })
    }

    /// The whole URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host and port, as the client used them.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text.get(self.authority.clone()).unwrap_or_default()
    }

    /// The raw path.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text.get(self.path.clone()).unwrap_or_default()
    }

    /// The raw query without the parameters of a signature; `None` without a `?`.
    #[must_use]
    pub fn raw_query(&self) -> Option<&str> {
        let raw = self.text.get(self.path.end..).unwrap_or_default();
        raw.get(1..).filter(|_| self.has_query)
    }

    /// The query without the parameters of a signature, for whoever serves the request: operation,
    /// restrictions (`x-cs-*`) and what goes to a store.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The first restriction among the parameters, in any spelling of case.
    pub(crate) fn restriction(&self) -> Option<&str> {
        let mut names = self.query.pairs().map(|(name, _)| name);
        names.find(|name| is_restriction(name))
    }

    /// Whether the URL stands in a canned policy as it is: JSON would escape nothing in it.
    pub(crate) fn is_plain(&self) -> bool {
        self.text.bytes().all(is_sent)
    }
}

impl fmt::Display for AskedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a restriction may be named anywhere in a text.
pub(crate) fn names_restriction(text: &str) -> bool {
    text.to_ascii_lowercase().contains(RESTRICTION)
}

/// Whether a name is that of a restriction.
fn is_restriction(name: &str) -> bool {
    name.get(..RESTRICTION.len())
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(RESTRICTION))
}

/// Printable ASCII that JSON does not escape.
fn is_sent(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
}

/// The raw query without the items that carry the signature; `None` if nothing remains of it.
fn without_signature(query: &Query) -> Option<String> {
    if query.raw().is_empty() {
        return None;
    }
    let mut pairs = query.pairs();
    // A `Query` has one pair for each item that is not empty, in their order.
    let kept = query.raw().split('&').filter(|item| {
        let pair = if item.is_empty() { None } else { pairs.next() };
        pair.is_none_or(|(name, _)| Parameter::of_query(name).is_none())
    });
    let kept: Vec<&str> = kept.collect();
    (!kept.is_empty()).then(|| kept.join("&"))
}

#[cfg(test)]
mod tests;
