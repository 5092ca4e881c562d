//! What the gate needs to know, from memory or from the state.
//!
//! Answers are kept until anything in the state changes: every entry carries the generation it was
//! read in, and [`Lookups::invalidate`] begins a new one. The number of the generation is taken
//! *before* the state is asked, so an answer that was overtaken by a change is stale at birth.
//!
//! INVARIANT: memory is bounded whatever is asked for, also by strangers who invent key ids and buckets:
//! in number, and in length, as nothing is kept under a name that could not be one.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use countersign_gate::{
    Asks, Authority, BucketPolicy, BucketRef, Credential, ExistingTags, Identity, PrincipalKind,
};
use countersign_s3::BucketName;
use countersign_s3::cors::CorsConfiguration;
use countersign_s3::xml::bucket_cors::read_cors;
use countersign_sigv4::v2_form::V2SigningKey;
use countersign_sigv4::v4a::PublicKey;
use countersign_sigv4::verify::VerificationKey;
use countersign_sigv4::{AccessKeyId, Algorithm, AnyClaim, SecretAccessKey, SigningKey};
use countersign_state::{
    AccessKey, Bucket, BucketDocument, KeyStatus, StateError, StateStore, UnixMillis, UserKind,
};
use quick_cache::sync::Cache;

const KEPT_KEYS: usize = 10_000;
const KEPT_BUCKETS: usize = 10_000;
/// No access key id is longer, so nothing longer needs to be looked up.
const LONGEST_KEY_ID: usize = 128;
/// Signing keys kept per access key: presigned URLs live up to seven days.
const KEPT_DAYS: usize = 9;

/// The answers in memory.
pub(crate) struct Lookups {
    state: Arc<dyn StateStore>,
    region: String,
    generation: AtomicU64,
    keys: Cache<Box<str>, Kept<Option<Arc<KnownKey>>>>,
    buckets: Cache<Box<str>, Kept<Option<Arc<KnownBucket>>>>,
    decoy: SigningKey,
    decoy_v2: V2SigningKey,
}

/// An answer and the generation it belongs to.
#[derive(Clone)]
struct Kept<T> {
    generation: u64,
    answer: T,
}

/// A bucket with its configuration, as far as requests need it.
pub(crate) struct KnownBucket {
    pub(crate) reference: BucketRef,
    pub(crate) cors: OwnRules,
    pub(crate) policy: Arc<BucketPolicy>,
}

/// The cross-origin rules that a bucket has of its own.
pub(crate) enum OwnRules {
    /// They cannot be read any more, so they allow nothing.
    Damaged,
    /// It has none.
    None,
    /// It has these.
    Some(CorsConfiguration),
}

/// An access key with everything derived from it.
pub(crate) struct KnownKey {
    pub(crate) credential: Credential,
    secret: SecretAccessKey,
    signing_keys: Mutex<Vec<(Box<str>, Arc<SigningKey>)>>,
    public_key: OnceLock<Option<PublicKey>>,
    last_used_ms: AtomicI64,
}

/// The key a claim is held against, owned.
pub(crate) enum HeldKey {
    Ecdsa(PublicKey),
    Hmac(Arc<SigningKey>),
    V2(V2SigningKey),
}

/// What was found for one request.
#[derive(Clone, Default)]
pub(crate) struct Found {
    pub(crate) key: Option<Arc<KnownKey>>,
    pub(crate) bucket: Option<Arc<KnownBucket>>,
    /// The bucket that a copy reads from.
    pub(crate) source_bucket: Option<Arc<KnownBucket>>,
    /// The tags of the objects, where a policy asks for them.
    pub(crate) existing_tags: Option<ExistingTags>,
}

/// What is to be found for one request. Anonymous requests name no bucket but to learn its
/// cross-origin rules: nothing else is looked up for them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sought<'a> {
    pub(crate) access_key_id: Option<&'a str>,
    pub(crate) bucket: Option<&'a str>,
    pub(crate) source_bucket: Option<&'a str>,
}

