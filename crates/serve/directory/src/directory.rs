//! What the gate needs to know, from memory or from the state.
//!
//! INVARIANT: memory is bounded whatever is asked for, also by strangers who invent key ids, tokens and buckets:
//! in number, and in length, as nothing is kept under a name that could not be one, nor for a token that was not
//! sealed here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_gate::{LinkId, Stranger};
use countersign_s3::BucketName;
use countersign_session::{OpenError, Opened, SealingRing};
use countersign_sigv4::verify::VerificationKey;
use countersign_sigv4::{AccessKeyId, AnyClaim, sha256};
use countersign_state::{KeyUse, StateError, StateStore, UnixMillis};

use crate::decoy::Decoy;
use crate::generation::{Answers, Generation};
use crate::kept_ring::{DEFAULT_ROTATION, KeptRing};
use crate::key_callers::KeyCallers;
use crate::known_session::{known_session, stranger};
use crate::principals::KnownPrincipal;
use crate::{Clock, Found, HeldKey, KnownBucket, KnownKey, Revocations, Sought};

const KEPT_KEYS: usize = 10_000;
const KEPT_SESSIONS: usize = 10_000;
const KEPT_PRINCIPALS: usize = 10_000;
const KEPT_BUCKETS: usize = 10_000;
/// No access key id is longer, so nothing longer needs to be looked up.
const LONGEST_KEY_ID: usize = 128;

/// What a directory is opened with.
#[derive(Clone, Debug)]
pub struct Options {
    /// This server's region.
    pub region: String,
    /// How long this node may go without hearing what was revoked; then it refuses what can be.
    pub max_staleness: Duration,
    /// How long a key of the ring seals new sessions.
    pub rotation: Duration,
}

/// Who and what is known. Everything in it can be used from any thread.
pub struct Directory {
    state: Arc<dyn StateStore>,
    clock: Clock,
    region: String,
    generation: Generation,
    keys: Answers<Box<str>, Option<Arc<KnownKey>>>,
    /// By the SHA-256 of the token.
    sessions: Answers<[u8; 32], Arc<KnownKey>>,
    principals: Answers<Box<str>, Option<Arc<KnownPrincipal>>>,
    buckets: Answers<Box<str>, Option<Arc<KnownBucket>>>,
    ring: KeptRing,
    revocations: Arc<Revocations>,
    decoy: Decoy,
    key_callers: KeyCallers,
}

impl Options {
    /// Those of a server in this region, with the usual staleness and rotation.
    #[must_use]
    pub fn new(region: &str) -> Self {
        Self {
            region: region.to_owned(),
            max_staleness: Duration::from_secs(10),
            rotation: DEFAULT_ROTATION,
        }
    }
}

impl Directory {
    /// Opens the directory of a state: learns what is revoked, and reads the ring of sealing keys, of which it
    /// makes the first if there is none.
    ///
    /// # Errors
    /// [`StateError`] if the state cannot answer.
    pub async fn open(
        state: Arc<dyn StateStore>,
        clock: Clock,
        options: Options,
    ) -> Result<Self, StateError> {
        let directory = Self {
            decoy: Decoy::new(&options.region),
            state,
            clock,
            region: options.region,
            generation: Generation::default(),
            keys: Answers::new(KEPT_KEYS),
            sessions: Answers::new(KEPT_SESSIONS),
            principals: Answers::new(KEPT_PRINCIPALS),
            buckets: Answers::new(KEPT_BUCKETS),
            ring: KeptRing::new(options.rotation),
            revocations: Arc::new(Revocations::new(options.max_staleness)),
            key_callers: KeyCallers::default(),
        };
        let state = directory.state.as_ref();
        directory.revocations.catch_up(state).await?;
        directory.ring.read(state).await?;
        directory.rotate_ring_if_due().await?;
        Ok(directory)
    }

