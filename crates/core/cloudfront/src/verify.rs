//! Does this signature let this request in?
//!
//! First the key, then the signature over the exact bytes of the policy, and only then what the policy says. The two
//! halves can be taken apart: a [`SignedPolicy`] is what was signed, whoever asks for whatever, so it can be kept and
//! asked again for the next request that carries the same bytes.
//!
//! INVARIANT: a [`SignedPolicy`] exists only for a signature that matched, under a key of the group. INVARIANT: expiry, address
//! and resource are looked at for every request, also of a policy that was kept.

use std::net::IpAddr;

use aws_lc_rs::digest::{self, digest};
use sha2::{Digest as _, Sha256};

use crate::alphabet;
use crate::asked_url::AskedUrl;
use crate::claim::{Carrier, Claim, ClaimedPolicy};
use crate::epoch_time::EpochTime;
use crate::error::{CloudFrontError, shown};
use crate::hash_algorithm::HashAlgorithm;
use crate::key_group::{KeyGroup, TrustedKey};
use crate::policy::{Policy, PolicyKind, canned_policy, check_expiry};
use crate::resource::QueryCover;

/// The longest signature that is decoded, in characters: one of RSA with 4096 bits has 684.
const MAX_SIGNATURE: usize = 1_024;

/// Verifies by a group of keys and what is accepted besides.
#[derive(Clone, Copy, Debug)]
pub struct Verifier<'k> {
    keys: &'k KeyGroup,
    accepts_sha1: bool,
    accepts_unbounded: bool,
}

/// A policy whose signature matched.
///
/// It knows when the trust in its key ends, but not that a key was taken out of the group: whoever keeps it must forget
/// it when the group changes, and find it again by the exact bytes of policy, signature and key id.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedPolicy {
    carrier: Carrier,
    terms: Terms,
    fingerprint: [u8; 32],
    hash: HashAlgorithm,
    key_pair_id: Box<str>,
    trusted_until: Option<EpochTime>,
}

/// What a policy says.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Terms {
    Canned {
        url: Box<str>,
        expires_at: EpochTime,
    },
    Custom(Policy),
}

/// What a request was let in by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Permitted {
    /// Where the signature was.
    pub carrier: Carrier,
    /// The first moment at which it lets nobody in any more. No answer may be cached for longer.
    pub expires_at: EpochTime,
    /// What was signed, as 32 bytes that are the same however the signature or the URL is spelled: what counters and revocations
    /// of this link hang on (threat A6).
    pub fingerprint: [u8; 32],
    /// The hash that was signed.
    pub hash: HashAlgorithm,
    /// Whose key signed.
    pub key_pair_id: Box<str>,
    /// The kind of policy.
    pub policy_kind: PolicyKind,
    /// How the query of the request is covered. Under [`QueryCover::Wildcard`] the client wrote it, not the signer.
    pub query_cover: QueryCover,
}

impl<'k> Verifier<'k> {
    /// A verifier for what these keys are trusted for. SHA-1 and policies for everything are refused.
    #[must_use]
    pub fn new(keys: &'k KeyGroup) -> Self {
        Self {
            keys,
            accepts_sha1: false,
            accepts_unbounded: false,
        }
    }

    /// The same, accepting signatures over SHA-1 too, which is what signers made by default until 2026.
    #[must_use]
    pub fn accepting_sha1(mut self) -> Self {
        self.accepts_sha1 = true;
        self
    }

    /// The same, accepting policies too that name neither host nor path, such as `*`.
    #[must_use]
    pub fn accepting_unbounded(mut self) -> Self {
        self.accepts_unbounded = true;
        self
    }

    /// Decides whether the claim lets in a request for this URL, at this moment, from this client.
    ///
    /// # Errors
    /// [`CloudFrontError`] says why not.
    pub fn verify(
        &self,
        claim: &Claim<'_>,
        asked: &AskedUrl,
        now: EpochTime,
        client: IpAddr,
    ) -> Result<Permitted, CloudFrontError> {
        self.check_signature(claim, asked, now)?
            .permit(asked, now, client)
    }

    /// The first half: is the claim's signature that of a trusted key over its policy?
    ///
    /// # Errors
    /// [`CloudFrontError`] says why not.
    pub fn check_signature(
        &self,
        claim: &Claim<'_>,
        asked: &AskedUrl,
        now: EpochTime,
    ) -> Result<SignedPolicy, CloudFrontError> {
        let trusted = self.trusted_key(claim, now)?;
        if claim.hash == HashAlgorithm::Sha1 && !self.accepts_sha1 {
            return Err(CloudFrontError::HashNotAccepted { hash: claim.hash });
        }
        let signature = Some(claim.signature)
            .filter(|text| text.len() <= MAX_SIGNATURE)
            .and_then(alphabet::decode)
            .ok_or(CloudFrontError::SignatureNotEncoded)?;
        let signed = signed_bytes(claim.policy, asked)?;
        // COST: one digest is both what a signature over SHA-256 covers and what names the link.
        let digest = digest(&digest::SHA256, &signed);
        let key = trusted.key();
        let verified = match claim.hash {
            HashAlgorithm::Sha1 => key.verifies(claim.hash, &signed, &signature),
            HashAlgorithm::Sha256 => key.verifies_sha256(&digest, &signature),
        };
        if !verified {
            return Err(CloudFrontError::SignatureMismatch);
        }
        Ok(SignedPolicy {
            carrier: claim.carrier,
            terms: self.terms(claim.policy, asked, &signed)?,
            fingerprint: fingerprint(trusted.id(), digest.as_ref()),
            hash: claim.hash,
            key_pair_id: trusted.id().into(),
            trusted_until: trusted.trusted_until(),
        })
    }

