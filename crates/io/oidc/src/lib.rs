//! OpenID Connect tokens: discovery, keys, and what a token proves.
//!
//! A [`Verifier`] takes a signed token (a JSON Web Token in compact form, RFC 7519 and 7515) and the
//! providers that are trusted, and says who the token is about, or which check failed. It fetches the
//! provider's configuration (OpenID Connect Discovery 1.0) and its public keys (RFC 7517) by itself and
//! keeps them.
//!
//! ```
//! # async fn example(token: &str, now_s: i64) -> Result<(), Box<dyn std::error::Error>> {
//! use countersign_oidc::{Options, ProviderRef, Verifier};
//!
//! let verifier = Verifier::new(Options::default())?;
//! let audiences = ["countersign".to_owned()];
//! let provider = ProviderRef {
//!     issuer: "https://token.actions.githubusercontent.com",
//!     audiences: &audiences,
//! };
//! let verified = verifier.verify(token, &[provider], now_s).await?;
//! println!("{} of {}", verified.subject, verified.issuer);
//! # Ok(())
//! # }
//! ```
//!
//! INVARIANT: a [`Verified`] exists only for a token whose signature matched a key of its own issuer, and
//! that issuer was among the providers given.
//! INVARIANT: nothing is fetched for an issuer that was not given.
//! INVARIANT: nothing here reads the clock. `now_s` is always passed in, also for how old keys are.
//! INVARIANT: no token and no part of one but its bounded names (`iss`, `kid`, `alg`, `aud`) reaches an error.

mod claims;
mod discovery;
mod error;
mod fetch;
mod issuer_url;
mod key_cache;
mod key_set;
mod options;
mod reach;
mod strict_json;
#[cfg(test)]
mod testing;
mod token;
mod verifier;

pub use claims::{ProviderRef, Verified};
pub use error::{FetchError, TokenError, TokenErrorKind};
pub use issuer_url::{IssuerUrl, IssuerUrlError};
pub use options::{Options, OptionsError};
pub use token::issuer_of;
pub use verifier::Verifier;
