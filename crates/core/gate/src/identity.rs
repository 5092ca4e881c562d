//! Who a verified signature stands for.

use std::sync::Arc;

use countersign_sigv4::{AccessKeyId, AmzDate, SessionToken};

use crate::{Authority, SessionRights};

/// What kind of principal somebody is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PrincipalKind {
    /// A role, by one of its sessions.
    Role,
    /// The root of the installation: for administration, never for presigned URLs (threat H6).
    Root,
    /// An ordinary user, by a key of its own or by a session.
    User,
}

/// An authenticated principal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The name of the user or role.
    pub name: Box<str>,
    /// The lasting unique id of the user (`AIDA…`) or role (`AROA…`).
    pub principal_id: Box<str>,
    /// What kind of principal.
    pub kind: PrincipalKind,
    /// How it is called in answers: the ARN of the user, of the role's session, or of root.
    pub arn: Box<str>,
    /// `aws:userid`: the user's unique id; the role's, a colon and the session's name; the account for root.
    pub user_id: Box<str>,
    /// The access key that signed.
    pub access_key_id: AccessKeyId,
    /// What is true of the session, if it is one.
    pub session: Option<SessionFacts>,
}

/// What is true of a session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionFacts {
    /// The name that whoever assumed the role gave it; sessions of users have none.
    pub name: Option<Box<str>>,
    /// When it began.
    pub issued_at: AmzDate,
    /// The last second of its life.
    pub expires_at: AmzDate,
    /// Whether only the issuer can sign with it, so that what it signed is known to the issuer: its purpose is to
    /// sign links (threat C8).
    pub is_registered: bool,
    /// Whether it was assumed by a session of a role.
    pub is_chained: bool,
    /// The source identity, if one was set.
    pub source_identity: Option<Box<str>>,
    /// The ARN of the identity provider that vouched for it, if one did.
    pub federated_provider: Option<Box<str>>,
}

/// What was looked up for the access key id of a claim.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Who the key belongs to.
    pub identity: Arc<Identity>,
    /// Whether the key may be used.
    pub active: bool,
    /// The last second at which a long-term key may be used; none if it has no such date. A session has its
    /// end in [`Identity::session`].
    pub expires_at: Option<AmzDate>,
    /// What the user or role may do.
    pub authority: Arc<Authority>,
    /// What narrows the session; none for long-term keys.
    pub session_rights: Option<Arc<SessionRights>>,
    /// The session token that must accompany a temporary key; a long-term key has none.
    pub session_token: Option<SessionToken>,
}

/// Why nothing is known of the one who says to have signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stranger {
    /// There is no such access key, or it is a temporary one and its token is missing.
    Key,
    /// The principal of the session is gone.
    Principal,
    /// The session token cannot be opened. Why, goes to logs.
    Token(&'static str),
}

impl Identity {
    /// The identity of a user's own key; `arn` is the user's.
    #[must_use]
    pub fn of_user(name: &str, principal_id: &str, arn: &str, access_key_id: AccessKeyId) -> Self {
        Self {
            name: name.into(),
            principal_id: principal_id.into(),
            kind: PrincipalKind::User,
            arn: arn.into(),
            user_id: principal_id.into(),
            access_key_id,
            session: None,
        }
    }

    /// Whether only the issuer can have signed.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.session.as_ref().is_some_and(|s| s.is_registered)
    }

    /// When the session began; none for long-term keys.
    #[must_use]
    pub fn session_issued_at(&self) -> Option<AmzDate> {
        self.session.as_ref().map(|session| session.issued_at)
    }
}

impl Credential {
    /// The credential of a long-term key that is active and has no end.
    #[must_use]
    pub fn long_term(identity: Identity, authority: Authority) -> Self {
        Self {
            identity: Arc::new(identity),
            active: true,
            expires_at: None,
            authority: Arc::new(authority),
            session_rights: None,
            session_token: None,
        }
    }

    /// The last second at which it is good; none if it has no end.
    #[must_use]
    pub fn ends_at(&self) -> Option<AmzDate> {
        let session = self.identity.session.as_ref();
        let of_session = session.map(|session| session.expires_at);
        match (of_session, self.expires_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}
