//! Who is asking: `GET /v1/whoami`.

use serde::Serialize;
use utoipa::ToSchema;

/// Who is asking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WhoAnswer {
    /// The account.
    pub(crate) account: String,
    /// The principal.
    pub(crate) arn: String,
    /// Its lasting unique id.
    pub(crate) user_id: String,
    /// `user`, `role` or `root`.
    pub(crate) kind: String,
    /// The access key that signed; none with a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_key_id: Option<String>,
    /// When the session ends; none with a long-term key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_expires_at: Option<String>,
    /// What it may do here.
    pub(crate) may: WhoMay,
}

/// What somebody may do here, as far as it can be said without an object: what is false for everything may still
/// be allowed for some objects.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WhoMay {
    /// Make links to every object.
    pub(crate) create_links: bool,
    /// List links of its own.
    pub(crate) list_links: bool,
    /// Revoke links of its own.
    pub(crate) revoke_links: bool,
    /// Revoke anything.
    pub(crate) create_revocations: bool,
}
