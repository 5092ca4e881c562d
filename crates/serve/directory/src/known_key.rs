//! A key with everything derived from it: a user's own access key, or that of a session.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use countersign_gate::{Authority, Credential, Identity, PrincipalKind};
use countersign_session::Session;
use countersign_sigv4::v2_form::V2SigningKey;
use countersign_sigv4::v4a::PublicKey;
use countersign_sigv4::verify::VerificationKey;
use countersign_sigv4::{AccessKeyId, Algorithm, AmzDate, AnyClaim, SecretAccessKey, SigningKey};
use countersign_state::{AccessKey, KeyStatus, UserKind};

/// Signing keys for S3 kept per access key: presigned URLs live up to seven days.
const KEPT_DAYS: usize = 9;
/// Signing keys kept per access key for calls to other services, of which two days and a few services count.
const KEPT_FOR_CALLS: usize = 8;

/// A key that is known.
pub struct KnownKey {
    credential: Credential,
    secret: SecretAccessKey,
    session: Option<Arc<Session>>,
    signing_keys: Mutex<Vec<(Box<str>, Arc<SigningKey>)>>,
    call_keys: Mutex<Vec<(CallScope, Arc<SigningKey>)>>,
    public_key: OnceLock<Option<PublicKey>>,
    last_used_ms: AtomicI64,
    is_retiring: bool,
}

/// The key a claim is held against, owned.
pub enum HeldKey {
    /// For SigV4A.
    Ecdsa(PublicKey),
    /// For SigV4.
    Hmac(Arc<SigningKey>),
    /// For forms of SigV2.
    V2(V2SigningKey),
}

/// Day, region and service.
type CallScope = [Box<str>; 3];

impl KnownKey {
    /// The key as it stands in the state.
    pub(crate) fn stored(key: AccessKey) -> Self {
        let arn = key.user.arn();
        let policies = key.authority.policies.iter();
        let authority = Authority::read(
            &arn,
            policies.map(|policy| (policy.name.as_str(), policy.document.as_str())),
            key.authority.boundary.as_deref(),
            key.authority.tags,
        );
        let name = key.user.name.as_str();
        let mut identity = Identity::of_user(name, &key.user.unique_id, &arn, key.id);
        if key.user.kind == UserKind::Root {
            identity.kind = PrincipalKind::Root;
            identity.user_id = countersign_gate::ACCOUNT.into();
        }
        let credential = Credential {
            active: key.status == KeyStatus::Active,
            // The last second that is whole before it.
            expires_at: key
                .expires_at
                .map(|end| AmzDate::from_unix(end.0.div_euclid(1_000).saturating_sub(1))),
            ..Credential::long_term(identity, authority)
        };
        Self {
            is_retiring: key.retiring_at.is_some(),
            ..Self::new(credential, key.secret, None)
        }
    }

    pub(crate) fn new(
        credential: Credential,
        secret: SecretAccessKey,
        session: Option<Arc<Session>>,
    ) -> Self {
        Self {
            credential,
            secret,
            session,
            signing_keys: Mutex::default(),
            call_keys: Mutex::default(),
            public_key: OnceLock::new(),
            last_used_ms: AtomicI64::new(0),
            is_retiring: false,
        }
    }

    /// Whose key it is, and what that may do.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The session, if it is the key of one.
    #[must_use]
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }

    /// Whether it is to go, so that whoever uses it is noted.
    #[must_use]
    pub fn is_retiring(&self) -> bool {
        self.is_retiring
    }

    /// Notes a permitted use.
    pub fn note_use(&self, now_ms: i64) {
        self.last_used_ms.store(now_ms, Ordering::Relaxed);
    }

    /// When it was used since this was last asked, in milliseconds since 1970; none if it was not.
    pub(crate) fn take_use(&self) -> Option<(AccessKeyId, i64)> {
        let used_ms = self.last_used_ms.swap(0, Ordering::Relaxed);
        (used_ms > 0).then(|| (self.credential.identity.access_key_id.clone(), used_ms))
    }

    /// The key to hold a claim for S3 in this region against.
    pub(crate) fn held(&self, claim: &AnyClaim<'_>, region: &str) -> Option<HeldKey> {
        let claim = match claim {
            AnyClaim::V2Form(_) => return Some(HeldKey::V2(V2SigningKey::new(&self.secret))),
            AnyClaim::V4(claim) => claim,
        };
        match claim.algorithm {
            Algorithm::HmacSha256 => Some(HeldKey::Hmac(self.signing_key(claim.scope.day, region))),
            Algorithm::EcdsaP256Sha256 => self.public_key().map(HeldKey::Ecdsa),
        }
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

    /// The signing key for calls to another service than S3.
    pub(crate) fn call_key(&self, day: &str, region: &str, service: &str) -> Arc<SigningKey> {
        let scope = [day, region, service];
        let is_it = |kept: &CallScope| kept.iter().zip(scope).all(|(kept, asked)| **kept == *asked);
        let mut kept = self
            .call_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = kept.iter().find(|(scope, _)| is_it(scope)) {
            return Arc::clone(key);
        }
        let key = Arc::new(SigningKey::derive(&self.secret, day, region, service));
        if kept.len() == KEPT_FOR_CALLS {
            kept.remove(0);
        }
        kept.push((scope.map(Box::from), Arc::clone(&key)));
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
    #[must_use]
    pub fn as_verification_key(&self) -> VerificationKey<'_> {
        match self {
            Self::Ecdsa(key) => VerificationKey::Ecdsa(key),
            Self::Hmac(key) => VerificationKey::Hmac(key),
            Self::V2(key) => VerificationKey::V2(key),
        }
    }
}
