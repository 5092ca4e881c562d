//! The id of one version of an object.
//!
//! Source: "Working with S3 Versioning". An id is opaque to clients. What was written while the bucket
//! kept no versions has the id `null`; every other id here is 32 lower-case hexadecimal digits.

use std::fmt;
use std::sync::Arc;

/// How long an id is, unless it is `null`.
const DIGITS: usize = 32;

const NULL: &str = "null";

/// A version id. Cheap to clone; the null version's costs nothing.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct VersionId(Option<Arc<str>>);

impl VersionId {
    /// The id of what was written while the bucket kept no versions.
    #[must_use]
    pub const fn null() -> Self {
        Self(None)
    }

    /// Whether this is the null version's.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// The id as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or(NULL)
    }

    /// Reads an id; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == NULL {
            return Some(Self::null());
        }
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let well_formed = text.len() == DIGITS && text.bytes().all(digit);
        well_formed.then(|| Self(Some(text.into())))
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
