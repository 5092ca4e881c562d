//! Why a token was not accepted.
//!
//! Each variant is one check that failed, with its evidence, for the operator's log. Clients are told the
//! [`TokenErrorKind`] alone: it is what STS has codes for, and says nothing about who is trusted here.

use thiserror::Error;

/// Characters of a hostile text that are kept in an error.
const SHOWN: usize = 256;

/// Which check a token did not pass. The sentence is the private reason.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum TokenError {
    /// `alg` is none of RS256, RS384, RS512, ES256 and ES384.
    #[error("algorithm `{alg}` is not accepted")]
    Algorithm {
        /// What the token's header says.
        alg: String,
    },
    /// The token is for somebody else.
    #[error("the token is for `{audience}`, which is no audience of its provider here")]
    Audience {
        /// What the token says; several are joined by commas.
        audience: String,
    },
    /// A claim is absent or is not of its type.
    #[error("claim `{claim}` is missing or not of its type")]
    Claim {
        /// The name of the claim.
        claim: &'static str,
    },
    /// The header demands extensions by `crit`; none is known.
    #[error("the header demands extensions by `crit`")]
    Critical,
    /// The token's time is over.
    #[error("the token expired at {expires_at}, and it is {now}")]
    Expired {
        /// `exp`, in seconds since 1970.
        expires_at: i64,
        /// The time that it was held against.
        now: i64,
    },
    /// The token is dated in the future.
    #[error("the token was issued at {issued_at}, and it is {now}")]
    IssuedInFuture {
        /// `iat`, in seconds since 1970.
        issued_at: i64,
        /// The time that it was held against.
        now: i64,
    },
    /// No provider that is trusted here has this issuer.
    #[error("issuer `{issuer}` is not trusted here")]
    Issuer {
        /// What the token says.
        issuer: String,
    },
    /// The key that the token names cannot make signatures of the token's algorithm.
    #[error("key `{kid}` of `{issuer}` is not for signatures by `{alg}`")]
    KeyMismatch {
        /// The issuer.
        issuer: String,
        /// The key's name, empty if the token names none.
        kid: String,
        /// The token's algorithm.
        alg: String,
    },
    /// It is no token, or not one written strictly.
    #[error("not a token: {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The token's time has not come.
    #[error("the token is valid from {not_before}, and it is {now}")]
    NotYetValid {
        /// `nbf`, in seconds since 1970.
        not_before: i64,
        /// The time that it was held against.
        now: i64,
    },
    /// The token is longer than accepted.
    #[error("the token has {bytes} bytes, {most} at most are read")]
    Oversize {
        /// Its length.
        bytes: usize,
        /// The most that is read.
        most: usize,
    },
    /// The signature does not match.
    #[error("the signature does not match key `{kid}` of `{issuer}`")]
    SignatureMismatch {
        /// The issuer.
        issuer: String,
        /// The key's name, empty if the token names none.
        kid: String,
    },
    /// `typ` says that this is something else than an ID token or an access token.
    #[error("a token of type `{typ}` is not accepted")]
    Type {
        /// What the token's header says.
        typ: String,
    },
    /// The issuer has no key of this name; its keys are as new as is allowed.
    #[error("`{issuer}` has no key `{kid}`")]
    UnknownKey {
        /// The issuer.
        issuer: String,
        /// The key's name, empty if the token names none and the issuer has several.
        kid: String,
    },
    /// The issuer's keys could not be fetched, and none are kept.
    #[error("the keys of `{issuer}` cannot be had: {reason}")]
    Unreachable {
        /// The issuer.
        issuer: String,
        /// What went wrong.
        reason: FetchError,
    },
}

/// What a caller may be told about a token, as STS has codes for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenErrorKind {
    /// `ExpiredTokenException`: its time is over; a new one may be had.
    Expired,
    /// `InvalidIdentityToken`: it is no token of a trusted issuer for us.
    Invalid,
    /// `IDPRejectedClaim`: the provider says that it is not to be accepted now.
    Rejected,
    /// `IDPCommunicationError`: the provider does not answer; worth another try.
    Unreachable,
}

impl TokenError {
    /// What the caller may be told.
    #[must_use]
    pub fn kind(&self) -> TokenErrorKind {
        match self {
            Self::Expired { .. } => TokenErrorKind::Expired,
            Self::IssuedInFuture { .. } | Self::NotYetValid { .. } => TokenErrorKind::Rejected,
            Self::Unreachable { .. } => TokenErrorKind::Unreachable,
            Self::Algorithm { .. }
            | Self::Audience { .. }
            | Self::Claim { .. }
            | Self::Critical
            | Self::Issuer { .. }
            | Self::KeyMismatch { .. }
            | Self::Malformed { .. }
            | Self::Oversize { .. }
            | Self::SignatureMismatch { .. }
            | Self::Type { .. }
            | Self::UnknownKey { .. } => TokenErrorKind::Invalid,
        }
    }
}

/// Why something could not be fetched from a provider. The provider's or the network's fault.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum FetchError {
    /// The host's addresses are all of a kind that is not asked (loopback, private, link-local, …).
    #[error("`{host}` has no address that may be asked")]
    Address {
        /// The host.
        host: String,
    },
    /// The connection failed.
    #[error("`{host}` cannot be reached: {reason}")]
    Connection {
        /// The host.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// The document is not what it should be.
    #[error("{document}: {what}")]
    Document {
        /// Which document.
        document: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The answer is too long.
    #[error("the answer of `{host}` is longer than {most} bytes")]
    Oversize {
        /// The host.
        host: String,
        /// The most that is read.
        most: usize,
    },
    /// The answer is no success. Redirects are not followed.
    #[error("`{host}` answers {status}")]
    Status {
        /// The host.
        host: String,
        /// The status code.
        status: u16,
    },
    /// It took too long.
    #[error("`{host}` does not answer in time")]
    Timeout {
        /// The host.
        host: String,
    },
    /// A URL in a document may not be fetched.
    #[error("`{url}` may not be fetched: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// Why.
        reason: crate::IssuerUrlError,
    },
}

/// As much of a hostile text as an error keeps.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
