//! The verifier's side of a signature that did not match.
//!
//! INVARIANT: the expected signature is never part of it (threat F9); the two texts hold nothing
//! that the sender did not send.

use crate::string_to_sign::StringToSign;

/// The stages the verifier went through, up to the string that was signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    /// The canonical request; empty where there is none (chunks, trailers, POST policies).
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature as the client sent it.
    pub signature_provided: String,
}

impl Explanation {
    /// Gathers what the verifier had in hand when the signatures parted.
    #[must_use]
    pub fn of(canonical_request: &[u8], string_to_sign: &StringToSign, provided: &str) -> Self {
        Self {
            canonical_request: String::from_utf8_lossy(canonical_request).into_owned(),
            string_to_sign: String::from_utf8_lossy(string_to_sign.as_bytes()).into_owned(),
            signature_provided: provided.to_owned(),
        }
    }
}
