//! CloudFront's signed URLs and signed cookies, for both sides of the wire.
//!
//! AWS's libraries only sign. This one also *verifies*, as CloudFront does before it serves private content:
//! CloudFront Developer Guide, "Serve private content with signed URLs and signed cookies".
//!
//! | stage | here |
//! | --- | --- |
//! | what the request says of its signature | [`Claim::find`] |
//! | the URL as its signer wrote it | [`AskedUrl::of`] |
//! | whose signatures count | [`KeyGroup`], [`TrustedKey`], [`PublicKey`] |
//! | does it let the request in | [`Verifier::verify`] |
//! | what a policy says | [`Policy`], [`Resource`], [`canned_policy`] |
//! | make one | [`Signer::sign_url`], [`Signer::sign_url_with`], [`Signer::sign_cookies`] |
//! | what a refusal says | [`CloudFrontError`], [`ErrorCode`] |
//!
//! ```
//! use countersign_cloudfront::{AskedUrl, Claim, EpochTime, ErrorCode, KeyGroup, Scheme, Verifier};
//! use countersign_request::{Query, RequestHead};
//!
//! let head = RequestHead { method: "GET", path: "/film.mp4", query: "", headers: &[] };
//! let query = Query::of(head.query)?;
//! let refused = Claim::find(&head, &query).unwrap_err();
//! assert_eq!(refused.code(), ErrorCode::MissingKey);
//!
//! let query = Query::of("Expires=1767225600&Signature=AAAA&Key-Pair-Id=K2JCJMDEHXQW5F")?;
//! let claim = Claim::find(&head, &query)?;
//! let asked = AskedUrl::of(Scheme::Https, "media.example.com", head.path, &query)?;
//! let nobody = KeyGroup::default();
//! let (now, client) = (EpochTime::from_unix(1_767_225_599), "203.0.113.7".parse()?);
//! let refused = Verifier::new(&nobody).verify(&claim, &asked, now, client).unwrap_err();
//! assert_eq!(refused.code(), ErrorCode::InvalidKey);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Stricter than CloudFront, because the input is hostile: SHA-1 and policies for everything are refused unless asked for,
//! a canned and a custom policy are never mixed, each part has one value and one spelling, and a policy has nothing in it that is not
//! understood.
//!
//! No I/O, no clock, no randomness: time and the client's address are arguments.

pub mod alphabet;
mod asked_url;
mod claim;
mod epoch_time;
mod error;
mod error_code;
mod hash_algorithm;
mod key_group;
mod parameter;
mod pem;
mod policy;
mod private_key;
mod public_key;
mod resource;
mod sign;
mod signed_cookies;
#[cfg(test)]
mod testing;
mod verify;

pub use asked_url::{AskedUrl, Scheme, UrlError};
pub use claim::{Carrier, Claim};
pub use epoch_time::EpochTime;
pub use error::CloudFrontError;
pub use error_code::ErrorCode;
pub use hash_algorithm::HashAlgorithm;
pub use key_group::{KeyGroup, KeyGroupError, TrustedKey};
pub use parameter::Parameter;
pub use policy::{Policy, PolicyError, PolicyKind, canned_policy};
pub use private_key::PrivateKey;
pub use public_key::{KeyError, KeyKind, PublicKey};
pub use resource::{QueryCover, Resource, ResourceError};
pub use sign::{SignError, Signer};
pub use signed_cookies::SignedCookies;
pub use verify::{Permitted, SignedPolicy, Verifier};
