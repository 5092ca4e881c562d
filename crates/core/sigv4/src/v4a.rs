//! SigV4A: ECDSA P-256 signatures that hold in every region of a set.
//!
//! The key pair is derived from the ordinary secret (NIST SP 800-108 counter mode with rejection;
//! AWS "SigV4A", aws-semantics 1.11). Signatures are DER in hexadecimal and differ on every signing,
//! so nothing may ever be named after one.

mod derive;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, SigningKey as P256SigningKey, VerifyingKey};

use crate::SecretAccessKey;

/// The public half: what a verifier keeps once per access key.
#[derive(Clone, Debug)]
pub struct PublicKey(VerifyingKey);

/// The private half, for signing.
#[derive(Clone)]
pub struct PrivateKey(P256SigningKey);

impl PrivateKey {
    /// Derives the private key of a credential; the same for every day and region.
    #[must_use]
    pub fn derive(access_key_id: &str, secret: &SecretAccessKey) -> Option<Self> {
        derive::private_scalar(access_key_id, secret)
            .and_then(|scalar| P256SigningKey::from_slice(scalar.as_slice()).ok())
            .map(Self)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(*self.0.verifying_key())
    }

    /// Signs `message`; DER in lower-case hexadecimal.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        let signature: DerSignature = self.0.sign(message);
        signature
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PublicKey {
    /// Derives the public key of a credential, forgetting the private one.
    #[must_use]
    pub fn derive(access_key_id: &str, secret: &SecretAccessKey) -> Option<Self> {
        PrivateKey::derive(access_key_id, secret).map(|private| private.public_key())
    }

    /// The point's coordinates, 32 bytes each.
    #[must_use]
    pub fn coordinates(&self) -> Option<([u8; 32], [u8; 32])> {
        let point = self.0.to_sec1_point(false);
        let x = point.x()?.as_slice().try_into().ok()?;
        let y = point.y()?.as_slice().try_into().ok()?;
        Some((x, y))
    }

    /// Whether `signature` (minimal DER, lower-case hexadecimal, either half of S) covers `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        decode_hex(signature)
            .and_then(|der| DerSignature::from_bytes(&der).ok())
            .is_some_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

/// A P-256 signature is at most 72 bytes of DER.
fn decode_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() > 144 || !text.len().is_multiple_of(2) {
        return None;
    }
    let digits = text
        .bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let byte = |pair: &[u8; 2]| {
        std::str::from_utf8(pair)
            .ok()
            .and_then(|p| u8::from_str_radix(p, 16).ok())
    };
    if digits {
        text.as_bytes()
            .as_chunks::<2>()
            .0
            .iter()
            .map(byte)
            .collect()
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
