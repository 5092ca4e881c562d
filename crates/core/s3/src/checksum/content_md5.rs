//! The `Content-MD5` header (RFC 1864).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::{ErrorCode, Fault};

/// The MD5 that the client says its body has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ContentMd5([u8; 16]);

/// Why a body was refused by its `Content-MD5`.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ContentMd5Error {
    /// The header is not base64 of 16 bytes.
    #[error("`{value}` is not base64 of an md5")]
    Invalid {
        /// The header as sent.
        value: String,
    },
    /// The body has another MD5.
    #[error("the body has another md5 than the header")]
    Mismatch {
        /// What the header says.
        expected: [u8; 16],
        /// What the body has.
        calculated: [u8; 16],
    },
}

impl ContentMd5 {
    /// Reads the header.
    ///
    /// # Errors
    /// [`ContentMd5Error::Invalid`] if it is not base64 of 16 bytes.
    pub fn parse(value: &str) -> Result<Self, ContentMd5Error> {
        let digest = STANDARD
            .decode(value)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        digest.map(Self).ok_or_else(|| ContentMd5Error::Invalid {
            value: value.to_owned(),
        })
    }

    /// Compares with the MD5 that the body really has.
    ///
    /// # Errors
    /// [`ContentMd5Error::Mismatch`] if they differ.
    pub fn verify(self, calculated: [u8; 16]) -> Result<(), ContentMd5Error> {
        if self.0 == calculated {
            return Ok(());
        }
        Err(ContentMd5Error::Mismatch {
            expected: self.0,
            calculated,
        })
    }
}

impl From<ContentMd5Error> for Fault {
    fn from(error: ContentMd5Error) -> Self {
        match error {
            ContentMd5Error::Invalid { value } => {
                Self::new(ErrorCode::InvalidDigest).with("Content-MD5", value)
            }
            // AWS: what was expected in hexadecimal, what was calculated in base64.
            ContentMd5Error::Mismatch {
                expected,
                calculated,
            } => Self::new(ErrorCode::BadDigest)
                .with("ExpectedDigest", crate::etag::hex(&expected))
                .with("CalculatedDigest", STANDARD.encode(calculated)),
        }
    }
}

#[cfg(test)]
mod tests;
