//! AWS Signature Version 4 and 4A, for both sides of the wire.
//!
//! Most libraries only sign. This one also *verifies*, which is the harder half: the input is
//! hostile, every spelling of a request must give one verdict, and a refusal must say why.
//!
//! | stage | here |
//! | --- | --- |
//! | who says to have signed | [`Claim::find`], [`AnyClaim::from_post_form`] |
//! | canonical request, string to sign | [`canonical_request`], [`string_to_sign`] |
//! | signing key, signature | [`SigningKey`], [`Signature`] |
//! | does it hold | [`verify::verify`], [`verify::verify_post_policy`] |
//! | make one | [`presign::Presigner`], [`sign::sign`] |
//! | streamed bodies | [`chunked::ChunkedDecoder`] |
//! | browser forms | [`post_policy::PostPolicy`]; signed the old way: [`v2_form`] |
//! | ECDSA | [`v4a`] (feature `sigv4a`) |
//!
//! No I/O, no clock, no randomness: time is an argument, keys are looked up and cached by the
//! caller. A verifier with warm buffers allocates nothing. Sources: AWS's "Authenticating Requests
//! (AWS Signature Version 4)" and the `aws-c-auth` signing test suite, which the tests run in full.
//!
//! Paste-ready examples: [`presign::Presigner::presign`] and [`verify::verify`].

mod algorithm;
mod amz_date;
mod ascii_split;
pub mod canonical_request;
pub mod chunked;
mod claim;
mod error;
mod explain;
mod payload_hash;
pub mod post_policy;
pub mod presign;
mod region_set;
mod scope;
mod secret;
pub mod sha256;
pub mod sign;
mod signature;
mod signed_headers;
mod signing_key;
pub mod string_to_sign;
pub mod v2_form;
#[cfg(feature = "sigv4a")]
pub mod v4a;
pub mod verify;

pub use algorithm::Algorithm;
pub use amz_date::{AmzDate, DateText};
pub use claim::{AUTH_PARAMETERS, AnyClaim, Claim, LONGEST_EXPIRES_S, Placement};
pub use error::{ClaimError, VerifyError};
pub use explain::Explanation;
pub use payload_hash::{EMPTY_SHA256, PayloadMode, UNSIGNED_PAYLOAD, sha256_hex};
pub use scope::{Credential, CredentialScope, TERMINATOR};
pub use secret::{AccessKeyId, SecretAccessKey, SessionToken};
pub use signature::{HexDigest, Signature};
pub use signed_headers::{SignedHeaders, is_amz};
pub use signing_key::SigningKey;
