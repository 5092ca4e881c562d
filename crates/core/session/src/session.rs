//! What is true of a session: whose it is, how long it lives, and what narrows it.
//!
//! The rights themselves are not here. They are looked up at every use by the principal's lasting id, so a
//! deleted role or a disabled user ends its sessions at once; what stands here can only narrow them (threat H3).

use crate::{SealError, codec};

/// The most bytes that the variable part of a session may take: its policy, its managed policies' ARNs and
/// its tags. It is what STS calls the packed size, and its 100 per cent.
pub const MOST_PACKED_BYTES: usize = 3_072;

/// Sixteen bytes that tell sessions apart which are equal in all else.
pub type Salt = [u8; 16];

/// One session of a user or a role.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Session {
    /// Whether `principal_id` is a user's or a role's.
    pub kind: SubjectKind,
    /// The lasting unique id of the user (`AIDA…`) or role (`AROA…`).
    pub principal_id: Box<str>,
    /// What the credentials are for.
    pub purpose: Purpose,
    /// When the session began, in seconds since 1970; what revocations of sessions go by (threat H5). A
    /// session made from another for signing links keeps the other's beginning.
    pub issued_at_s: i64,
    /// The last second of its life, in seconds since 1970.
    pub expires_at_s: i64,
    /// What tells it from its equals: random for STS, chosen for links that must come out the same.
    pub salt: Salt,
    /// Whether it was assumed by a session of a role.
    pub is_chained: bool,
    /// The name that whoever assumed the role gave it; sessions of users have none.
    pub name: Option<Box<str>>,
    /// The source identity, once set kept through every chain.
    pub source_identity: Option<Box<str>>,
    /// Who vouched for it, if it was assumed with a token of an identity provider.
    pub federation: Option<Federation>,
    /// The text of its session policy.
    pub policy: Option<Box<str>>,
    /// The ARNs of managed policies that narrow it as well.
    pub policy_arns: Vec<Box<str>>,
    /// Its session tags.
    pub tags: Vec<SessionTag>,
}

/// Whose session it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SubjectKind {
    /// A role's.
    Role,
    /// A user's.
    User,
}

/// What credentials of a session are for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Purpose {
    /// The issuer signs links with it. They never leave the issuer.
    Issuer,
    /// Handed out by STS.
    Sts,
}

/// Who vouched for whom.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Federation {
    /// The identity provider: its ARN.
    pub provider: Box<str>,
    /// The subject of its token.
    pub subject: Box<str>,
}

/// A session tag.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SessionTag {
    /// The key, in the case that it was given in; keys are equal whatever their case.
    pub key: Box<str>,
    /// The value.
    pub value: Box<str>,
    /// Whether it persists through chains and cannot be overridden there.
    pub is_transitive: bool,
}

impl Session {
    /// A session without anything that narrows it.
    #[must_use]
    pub fn new(
        kind: SubjectKind,
        principal_id: impl Into<Box<str>>,
        purpose: Purpose,
        (issued_at_s, expires_at_s): (i64, i64),
        salt: Salt,
    ) -> Self {
        Self {
            kind,
            principal_id: principal_id.into(),
            purpose,
            issued_at_s,
            expires_at_s,
            salt,
            is_chained: false,
            name: None,
            source_identity: None,
            federation: None,
            policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// The session that the issuer signs links of this session's holder with: the same principal, begun when
    /// this one began, narrowed by the same policies, with the same tags, and over when this one is over, if
    /// not before. So a link never grants more than its maker has, and dies with it.
    #[must_use]
    pub fn for_links(&self, expires_at_s: i64, salt: Salt) -> Self {
        Self {
            purpose: Purpose::Issuer,
            expires_at_s: expires_at_s.min(self.expires_at_s),
            salt,
            ..self.clone()
        }
    }

    /// The bytes that are sealed: versioned with the token, strict, one spelling for each session.
    ///
    /// # Errors
    /// [`SealError`] if it does not fit into a token.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SealError> {
        codec::encode(self)
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` of every other bytes. They are not authenticated here: whoever
    /// reads a token opens it with its ring.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        codec::decode(bytes)
    }

    /// Whether something narrows it: [`Self::policy`] or [`Self::policy_arns`].
    #[must_use]
    pub fn has_policies(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    /// How many bytes its policy, ARNs and tags take in a token, of [`MOST_PACKED_BYTES`].
    #[must_use]
    pub fn packed_bytes(&self) -> usize {
        // Every text has its length before it, every tag a mark.
        let text = |text: &str| text.len() + 2;
        let policy = self.policy.as_deref().map_or(0, text);
        let arns: usize = self.policy_arns.iter().map(|arn| text(arn)).sum();
        let tags = self.tags.iter();
        let tags: usize = tags.map(|tag| text(&tag.key) + text(&tag.value) + 1).sum();
        policy + arns + tags
    }
}
