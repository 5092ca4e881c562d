//! What links are signed with: sessions of the issuer's own purpose, for the caller's own principal.
//!
//! The caller's session policies, tags and end of life are carried over, so a link never grants more than its maker
//! has and dies with it (threat C6). Such a session follows from the principal and the hour alone: every node makes the
//! same one, nothing is stored, and a stable link comes out the same everywhere.
//!
//! INVARIANT: the secret never leaves this file but as a key that signs.

use std::sync::Arc;

use countersign_directory::Caller;
use countersign_gate::PrincipalKind;
use countersign_session::{Purpose, Salt, SealError, SealingRing, Session, SubjectKind};
use countersign_sigv4::{AccessKeyId, AmzDate, SecretAccessKey, SessionToken, SigningKey};
use quick_cache::sync::Cache;

use crate::lifetime::Life;

/// Sessions begin at whole multiples of this, so that few are made.
const GRAIN_S: i64 = 300;
/// They end at whole multiples of this.
const END_GRAIN_S: i64 = 3_600;
const KEPT: usize = 4_096;
/// Sessions of the issuer that are equal in all else are the same session.
const SALT: Salt = *b"countersign link";

/// Makes and keeps what links are signed with.
pub(crate) struct LinkKeys {
    region: Box<str>,
    kept: Cache<(Session, i64), Arc<LinkKey>>,
}

/// What links of one principal are signed with for a while.
pub(crate) struct LinkKey {
    pub(crate) access_key_id: AccessKeyId,
    pub(crate) token: SessionToken,
    pub(crate) key: SigningKey,
    secret: SecretAccessKey,
}

/// For whom links are signed.
#[derive(Clone, Debug)]
pub(crate) enum Maker {
    /// A user with a long-term key, which may have a last second.
    LongTerm {
        principal_id: Box<str>,
        last_s: Option<i64>,
    },
    /// A session of a user or a role.
    Session(Arc<Session>),
}

impl LinkKeys {
    pub(crate) fn new(region: &str) -> Self {
        Self {
            region: region.into(),
            kept: Cache::new(KEPT),
        }
    }

    /// The key for a link of this life.
    ///
    /// # Errors
    /// [`SealError`] if there is no key to seal with, or the session does not fit into a token.
    pub(crate) fn of(
        &self,
        ring: &SealingRing,
        maker: &Maker,
        life: &Life,
    ) -> Result<Arc<LinkKey>, SealError> {
        let began_s = life.signed_at.unix().div_euclid(GRAIN_S) * GRAIN_S;
        let ends_s = rounded_up(life.ends_at().unix().saturating_add(GRAIN_S));
        let session = maker.session(began_s, ends_s);
        let day = life.signed_at.unix().div_euclid(86_400);
        if let Some(found) = self.kept.get(&(session.clone(), day)) {
            return Ok(found);
        }
        let sealed = ring.seal_as_of(&session, began_s.saturating_mul(1_000))?;
        let date = AmzDate::from_unix(life.signed_at.unix()).format();
        let secret = sealed.secret_access_key;
        let key = Arc::new(LinkKey {
            access_key_id: sealed.access_key_id,
            token: sealed.session_token,
            key: SigningKey::derive(&secret, date.day(), &self.region, "s3"),
            secret,
        });
        self.kept.insert((session, day), Arc::clone(&key));
        Ok(key)
    }
}

impl LinkKey {
    /// Bytes that follow from this text, and that nobody else can know.
    pub(crate) fn derive(&self, text: &[u8]) -> [u8; 32] {
        let key = SigningKey::derive(&self.secret, "name", "of", "link");
        *key.sign(text).as_bytes()
    }
}

impl Maker {
    /// Whose links these are; none for root, which signs none (threat H6).
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        let identity = caller.identity();
        if identity.kind == PrincipalKind::Root {
            return None;
        }
        Some(match &caller.session {
            Some(session) => Self::Session(Arc::clone(session)),
            None => Self::LongTerm {
                principal_id: identity.principal_id.clone(),
                last_s: caller.credential.ends_at().map(AmzDate::unix),
            },
        })
    }

    fn session(&self, began_s: i64, ends_s: i64) -> Session {
        match self {
            Self::LongTerm {
                principal_id,
                last_s,
            } => {
                let ends_s = last_s.map_or(ends_s, |last_s| ends_s.min(last_s));
                let life = (began_s, ends_s);
                let id = principal_id.clone();
                Session::new(SubjectKind::User, id, Purpose::Issuer, life, SALT)
            }
            Self::Session(session) => session.for_links(ends_s, SALT),
        }
    }
}

fn rounded_up(instant_s: i64) -> i64 {
    let whole = instant_s.div_euclid(END_GRAIN_S) * END_GRAIN_S;
    if whole == instant_s {
        whole
    } else {
        whole.saturating_add(END_GRAIN_S)
    }
}
