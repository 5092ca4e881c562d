//! Who a verified signature stands for.

use std::sync::Arc;

use countersign_sigv4::{AccessKeyId, SessionToken};

use crate::Authority;

/// What kind of principal a user is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PrincipalKind {
    /// An ordinary user.
    Ordinary,
    /// The root of the installation: for administration, never for presigned URLs (threat H6).
    Root,
}

/// An authenticated principal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The user's name.
    pub user: Box<str>,
    /// The user's stable unique id.
    pub user_id: Box<str>,
    /// What kind of principal.
    pub kind: PrincipalKind,
    /// The access key that signed.
    pub access_key_id: AccessKeyId,
}

/// What was looked up for the access key id of a claim.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Who the key belongs to.
    pub identity: Arc<Identity>,
    /// Whether the key may be used.
    pub active: bool,
    /// What the user may do.
    pub authority: Arc<Authority>,
    /// The session token that must accompany a temporary key; a long-term key has none.
    pub session_token: Option<SessionToken>,
}
