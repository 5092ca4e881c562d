//! A private key, for whoever makes signed URLs and cookies.
//!
//! INVARIANT: signing the same bytes twice gives the same signature. RSA signs by PKCS #1 v1.5, which takes no randomness, and ECDSA by
//! RFC 6979, which makes its nonce of key and message. INVARIANT: SHA-1 is never signed.

use std::fmt;

use aws_lc_rs::encoding::{AsBigEndian as _, AsDer as _};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};

use crate::pem;
use crate::public_key::{KeyError, PublicKey};

/// A private key.
pub struct PrivateKey {
    secret: Secret,
    public: PublicKey,
}

enum Secret {
    P256(SigningKey),
    Rsa(Box<RsaKeyPair>),
}

impl PrivateKey {
    /// Reads a private key in PEM: PKCS #8 (`PRIVATE KEY`), PKCS #1 (`RSA PRIVATE KEY`) or SEC 1
    /// (`EC PRIVATE KEY`), none of them encrypted.
    ///
    /// # Errors
    /// [`KeyError`] if it is none, or not one that CloudFront takes.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let unusable = |_| KeyError::Unusable;
        if let Some(der) = pem::decode(text, "RSA PRIVATE KEY") {
            return Self::of_rsa(RsaKeyPair::from_der(&der).map_err(unusable)?);
        }
        if let Some(der) = pem::decode(text, "EC PRIVATE KEY") {
            let key = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &der);
            return Self::of_p256(&key.map_err(unusable)?);
        }
        let label = "PRIVATE KEY";
        let der = pem::decode(text, label).ok_or(KeyError::NotPem { label })?;
        match RsaKeyPair::from_pkcs8(&der) {
            Ok(key) => Self::of_rsa(key),
            Err(_) => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der);
                Self::of_p256(&key.map_err(unusable)?)
            }
        }
    }

    fn of_rsa(key: RsaKeyPair) -> Result<Self, KeyError> {
        let public: &rsa::PublicKey = key.public_key();
        Ok(Self {
            public: PublicKey::from_der(public.as_ref())?,
            secret: Secret::Rsa(Box::new(key)),
        })
    }

    fn of_p256(key: &EcdsaKeyPair) -> Result<Self, KeyError> {
        let public = key.public_key().as_der().map_err(|_| KeyError::Unusable)?;
        let scalar = key
            .private_key()
            .as_be_bytes()
            .map_err(|_| KeyError::Unusable)?;
        let secret = SigningKey::from_slice(scalar.as_ref()).map_err(|_| KeyError::Unusable)?;
        Ok(Self {
            public: PublicKey::from_der(public.as_ref())?,
            secret: Secret::P256(secret),
        })
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs the SHA-256 of `message`; `None` only if the library fails.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.secret {
            Secret::P256(key) => {
                let signature: DerSignature = key.sign(message);
                Some(signature.as_bytes().to_vec())
            }
            Secret::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                // PKCS #1 v1.5 takes no randomness, and the library ignores this source.
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .ok()?;
                Some(signature)
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({:?})", self.public.kind())
    }
}
