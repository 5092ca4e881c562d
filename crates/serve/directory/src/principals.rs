//! Users and roles by their lasting ids, for sessions: what a session may do is what its principal may do when
//! the session is used.

use std::sync::Arc;

use countersign_gate::{Authority, PrincipalKind};
use countersign_session::SubjectKind;
use countersign_state::{Principal, PrincipalRecord, UserKind};

/// A user or role that is known.
pub(crate) struct KnownPrincipal {
    pub(crate) kind: PrincipalKind,
    pub(crate) name: Box<str>,
    pub(crate) unique_id: Box<str>,
    pub(crate) authority: Arc<Authority>,
}

impl KnownPrincipal {
    pub(crate) fn new(record: PrincipalRecord) -> Self {
        let PrincipalRecord {
            principal,
            authority,
        } = record;
        let (kind, name) = match &principal {
            Principal::Role(role) => (PrincipalKind::Role, role.name.as_str()),
            Principal::User(user) => match user.kind {
                UserKind::Ordinary => (PrincipalKind::User, user.name.as_str()),
                UserKind::Root => (PrincipalKind::Root, user.name.as_str()),
            },
        };
        let policies = authority.policies.iter();
        let read = Authority::read(
            &principal.arn(),
            policies.map(|policy| (policy.name.as_str(), policy.document.as_str())),
            authority.boundary.as_deref(),
            authority.tags,
        );
        Self {
            kind,
            name: name.into(),
            unique_id: principal.unique_id().into(),
            authority: Arc::new(read),
        }
    }

    /// Whether a session of this kind can be its. Root has none.
    pub(crate) fn fits(&self, kind: SubjectKind) -> bool {
        matches!(
            (self.kind, kind),
            (PrincipalKind::Role, SubjectKind::Role) | (PrincipalKind::User, SubjectKind::User)
        )
    }
}
