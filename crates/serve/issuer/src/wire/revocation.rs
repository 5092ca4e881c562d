//! What is revoked: `POST /v1/revocations`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A revocation, as it is asked for.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevocationRequest {
    /// What is revoked.
    pub(crate) target: TargetRequest,
    /// Whether transfers under way end as well.
    #[serde(default)]
    pub(crate) end_transfers: bool,
    /// The last second of signing that is concerned, RFC 3339 in UTC; now if it is not given, and never later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signed_until: Option<String>,
}

/// What is revoked: exactly one of these.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum TargetRequest {
    /// Everything that one access key signed.
    AccessKey(String),
    /// One link, by its id.
    Link(String),
    /// Everything for one object.
    Object(ObjectTarget),
    /// Everything for the objects of a bucket whose keys begin so.
    Prefix(PrefixTarget),
    /// Everything signed with the sessions of one user or role, by its ARN or unique id.
    Sessions(String),
    /// Everything that was handed to one subject.
    Subject(String),
    /// Everything that one user signed, by name.
    User(String),
}

/// One object.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectTarget {
    /// The bucket.
    pub(crate) bucket: String,
    /// The key.
    pub(crate) key: String,
}

/// The objects of a bucket whose keys begin so.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrefixTarget {
    /// The bucket.
    pub(crate) bucket: String,
    /// How the keys begin; empty for the whole bucket.
    pub(crate) prefix: String,
}

/// A revocation that was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RevocationAnswer {
    /// Its place in the feed. Every node follows within a second.
    pub(crate) serial: u64,
    /// The last second of signing that is concerned.
    pub(crate) signed_until: String,
    /// Until when it is kept: then nothing can be concerned any more.
    pub(crate) kept_until: String,
}
