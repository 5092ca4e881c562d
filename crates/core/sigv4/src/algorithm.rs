//! The two signing algorithms S3 accepts, by their names on the wire.

/// A SigV4 signing algorithm.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Algorithm {
    /// SigV4A: ECDSA on P-256, valid in every region of a region set.
    EcdsaP256Sha256,
    /// SigV4: HMAC with a key derived for one day, region and service.
    HmacSha256,
}

impl Algorithm {
    /// The name as it stands in `X-Amz-Algorithm` and in the string to sign.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EcdsaP256Sha256 => "AWS4-ECDSA-P256-SHA256",
            Self::HmacSha256 => "AWS4-HMAC-SHA256",
        }
    }

    /// The algorithm with exactly this name; other spellings of case are not names (threat A13).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::HmacSha256, Self::EcdsaP256Sha256]
            .into_iter()
            .find(|a| a.name() == name)
    }
}
