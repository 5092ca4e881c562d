//! Which hash is signed: `Hash-Algorithm` in a URL, `CloudFront-Hash-Algorithm` in a cookie.

use std::fmt;

/// The hash under a signature.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum HashAlgorithm {
    /// SHA-1, CloudFront's oldest, meant where nothing is said. Verified only where that is allowed.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl HashAlgorithm {
    /// Reads the value of the parameter; without one it is SHA-1.
    pub(crate) fn parse(value: Option<&str>) -> Option<Self> {
        match value {
            None | Some("SHA1") => Some(Self::Sha1),
            Some("SHA256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }

    /// The value of the parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }
}

impl fmt::Display for HashAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
