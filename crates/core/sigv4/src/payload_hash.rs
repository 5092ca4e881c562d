//! What a request says about its body: the value of `x-amz-content-sha256`.
//!
//! AWS, "Signature calculations: transferring payload". The literal value is the last line of the
//! canonical request; it also decides how the body is framed and what is checked while it streams.
//! Values are case-sensitive: upper-case digits and lower-case words are refused (aws-semantics 3.2).

use crate::sha256;
use crate::signature::{HexDigest, decode_lower_hex};

/// The payload line of every presigned URL.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// SHA-256 of nothing, in hexadecimal.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// How the body is framed and which part of it is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PayloadMode {
    /// Plain body whose SHA-256 is signed.
    Sha256([u8; 32]),
    /// aws-chunked, every chunk signed with SigV4A.
    StreamingEcdsa {
        /// Whether a signed trailer follows.
        trailer: bool,
    },
    /// aws-chunked, every chunk signed with SigV4.
    StreamingHmac {
        /// Whether a signed trailer follows.
        trailer: bool,
    },
    /// aws-chunked without signatures, with a trailer.
    StreamingUnsignedTrailer,
    /// Plain body, not signed.
    Unsigned,
}

impl PayloadMode {
    /// Reads a value of `x-amz-content-sha256`; `None` if it is none of the seven kinds.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        Some(match value {
            UNSIGNED_PAYLOAD => Self::Unsigned,
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Self::StreamingUnsignedTrailer,
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Self::StreamingHmac { trailer: false },
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Self::StreamingHmac { trailer: true },
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" => Self::StreamingEcdsa { trailer: false },
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER" => {
                Self::StreamingEcdsa { trailer: true }
            }
            digits => Self::Sha256(decode_lower_hex(digits.as_bytes())?),
        })
    }

    /// Whether the body is framed as aws-chunked.
    #[must_use]
    pub fn is_streaming(self) -> bool {
        !matches!(self, Self::Sha256(_) | Self::Unsigned)
    }

    /// Whether a trailer is announced.
    #[must_use]
    pub fn has_trailer(self) -> bool {
        matches!(
            self,
            Self::StreamingUnsignedTrailer
                | Self::StreamingHmac { trailer: true }
                | Self::StreamingEcdsa { trailer: true }
        )
    }
}

/// The lower-case hexadecimal SHA-256 of `bytes`.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> HexDigest {
    HexDigest::of(&sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::{EMPTY_SHA256, PayloadMode, sha256_hex};

    #[test]
    fn only_the_seven_kinds_are_payload_values() {
        assert!(matches!(
            PayloadMode::parse(EMPTY_SHA256),
            Some(PayloadMode::Sha256(_))
        ));
        assert_eq!(sha256_hex(b"").as_str(), EMPTY_SHA256);
        let upper = EMPTY_SHA256.to_uppercase();
        for value in ["", "unsigned-payload", "STREAMING", "abc", &upper] {
            assert_eq!(PayloadMode::parse(value), None, "{value}");
        }
    }
}
