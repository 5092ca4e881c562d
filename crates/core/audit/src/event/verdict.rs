//! What was decided, which statement decided it, and what was told.

use countersign_gate::Refusal;
use countersign_policy::{Decision, Grant, Layer, StatementName};
use serde::{Deserialize, Serialize};

use crate::Text;

/// What became of a request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct Verdict<'a> {
    /// Whether it was served.
    pub outcome: Outcome,
    /// AWS's code of the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Text<'a>>,
    /// What the operator is told; never what a stranger is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<'a>>,
    /// What the policies said, if they were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<DecidedBy<'a>>,
}

/// Whether a request was served.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It could not be served, by our fault.
    Failed,
    /// It was permitted, and served as far as it can be.
    Permitted,
    /// It was refused.
    Refused,
}

/// What the policies said, and where.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct DecidedBy<'a> {
    /// What they said.
    pub how: How,
    /// The layer that said it, or was silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<PolicyLayer>,
    /// The name of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Text<'a>>,
    /// The id of the statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Text<'a>>,
    /// Which statement of the policy it is, from zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<usize>,
}

/// What policies say.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A statement allows it.
    Allow,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement allows it.
    ImplicitDeny,
    /// The root needs no policy.
    Root,
    /// Nobody knows: it would take more work than a request may cost.
    TooCostly,
}

/// Where a policy belongs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyLayer {
    /// The user's permissions boundary.
    Boundary,
    /// The user and its groups, or the role.
    Identity,
    /// The bucket.
    Resource,
    /// The session.
    Session,
    /// The role that is assumed: its trust policy.
    Trust,
}

impl<'a> Verdict<'a> {
    /// The request was permitted.
    #[must_use]
    pub fn permitted(decided: Option<DecidedBy<'a>>) -> Self {
        Self {
            outcome: Outcome::Permitted,
            code: None,
            reason: None,
            decided,
        }
    }

    /// The request was refused, or failed by our fault.
    #[must_use]
    pub fn of_refusal(refusal: &'a Refusal) -> Self {
        let code = refusal.fault().code();
        let outcome = if code.status() >= 500 {
            Outcome::Failed
        } else {
            Outcome::Refused
        };
        Self {
            outcome,
            code: Some(Text::of(code.as_str())),
            reason: Some(Text::of(refusal.reason())),
            decided: None,
        }
    }
}

impl<'a> From<Decision<'a>> for DecidedBy<'a> {
    fn from(decision: Decision<'a>) -> Self {
        let nowhere = |how| Self {
            how,
            layer: None,
            policy: None,
            sid: None,
            statement: None,
        };
        match decision {
            Decision::Allow { by: Grant::Root } => nowhere(How::Root),
            Decision::Allow {
                by: Grant::Statement(statement),
            } => Self::statement(How::Allow, statement),
            Decision::ExplicitDeny { statement } => Self::statement(How::ExplicitDeny, statement),
            Decision::ImplicitDeny { silent } => Self {
                layer: Some(silent.into()),
                ..nowhere(How::ImplicitDeny)
            },
            Decision::TooCostly { .. } => nowhere(How::TooCostly),
        }
    }
}

impl<'a> DecidedBy<'a> {
    fn statement(how: How, statement: StatementName<'a>) -> Self {
        Self {
            how,
            layer: Some(statement.layer.into()),
            policy: statement.policy.map(Text::of),
            sid: statement.sid.map(Text::of),
            statement: Some(statement.index),
        }
    }
}

impl From<Layer> for PolicyLayer {
    fn from(layer: Layer) -> Self {
        match layer {
            Layer::Boundary => Self::Boundary,
            Layer::Identity => Self::Identity,
            Layer::Resource => Self::Resource,
            Layer::Session => Self::Session,
            Layer::Trust => Self::Trust,
        }
    }
}
