//! What is answered: the link, and exactly what to send.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shape;

/// A link that was made.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct LinkAnswer {
    /// Its id: 32 hexadecimal digits. What it is revoked by.
    pub(crate) id: String,
    /// The name it carries (`x-cs-id`); none for a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// What was handed out.
    pub(crate) shape: Shape,
    /// The method to send it with.
    #[schema(example = "PUT")]
    pub(crate) method: String,
    /// Where to send it.
    pub(crate) url: String,
    /// Headers to send, exactly so.
    pub(crate) headers: Vec<NamedValue>,
    /// Fields of a form, to be sent in this order, before the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<NamedValue>,
    /// Parts of a large upload.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<PartAnswer>,
    /// What completes a large upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) complete: Option<RequestToSend>,
    /// What gives a large upload up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) abort: Option<RequestToSend>,
    /// The id of the upload that the parts belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    /// The bucket.
    pub(crate) bucket: String,
    /// The key; for a form that takes the name of the file, the key with `${filename}` in it.
    pub(crate) key: String,
    /// The version that is downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version_id: Option<String>,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// The last second at which it may be used, RFC 3339 in UTC.
    pub(crate) expires_at: String,
    /// For how many seconds from now on it may be used.
    pub(crate) ttl_seconds: u32,
    /// What decided how long that is.
    pub(crate) limited_by: LimitedBy,
    /// When it was signed, RFC 3339 in UTC.
    pub(crate) signed_at: String,
    /// Ready to paste.
    pub(crate) snippets: Snippets,
    /// What one may want to know.
    pub(crate) warnings: Vec<String>,
}

/// What decided how long a link lives.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LimitedBy {
    /// The operator's ceiling.
    Ceiling,
    /// Nobody asked: it is what is given by default.
    Default,
    /// It is what was asked for.
    Requested,
    /// The end of the caller's own session.
    Session,
}

/// A name and a value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct NamedValue {
    /// The name.
    pub(crate) name: String,
    /// The value.
    pub(crate) value: String,
}

/// A request to be sent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct RequestToSend {
    /// The method.
    pub(crate) method: String,
    /// Where to.
    pub(crate) url: String,
    /// Headers to send, exactly so.
    pub(crate) headers: Vec<NamedValue>,
}

/// A part of a large upload.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct PartAnswer {
    /// Its number, from 1.
    pub(crate) number: u32,
    /// Where to PUT it.
    pub(crate) url: String,
    /// Headers to send, exactly so.
    pub(crate) headers: Vec<NamedValue>,
    /// Its bytes.
    pub(crate) size: u64,
}

/// Ready to paste.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct Snippets {
    /// For a shell.
    pub(crate) curl: String,
    /// For a browser.
    pub(crate) fetch: String,
}

/// What became of a batch, in the order asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BatchAnswer {
    /// One for each link that was asked for.
    pub(crate) results: Vec<BatchItem>,
}

/// What became of one link of a batch: either it or why there is none.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BatchItem {
    /// The status that it would have had by itself.
    pub(crate) status: u16,
    /// The link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<LinkAnswer>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<crate::problem::ErrorBody>,
}
