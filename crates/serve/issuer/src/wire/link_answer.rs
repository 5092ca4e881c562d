//! What is answered: the link, and exactly what to send.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shape;

/// A link that was made.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct LinkAnswer {
    /// Its id: 32 hexadecimal digits. What it is revoked by.
    pub id: String,
    /// The name it carries (`x-cs-id`); none for a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was handed out.
    pub shape: Shape,
    /// The method to send it with.
    #[schema(example = "PUT")]
    pub method: String,
    /// Where to send it.
    pub url: String,
    /// Headers to send, exactly so.
    pub headers: Vec<NamedValue>,
    /// Fields of a form, to be sent in this order, before the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<NamedValue>,
    /// Parts of a large upload.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartAnswer>,
    /// What completes a large upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<RequestToSend>,
    /// What gives a large upload up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort: Option<RequestToSend>,
    /// The id of the upload that the parts belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<String>,
    /// The bucket.
    pub bucket: String,
    /// The key; for a form that takes the name of the file, the key with `${filename}` in it.
    pub key: String,
    /// The version that is downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The last second at which it may be used, RFC 3339 in UTC.
    pub expires_at: String,
    /// For how many seconds from now on it may be used.
    pub ttl_seconds: u32,
    /// What decided how long that is.
    pub limited_by: LimitedBy,
    /// When it was signed, RFC 3339 in UTC.
    pub signed_at: String,
    /// Ready to paste.
    pub snippets: Snippets,
    /// What one may want to know.
    pub warnings: Vec<String>,
}

/// What decided how long a link lives.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LimitedBy {
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
pub struct NamedValue {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A request to be sent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub struct RequestToSend {
    /// The method.
    pub method: String,
    /// Where to.
    pub url: String,
    /// Headers to send, exactly so.
    pub headers: Vec<NamedValue>,
}

/// A part of a large upload.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub struct PartAnswer {
    /// Its number, from 1.
    pub number: u32,
    /// Where to PUT it.
    pub url: String,
    /// Headers to send, exactly so.
    pub headers: Vec<NamedValue>,
    /// Its bytes.
    pub size: u64,
}

/// Ready to paste.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub struct Snippets {
    /// For a shell.
    pub curl: String,
    /// For a browser.
    pub fetch: String,
}

/// What became of a batch, in the order asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchAnswer {
    /// One for each link that was asked for.
    pub results: Vec<BatchItem>,
}

/// What became of one link of a batch: either it or why there is none.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchItem {
    /// The status that it would have had by itself.
    pub status: u16,
    /// The link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkAnswer>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<crate::problem::ErrorBody>,
}