    /// What memory knows; `None` if the state must be asked.
    #[must_use]
    pub fn in_memory(&self, sought: &Sought<'_>) -> Option<Found> {
        let key = match (sought.access_key_id, sought.session_token) {
            (None, _) => Err(Stranger::Key),
            (Some(_), Some(token)) => self.session_in_memory(token)?,
            (Some(id), None) if id.len() > LONGEST_KEY_ID => Err(Stranger::Key),
            (Some(id), None) => self
                .keys
                .of(id, self.generation.now())?
                .ok_or(Stranger::Key),
        };
        let bucket = |name: Option<&str>| match name {
            None => Some(None),
            Some(name) => self.bucket_in_memory(name),
        };
        Some(Found {
            key,
            bucket: bucket(sought.bucket)?,
            source_bucket: bucket(sought.source_bucket)?,
            existing_tags: None,
        })
    }

    /// What memory knows of a bucket; `None` if the state must be asked.
    #[must_use]
    pub fn bucket_in_memory(&self, name: &str) -> Option<Option<Arc<KnownBucket>>> {
        match self.buckets.of(name, self.generation.now()) {
            // What cannot be a bucket is known to be none.
            None => BucketName::parse(name).is_err().then_some(None),
            known => known,
        }
    }

    /// Asks the state, and keeps the answers.
    ///
    /// # Errors
    /// [`StateError`] if the state cannot answer.
    pub async fn fetch(&self, sought: Sought<'_>) -> Result<Found, StateError> {
        let key = match (sought.access_key_id, sought.session_token) {
            (None, _) => Err(Stranger::Key),
            (Some(_), Some(token)) => self.fetch_session(token).await?,
            (Some(id), None) => self.fetch_key(id).await?.ok_or(Stranger::Key),
        };
        let mut found = Found {
            key,
            ..Found::default()
        };
        if let Some(name) = sought.bucket {
            found.bucket = self.fetch_bucket(name).await?;
        }
        if let Some(name) = sought.source_bucket {
            found.source_bucket = self.fetch_bucket(name).await?;
        }
        Ok(found)
    }

    /// Asks the state for a bucket, and keeps the answer.
    ///
    /// # Errors
    /// [`StateError`] if the state cannot answer.
    pub async fn fetch_bucket(&self, name: &str) -> Result<Option<Arc<KnownBucket>>, StateError> {
        let generation = self.generation.now();
        let Ok(parsed) = BucketName::parse(name) else {
            return Ok(None);
        };
        let found = self.state.find_bucket(&parsed).await?;
        let answer = found.map(|bucket| Arc::new(KnownBucket::new(bucket)));
        self.buckets.keep(name.into(), generation, answer.clone());
        Ok(answer)
    }

    async fn fetch_key(&self, id: &str) -> Result<Option<Arc<KnownKey>>, StateError> {
        if id.len() > LONGEST_KEY_ID {
            return Ok(None);
        }
        let generation = self.generation.now();
        let found = self.state.find_access_key(&AccessKeyId::new(id)).await?;
        let answer = found.map(|key| Arc::new(KnownKey::stored(key)));
        self.keys.keep(id.into(), generation, answer.clone());
        Ok(answer)
    }

    /// The key of a session, if memory knows all of it.
    fn session_in_memory(&self, token: &str) -> Option<Result<Arc<KnownKey>, Stranger>> {
        let generation = self.generation.now();
        let digest = sha256::digest(token.as_bytes());
        if let Some(known) = self.sessions.of(&digest, generation) {
            return Some(Ok(known));
        }
        let opened = match self.ring.with(|ring| ring.open(token)) {
            Ok(opened) => opened,
            Err(OpenError::UnknownKey { .. }) if self.ring.may_read_again() => return None,
            Err(error) => return Some(Err(stranger(error))),
        };
        if !opened.session.policy_arns.is_empty() {
            return None;
        }
        let id = &*opened.session.principal_id;
        let Some(principal) = self.principals.of(id, generation)? else {
            return Some(Err(Stranger::Principal));
        };
        Some(self.keep_session((token, digest), opened, &principal, &[], generation))
    }