impl Lookups {
    pub(crate) fn new(state: Arc<dyn StateStore>, region: &str) -> Self {
        let unknown = SecretAccessKey::new("no secret: this key only takes as long as a real one");
        Self {
            state,
            region: region.to_owned(),
            generation: AtomicU64::new(0),
            keys: Cache::new(KEPT_KEYS),
            buckets: Cache::new(KEPT_BUCKETS),
            decoy: SigningKey::derive(&unknown, "00000000", region, "s3"),
            decoy_v2: V2SigningKey::new(&unknown),
        }
    }

    /// What memory knows; `None` if the state must be asked.
    pub(crate) fn in_memory(&self, sought: &Sought<'_>) -> Option<Found> {
        let key = match sought.access_key_id {
            None => None,
            Some(id) if id.len() > LONGEST_KEY_ID => None,
            Some(id) => {
                let generation = self.generation.load(Ordering::Acquire);
                self.keys
                    .get(id)
                    .filter(|k| k.generation == generation)?
                    .answer
            }
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
    pub(crate) fn bucket_in_memory(&self, name: &str) -> Option<Option<Arc<KnownBucket>>> {
        let generation = self.generation.load(Ordering::Acquire);
        match self.buckets.get(name) {
            Some(kept) => (kept.generation == generation).then_some(kept.answer),
            // What cannot be a bucket is known to be none.
            None => BucketName::parse(name).is_err().then_some(None),
        }
    }

    /// Asks the state, and keeps the answers.
    ///
    /// # Errors
    /// [`StateError`] if the state cannot answer.
    pub(crate) async fn fetch(&self, sought: Sought<'_>) -> Result<Found, StateError> {
        let mut found = Found::default();
        let plausible = |id: &&str| id.len() <= LONGEST_KEY_ID;
        if let Some(access_key_id) = sought.access_key_id.filter(plausible) {
            let generation = self.generation.load(Ordering::Acquire);
            let id = AccessKeyId::new(access_key_id);
            found.key = self
                .state
                .find_access_key(&id)
                .await?
                .map(|key| Arc::new(KnownKey::new(key)));
            let kept = Kept {
                generation,
                answer: found.key.clone(),
            };
            self.keys.insert(access_key_id.into(), kept);
        }
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
    pub(crate) async fn fetch_bucket(
        &self,
        name: &str,
    ) -> Result<Option<Arc<KnownBucket>>, StateError> {
        let generation = self.generation.load(Ordering::Acquire);
        let Ok(parsed) = BucketName::parse(name) else {
            return Ok(None);
        };
        let found = self.state.find_bucket(&parsed).await?;
        let answer = found.map(|bucket| Arc::new(KnownBucket::new(bucket)));
        let kept = Kept {
            generation,
            answer: answer.clone(),
        };
        self.buckets.insert(name.into(), kept);
        Ok(answer)
    }

    /// Forgets everything, because something changed.
    pub(crate) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// The key to hold `claim` against: the known key's own, or a decoy.
    pub(crate) fn key_for(
        &self,
        claim: &AnyClaim<'_>,
        known: Option<&KnownKey>,
    ) -> Option<HeldKey> {
        let known = known?;
        let claim = match claim {
            AnyClaim::V2Form(_) => return Some(HeldKey::V2(V2SigningKey::new(&known.secret))),
            AnyClaim::V4(claim) => claim,
        };
        match claim.algorithm {
            Algorithm::HmacSha256 => Some(HeldKey::Hmac(
                known.signing_key(claim.scope.day, &self.region),
            )),
            Algorithm::EcdsaP256Sha256 => known.public_key().map(HeldKey::Ecdsa),
        }
    }

    /// The decoy for claims of unknown keys.
    pub(crate) fn decoy(&self, claim: Option<&AnyClaim<'_>>) -> VerificationKey<'_> {
        match claim {
            Some(AnyClaim::V2Form(_)) => VerificationKey::V2(&self.decoy_v2),
            Some(AnyClaim::V4(_)) | None => VerificationKey::Hmac(&self.decoy),
        }
    }

    /// The state behind the answers.
    pub(crate) fn state(&self) -> &Arc<dyn StateStore> {
        &self.state
    }

    /// The region of this server.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The keys that were used since this was last asked.
    pub(crate) fn take_uses(&self) -> Vec<(AccessKeyId, UnixMillis)> {
        let mut uses = Vec::new();
        for (_, kept) in self.keys.iter() {
            if let Some(known) = kept.answer {
                let used_ms = known.last_used_ms.swap(0, Ordering::Relaxed);
                if used_ms > 0 {
                    let id = known.credential.identity.access_key_id.clone();
                    uses.push((id, UnixMillis(used_ms)));
                }
            }
        }
        uses
    }
}

impl Found {
    /// What the policies that apply ask for.
    pub(crate) fn asks(&self) -> Asks {
        let of_bucket = |bucket: &Option<Arc<KnownBucket>>| {
            bucket
                .as_ref()
                .map(|known| known.policy.asks())
                .unwrap_or_default()
        };
        let of_key = self.key.as_ref().map(|key| key.credential.authority.asks());
        of_key
            .unwrap_or_default()
            .or(of_bucket(&self.bucket))
            .or(of_bucket(&self.source_bucket))
    }
}

impl KnownBucket {
    fn new(bucket: Bucket) -> Self {
        let cors = match bucket.document(BucketDocument::Cors) {
            None => OwnRules::None,
            Some(document) => {
                read_cors(document.as_bytes()).map_or(OwnRules::Damaged, OwnRules::Some)
            }
        };
        let policy = BucketPolicy::read(bucket.document(BucketDocument::Policy));
        Self {
            policy: Arc::new(policy),
            reference: BucketRef {
                name: bucket.name,
                id: bucket.id,
                versioning: bucket.versioning,
            },
            cors,
        }
    }
}

impl KnownKey {
    fn new(key: AccessKey) -> Self {
        let kind = match key.user.kind {
            UserKind::Ordinary => PrincipalKind::Ordinary,
            UserKind::Root => PrincipalKind::Root,
        };
        let policies = key.authority.policies.iter();
        let authority = Authority::read(
            key.user.name.as_str(),
            policies.map(|policy| (policy.name.as_str(), policy.document.as_str())),
            key.authority.boundary.as_deref(),
            key.authority.tags,
        );
        let identity = Identity {
            user: key.user.name.as_str().into(),
            user_id: key.user.unique_id.into(),
            kind,
            access_key_id: key.id,
        };
        let credential = Credential {
            identity: Arc::new(identity),
            active: key.status == KeyStatus::Active,
            authority: Arc::new(authority),
            session_token: None,
        };
        Self {
            credential,
            secret: key.secret,
            signing_keys: Mutex::new(Vec::new()),
            public_key: OnceLock::new(),
            last_used_ms: AtomicI64::new(0),
        }
    }

    /// Notes a permitted use.
    pub(crate) fn note_use(&self, now_ms: i64) {
        self.last_used_ms.store(now_ms, Ordering::Relaxed);
    }

    // COST: deriving takes four HMACs, about 1 µs; a kept key is absorbed and costs nothing.
    fn signing_key(&self, day: &str, region: &str) -> Arc<SigningKey> {
        let mut kept = self
            .signing_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = kept.iter().find(|(d, _)| **d == *day) {
            return Arc::clone(key);
        }
        let key = Arc::new(SigningKey::derive(&self.secret, day, region, "s3"));
        if kept.len() == KEPT_DAYS {
            kept.remove(0);
        }
        kept.push((day.into(), Arc::clone(&key)));
        key
    }

    fn public_key(&self) -> Option<PublicKey> {
        let id = self.credential.identity.access_key_id.as_str();
        self.public_key
            .get_or_init(|| PublicKey::derive(id, &self.secret))
            .clone()
    }
}

impl HeldKey {
    /// The key as the verifier takes it.
    pub(crate) fn as_verification_key(&self) -> VerificationKey<'_> {
        match self {
            Self::Ecdsa(key) => VerificationKey::Ecdsa(key),
            Self::Hmac(key) => VerificationKey::Hmac(key),
            Self::V2(key) => VerificationKey::V2(key),
        }
    }
}

#[cfg(test)]
mod tests;
