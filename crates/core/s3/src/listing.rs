//! The parameters of `ListObjects` in both versions and of `ListObjectVersions`, and the rules of a page.
//!
//! Source: these operations in the S3 API reference. Keys come in byte order; with a delimiter, all
//! keys that share the text up to its first occurrence behind the prefix are one common prefix,
//! which counts as one entry and is told once, even across pages.
//!
//! INVARIANT: walking the pages tells every key, or the common prefix it is under, exactly once.

mod page;
mod position;

pub use page::{Page, PageBuilder, Step, common_prefix};
pub use position::ListPosition;

use countersign_request::Query;
use thiserror::Error;

use crate::{Fault, VersionId};

/// The largest page, and the size of one when nothing is asked.
pub const MAX_PAGE: usize = 1000;

/// What to list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListParameters {
    /// Only keys that begin with this.
    pub prefix: String,
    /// Where to cut keys into common prefixes; never empty.
    pub delimiter: Option<String>,
    /// The most entries of this page, at most [`MAX_PAGE`].
    pub max_keys: usize,
    /// Only keys behind this one.
    pub start_after: Option<String>,
    /// The token of the page before, as sent.
    pub continuation_token: Option<String>,
    /// Whether keys and prefixes are to be percent-encoded in the answer.
    pub encode_url: bool,
    /// Whether the owner of each object is asked for.
    pub fetch_owner: bool,
    position: ListPosition,
}

/// What to list of the versions of a bucket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VersionListParameters {
    /// Only keys that begin with this.
    pub prefix: String,
    /// Where to cut keys into common prefixes; never empty.
    pub delimiter: Option<String>,
    /// The most entries of this page, at most [`MAX_PAGE`].
    pub max_keys: usize,
    /// Where the page begins: behind this key, or behind a version of it.
    pub key_marker: Option<String>,
    /// Behind which version of `key_marker`.
    pub version_id_marker: Option<VersionId>,
    /// Whether keys and prefixes are to be percent-encoded in the answer.
    pub encode_url: bool,
}

/// Why the parameters were refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ListError {
    /// The continuation token is none of ours.
    #[error("continuation token `{token}` is malformed")]
    ContinuationToken {
        /// The token.
        token: String,
    },
    /// The encoding is not `url`.
    #[error("encoding type `{value}` does not exist")]
    EncodingType {
        /// The value.
        value: String,
    },
    /// `max-keys` is negative.
    #[error("`max-keys` must not be negative: `{value}`")]
    MaxKeysNegative {
        /// The value.
        value: String,
    },
    /// `max-keys` is no number.
    #[error("`max-keys` is not a number: `{value}`")]
    MaxKeysNotANumber {
        /// The value.
        value: String,
    },
    /// A marker of versions that is no version id.
    #[error("`{value}` is no version id")]
    VersionMarker {
        /// The value.
        value: String,
    },
    /// A marker of versions without a marker of keys.
    #[error("version id marker `{value}` stands without a key marker")]
    VersionMarkerAlone {
        /// The value.
        value: String,
    },
}

impl ListParameters {
    /// Reads the parameters; empty ones count as absent, though an empty token is told again.
    ///
    /// # Errors
    /// [`ListError`] with the first that is malformed.
    pub fn of(query: &Query) -> Result<Self, ListError> {
        let filled = |name| {
            query
                .first(name)
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
        };
        let start_after = filled("start-after");
        let continuation_token = query.first("continuation-token").map(str::to_owned);
        let position = match (&continuation_token, &start_after) {
            (Some(token), _) if !token.is_empty() => {
                ListPosition::of_token(token).ok_or_else(|| ListError::ContinuationToken {
                    token: token.clone(),
                })?
            }
            (_, Some(key)) => ListPosition::AfterKey(key.clone()),
            (_, None) => ListPosition::Start,
        };
        Ok(Self {
            prefix: filled("prefix").unwrap_or_default(),
            delimiter: filled("delimiter"),
            max_keys: max_keys(query.first("max-keys"))?,
            start_after,
            continuation_token,
            encode_url: encode_url(query.first("encoding-type"))?,
            fetch_owner: query
                .first("fetch-owner")
                .is_some_and(|v| v.eq_ignore_ascii_case("true")),
            position,
        })
    }

