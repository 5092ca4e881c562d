//! Digest files: which log files there were in an hour, signed as `aws cloudtrail validate-logs` wants it.
//!
//! The signature is SHA256withRSA (PKCS #1 v1.5) over four lines ([`signing_text`]); it stands in the metadata of
//! the object, not in the file.
//!
//! INVARIANT: a digest names the one before by place, hash and signature, or nothing of it.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde::Serialize;
use thiserror::Error;

use super::{LogFileFacts, Trail};
use crate::Moment;
use crate::hash::{Hash, hex};
use crate::json::write_json;

/// What `digestSignatureAlgorithm` and the object's metadata `signature-algorithm` say.
const ALGORITHM: &str = "SHA256withRSA";

/// The RSA key that signs digest files.
pub struct TrailKey {
    pair: KeyPair,
}

/// Bytes are no RSA key, or none of at least 2,048 bits.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not an rsa key")]
pub struct TrailKeyError;

/// A digest file, with what its object has as metadata.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrailDigest {
    /// Its key in the trail's bucket.
    pub key: String,
    /// Its content, not compressed.
    pub content: Vec<u8>,
    /// The metadata `signature`: hexadecimal.
    pub signature: String,
    /// The metadata `signature-algorithm`.
    pub signature_algorithm: &'static str,
}

/// What a digest file says of the one before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreviousDigest {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// The hash of its content.
    pub sha256: Hash,
    /// Its signature.
    pub signature: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    aws_account_id: &'a str,
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    bucket: &'a str,
    #[serde(rename = "digestS3Object")]
    object: &'a str,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: &'static str,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_bucket: Option<&'a str>,
    #[serde(rename = "previousDigestS3Object")]
    previous_object: Option<&'a str>,
    previous_digest_hash_value: Option<Hash>,
    previous_digest_hash_algorithm: Option<&'static str>,
    previous_digest_signature: Option<&'a str>,
    log_files: Vec<ListedFile<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedFile<'a> {
    #[serde(rename = "s3Bucket")]
    bucket: &'a str,
    #[serde(rename = "s3Object")]
    object: &'a str,
    hash_value: Hash,
    hash_algorithm: &'static str,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
}

impl TrailKey {
    /// The key in a document of PKCS #8.
    ///
    /// # Errors
    /// If it is none for RSA.
    pub fn from_pkcs8(document: &[u8]) -> Result<Self, TrailKeyError> {
        let pair = KeyPair::from_pkcs8(document).map_err(|_| TrailKeyError)?;
        Ok(Self { pair })
    }

    /// The public key as CloudTrail's `ListPublicKeys` has it, before Base64: PKCS #1, DER.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// What digests name it by: half the SHA-256 of the public key, 32 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let hash = Hash::of(self.public_key());
        let half = hash.as_bytes().iter().take(16);
        half.flat_map(|byte| hex(*byte)).map(char::from).collect()
    }

    fn sign(&self, text: &[u8]) -> Result<String, TrailKeyError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        // PKCS #1 v1.5 has nothing random in it: the same text gives the same signature.
        let random = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
            .map_err(|_| TrailKeyError)?;
        Ok(signature
            .iter()
            .flat_map(|byte| hex(*byte))
            .map(char::from)
            .collect())
    }
}

impl fmt::Debug for TrailKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrailKey({})", self.fingerprint())
    }
}

impl TrailDigest {
    /// The digest of the log files, by their keys, that were delivered from `start` to `end`. Without `previous` it
    /// begins a chain: the first, or after one was lost.
    ///
    /// # Errors
    /// If the key cannot sign.
    pub fn sign(
        trail: &Trail<'_>,
        start: Moment,
        end: Moment,
        previous: Option<&PreviousDigest>,
        files: &[(String, LogFileFacts)],
        key: &TrailKey,
    ) -> Result<Self, TrailKeyError> {
        let object = trail.digest_key(end);
        let oldest = |facts: &LogFileFacts| facts.times.map(|(oldest, _)| oldest);
        let newest = |facts: &LogFileFacts| facts.times.map(|(_, newest)| newest);
        let all = || files.iter().map(|(_, facts)| facts);
        let content = Content {
            aws_account_id: trail.account,
            digest_start_time: start.to_seconds(),
            digest_end_time: end.to_seconds(),
            bucket: trail.bucket,
            object: &object,
            digest_public_key_fingerprint: key.fingerprint(),
            digest_signature_algorithm: ALGORITHM,
            newest_event_time: all().filter_map(newest).max().map(Moment::to_seconds),
            oldest_event_time: all().filter_map(oldest).min().map(Moment::to_seconds),
            previous_bucket: previous.map(|previous| previous.bucket.as_str()),
            previous_object: previous.map(|previous| previous.key.as_str()),
            previous_digest_hash_value: previous.map(|previous| previous.sha256),
            previous_digest_hash_algorithm: previous.map(|_| "SHA-256"),
            previous_digest_signature: previous.map(|previous| previous.signature.as_str()),
            log_files: files
                .iter()
                .map(|(object, facts)| ListedFile {
                    bucket: trail.bucket,
                    object,
                    hash_value: facts.sha256,
                    hash_algorithm: "SHA-256",
                    newest_event_time: newest(facts).map(Moment::to_seconds),
                    oldest_event_time: oldest(facts).map(Moment::to_seconds),
                })
                .collect(),
        };
        let mut bytes = Vec::new();
        write_json(&content, &mut bytes);
        let text = signing_text(
            &content.digest_end_time,
            trail.bucket,
            &object,
            &Hash::of(&bytes),
            content.previous_digest_signature,
        );
        let signature = key.sign(text.as_bytes())?;
        Ok(Self {
            key: object,
            content: bytes,
            signature,
            signature_algorithm: ALGORITHM,
        })
    }

    /// What the next digest says of this one.
    #[must_use]
    pub fn as_previous(&self, trail: &Trail<'_>) -> PreviousDigest {
        PreviousDigest {
            bucket: trail.bucket.to_owned(),
            key: self.key.clone(),
            sha256: Hash::of(&self.content),
            signature: self.signature.clone(),
        }
    }
}

/// The text that a digest's signature is over: when it ends, where it lies, its hash, and the signature of the one
/// before, or `null`. Four lines without an end of the last.
///
/// ```
/// use countersign_audit::{Hash, cloud_trail::signing_text};
/// let text = signing_text("2026-02-06T01:00:00Z", "logs", "a.json.gz", &Hash::ZERO, None);
/// assert_eq!(text.lines().collect::<Vec<_>>(), ["2026-02-06T01:00:00Z", "logs/a.json.gz", &"0".repeat(64), "null"]);
/// ```
#[must_use]
pub fn signing_text(
    end_time: &str,
    bucket: &str,
    object: &str,
    digest: &Hash,
    previous_signature: Option<&str>,
) -> String {
    let previous = previous_signature.unwrap_or("null");
    format!("{end_time}\n{bucket}/{object}\n{digest}\n{previous}")
}
