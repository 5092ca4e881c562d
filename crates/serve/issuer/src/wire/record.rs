//! What is known of links that were made: never the URL, which is gone once it was answered.

use serde::Serialize;
use utoipa::ToSchema;

/// What is known of a link.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LinkRecordAnswer {
    /// Its id.
    pub(crate) id: String,
    /// The name it carries (`x-cs-id`); none for a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Who made it.
    pub(crate) principal: String,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// What it does.
    pub(crate) verb: String,
    /// What was handed out.
    pub(crate) shape: String,
    /// The bucket.
    pub(crate) bucket: String,
    /// The key.
    pub(crate) key: String,
    /// When it was made.
    pub(crate) created_at: String,
    /// When it ends or ended.
    pub(crate) expires_at: String,
    /// Its limits.
    #[schema(value_type = Object)]
    pub(crate) restrictions: serde_json::Value,
    /// Whether it may still be used: it has not ended and is not revoked by itself. Only in the answer about one
    /// link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live: Option<bool>,
    /// Whether it is revoked by itself. Only in the answer about one link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revoked: Option<bool>,
    /// How it was used, if its uses are counted. Only in the answer about one link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uses: Option<UsesAnswer>,
}

/// How a link was used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UsesAnswer {
    /// How often.
    pub(crate) used: u32,
    /// How often it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    /// The network it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) network: Option<String>,
    /// The first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_at: Option<String>,
    /// The last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_at: Option<String>,
}

/// A page of links.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LinkList {
    /// The links, by id.
    pub(crate) links: Vec<LinkRecordAnswer>,
    /// What to give as `cursor` for the next page; none if this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
}

/// A link that is revoked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RevokedAnswer {
    /// Its id.
    pub(crate) id: String,
    /// Always true.
    pub(crate) revoked: bool,
    /// The place of the revocation in the feed; none if it was revoked already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) serial: Option<u64>,
}
