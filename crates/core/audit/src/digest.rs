//! Signed digests: what the record was at the end of an hour, in the words of whoever holds the key
//! (docs/specs/audit.md, section 3.1).
//!
//! INVARIANT: a signature is over a text that begins with what it is for, so no signature of this key can stand
//! for anything else. INVARIANT: each digest names the one before, so none can be left out.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::Moment;
use crate::chain::Head;
use crate::hash::{ChainId, Hash, hex, unhex};
use crate::json::write_json;

const PURPOSE: &[u8] = b"countersign-audit-digest-v1\n";
const TAIL: &[u8] = b",\"signature\":\"";
const END: &[u8] = b"\"}";
const SIGNATURE_LENGTH: usize = 64;

/// A digest: which records there were, and how they hashed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// The version of the format: 1.
    pub version: u32,
    /// Of which chain.
    pub chain: ChainId,
    /// Which digest, from 1.
    pub number: u64,
    /// From when on.
    pub start: Moment,
    /// Until when.
    pub end: Moment,
    /// The first record.
    pub from: u64,
    /// The last record; one less than the first if there is none.
    pub to: u64,
    /// The hash of the record before the first.
    pub prev: Hash,
    /// The hash of the last record; as `prev` if there is none.
    pub head: Hash,
    /// The segments that the records lie in, in order.
    pub segments: Vec<SegmentEntry>,
    /// The hash of the digest before; [`Hash::ZERO`] in the first.
    pub previous: Hash,
    /// The hash of the public key.
    pub key: Hash,
}

/// A segment that is done with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentEntry {
    /// The name of its file, without folders and endings of compression.
    pub name: Box<str>,
    /// Its first record.
    pub from: u64,
    /// Its last record.
    pub to: u64,
    /// How long it is.
    pub bytes: u64,
    /// The hash of the whole of it.
    pub sha256: Hash,
}

/// What is known of a segment while it is written.
#[derive(Debug)]
pub struct SegmentTally {
    name: Box<str>,
    from: u64,
    bytes: u64,
    hasher: Sha256,
}

/// The key that signs digests.
pub struct DigestKey {
    pair: Ed25519KeyPair,
}

/// A key that somebody trusts to sign digests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DigestPublicKey([u8; 32]);

/// Makes one digest after the other.
#[derive(Clone, Copy, Debug)]
pub struct DigestSeries {
    chain: ChainId,
    last: Head,
    number: u64,
    previous: Hash,
}

/// Bytes are no key.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not a key for ed25519")]
pub struct DigestKeyError;

/// Why a digest counts for nothing.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum DigestError {
    /// It was changed, or signed by somebody else.
    #[error("the signature is not of the key that is named")]
    BadSignature,
    /// Nobody trusts the key.
    #[error("the key `{key}` is not trusted")]
    UnknownKey {
        /// The hash of the key.
        key: Hash,
    },
    /// It has another form.
    #[error("not a digest")]
    Unreadable,
}

impl DigestKey {
    /// The key with this seed of 32 bytes.
    ///
    /// # Errors
    /// If they are not 32.
    pub fn from_seed(seed: &[u8]) -> Result<Self, DigestKeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| DigestKeyError)?;
        Ok(Self { pair })
    }

    /// The key in a document of PKCS #8.
    ///
    /// # Errors
    /// If it is none for Ed25519.
    pub fn from_pkcs8(document: &[u8]) -> Result<Self, DigestKeyError> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(document);
        Ok(Self {
            pair: pair.map_err(|_| DigestKeyError)?,
        })
    }

    /// What others need to verify.
    #[must_use]
    pub fn public_key(&self) -> DigestPublicKey {
        let bytes = self.pair.public_key().as_ref();
        // The public key of Ed25519 has 32 bytes.
        DigestPublicKey(bytes.try_into().unwrap_or([0; 32]))
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigestKey({})", self.public_key().fingerprint())
    }
}

impl DigestPublicKey {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its hash, by which digests name it.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        Hash::of(&self.0)
    }
}

impl SegmentTally {
    /// A segment of this name, whose first record will have this number.
    #[must_use]
    pub fn new(name: &str, from: u64) -> Self {
        Self {
            name: name.into(),
            from,
            bytes: 0,
            hasher: Sha256::new(),
        }
    }

