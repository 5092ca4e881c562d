//! The string to sign: for a request, for a chunk of a streamed body, and for its trailer.
//!
//! AWS, "Create a signed AWS API request", step 3, and "Signature calculations for chunked upload".
//! A request's has four lines, a chunk's six, a trailer's five.

use crate::signature::HexDigest;
use crate::{Algorithm, AmzDate, DateText};

/// A finished string to sign.
#[derive(Clone, Debug, Default)]
pub struct StringToSign(Vec<u8>);

impl StringToSign {
    /// For a request: algorithm, date, scope, SHA-256 of the canonical request.
    pub fn for_request(
        &mut self,
        algorithm: Algorithm,
        date: AmzDate,
        scope: &str,
        canonical_request: &HexDigest,
    ) -> &Self {
        self.for_request_at(algorithm, &date.format(), scope, canonical_request)
    }

    /// As [`StringToSign::for_request`], for whoever has the date written out already.
    pub(crate) fn for_request_at(
        &mut self,
        algorithm: Algorithm,
        date: &DateText,
        scope: &str,
        canonical_request: &HexDigest,
    ) -> &Self {
        self.write(&[
            algorithm.name(),
            date.as_str(),
            scope,
            canonical_request.as_str(),
        ])
    }

    /// For a chunk: date and scope of the request, the signature before this one, the chunk's SHA-256.
    pub fn for_chunk(
        &mut self,
        algorithm: Algorithm,
        date: AmzDate,
        scope: &str,
        previous_signature: &str,
        chunk: &HexDigest,
    ) -> &Self {
        let name = match algorithm {
            Algorithm::EcdsaP256Sha256 => "AWS4-ECDSA-P256-SHA256-PAYLOAD",
            Algorithm::HmacSha256 => "AWS4-HMAC-SHA256-PAYLOAD",
        };
        let date = date.format();
        let empty = crate::EMPTY_SHA256;
        self.write(&[
            name,
            date.as_str(),
            scope,
            previous_signature,
            empty,
            chunk.as_str(),
        ])
    }

    /// For a trailer: the signature of the last chunk and the SHA-256 of the canonical trailer.
    pub fn for_trailer(
        &mut self,
        algorithm: Algorithm,
        date: AmzDate,
        scope: &str,
        previous_signature: &str,
        trailer: &HexDigest,
    ) -> &Self {
        let name = match algorithm {
            Algorithm::EcdsaP256Sha256 => "AWS4-ECDSA-P256-SHA256-TRAILER",
            Algorithm::HmacSha256 => "AWS4-HMAC-SHA256-TRAILER",
        };
        let date = date.format();
        self.write(&[
            name,
            date.as_str(),
            scope,
            previous_signature,
            trailer.as_str(),
        ])
    }

    /// The bytes to sign.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn write(&mut self, lines: &[&str]) -> &Self {
        self.0.clear();
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                self.0.push(b'\n');
            }
            self.0.extend_from_slice(line.as_bytes());
        }
        self
    }
}
