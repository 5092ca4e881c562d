//! POST forms signed with Signature Version 2, and nothing else of that version.
//!
//! AWS, "Browser-based uploads using POST (AWS Signature Version 2)": `signature` is the base64 of
//! HMAC-SHA1 over the base64 policy text exactly as sent, under the secret access key itself. Neither a
//! date nor a region is signed. Whether such a form is taken at all is decided above (threat A13).
//!
//! INVARIANT: signatures are compared as bytes in constant time (threat A12), and only the one spelling of
//! base64 that every writer uses is read.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::explain::Explanation;
use crate::sha256;
use crate::verify::Verified;
use crate::{PayloadMode, SecretAccessKey, VerifyError};

/// The bytes of a block of SHA-1.
const BLOCK: usize = 64;
/// The bytes of a SHA-1 hash, and so of an HMAC over it.
const MAC: usize = 20;

/// The claim of a form signed with SigV2. What is missing is empty.
#[derive(Clone, Copy, Debug)]
pub struct V2FormClaim<'a> {
    /// Whose key is said to have signed.
    pub access_key_id: &'a str,
    /// The signature as sent, not yet decoded.
    pub signature: &'a str,
    /// The session token of a temporary credential.
    pub session_token: Option<&'a str>,
}

/// A key that signs with SigV2: the secret itself, absorbed. Wiped from memory when dropped (threat F7).
#[derive(Clone)]
pub struct V2SigningKey {
    keyed: Hmac<Sha1>,
}

impl V2FormClaim<'_> {
    /// The field that the form needs and does not have, as S3 names it.
    #[must_use]
    pub fn missing_field(&self) -> Option<&'static str> {
        if self.access_key_id.is_empty() {
            Some("AWSAccessKeyId")
        } else if self.signature.is_empty() {
            Some("signature")
        } else {
            None
        }
    }
}

impl V2SigningKey {
    /// The key of this secret.
    #[must_use]
    pub fn new(secret: &SecretAccessKey) -> Self {
        let secret = secret.expose().as_bytes();
        let mut block = Zeroizing::new([0u8; BLOCK]);
        // RFC 2104: a key longer than a block is hashed first.
        if secret.len() > BLOCK {
            let hash: [u8; MAC] = Sha1::digest(secret).into();
            block.iter_mut().zip(hash).for_each(|(to, byte)| *to = byte);
        } else {
            block
                .iter_mut()
                .zip(secret)
                .for_each(|(to, byte)| *to = *byte);
        }
        Self {
            keyed: Hmac::new(&(*block).into()),
        }
    }

    fn mac(&self, message: &[u8]) -> [u8; MAC] {
        self.keyed
            .clone()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .into()
    }

    /// Signs the base64 text of a policy.
    #[must_use]
    pub fn sign(&self, policy: &str) -> String {
        STANDARD.encode(self.mac(policy.as_bytes()))
    }
}

impl fmt::Debug for V2SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("V2SigningKey(…)")
    }
}

/// Checks the signature of a form over its base64 `policy` text, as sent. Nothing is promised about the
/// body, and nothing about when or where the policy was signed. The fingerprint is a hash of the signature.
///
/// ```
/// use countersign_sigv4::SecretAccessKey;
/// use countersign_sigv4::v2_form::{V2FormClaim, V2SigningKey, verify};
///
/// let key = V2SigningKey::new(&SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));
/// let policy = "eyJleHBpcmF0aW9uIjoiMjAyNi0wMS0xNVQxMzowMDowMFoiLCJjb25kaXRpb25zIjpbXX0=";
/// let claim = V2FormClaim {
///     access_key_id: "AKIAIOSFODNN7EXAMPLE",
///     signature: &key.sign(policy),
///     session_token: None,
/// };
/// assert!(verify(policy, &claim, &key).is_ok());
/// assert!(verify("e30=", &claim, &key).is_err());
/// ```
///
/// # Errors
/// [`VerifyError::SignatureMismatch`].
pub fn verify(
    policy: &str,
    claim: &V2FormClaim<'_>,
    key: &V2SigningKey,
) -> Result<Verified, VerifyError> {
    let ours = key.mac(policy.as_bytes());
    let theirs = STANDARD.decode(claim.signature).unwrap_or_default();
    if bool::from(ours.as_slice().ct_eq(theirs.as_slice())) {
        return Ok(Verified {
            payload: PayloadMode::Unsigned,
            fingerprint: sha256::digest(&ours),
        });
    }
    let ours = Explanation {
        canonical_request: String::new(),
        string_to_sign: policy.to_owned(),
        signature_provided: claim.signature.to_owned(),
    };
    Err(VerifyError::SignatureMismatch {
        ours: Box::new(ours),
    })
}

#[cfg(test)]
mod tests;