    /// Reads the parameters of the first version of `ListObjects`, whose pages begin behind `marker`.
    ///
    /// # Errors
    /// [`ListError`] with the first that is malformed.
    pub fn of_version_1(query: &Query) -> Result<Self, ListError> {
        let filled = |name| {
            query
                .first(name)
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
        };
        let marker = filled("marker");
        let delimiter = filled("delimiter");
        let prefix = filled("prefix").unwrap_or_default();
        let position = match &marker {
            None => ListPosition::Start,
            // A marker that is a common prefix is that prefix as a whole: the page told it.
            Some(marker) => match delimiter.as_deref() {
                Some(delimiter)
                    if common_prefix(marker, &prefix, delimiter) == Some(marker.as_str()) =>
                {
                    ListPosition::AfterPrefix(marker.clone())
                }
                _ => ListPosition::AfterKey(marker.clone()),
            },
        };
        Ok(Self {
            prefix,
            delimiter,
            max_keys: max_keys(query.first("max-keys"))?,
            start_after: marker,
            continuation_token: None,
            encode_url: encode_url(query.first("encoding-type"))?,
            fetch_owner: true,
            position,
        })
    }

    /// Where the page begins.
    #[must_use]
    pub const fn position(&self) -> &ListPosition {
        &self.position
    }

    /// The smallest key that may be on the page, to be compared as bytes.
    #[must_use]
    pub fn first_candidate(&self) -> Vec<u8> {
        self.position
            .first_candidate()
            .max(self.prefix.clone().into_bytes())
    }
}

impl VersionListParameters {
    /// Reads the parameters; empty ones count as absent.
    ///
    /// # Errors
    /// [`ListError`] with the first that is malformed.
    pub fn of(query: &Query) -> Result<Self, ListError> {
        let filled = |name| query.first(name).filter(|value: &&str| !value.is_empty());
        let key_marker = filled("key-marker").map(str::to_owned);
        let version_id_marker = match filled("version-id-marker") {
            None => None,
            Some(value) if key_marker.is_none() => {
                let value = value.to_owned();
                return Err(ListError::VersionMarkerAlone { value });
            }
            Some(text) => Some(
                VersionId::parse(text).ok_or_else(|| ListError::VersionMarker {
                    value: text.to_owned(),
                })?,
            ),
        };
        Ok(Self {
            prefix: filled("prefix").unwrap_or_default().to_owned(),
            delimiter: filled("delimiter").map(str::to_owned),
            max_keys: max_keys(query.first("max-keys"))?,
            key_marker,
            version_id_marker,
            encode_url: encode_url(query.first("encoding-type"))?,
        })
    }
}

fn max_keys(value: Option<&str>) -> Result<usize, ListError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Ok(MAX_PAGE);
    };
    let number: i32 = value.parse().map_err(|_| ListError::MaxKeysNotANumber {
        value: value.to_owned(),
    })?;
    let number = usize::try_from(number).map_err(|_| ListError::MaxKeysNegative {
        value: value.to_owned(),
    })?;
    Ok(number.min(MAX_PAGE))
}

fn encode_url(value: Option<&str>) -> Result<bool, ListError> {
    match value {
        None | Some("") => Ok(false),
        Some("url") => Ok(true),
        Some(value) => Err(ListError::EncodingType {
            value: value.to_owned(),
        }),
    }
}

impl From<ListError> for Fault {
    fn from(error: ListError) -> Self {
        match error {
            ListError::ContinuationToken { token } => Self::invalid_argument(
                "The continuation token provided is incorrect",
                "continuation-token",
                token,
            ),
            ListError::EncodingType { value } => Self::invalid_argument(
                "Invalid Encoding Method specified in Request",
                "encoding-type",
                value,
            ),
            ListError::MaxKeysNegative { value } => Self::invalid_argument(
                "Argument maxKeys must be an integer between 0 and 2147483647",
                "maxKeys",
                value,
            ),
            ListError::MaxKeysNotANumber { value } => Self::invalid_argument(
                "Provided max-keys not an integer or within integer range",
                "max-keys",
                value,
            ),
            ListError::VersionMarker { value } => {
                Self::invalid_argument("Invalid version id specified", "version-id-marker", value)
            }
            ListError::VersionMarkerAlone { value } => Self::invalid_argument(
                "A version-id marker cannot be specified without a key marker.",
                "version-id-marker",
                value,
            ),
        }
    }
}

#[cfg(test)]
mod tests;
