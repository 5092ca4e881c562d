//! A role, read and ready to be decided about.

use countersign_gate::ACCOUNT;
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
    /// Reads a role as it was stored.
    pub(crate) fn read(stored: countersign_state::Role) -> Self {
        Self {
            arn: stored.arn(),
            name: stored.name.as_str().to_owned(),
            unique_id: stored.unique_id,
            trust: PolicyDocument::parse(&stored.trust_policy, PolicyKind::Trust).ok(),
            max_session_s: stored.max_session_s,
            tags: stored.tags,
        }
    }

    /// What a session of it is called: its ARN, from which the role's path is left out.
    pub(crate) fn session_arn(&self, session_name: &str) -> String {
        let name = &self.name;
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session_name}")
    }

    /// `aws:userid` of a session of it.
    pub(crate) fn session_id(&self, session_name: &str) -> String {
        format!("{}:{session_name}", self.unique_id)
    }
}
