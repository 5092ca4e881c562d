//! Making signed URLs and signed cookies.
//!
//! Signatures are over SHA-256 and say so (`Hash-Algorithm=SHA256`). Parameters come behind the URL's own
//! query, in the order of AWS's examples.
//!
//! INVARIANT: what is made here for a URL, [`Verifier`](crate::Verifier) takes for that URL.

use thiserror::Error;

use crate::alphabet;
use crate::asked_url::{AskedUrl, UrlError};
use crate::epoch_time::EpochTime;
use crate::hash_algorithm::HashAlgorithm;
use crate::key_group::is_key_pair_id;
use crate::parameter::Parameter;
use crate::policy::{Policy, canned_policy};
use crate::private_key::PrivateKey;
use crate::signed_cookies::SignedCookies;

/// Signs with one key under its id.
#[derive(Debug)]
pub struct Signer {
    key_pair_id: Box<str>,
    key: PrivateKey,
}

/// Why nothing was signed.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum SignError {
    /// No policy may end after [`EpochTime::LATEST_IN_POLICY`].
    #[error("a policy ends in 2038 at the latest")]
    ExpiresTooLate,
    /// An id with characters that are not taken.
    #[error("the id of a key pair has 1 to 64 letters, digits, `-` or `_`")]
    IdMalformed,
    /// The policy does not cover the URL that it should be put on.
    #[error("the policy does not cover the URL")]
    NotCovered,
    /// The library did not sign.
    #[error("the key does not sign")]
    Unsigned,
    /// The URL is none that can be signed.
    #[error(transparent)]
    Url(#[from] UrlError),
}

impl Signer {
    /// A signer with this key, which verifiers know by this id.
    ///
    /// # Errors
    /// [`SignError::IdMalformed`] if the id could not stand in a URL as it is.
    pub fn new(key_pair_id: &str, key: PrivateKey) -> Result<Self, SignError> {
        if !is_key_pair_id(key_pair_id) {
            return Err(SignError::IdMalformed);
        }
        Ok(Self {
            key_pair_id: key_pair_id.into(),
            key,
        })
    }

    /// Signs a URL with a canned policy: good for this URL only, before a moment.
    ///
    /// ```
    /// use countersign_cloudfront::{AskedUrl, Claim, EpochTime, KeyGroup, PrivateKey, Scheme, Signer, TrustedKey, Verifier};
    /// use countersign_request::Query;
    /// # let pem = include_str!("../../../../vectors/cloudfront/p256.private.pem");
    /// let signer = Signer::new("K2JCJMDEHXQW5F", PrivateKey::from_pem(pem)?)?;
    /// let url = signer.sign_url("https://media.example.com/film.mp4?t=1", EpochTime::from_unix(1_767_225_600))?;
    /// let signed = "https://media.example.com/film.mp4?t=1&Expires=1767225600&Signature=";
    /// assert!(url.starts_with(signed) && url.ends_with("&Key-Pair-Id=K2JCJMDEHXQW5F&Hash-Algorithm=SHA256"));
    ///
    /// // On the other side:
    /// # let pem = include_str!("../../../../vectors/cloudfront/p256.public.pem");
    /// # use countersign_cloudfront::PublicKey;
    /// let keys = KeyGroup::new([TrustedKey::new("K2JCJMDEHXQW5F", PublicKey::from_pem(pem)?)?])?;
    /// let query = Query::of(url.split_once('?').unwrap().1)?;
    /// let claim = Claim::in_query(&query)?.unwrap();
    /// let asked = AskedUrl::of(Scheme::Https, "media.example.com", "/film.mp4", &query)?;
    /// let (now, client) = (EpochTime::from_unix(1_767_225_599), "203.0.113.7".parse()?);
    /// let permitted = Verifier::new(&keys).verify(&claim, &asked, now, client)?;
    /// assert_eq!(permitted.expires_at.unix(), 1_767_225_600);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SignError`] if the URL cannot be signed.
    pub fn sign_url(&self, url: &str, expires_at: EpochTime) -> Result<String, SignError> {
        let asked = AskedUrl::parse(url)?;
        let parts = self.canned_parts(&asked, expires_at)?;
        Ok(signed_url(url, &parts))
    }

