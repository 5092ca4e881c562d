//! The five names by which a signature is carried, in a query or in cookies.
//!
//! "Create a signed URL using a canned policy" and its siblings in the CloudFront Developer Guide. The names are
//! case-sensitive; one in other letters is a parameter of the application.

use std::fmt;

/// A part of a signature, by the name under which it is sent.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Parameter {
    /// The end of a canned policy.
    Expires,
    /// The hash that was signed.
    HashAlgorithm,
    /// Whose key signed.
    KeyPairId,
    /// A custom policy.
    Policy,
    /// The signature.
    Signature,
}

impl Parameter {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Expires,
        Self::HashAlgorithm,
        Self::KeyPairId,
        Self::Policy,
        Self::Signature,
    ];

    /// Its name in a query.
    #[must_use]
    pub const fn in_query(self) -> &'static str {
        match self {
            Self::Expires => "Expires",
            Self::HashAlgorithm => "Hash-Algorithm",
            Self::KeyPairId => "Key-Pair-Id",
            Self::Policy => "Policy",
            Self::Signature => "Signature",
        }
    }

    /// Its name as a cookie.
    #[must_use]
    pub const fn in_cookies(self) -> &'static str {
        match self {
            Self::Expires => "CloudFront-Expires",
            Self::HashAlgorithm => "CloudFront-Hash-Algorithm",
            Self::KeyPairId => "CloudFront-Key-Pair-Id",
            Self::Policy => "CloudFront-Policy",
            Self::Signature => "CloudFront-Signature",
        }
    }

    /// The one with this name in a query.
    #[must_use]
    pub fn of_query(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.in_query() == name)
    }

    /// The one with this name as a cookie.
    #[must_use]
    pub fn of_cookie(name: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.in_cookies().as_bytes() == name)
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.in_query())
    }
}