    /// Takes what was written to it, or what an earlier process wrote.
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hasher.update(bytes);
    }

    /// The segment as it is, with this record as its last.
    #[must_use]
    pub fn finish(self, to: u64) -> SegmentEntry {
        SegmentEntry {
            name: self.name,
            from: self.from,
            to,
            bytes: self.bytes,
            sha256: Hash::finish(self.hasher),
        }
    }
}

impl DigestSeries {
    /// Before the first digest of a chain.
    #[must_use]
    pub const fn new(chain: ChainId) -> Self {
        Self {
            chain,
            last: Head {
                seq: 0,
                hash: Hash::ZERO,
            },
            number: 0,
            previous: Hash::ZERO,
        }
    }

    /// After a digest, given as it lies in its file.
    #[must_use]
    pub fn after(digest: &Digest, signed: &[u8]) -> Self {
        Self {
            chain: digest.chain,
            last: Head {
                seq: digest.to,
                hash: digest.head,
            },
            number: digest.number,
            previous: Hash::of(signed),
        }
    }

    /// Signs the next digest, of all records up to `head`. Gives the bytes of its file.
    #[must_use]
    pub fn sign(
        &mut self,
        start: Moment,
        end: Moment,
        head: Head,
        segments: Vec<SegmentEntry>,
        key: &DigestKey,
    ) -> Vec<u8> {
        let digest = Digest {
            version: 1,
            chain: self.chain,
            number: self.number + 1,
            start,
            end,
            from: self.last.seq + 1,
            to: head.seq,
            prev: self.last.hash,
            head: head.hash,
            segments,
            previous: self.previous,
            key: key.public_key().fingerprint(),
        };
        let signed = digest.signed_by(key);
        *self = Self::after(&digest, &signed);
        signed
    }
}

impl Digest {
    fn signed_by(&self, key: &DigestKey) -> Vec<u8> {
        let mut text = PURPOSE.to_vec();
        write_json(self, &mut text);
        // The brace that ends the object goes; the signature comes in before it.
        text.pop();
        let signature = key.pair.sign(&text);
        let mut signed = text.split_off(PURPOSE.len());
        signed.extend_from_slice(TAIL);
        signed.extend(signature.as_ref().iter().flat_map(|byte| hex(*byte)));
        signed.extend_from_slice(END);
        signed
    }

    /// Reads a digest that one of these keys signed.
    ///
    /// # Errors
    /// If it has another form, is signed by nobody who is trusted, or was changed.
    pub fn read(signed: &[u8], trusted: &[DigestPublicKey]) -> Result<Self, DigestError> {
        let tail_length = TAIL.len() + 2 * SIGNATURE_LENGTH + END.len();
        let split = signed.len().checked_sub(tail_length);
        let split = split.and_then(|at| signed.split_at_checked(at));
        let (body, tail) = split.ok_or(DigestError::Unreadable)?;
        let digits = tail.strip_prefix(TAIL).and_then(|t| t.strip_suffix(END));
        let signature = unhex::<SIGNATURE_LENGTH>(digits.ok_or(DigestError::Unreadable)?)
            .map_err(|_| DigestError::Unreadable)?;
        let mut json = body.to_vec();
        json.push(b'}');
        let digest: Self = serde_json::from_slice(&json).map_err(|_| DigestError::Unreadable)?;
        let mut again = Vec::with_capacity(json.len());
        write_json(&digest, &mut again);
        let numbers = [digest.number, digest.from, digest.to];
        let in_range = |number: u64| i64::try_from(number).is_ok();
        let sane = numbers.into_iter().all(in_range)
            && digest.segments.iter().all(|entry| in_range(entry.to));
        if again != json || digest.version != 1 || !sane {
            return Err(DigestError::Unreadable);
        }
        let key = trusted.iter().find(|key| key.fingerprint() == digest.key);
        let key = key.ok_or(DigestError::UnknownKey { key: digest.key })?;
        let text = [PURPOSE, body].concat();
        UnparsedPublicKey::new(&ED25519, key.as_bytes())
            .verify(&text, &signature)
            .map_err(|_| DigestError::BadSignature)?;
        Ok(digest)
    }
}