    /// Signs a URL with a custom policy that covers it, and perhaps more.
    ///
    /// ```
    /// use countersign_cloudfront::{EpochTime, Policy, PrivateKey, Resource, Signer};
    /// # let pem = include_str!("../../../../vectors/cloudfront/rsa2048.private.pem");
    /// let signer = Signer::new("K2JCJMDEHXQW5F", PrivateKey::from_pem(pem)?)?;
    /// let policy = Policy::new(
    ///     Resource::parse("https://media.example.com/films/*")?,
    ///     EpochTime::from_unix(1_767_225_600),
    /// )
    /// .within("203.0.113.0/24".parse()?);
    /// let url = signer.sign_url_with("https://media.example.com/films/one.mp4", &policy)?;
    /// assert!(url.starts_with("https://media.example.com/films/one.mp4?Policy=eyJTdGF0ZW1lbnQi"));
    /// assert!(signer.sign_url_with("https://media.example.com/other.mp4", &policy).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SignError`] if the URL cannot be signed, or is not covered.
    pub fn sign_url_with(&self, url: &str, policy: &Policy) -> Result<String, SignError> {
        let asked = AskedUrl::parse(url)?;
        policy
            .check_resource(&asked)
            .map_err(|_| SignError::NotCovered)?;
        let parts = self.custom_parts(policy)?;
        Ok(signed_url(url, &parts))
    }

    /// Signs cookies for everything that a custom policy covers.
    ///
    /// ```
    /// use countersign_cloudfront::{EpochTime, Policy, PrivateKey, Resource, Signer};
    /// # let pem = include_str!("../../../../vectors/cloudfront/rsa2048.private.pem");
    /// let signer = Signer::new("K2JCJMDEHXQW5F", PrivateKey::from_pem(pem)?)?;
    /// let policy = Policy::new(
    ///     Resource::parse("https://media.example.com/films/*")?,
    ///     EpochTime::from_unix(1_767_225_600),
    /// );
    /// let cookies = signer.sign_cookies(&policy)?;
    /// let lines: Vec<String> = cookies.set_cookie_lines("/films/").unwrap().collect();
    /// assert_eq!(lines[2], "CloudFront-Key-Pair-Id=K2JCJMDEHXQW5F; Path=/films/; Secure; HttpOnly");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SignError`] if the policy cannot be signed.
    pub fn sign_cookies(&self, policy: &Policy) -> Result<SignedCookies, SignError> {
        Ok(SignedCookies::new(self.custom_parts(policy)?))
    }

    /// Signs cookies with a canned policy: good for one URL only, before a moment.
    ///
    /// # Errors
    /// [`SignError`] if the URL cannot be signed.
    pub fn sign_cookies_for(
        &self,
        url: &str,
        expires_at: EpochTime,
    ) -> Result<SignedCookies, SignError> {
        let asked = AskedUrl::parse(url)?;
        Ok(SignedCookies::new(self.canned_parts(&asked, expires_at)?))
    }

    fn canned_parts(&self, asked: &AskedUrl, expires_at: EpochTime) -> Result<Parts, SignError> {
        let policy = canned_policy(asked.as_str(), expires_at);
        let expires = (Parameter::Expires, expires_at.to_string());
        self.parts(expires, &policy, expires_at)
    }

    fn custom_parts(&self, policy: &Policy) -> Result<Parts, SignError> {
        let json = policy.to_json();
        let sent = (Parameter::Policy, alphabet::encode(json.as_bytes()));
        self.parts(sent, &json, policy.expires_at())
    }

    fn parts(
        &self,
        policy: (Parameter, String),
        signed: &str,
        expires_at: EpochTime,
    ) -> Result<Parts, SignError> {
        if expires_at > EpochTime::LATEST_IN_POLICY {
            return Err(SignError::ExpiresTooLate);
        }
        let signature = self
            .key
            .sign(signed.as_bytes())
            .ok_or(SignError::Unsigned)?;
        Ok([
            policy,
            (Parameter::Signature, alphabet::encode(&signature)),
            (Parameter::KeyPairId, self.key_pair_id.to_string()),
            (
                Parameter::HashAlgorithm,
                HashAlgorithm::Sha256.as_str().to_owned(),
            ),
        ])
    }
}

/// The parts of a signature in the order in which they are sent.
pub(crate) type Parts = [(Parameter, String); 4];

fn signed_url(url: &str, parts: &Parts) -> String {
    let mut signed = url.to_owned();
    let mut separator = if url.contains('?') { '&' } else { '?' };
    for (parameter, value) in parts {
        signed.push(separator);
        signed.push_str(parameter.in_query());
        signed.push('=');
        signed.push_str(value);
        separator = '&';
    }
    signed
}

#[cfg(test)]
mod tests;
