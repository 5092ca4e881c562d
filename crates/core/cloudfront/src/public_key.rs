//! A public key, as CloudFront takes it: RSA from 2048 bits on, or ECDSA on P-256.
//!
//! Source: "Create key pairs for your signers", CloudFront Developer Guide. CloudFront itself takes RSA of 2048 bits only.
//! ECDSA signatures are DER, as every signer writes them.

use std::fmt;

use aws_lc_rs::digest::Digest;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters,
};
use thiserror::Error;

use crate::hash_algorithm::HashAlgorithm;
use crate::pem;

/// Below this an RSA key can be broken (threat K4).
const SHORTEST_RSA_BITS: u32 = 2_048;
/// Above this one signature costs a multiple of what everybody else's does.
const LONGEST_RSA_BITS: u32 = 4_096;

/// A public key, ready to verify.
#[derive(Clone)]
pub struct PublicKey {
    kind: KeyKind,
    sha1: ParsedPublicKey,
    sha256: ParsedPublicKey,
}

/// What a key is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyKind {
    /// ECDSA on P-256.
    P256,
    /// RSA, signing by PKCS #1 v1.5.
    Rsa {
        /// The length of the modulus.
        bits: u32,
    },
}

/// Why a key is not taken.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum KeyError {
    /// No PEM of the expected kind.
    #[error("a key is PEM: `-----BEGIN {label}-----` and base64")]
    NotPem {
        /// What stands in its first line.
        label: &'static str,
    },
    /// Too short to be safe, or so long that it only costs.
    #[error("an RSA key has {SHORTEST_RSA_BITS} to {LONGEST_RSA_BITS} bits, not {bits}")]
    RsaLength {
        /// The length of the modulus.
        bits: u32,
    },
    /// Neither RSA nor ECDSA on P-256, or damaged.
    #[error("a key is RSA or ECDSA on P-256")]
    Unusable,
}

impl PublicKey {
    /// Reads a public key in PEM (`-----BEGIN PUBLIC KEY-----`), as CloudFront takes it.
    ///
    /// # Errors
    /// [`KeyError`] if it is none, or not one that is accepted.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let label = "PUBLIC KEY";
        let der = pem::decode(text, label).ok_or(KeyError::NotPem { label })?;
        Self::from_der(&der)
    }

    /// Reads a public key in DER (`SubjectPublicKeyInfo`).
    ///
    /// # Errors
    /// As [`PublicKey::from_pem`].
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        match rsa::PublicKey::from_der(der) {
            Ok(key) => Self::of_rsa(key.as_ref()),
            Err(_) => Self::of_p256(der),
        }
    }

    fn of_rsa(pkcs1: &[u8]) -> Result<Self, KeyError> {
        let bits = RsaParameters::public_modulus_len(pkcs1).map_err(|_| KeyError::Unusable)?;
        if !(SHORTEST_RSA_BITS..=LONGEST_RSA_BITS).contains(&bits) {
            return Err(KeyError::RsaLength { bits });
        }
        let parsed =
            |algorithm| ParsedPublicKey::new(algorithm, pkcs1).map_err(|_| KeyError::Unusable);
        Ok(Self {
            kind: KeyKind::Rsa { bits },
            sha1: parsed(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY)?,
            sha256: parsed(&RSA_PKCS1_2048_8192_SHA256)?,
        })
    }

    fn of_p256(der: &[u8]) -> Result<Self, KeyError> {
        let unusable = |_| KeyError::Unusable;
        Ok(Self {
            kind: KeyKind::P256,
            sha1: ParsedPublicKey::new(&ECDSA_P256_SHA1_ASN1, der).map_err(unusable)?,
            sha256: ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der).map_err(unusable)?,
        })
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether `signature` is this key's over what has this SHA-256.
    pub(crate) fn verifies_sha256(&self, digest: &Digest, signature: &[u8]) -> bool {
        self.sha256.verify_digest_sig(digest, signature).is_ok()
    }

    /// Whether `signature` is this key's over `message`.
    #[must_use]
    pub fn verifies(&self, hash: HashAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        let key = match hash {
            HashAlgorithm::Sha1 => &self.sha1,
            HashAlgorithm::Sha256 => &self.sha256,
        };
        key.verify_sig(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?})", self.kind)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.sha256.as_ref() == other.sha256.as_ref()
    }
}

impl Eq for PublicKey {}

#[cfg(test)]
mod tests;
