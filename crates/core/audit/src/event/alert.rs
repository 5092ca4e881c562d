//! What was changed, and what was noticed.

use serde::{Deserialize, Serialize};

use crate::Text;

/// A change of what requests may do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct Change<'a> {
    /// What kind of thing was changed: `access_key`, `user_policy`, `bucket_policy`, `guardrails`.
    pub what: Text<'a>,
    /// Which of them.
    pub name: Text<'a>,
    /// What was done to it: `created`, `changed`, `deleted`.
    pub verb: Text<'a>,
    /// What it was, or its SHA-256. Secrets are neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Text<'a>>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Text<'a>>,
}

/// Something looks wrong.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct Alert<'a> {
    /// What was noticed.
    pub signal: SignalKind,
    /// What is to be done about it.
    pub action: Action,
    /// How many of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Within how many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_s: Option<u64>,
    /// What there is to say besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<'a>>,
}

/// What was noticed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// One link, many agents.
    Agents,
    /// One link, many countries.
    Countries,
    /// A link that was laid out as bait.
    Decoy,
    /// One link, many networks.
    Networks,
    /// A client that looks at links it was not given.
    Scanner,
    /// One network, many links that were refused.
    Sweep,
}

/// What is to be done, the strictest last.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tell the operator.
    Alert,
    /// And let what it concerns go slowly.
    Slow,
    /// And revoke it.
    Revoke,
}
