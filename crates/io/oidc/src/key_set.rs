//! A provider's public keys (RFC 7517), and which of them may verify what.
//!
//! INVARIANT: a key verifies only what its type, its curve, and its own `alg`, `use` and `key_ops` allow. A public
//! RSA key is never the secret of an HMAC: no algorithm with secrets has a name here.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::strict_json;

/// The most keys that are kept of one provider.
const MOST_KEYS: usize = 100;
/// The least and most bits of an RSA modulus. Below is breakable, above is slow.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The algorithms that are accepted (RFC 7518, section 3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SignatureAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// RSA by PKCS #1 v1.5 with SHA-256.
    Rs256,
    /// RSA by PKCS #1 v1.5 with SHA-384.
    Rs384,
    /// RSA by PKCS #1 v1.5 with SHA-512.
    Rs512,
}

impl SignatureAlgorithm {
    /// The algorithm of this name, exactly as it is written.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "ES384" => Some(Self::Es384),
            "RS256" => Some(Self::Rs256),
            "RS384" => Some(Self::Rs384),
            "RS512" => Some(Self::Rs512),
            _ => None,
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }
}

/// The numbers that make a key, and so what it is of.
#[derive(Clone, Debug)]
enum Numbers {
    /// A point on P-256: 4, x and y.
    P256(Vec<u8>),
    /// A point on P-384: 4, x and y.
    P384(Vec<u8>),
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

/// A public key.
#[derive(Clone, Debug)]
struct PublicKey {
    id: Option<String>,
    /// The one algorithm that it is for, if it says so.
    alg: Option<String>,
    numbers: Numbers,
}

/// Why no key of a set can be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoKey {
    /// There is one of this name, and it is for something else.
    Mismatch,
    /// There is none of this name; or none is named, and there is not exactly one that would do.
    Unknown,
}

/// The keys of a provider. Those that verify nothing here (other types, for encryption) are left out.
#[derive(Clone, Debug)]
pub(crate) struct KeySet {
    keys: Vec<PublicKey>,
    /// Names of keys that were left out: they are known, and fetching again would not help.
    others: Vec<String>,
}

impl KeySet {
    /// Reads a set. A key that is not understood is left out, as RFC 7517, section 5, asks.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let document = strict_json::object(text)
            .map_err(|_| "it is no JSON object, or a name stands twice in it")?;
        let Some(Value::Array(list)) = document.get("keys") else {
            return Err("it has no list `keys`");
        };
        if list.len() > MOST_KEYS {
            return Err("it has more than 100 keys");
        }
        let mut set = Self {
            keys: Vec::new(),
            others: Vec::new(),
        };
        for jwk in list.iter().filter_map(Value::as_object) {
            match read_key(jwk) {
                Some(key) => set.keys.push(key),
                None => set.others.extend(text_of(jwk, "kid").map(str::to_owned)),
            }
        }
        Ok(set)
    }

    /// Whether a name is met in the set.
    pub(crate) fn knows(&self, kid: &str) -> bool {
        let is_named = |key: &PublicKey| key.id.as_deref() == Some(kid);
        self.keys.iter().any(is_named) || self.others.iter().any(|other| other == kid)
    }

    /// Whether `signature` (base64url) over `signed` was made with the key of this name. `Ok(false)` if not.
    pub(crate) fn verify(
        &self,
        kid: Option<&str>,
        algorithm: SignatureAlgorithm,
        signed: &str,
        signature: &str,
    ) -> Result<bool, NoKey> {
        let key = self.choose(kid, algorithm)?;
        let signature = URL_SAFE_NO_PAD.decode(signature);
        Ok(signature.is_ok_and(|signature| key.has_signed(algorithm, signed, &signature)))
    }

    fn choose(
        &self,
        kid: Option<&str>,
        algorithm: SignatureAlgorithm,
    ) -> Result<&PublicKey, NoKey> {
        let mut fitting = self.keys.iter().filter(|key| key.fits(algorithm));
        match kid {
            Some(kid) => match fitting.find(|key| key.id.as_deref() == Some(kid)) {
                Some(key) => Ok(key),
                None if self.knows(kid) => Err(NoKey::Mismatch),
                None => Err(NoKey::Unknown),
            },
            // OpenID Connect Core 1.0, section 10.1: with several keys, a token names its own.
            None => match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok(key),
                _ => Err(NoKey::Unknown),
            },
        }
    }
}

