//! A role, read and ready to be decided about.

use countersign_policy::{PolicyDocument, PolicyKind};

/// A role as those meet it who want to become it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Role {
    /// Its ARN, `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
    pub(crate) arn: String,
    /// Its name.
    pub(crate) name: String,
    /// Its lasting id, `AROA…`.
    pub(crate) unique_id: String,
    /// Who may become it; none if what was stored cannot be read any more, and then nobody.
    pub(crate) trust: Option<PolicyDocument>,
    /// How long a session of it may live, in seconds.
    pub(crate) max_session_s: u32,
    /// Its tags.
    pub(crate) tags: Vec<(String, String)>,
}

impl Role {
    /// Reads the trust policy of a role as it was stored.
    pub(crate) fn trust_of(document: &str) -> Option<PolicyDocument> {
        PolicyDocument::parse(document, PolicyKind::Trust).ok()
    }
}
