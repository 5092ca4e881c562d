//! The ids of multipart uploads.
//!
//! An id is 16 hexadecimal digits of the number that the object's body will have, which grow with
//! time, and 32 random ones: so ids of one key are in the order in which the uploads began, and
//! knowing one tells nothing of the next.

use std::fmt;

use crate::{ObjectId, StoreError, ids};

/// How long an id is.
const DIGITS: usize = 48;

/// The id of a multipart upload.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UploadId(Box<str>);

impl UploadId {
    /// Makes an id for the body of this number.
    pub(crate) fn new(body: ObjectId) -> Result<Self, StoreError> {
        let (high, low) = (ids::random_bits()?, ids::random_bits()?);
        Ok(Self(format!("{body}{high:016x}{low:016x}").into()))
    }

    /// Reads an id; `None` for a text that no upload can have.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let well_formed = text.len() == DIGITS && text.bytes().all(digit);
        well_formed.then(|| Self(text.into()))
    }

    /// The id as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The body that the upload's parts will be. Anybody can make an id up: only that of an upload
    /// that was found counts.
    pub(crate) fn body(&self) -> ObjectId {
        let number = self.0.get(..16);
        ObjectId(
            number
                .and_then(|n| u64::from_str_radix(n, 16).ok())
                .unwrap_or(0),
        )
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