    async fn fetch_session(
        &self,
        token: &str,
    ) -> Result<Result<Arc<KnownKey>, Stranger>, StateError> {
        let generation = self.generation.now();
        let mut opened = self.ring.with(|ring| ring.open(token));
        // Another node may have made a new key.
        if matches!(opened, Err(OpenError::UnknownKey { .. })) && self.ring.may_read_again() {
            self.ring.read(self.state.as_ref()).await?;
            opened = self.ring.with(|ring| ring.open(token));
        }
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(stranger(error))),
        };
        let id = &*opened.session.principal_id;
        let principal = match self.principals.of(id, generation) {
            Some(known) => known,
            None => {
                let found = self.state.find_principal(id).await?;
                let answer = found.map(|record| Arc::new(KnownPrincipal::new(record)));
                self.principals.keep(id.into(), generation, answer.clone());
                answer
            }
        };
        let Some(principal) = principal else {
            return Ok(Err(Stranger::Principal));
        };
        let arns = &opened.session.policy_arns;
        let managed = if arns.is_empty() {
            Vec::new()
        } else {
            let arns: Vec<String> = arns.iter().map(|arn| arn.to_string()).collect();
            self.state.find_policy_documents(&arns).await?
        };
        let digest = sha256::digest(token.as_bytes());
        Ok(self.keep_session((token, digest), opened, &principal, &managed, generation))
    }

    fn keep_session(
        &self,
        (token, digest): (&str, [u8; 32]),
        opened: Opened,
        principal: &KnownPrincipal,
        managed: &[Option<String>],
        generation: u64,
    ) -> Result<Arc<KnownKey>, Stranger> {
        let known = Arc::new(known_session(token, opened, principal, managed)?);
        self.sessions.keep(digest, generation, Arc::clone(&known));
        Ok(known)
    }

    /// Forgets every answer, because something changed.
    pub fn invalidate(&self) {
        self.generation.begin_anew();
    }

    /// Forgets every answer and reads the ring again, because something changed that another may have done.
    ///
    /// # Errors
    /// [`StateError`] if the state cannot answer; the answers are forgotten all the same.
    pub async fn follow_change(&self) -> Result<(), StateError> {
        self.invalidate();
        self.ring.read(self.state.as_ref()).await
    }

    /// Makes a new sealing key if it is time.
    ///
    /// # Errors
    /// [`StateError`] if the state cannot answer.
    pub async fn rotate_ring_if_due(&self) -> Result<(), StateError> {
        let now_ms = self.clock.unix_ms();
        self.ring.rotate_if_due(self.state.as_ref(), now_ms).await
    }

    /// The ring that session tokens are sealed with.
    #[must_use]
    pub fn ring(&self) -> Arc<SealingRing> {
        self.ring.ring()
    }

    /// The key to hold a claim for S3 against: the known key's own; `None` for a stranger.
    #[must_use]
    pub fn key_for(&self, claim: &AnyClaim<'_>, found: &Found) -> Option<HeldKey> {
        found.key.as_ref().ok()?.held(claim, &self.region)
    }

    /// The decoy for claims of unknown keys.
    #[must_use]
    pub fn decoy(&self, claim: Option<&AnyClaim<'_>>) -> VerificationKey<'_> {
        self.decoy.of(claim)
    }

    /// The state behind the answers.
    #[must_use]
    pub fn state(&self) -> &Arc<dyn StateStore> {
        &self.state
    }

    /// The clock that everybody goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What is revoked.
    #[must_use]
    pub fn revocations(&self) -> &Arc<Revocations> {
        &self.revocations
    }

    /// The number of the present generation of answers: what somebody keeps beside this directory is good as long
    /// as this is what it was *before* the state was asked.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.now()
    }

    /// The region of this server.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Notes who used a key that is to go; any other key is passed over.
    pub fn note_caller(
        &self,
        known: &KnownKey,
        address: IpAddr,
        agent: Option<&str>,
        link: Option<LinkId>,
        now_ms: i64,
    ) {
        if known.is_retiring() {
            let key = &known.credential().identity.access_key_id;
            let agent = agent.unwrap_or_default();
            self.key_callers.note(key, address, agent, link, now_ms);
        }
    }

    /// Who used retiring keys since this was last asked.
    #[must_use]
    pub fn take_callers(&self) -> Vec<KeyUse> {
        self.key_callers.take()
    }

    /// The long-term keys that were used since this was last asked.
    #[must_use]
    pub fn take_uses(&self) -> Vec<(AccessKeyId, UnixMillis)> {
        let used = |known: Option<Arc<KnownKey>>| known?.take_use();
        let uses = self.keys.all().filter_map(used);
        uses.map(|(id, used_ms)| (id, UnixMillis(used_ms)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
