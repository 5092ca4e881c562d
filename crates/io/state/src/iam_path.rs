//! The path of a user, role or policy, by IAM's rules.
//!
//! Source: the IAM API's pattern `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, 1 to 512 characters. A path is part
//! of an ARN and of nothing else: names are unique whatever their paths.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

const MAX_BYTES: usize = 512;
const ROOT: &str = "/";

/// A path: `/`, or printable ASCII between two slashes. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct IamPath(Arc<str>);

/// A text is no path.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a path begins and ends with `/`, and has at most 512 printable ASCII characters")]
pub struct IamPathError;

impl IamPath {
    /// Checks `path` against the rules.
    ///
    /// # Errors
    /// [`IamPathError`] if a rule is broken.
    pub fn parse(path: &str) -> Result<Self, IamPathError> {
        let is_framed = path.starts_with('/') && path.ends_with('/');
        let is_printable = path.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        // AWS: `//` does not match the pattern, because something has to be between the slashes.
        if is_framed && is_printable && path != "//" && path.len() <= MAX_BYTES {
            Ok(Self(path.into()))
        } else {
            Err(IamPathError)
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for IamPath {
    /// `/`.
    fn default() -> Self {
        Self(ROOT.into())
    }
}

impl fmt::Display for IamPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for IamPath {
    type Err = IamPathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        Self::parse(path)
    }
}

#[cfg(test)]
mod tests;
