//! Keys that are nobody's, so that an unknown access key takes as long as a wrong signature (threat A12).

use countersign_sigv4::v2_form::V2SigningKey;
use countersign_sigv4::verify::VerificationKey;
use countersign_sigv4::{AnyClaim, SecretAccessKey, SigningKey};

/// One decoy for each kind of claim.
pub(crate) struct Decoy {
    hmac: SigningKey,
    v2: V2SigningKey,
}

impl Decoy {
    pub(crate) fn new(region: &str) -> Self {
        let unknown = SecretAccessKey::new("no secret: this key only takes as long as a real one");
        Self {
            hmac: SigningKey::derive(&unknown, "00000000", region, "s3"),
            v2: V2SigningKey::new(&unknown),
        }
    }

    /// The decoy for a claim of an unknown key.
    pub(crate) fn of(&self, claim: Option<&AnyClaim<'_>>) -> VerificationKey<'_> {
        match claim {
            Some(AnyClaim::V2Form(_)) => VerificationKey::V2(&self.v2),
            Some(AnyClaim::V4(_)) | None => VerificationKey::Hmac(&self.hmac),
        }
    }
}