impl PublicKey {
    fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        use SignatureAlgorithm::{Es256, Es384, Rs256, Rs384, Rs512};
        let of_type = match self.numbers {
            Numbers::P256(_) => algorithm == Es256,
            Numbers::P384(_) => algorithm == Es384,
            Numbers::Rsa { .. } => matches!(algorithm, Rs256 | Rs384 | Rs512),
        };
        of_type
            && self
                .alg
                .as_deref()
                .is_none_or(|alg| alg == algorithm.name())
    }

    fn has_signed(&self, algorithm: SignatureAlgorithm, signed: &str, signature: &[u8]) -> bool {
        use SignatureAlgorithm::{Es256, Es384, Rs256, Rs384, Rs512};
        let signed = signed.as_bytes();
        let outcome = match (&self.numbers, algorithm) {
            (Numbers::P256(point), Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            (Numbers::P384(point), Es384) => {
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(signed, signature)
            }
            (Numbers::Rsa { modulus, exponent }, Rs256 | Rs384 | Rs512) => {
                let padding = match algorithm {
                    Rs384 => &RSA_PKCS1_2048_8192_SHA384,
                    Rs512 => &RSA_PKCS1_2048_8192_SHA512,
                    Rs256 | Es256 | Es384 => &RSA_PKCS1_2048_8192_SHA256,
                };
                let key = RsaPublicKeyComponents {
                    n: modulus,
                    e: exponent,
                };
                key.verify(padding, signed, signature)
            }
            _ => return false,
        };
        outcome.is_ok()
    }
}

fn text_of<'j>(jwk: &'j Map<String, Value>, name: &str) -> Option<&'j str> {
    jwk.get(name).and_then(Value::as_str)
}

/// A key that may verify signatures; `None` if it is something else.
fn read_key(jwk: &Map<String, Value>) -> Option<PublicKey> {
    if jwk.contains_key("use") && text_of(jwk, "use") != Some("sig") {
        return None;
    }
    if let Some(operations) = jwk.get("key_ops") {
        let may_verify = |operation: &Value| operation.as_str() == Some("verify");
        if !operations.as_array()?.iter().any(may_verify) {
            return None;
        }
    }
    // A private key that was published proves nothing any more.
    if jwk.contains_key("d") {
        return None;
    }
    let bytes_of = |name| URL_SAFE_NO_PAD.decode(text_of(jwk, name)?).ok();
    let numbers = match text_of(jwk, "kty")? {
        "RSA" => {
            // AWS-LC takes numbers without leading zeros, which some providers write.
            let number = |name| Some(without_zeros(&bytes_of(name)?).to_vec());
            let (modulus, exponent) = (number("n")?, number("e")?);
            if !RSA_BITS.contains(&bits_of(&modulus)) {
                return None;
            }
            Numbers::Rsa { modulus, exponent }
        }
        "EC" => {
            let (of_curve, size): (fn(Vec<u8>) -> Numbers, _) = match text_of(jwk, "crv")? {
                "P-256" => (Numbers::P256, 32),
                "P-384" => (Numbers::P384, 48),
                _ => return None,
            };
            let (x, y) = (bytes_of("x")?, bytes_of("y")?);
            if x.len() != size || y.len() != size {
                return None;
            }
            of_curve([&[4], x.as_slice(), y.as_slice()].concat())
        }
        _ => return None,
    };
    let alg = match jwk.get("alg") {
        None => None,
        Some(alg) => Some(alg.as_str()?.to_owned()),
    };
    Some(PublicKey {
        id: text_of(jwk, "kid").map(str::to_owned),
        alg,
        numbers,
    })
}

/// A number without the zeros that it begins with.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// The length in bits of a number without zeros at its beginning.
fn bits_of(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |byte| byte.leading_zeros());
    let unused = usize::try_from(unused).unwrap_or(0);
    number.len().saturating_mul(8).saturating_sub(unused)
}

#[cfg(test)]
mod tests;
