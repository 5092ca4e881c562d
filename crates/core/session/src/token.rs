//! A token's outer form: what stands in the clear, and what is wrong with one that is not opened.
//!
//! `version (1) · key id (4, big endian) · nonce (12) · ciphertext · tag (16)`, as base64url without padding. Version
//! and key id are authenticated with the rest.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

/// The version of tokens made here.
pub(crate) const VERSION: u8 = 1;
pub(crate) const NONCE: usize = 12;
pub(crate) const TAG: usize = 16;
const KEY_ID: usize = 4;
/// Version and key id.
pub(crate) const HEADER: usize = 1 + KEY_ID;
/// The most bytes of a token under its base64.
const MOST_BYTES: usize = HEADER + NONCE + crate::codec::MOST_PLAINTEXT + TAG;
/// The longest token, in characters.
pub const LONGEST_TOKEN: usize = (MOST_BYTES * 4).div_ceil(3);

/// Why a token was not opened. All but an unknown key, which may be a new one of another node, is the client's.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum OpenError {
    /// It is no token.
    #[error("session token is malformed")]
    Malformed,
    /// It was not sealed with that key, or changed since.
    #[error("session token is not authentic")]
    NotAuthentic,
    /// Its key is not in the ring: it is newer than the ring, or forgotten, or another installation's.
    #[error("session token is sealed with key {id}, which is not known")]
    UnknownKey {
        /// The id that the token names.
        id: u32,
    },
    /// It is of a version that is not known here.
    #[error("session token has version {version}, which is not known")]
    UnknownVersion {
        /// The version that the token names.
        version: u8,
    },
}

/// Why a session was not sealed.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum SealError {
    /// The ring has no key.
    #[error("there is no key to seal sessions with")]
    NoKey,
    /// The session ends before it begins, or at no time at all.
    #[error("session ends before it begins")]
    NoLife,
    /// A single text of it is too long.
    #[error("a text of the session is longer than {limit} bytes")]
    TextTooLong {
        /// The most bytes.
        limit: usize,
    },
    /// Its policy, ARNs and tags are too large together.
    #[error("policies and tags of the session take {bytes} bytes, of {limit}")]
    TooLarge {
        /// How many bytes they take.
        bytes: usize,
        /// How many they may take.
        limit: usize,
    },
}

/// A token's parts.
pub(crate) struct Parts {
    pub(crate) key_id: u32,
    /// All of it, under the base64.
    pub(crate) bytes: Vec<u8>,
}

impl Parts {
    /// Reads the outer form.
    pub(crate) fn read(token: &str) -> Result<Self, OpenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(OpenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token);
        let bytes = bytes.map_err(|_| OpenError::Malformed)?;
        let Some(&[version, a, b, c, d]) = bytes.first_chunk::<HEADER>() else {
            return Err(OpenError::Malformed);
        };
        if version != VERSION {
            return Err(OpenError::UnknownVersion { version });
        }
        if bytes.len() < HEADER + NONCE + TAG {
            return Err(OpenError::Malformed);
        }
        let key_id = u32::from_be_bytes([a, b, c, d]);
        Ok(Self { key_id, bytes })
    }
}

/// What stands before the nonce.
pub(crate) fn header(key_id: u32) -> [u8; HEADER] {
    let [a, b, c, d] = key_id.to_be_bytes();
    [VERSION, a, b, c, d]
}

/// The token as text.
pub(crate) fn write(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
