//! Object keys, exactly as sent.
//!
//! A key is 1 to 1,024 bytes of UTF-8 ("Naming Amazon S3 objects"). It is never normalised: `a//b`,
//! `./a`, `../a` and `trail/` are four keys of their own. The one text refused outright is a key
//! with a NUL byte, which no store below can be trusted to read alike.
//!
//! INVARIANT: the key that was signed is the key that is stored and read, byte for byte.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::{ErrorCode, Fault};

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 1024;

/// An object key. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ObjectKey(Arc<str>);

/// Why a text is no object key.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ObjectKeyError {
    /// The text is empty.
    #[error("an object key must not be empty")]
    Empty,
    /// The text contains a NUL byte.
    #[error("byte {at} of the key is NUL")]
    Nul {
        /// Where it stands.
        at: usize,
    },
    /// The text is longer than S3 allows.
    #[error("a key of {bytes} bytes is longer than 1024")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
}

impl From<ObjectKeyError> for Fault {
    fn from(error: ObjectKeyError) -> Self {
        match error {
            ObjectKeyError::Empty | ObjectKeyError::Nul { .. } => Self::new(ErrorCode::InvalidURI),
            ObjectKeyError::TooLong { bytes } => Self::new(ErrorCode::KeyTooLongError)
                .with("Size", bytes.to_string())
                .with("MaxSizeAllowed", MAX_KEY_BYTES.to_string()),
        }
    }
}

impl ObjectKey {
    /// Checks and keeps `key` as it is.
    ///
    /// # Errors
    /// [`ObjectKeyError`] if it is empty, too long or contains NUL.
    pub fn parse(key: &str) -> Result<Self, ObjectKeyError> {
        if key.is_empty() {
            return Err(ObjectKeyError::Empty);
        }
        if key.len() > MAX_KEY_BYTES {
            return Err(ObjectKeyError::TooLong { bytes: key.len() });
        }
        if let Some(at) = key.bytes().position(|b| b == 0) {
            return Err(ObjectKeyError::Nul { at });
        }
        Ok(Self(key.into()))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as bytes; their order is S3's listing order.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether a segment between slashes is `.` or `..`, which other programs may fold away.
    #[must_use]
    pub fn has_dot_segments(&self) -> bool {
        self.0
            .split('/')
            .any(|segment| segment == "." || segment == "..")
    }
}

impl AsRef<str> for ObjectKey {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl std::borrow::Borrow<str> for ObjectKey {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ObjectKey {
    type Err = ObjectKeyError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Self::parse(key)
    }
}

#[cfg(test)]
mod tests;
