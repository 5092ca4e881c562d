//! The signing key: the secret, narrowed to one day, region and service.
//!
//! AWS, "Create a signed AWS API request", step 4: an HMAC-SHA256 chain over `"AWS4" + secret` with
//! the day, the region, the service and `aws4_request`. The key is held as a *keyed HMAC state*
//! (both pads absorbed), so signing costs no more than hashing the message; callers keep one per
//! access key, day and region and drop it when the secret changes.

use zeroize::Zeroizing;

use crate::sha256::AbsorbedKey;
use crate::{SecretAccessKey, Signature, TERMINATOR};

/// A key that signs for one day, region and service.
#[derive(Clone)]
pub struct SigningKey {
    keyed: AbsorbedKey,
}

impl SigningKey {
    /// Derives the key for `day` (`YYYYMMDD`), `region` and `service`.
    ///
    /// ```
    /// use countersign_sigv4::{SecretAccessKey, SigningKey};
    /// let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    /// let key = SigningKey::derive(&secret, "20130524", "us-east-1", "s3");
    /// let string_to_sign = b"AWS4-HMAC-SHA256\n20130524T000000Z\n\
    ///     20130524/us-east-1/s3/aws4_request\n\
    ///     3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04";
    /// assert_eq!(
    ///     key.sign(string_to_sign).to_hex().as_str(),
    ///     "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    /// );
    /// ```
    #[must_use]
    pub fn derive(secret: &SecretAccessKey, day: &str, region: &str, service: &str) -> Self {
        let first = Zeroizing::new(format!("AWS4{}", secret.expose()));
        let mut keyed = AbsorbedKey::new(first.as_bytes());
        for message in [day, region, service, TERMINATOR] {
            let key = Zeroizing::new(keyed.mac(message.as_bytes()));
            keyed = AbsorbedKey::new(&*key);
        }
        Self { keyed }
    }

    /// Signs `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.keyed.mac(message))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}