    fn trusted_key(
        &self,
        claim: &Claim<'_>,
        now: EpochTime,
    ) -> Result<&'k TrustedKey, CloudFrontError> {
        let key_pair_id = || shown(claim.key_pair_id);
        let trusted =
            self.keys
                .find(claim.key_pair_id)
                .ok_or_else(|| CloudFrontError::KeyUnknown {
                    key_pair_id: key_pair_id(),
                })?;
        check_trust(trusted.id(), trusted.trusted_until(), now)?;
        Ok(trusted)
    }

    /// Reads the policy, now that it is known to be signed.
    fn terms(
        &self,
        claimed: ClaimedPolicy<'_>,
        asked: &AskedUrl,
        signed: &[u8],
    ) -> Result<Terms, CloudFrontError> {
        match claimed {
            ClaimedPolicy::Canned { expires } => Ok(Terms::Canned {
                url: asked.as_str().into(),
                expires_at: canned_expiry(expires)?,
            }),
            ClaimedPolicy::Custom { .. } => {
                let policy = Policy::parse(signed)?;
                if policy.is_unbounded() && !self.accepts_unbounded {
                    return Err(CloudFrontError::ResourceUnbounded);
                }
                Ok(Terms::Custom(policy))
            }
        }
    }
}

impl SignedPolicy {
    /// The second half: does what was signed let in a request for this URL, at this moment, from this client?
    ///
    /// # Errors
    /// [`CloudFrontError`] says why not.
    pub fn permit(
        &self,
        asked: &AskedUrl,
        now: EpochTime,
        client: IpAddr,
    ) -> Result<Permitted, CloudFrontError> {
        check_trust(&self.key_pair_id, self.trusted_until, now)?;
        let (expires_at, policy_kind, query_cover) = match &self.terms {
            Terms::Canned { url, expires_at } => {
                check_expiry(*expires_at, now)?;
                if **url != *asked.as_str() {
                    return Err(CloudFrontError::ResourceMismatch {
                        resource: url.clone(),
                        asked: asked.as_str().into(),
                    });
                }
                (*expires_at, PolicyKind::Canned, QueryCover::Literal)
            }
            Terms::Custom(policy) => {
                let cover = policy.check_resource(asked)?;
                policy.check_conditions(now, client)?;
                (policy.expires_at(), PolicyKind::Custom, cover)
            }
        };
        // A restriction that the client could leave out, or change, restricts nobody.
        if let (QueryCover::Wildcard, Some(name)) = (query_cover, asked.restriction()) {
            return Err(CloudFrontError::RestrictionNotSigned { name: shown(name) });
        }
        Ok(Permitted {
            carrier: self.carrier,
            expires_at: self
                .trusted_until
                .map_or(expires_at, |until| until.min(expires_at)),
            fingerprint: self.fingerprint,
            hash: self.hash,
            key_pair_id: self.key_pair_id.clone(),
            policy_kind,
            query_cover,
        })
    }
}

fn check_trust(id: &str, until: Option<EpochTime>, now: EpochTime) -> Result<(), CloudFrontError> {
    match until {
        Some(until) if now >= until => Err(CloudFrontError::KeyRetired {
            key_pair_id: id.into(),
            until,
            now,
        }),
        _ => Ok(()),
    }
}

/// The bytes that must have been signed: a custom policy as it was sent, a canned one rebuilt from the URL.
fn signed_bytes(policy: ClaimedPolicy<'_>, asked: &AskedUrl) -> Result<Vec<u8>, CloudFrontError> {
    match policy {
        ClaimedPolicy::Custom { encoded } => {
            alphabet::decode(encoded).ok_or(CloudFrontError::PolicyNotEncoded)
        }
        ClaimedPolicy::Canned { expires } => {
            let expires_at = canned_expiry(expires)?;
            // A quotation mark in a URL would end the resource and let the URL write conditions.
            if !asked.is_plain() {
                return Err(CloudFrontError::UrlNotPlain);
            }
            Ok(canned_policy(asked.as_str(), expires_at).into_bytes())
        }
    }
}

fn canned_expiry(digits: &str) -> Result<EpochTime, CloudFrontError> {
    EpochTime::parse(digits).ok_or(CloudFrontError::ExpiresMalformed)
}

/// Names what was signed, by key and digest. The signature has no part in it: one of ECDSA has a second spelling.
fn fingerprint(key_pair_id: &str, signed: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(signed);
    hash.update(key_pair_id);
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
