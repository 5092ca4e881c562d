//! The keys that sessions are sealed and opened with.
//!
//! One installation has one ring, kept in the state. New sessions are sealed with its newest key; the others open
//! what they sealed, until the longest session is over.

use std::sync::Arc;

use countersign_sigv4::{AccessKeyId, SecretAccessKey, SessionToken};
use subtle::ConstantTimeEq as _;

use crate::token::{self, HEADER, NONCE, Parts};
use crate::{OpenError, SealError, SealingKey, Session, codec};

/// Several keys by their ids.
#[derive(Clone, Debug, Default)]
pub struct SealingRing {
    /// By id, the newest last.
    keys: Vec<Arc<SealingKey>>,
}

/// The credentials of one session, as they are handed out.
#[derive(Clone, Debug)]
pub struct TemporaryCredentials {
    /// `ASIA` and 16 letters more.
    pub access_key_id: AccessKeyId,
    /// The secret.
    pub secret_access_key: SecretAccessKey,
    /// The token, which must accompany every request.
    pub session_token: SessionToken,
    /// The last second of their life, in seconds since 1970.
    pub expires_at_s: i64,
}

/// What was in a token.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// The one access key id that this token goes with (threat H2).
    pub access_key_id: AccessKeyId,
    /// Its secret.
    pub secret_access_key: SecretAccessKey,
}

impl SealingRing {
    /// The ring of these keys. It seals with the one that was made last; of two made at once, with the one of
    /// the higher id.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = SealingKey>) -> Self {
        let mut keys: Vec<_> = keys.into_iter().map(Arc::new).collect();
        keys.sort_by_key(|key| (key.made_at_ms(), key.id()));
        Self { keys }
    }

    /// The key that sessions are sealed with now.
    #[must_use]
    pub fn newest(&self) -> Option<&SealingKey> {
        self.keys.last().map(AsRef::as_ref)
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a key of that id is in it.
    #[must_use]
    pub fn has(&self, id: u32) -> bool {
        self.keys.iter().any(|key| key.id() == id)
    }

    /// Seals a session: the same session gives the same credentials, as long as the newest key is the same.
    ///
    /// # Errors
    /// [`SealError`] if there is no key, or the session does not fit into a token.
    pub fn seal(&self, session: &Session) -> Result<TemporaryCredentials, SealError> {
        Self::seal_with(self.newest().ok_or(SealError::NoKey)?, session)
    }

    /// As [`Self::seal`], with the key that was the newest at an instant in milliseconds since 1970: what is
    /// sealed for one window of time so comes out the same before and after a rotation within it.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_as_of(
        &self,
        session: &Session,
        instant_ms: i64,
    ) -> Result<TemporaryCredentials, SealError> {
        let before = |key: &&Arc<SealingKey>| key.made_at_ms() <= instant_ms;
        let key = self.keys.iter().rev().find(before);
        let key = key.or(self.keys.first()).ok_or(SealError::NoKey)?;
        Self::seal_with(key, session)
    }

    fn seal_with(key: &SealingKey, session: &Session) -> Result<TemporaryCredentials, SealError> {
        let mut text = codec::encode(session)?;
        let derived = key.derive(&text);
        let header = token::header(key.id());
        key.encrypt(header, derived.nonce, &mut text)
            .ok_or(SealError::NoKey)?;
        let mut bytes = Vec::with_capacity(HEADER + NONCE + text.len());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(&derived.nonce);
        bytes.append(&mut text);
        Ok(TemporaryCredentials {
            access_key_id: derived.access_key_id,
            secret_access_key: derived.secret,
            session_token: SessionToken::new(token::write(&bytes)),
            expires_at_s: session.expires_at_s,
        })
    }

    /// Opens a token. Whether the session is over, and whose it still is, is not looked at here.
    ///
    /// # Errors
    /// [`OpenError`]: of a token that this ring did not seal, exactly so.
    pub fn open(&self, token: &str) -> Result<Opened, OpenError> {
        let mut parts = Parts::read(token)?;
        let id = parts.key_id;
        let key = self.keys.iter().rev().find(|key| key.id() == id);
        let key = key.ok_or(OpenError::UnknownKey { id })?;
        let (nonce, plaintext) = key.decrypt(&mut parts.bytes)?;
        let derived = key.derive(plaintext);
        // Somebody with the encrypting key alone could choose a nonce; who sealed honestly did not.
        if !bool::from(derived.nonce.ct_eq(&nonce)) {
            return Err(OpenError::NotAuthentic);
        }
        let session = codec::decode(plaintext).ok_or(OpenError::NotAuthentic)?;
        Ok(Opened {
            session,
            access_key_id: derived.access_key_id,
            secret_access_key: derived.secret,
        })
    }
}
