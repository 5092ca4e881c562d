//! What is looked for, and what was found.

use std::sync::Arc;

use countersign_gate::{Asks, Credential, ExistingTags, Stranger};

use crate::{KnownBucket, KnownKey};

/// What is to be found for one request. Anonymous requests name no bucket but to learn its
/// cross-origin rules: nothing else is looked up for them.
#[derive(Clone, Copy, Default)]
pub struct Sought<'a> {
    /// The access key id of the claim.
    pub access_key_id: Option<&'a str>,
    /// The session token of the claim.
    pub session_token: Option<&'a str>,
    /// The bucket that is addressed.
    pub bucket: Option<&'a str>,
    /// The bucket that a copy reads from.
    pub source_bucket: Option<&'a str>,
}

/// What was found for one request.
#[derive(Clone)]
pub struct Found {
    /// Who says to have signed, or why that is not known.
    pub key: Result<Arc<KnownKey>, Stranger>,
    /// The bucket that is addressed.
    pub bucket: Option<Arc<KnownBucket>>,
    /// The bucket that a copy reads from.
    pub source_bucket: Option<Arc<KnownBucket>>,
    /// The tags of the objects, where a policy asks for them.
    pub existing_tags: Option<ExistingTags>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            key: Err(Stranger::Key),
            bucket: None,
            source_bucket: None,
            existing_tags: None,
        }
    }
}

impl Found {
    /// The credential, as the gate is told of it.
    ///
    /// # Errors
    /// Why there is none.
    pub fn credential(&self) -> Result<&Credential, Stranger> {
        match &self.key {
            Ok(known) => Ok(known.credential()),
            Err(stranger) => Err(*stranger),
        }
    }

    /// What the policies that apply ask for.
    #[must_use]
    pub fn asks(&self) -> Asks {
        let of_bucket = |bucket: &Option<Arc<KnownBucket>>| {
            bucket
                .as_ref()
                .map(|known| known.policy.asks())
                .unwrap_or_default()
        };
        let of_key = self.credential().map(Credential::asks);
        of_key
            .unwrap_or_default()
            .or(of_bucket(&self.bucket))
            .or(of_bucket(&self.source_bucket))
    }
}
