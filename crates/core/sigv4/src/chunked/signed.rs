//! The chain of chunk signatures: each covers the one before, beginning with the request's own.

use sha2::{Digest, Sha256};

use super::ChunkError;
use crate::explain::Explanation;
use crate::string_to_sign::StringToSign;
use crate::{Algorithm, AmzDate, Claim, HexDigest, Signature, SigningKey};

/// The key that chunks are verified with.
#[derive(Clone, Debug)]
enum ChunkKey {
    #[cfg(feature = "sigv4a")]
    Ecdsa(crate::v4a::PublicKey),
    Hmac(SigningKey),
}

/// Verifies the signatures of a streamed body, chunk by chunk.
#[derive(Debug)]
pub struct StreamingSignature {
    key: ChunkKey,
    algorithm: Algorithm,
    date: AmzDate,
    scope: String,
    previous: String,
    hasher: Sha256,
    string_to_sign: StringToSign,
}

impl StreamingSignature {
    /// Begins the chain at the verified signature of `claim`, made with `key`.
    #[must_use]
    pub fn hmac(claim: &Claim<'_>, key: SigningKey) -> Self {
        Self::new(claim, ChunkKey::Hmac(key))
    }

    /// Begins the chain at the verified SigV4A signature of `claim`.
    #[cfg(feature = "sigv4a")]
    #[must_use]
    pub fn ecdsa(claim: &Claim<'_>, key: crate::v4a::PublicKey) -> Self {
        Self::new(claim, ChunkKey::Ecdsa(key))
    }

    fn new(claim: &Claim<'_>, key: ChunkKey) -> Self {
        Self {
            key,
            algorithm: claim.algorithm,
            date: claim.date,
            scope: claim.scope.text.to_owned(),
            previous: claim.signature.to_owned(),
            hasher: Sha256::new(),
            string_to_sign: StringToSign::default(),
        }
    }

    pub(super) fn update(&mut self, data: &[u8]) {
        self.hasher.update(data);
    }

    pub(super) fn check_chunk(&mut self, provided: &str) -> Result<(), ChunkError> {
        let hash = HexDigest::of(&self.hasher.finalize_reset().into());
        let Self {
            algorithm,
            date,
            scope,
            previous,
            string_to_sign,
            ..
        } = self;
        string_to_sign.for_chunk(*algorithm, *date, scope, previous, &hash);
        self.compare(provided)
    }

    pub(super) fn check_trailer(
        &mut self,
        canonical: &str,
        provided: &str,
    ) -> Result<(), ChunkError> {
        let hash = crate::payload_hash::sha256_hex(canonical.as_bytes());
        let Self {
            algorithm,
            date,
            scope,
            previous,
            string_to_sign,
            ..
        } = self;
        string_to_sign.for_trailer(*algorithm, *date, scope, previous, &hash);
        self.compare(provided)
    }

    fn compare(&mut self, provided: &str) -> Result<(), ChunkError> {
        let text = self.string_to_sign.as_bytes();
        let matches = match &self.key {
            ChunkKey::Hmac(key) => {
                Signature::parse(provided).is_some_and(|provided| key.sign(text).matches(&provided))
            }
            #[cfg(feature = "sigv4a")]
            // QUIRK: aws-crt pads chunk signatures to 144 characters with `*`.
            ChunkKey::Ecdsa(key) => key.verifies(text, provided.trim_end_matches('*')),
        };
        if !matches {
            let ours = Box::new(Explanation::of(b"", &self.string_to_sign, provided));
            return Err(ChunkError::SignatureMismatch { ours });
        }
        self.previous.clear();
        self.previous.push_str(provided);
        Ok(())
    }
}

/// Frames and signs a body the way a client does: for tests, benchmarks and clients of our own.
#[derive(Debug)]
pub struct ChunkSigner {
    key: SigningKey,
    date: AmzDate,
    scope: String,
    previous: String,
    string_to_sign: StringToSign,
}

impl ChunkSigner {
    /// Begins the chain at the signature of a request signed at `date` for `scope`.
    #[must_use]
    pub fn new(key: SigningKey, date: AmzDate, scope: &str, seed: &Signature) -> Self {
        let previous = seed.to_hex().as_str().to_owned();
        let string_to_sign = StringToSign::default();
        Self {
            key,
            date,
            scope: scope.to_owned(),
            previous,
            string_to_sign,
        }
    }

    /// Appends one framed chunk to `out`; an empty chunk ends the data.
    pub fn chunk(&mut self, data: &[u8], out: &mut Vec<u8>) {
        let hash = crate::payload_hash::sha256_hex(data);
        let Self {
            date,
            scope,
            previous,
            string_to_sign,
            ..
        } = self;
        string_to_sign.for_chunk(Algorithm::HmacSha256, *date, scope, previous, &hash);
        self.advance();
        let header = format!("{:x};chunk-signature={}\r\n", data.len(), self.previous);
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(data);
        if !data.is_empty() {
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Appends the signed trailer and the end of the body.
    pub fn trailer(&mut self, fields: &[(&str, &str)], out: &mut Vec<u8>) {
        let canonical: String = fields.iter().map(|(n, v)| format!("{n}:{v}\n")).collect();
        let hash = crate::payload_hash::sha256_hex(canonical.as_bytes());
        let Self {
            date,
            scope,
            previous,
            string_to_sign,
            ..
        } = self;
        string_to_sign.for_trailer(Algorithm::HmacSha256, *date, scope, previous, &hash);
        self.advance();
        for (name, value) in fields {
            out.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
        }
        let signature = format!("x-amz-trailer-signature:{}\r\n\r\n", self.previous);
        out.extend_from_slice(signature.as_bytes());
    }

    fn advance(&mut self) {
        let signature = self.key.sign(self.string_to_sign.as_bytes());
        signature.to_hex().as_str().clone_into(&mut self.previous);
    }
}
