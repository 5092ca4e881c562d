//! What was decided, and which statement decided it.

use std::fmt;

use crate::principal::Named;

/// The outcome of an evaluation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision<'p> {
    /// The request is allowed.
    Allow {
        /// By what.
        by: Grant<'p>,
    },
    /// A statement denies it.
    ExplicitDeny {
        /// Which.
        statement: StatementName<'p>,
    },
    /// No statement denies it, and a layer that would have to allow it does not.
    ImplicitDeny {
        /// The layer that was silent.
        silent: Layer,
    },
    /// The policies ask for more work than a request may cost, so nobody knows what they say.
    TooCostly {
        /// The most steps of an evaluation.
        steps: usize,
    },
}

/// What allows a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grant<'p> {
    /// It is the root's, which needs no policy.
    Root,
    /// A statement.
    Statement(StatementName<'p>),
}

/// The layers of policies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layer {
    /// The user's permissions boundary.
    Boundary,
    /// The policies of the user and its groups.
    Identity,
    /// The bucket's policy.
    Resource,
    /// The policies of the session.
    Session,
    /// The role's trust policy.
    Trust,
}

/// A statement of a policy that applied.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StatementName<'p> {
    /// Where the policy belongs.
    pub layer: Layer,
    /// The policy's name; a bucket's policy, a role's trust policy and what was given to a session have none.
    pub policy: Option<&'p str>,
    /// The statement's id, if it has one.
    pub sid: Option<&'p str>,
    /// Which statement of the policy it is, from zero.
    pub index: usize,
}

/// What one document says of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Judgement {
    Allowed { index: usize, named: Named },
    Denied { index: usize },
    Silent,
}

impl Judgement {
    /// With one more Allow: the one that gives more, else the earlier.
    pub(crate) fn or_allowed(self, index: usize, named: Named) -> Self {
        match self {
            Self::Allowed { named: earlier, .. } if earlier >= named => self,
            _ => Self::Allowed { index, named },
        }
    }
}

impl Decision<'_> {
    /// Whether the request is allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }
}

impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow { by: Grant::Root } => f.write_str("allowed to root"),
            Self::Allow {
                by: Grant::Statement(statement),
            } => write!(f, "allowed by {statement}"),
            Self::ExplicitDeny { statement } => write!(f, "explicit deny by {statement}"),
            Self::ImplicitDeny { silent } => write!(f, "implicit deny: no {silent} allows it"),
            Self::TooCostly { steps } => {
                write!(
                    f,
                    "denied: deciding by these policies takes more than {steps} steps"
                )
            }
        }
    }
}

impl fmt::Display for StatementName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sid {
            Some(sid) => write!(f, "statement `{sid}` of {}", self.layer)?,
            None => write!(f, "statement {} of {}", self.index + 1, self.layer)?,
        }
        match self.policy {
            Some(policy) => write!(f, " `{policy}`"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boundary => "permissions boundary",
            Self::Identity => "identity policy",
            Self::Resource => "bucket policy",
            Self::Session => "session policy",
            Self::Trust => "trust policy",
        })
    }
}
