//! Key groups: whose signatures are good for what lies behind them.
//!
//! "Specify signers that can create signed URLs and signed cookies", CloudFront Developer Guide. A group holds
//! several keys, so that one can be replaced while links under the old one still work.
//!
//! INVARIANT: a key is found by its id in the group of what was asked for, and nowhere else (threat K7).

use thiserror::Error;

use crate::epoch_time::EpochTime;
use crate::public_key::PublicKey;

/// The most keys in a group. AWS has five in a group and four groups for one behaviour; a union of those fits.
const MAX_KEYS: usize = 20;

/// A public key with the id under which it signs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrustedKey {
    id: Box<str>,
    key: PublicKey,
    until: Option<EpochTime>,
}

/// The keys that are trusted for something.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KeyGroup {
    keys: Vec<TrustedKey>,
}

/// Why keys make no group.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum KeyGroupError {
    /// An id with characters that are not taken.
    #[error("the id of a key pair has 1 to 64 letters, digits, `-` or `_`")]
    IdMalformed,
    /// Two keys of one id.
    #[error("two keys have the id `{id}`")]
    IdRepeated {
        /// The id.
        id: Box<str>,
    },
    /// More keys than a group has.
    #[error("a key group has at most {limit} keys")]
    TooMany {
        /// The bound.
        limit: usize,
    },
}

impl TrustedKey {
    /// Trusts a key under an id, such as `K2JCJMDEHXQW5F`.
    ///
    /// # Errors
    /// [`KeyGroupError::IdMalformed`] if the id could not stand in a URL as it is.
    pub fn new(id: &str, key: PublicKey) -> Result<Self, KeyGroupError> {
        if !is_key_pair_id(id) {
            return Err(KeyGroupError::IdMalformed);
        }
        Ok(Self {
            id: id.into(),
            key,
            until: None,
        })
    }

    /// The same, no longer trusted from a moment on: the end of the overlap when keys are rotated.
    #[must_use]
    pub fn until(mut self, moment: EpochTime) -> Self {
        self.until = Some(moment);
        self
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The first moment at which it is not trusted any more.
    #[must_use]
    pub fn trusted_until(&self) -> Option<EpochTime> {
        self.until
    }
}

impl KeyGroup {
    /// Makes a group of keys.
    ///
    /// # Errors
    /// [`KeyGroupError`] if there are too many, or two of one id.
    pub fn new(keys: impl IntoIterator<Item = TrustedKey>) -> Result<Self, KeyGroupError> {
        let mut group = Self::default();
        keys.into_iter().try_for_each(|key| group.add(key))?;
        Ok(group)
    }

    /// One group of all keys in several, as where several groups are trusted for one place. The same key under the same
    /// id counts once, and as long as the longest of them says.
    ///
    /// # Errors
    /// [`KeyGroupError`] if there are too many, or two keys have one id.
    pub fn union<'g>(groups: impl IntoIterator<Item = &'g Self>) -> Result<Self, KeyGroupError> {
        let mut union = Self::default();
        for key in groups.into_iter().flat_map(|group| &group.keys) {
            match union.keys.iter_mut().find(|one| one.id == key.id) {
                Some(one) if one.key == key.key => {
                    one.until = one.until.zip(key.until).map(|(a, b)| a.max(b));
                }
                _ => union.add(key.clone())?,
            }
        }
        Ok(union)
    }

    fn add(&mut self, key: TrustedKey) -> Result<(), KeyGroupError> {
        if self.find(&key.id).is_some() {
            return Err(KeyGroupError::IdRepeated { id: key.id });
        }
        if self.keys.len() == MAX_KEYS {
            return Err(KeyGroupError::TooMany { limit: MAX_KEYS });
        }
        self.keys.push(key);
        Ok(())
    }

    /// The key with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&TrustedKey> {
        self.keys.iter().find(|key| &*key.id == id)
    }

    /// The keys, in the order given.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &TrustedKey> {
        self.keys.iter()
    }
}

/// Whether a text can be the id of a key pair.
pub(crate) fn is_key_pair_id(id: &str) -> bool {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&id.len()) && id.bytes().all(is_taken)
}

#[cfg(test)]
mod tests;
