//! The three parts of an AWS credential, as types of their own.
//!
//! An access key id is public: it stands in every presigned URL. The secret access key and the
//! session token are not, so neither has `Display`, `Serialize` or a revealing `Debug`, and both
//! are wiped from memory when dropped (threat F7).

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// The public name of a credential, such as `AKIAIOSFODNN7EXAMPLE`.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AccessKeyId(Box<str>);

impl AccessKeyId {
    /// Wraps an access key id; any text is accepted.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into().into_boxed_str())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKeyId({})", self.0)
    }
}

impl std::borrow::Borrow<str> for AccessKeyId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The secret half of a credential.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretAccessKey(String);

impl SecretAccessKey {
    /// Wraps a secret access key; any text is accepted.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for deriving a key or for sealing it at rest.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretAccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretAccessKey(…)")
    }
}

/// The third part of a temporary credential.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionToken(String);

impl SessionToken {
    /// Wraps a session token; any text is accepted.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token itself, for putting it into a request.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{SecretAccessKey, SessionToken};

    #[test]
    fn f7_debug_output_holds_no_secret() {
        let shown = format!(
            "{:?} {:?}",
            SecretAccessKey::new("s3cr3t"),
            SessionToken::new("t0k3n")
        );
        assert!(
            !shown.contains("s3cr3t") && !shown.contains("t0k3n"),
            "{shown}"
        );
    }
}
