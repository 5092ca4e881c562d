//! The id of a link: 128 bits that stay the same however its URL is spelled.
//!
//! A link that was named by its signer (`x-cs-id`) is that name within that user's name space; any other is
//! known by the access key and the verified signature (docs/specs/restrictions.md, section 3). Never by
//! text of a URL: a respelled URL shares its counter and its revocation (threats A6, D11).
//!
//! INVARIANT: neither a signature nor anything it could be computed from can be read off an id.

use std::fmt;
use std::str::FromStr;

use countersign_sigv4::AccessKeyId;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The id of a link, written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LinkId([u8; 16]);

/// A text is no id of a link.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("the id of a link has 32 lower-case hexadecimal digits")]
pub struct LinkIdError;

impl LinkId {
    /// The id of the link that this user named so.
    #[must_use]
    pub fn named(user_id: &str, name: &str) -> Self {
        Self::digest(&[b"named", user_id.as_bytes(), name.as_bytes()])
    }

    /// The id of a link without a name, by the key and the fingerprint of its verified signature
    /// ([`Verified::fingerprint`](countersign_sigv4::verify::Verified)).
    #[must_use]
    pub fn signed(access_key_id: &AccessKeyId, fingerprint: &[u8; 32]) -> Self {
        Self::digest(&[b"signed", access_key_id.as_str().as_bytes(), fingerprint])
    }

    /// The id with these bytes, as a store keeps them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Lengths come first, so that no two lists of parts run together.
    fn digest(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let whole: [u8; 32] = hash.finalize().into();
        let (half, _) = whole.split_first_chunk().unwrap_or((&[0; 16], &[]));
        Self(*half)
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for LinkId {
    type Err = LinkIdError;

    fn from_str(text: &str) -> Result<Self, LinkIdError> {
        let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.as_bytes().iter().all(is_hex) {
            return Err(LinkIdError);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| LinkIdError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests;
