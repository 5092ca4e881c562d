//! What is asked for: `POST /v1/links`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A link, as it is asked for.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkRequest {
    /// What the link does.
    pub(crate) verb: Verb,
    /// The bucket.
    #[schema(min_length = 3, max_length = 63, example = "photos")]
    pub(crate) bucket: String,
    /// The key, in full. Either this or `key_template`. For a form it may end in `/${filename}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1024, example = "2026/cat.jpg")]
    pub(crate) key: Option<String>,
    /// How the key is made: literal text with `{uuid}`, `{subject}`, `{ext}` and names from `variables`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 1024,
        example = "uploads/{subject}/{uuid}.{ext}"
    )]
    pub(crate) key_template: Option<String>,
    /// What `{ext}` stands for: 1 to 16 letters and digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 16)]
    pub(crate) extension: Option<String>,
    /// What other placeholders stand for: letters, digits, hyphens and underscores.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) variables: BTreeMap<String, String>,
    /// Whom the link is for. It is recorded, and links can be revoked by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128, example = "alice")]
    pub(crate) subject: Option<String>,
    /// How long the link shall live. The answer says how long it does, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31536000, example = 300)]
    pub(crate) ttl_seconds: Option<u32>,
    /// Whether a link that cannot live so long shall be refused rather than live shorter.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) ttl_exact: bool,
    /// What is handed out.
    #[serde(default)]
    #[schema(inline = false)]
    pub(crate) shape: Shape,
    /// Limits that the link carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) restrictions: Option<RestrictionsRequest>,
    /// What an upload must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<ContentRequest>,
    /// The name under which browsers keep a download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255, example = "cat.jpg")]
    pub(crate) download_name: Option<String>,
    /// The version of the object to download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) version_id: Option<String>,
    /// For the shape `multipart`: how large the object will be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) multipart: Option<MultipartRequest>,
    /// Makes the same URL for the same request in each window of so many seconds, so that caches work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 60, maximum = 3600)]
    pub(crate) stable_seconds: Option<u32>,
    /// For callers with an OpenID Connect token: the role to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2048, example = "arn:aws:iam::000000000000:role/ci")]
    pub(crate) role: Option<String>,
}

/// What a link does.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verb {
    /// Downloads an object.
    Get,
    /// Asks for what is known of an object.
    Head,
    /// Uploads an object.
    Put,
}

impl Verb {
    /// The word, as in JSON.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Head => "head",
            Self::Put => "put",
        }
    }
}

/// What is handed out.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    /// The fields of a form that a browser sends.
    Form,
    /// A URL for each part of a large upload, and those that complete or abort it.
    Multipart,
    /// A URL that shows browsers a page first, whose button downloads.
    Page,
    /// A short address that lives for days and leads to a URL of minutes at each use.
    Share,
    /// A presigned S3 URL.
    #[default]
    Url,
}

impl Shape {
    /// The word, as in JSON.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Page => "page",
            Self::Share => "share",
            Self::Url => "url",
        }
    }
}

/// Limits that a link carries (docs/specs/restrictions.md).
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestrictionsRequest {
    /// The first second at which it may be used, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-24T18:00:00Z")]
    pub(crate) not_before: Option<String>,
    /// Addresses and networks of clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 32, example = json!(["203.0.113.0/24"]))]
    pub(crate) ip: Option<Vec<String>>,
    /// Countries of clients, each two capital letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 64, example = json!(["SE", "NO"]))]
    pub(crate) countries: Option<Vec<String>>,
    /// How often it may be used. For a share: how often it may be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000000)]
    pub(crate) uses: Option<u32>,
    /// Whether the first network to use it becomes the only one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) bind_first: bool,
    /// How fast a transfer may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1024, maximum = 1000000000000_u64)]
    pub(crate) rate_bytes_per_second: Option<u64>,
    /// Whether an upload may only make an object that is not there yet, and only once.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) create_only: bool,
    /// For a share: whether browsers get a page first, whose button opens it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) page: bool,
}

/// What an upload must be.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContentRequest {
    /// Its media types; `image/*` is a family. One single type must be sent exactly so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 32, example = json!(["image/png", "image/jpeg"]))]
    pub(crate) types: Option<Vec<String>>,
    /// Fewest bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 5497558138880_u64)]
    pub(crate) min_bytes: Option<u64>,
    /// Most bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 5497558138880_u64)]
    pub(crate) max_bytes: Option<u64>,
    /// Its SHA-256, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 64, max_length = 64)]
    pub(crate) sha256: Option<String>,
    /// Its exact size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 5497558138880_u64)]
    pub(crate) length: Option<u64>,
}

/// How a large upload is cut into parts.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MultipartRequest {
    /// Bytes of the whole object.
    #[schema(minimum = 1, maximum = 5497558138880_u64)]
    pub(crate) size: u64,
    /// Bytes of each part but the last; chosen by the server if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 5242880, maximum = 5368709120_u64)]
    pub(crate) part_size: Option<u64>,
}

/// Several links at once: `POST /v1/links:batch`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchRequest {
    /// 1 to 100 links.
    #[schema(min_items = 1, max_items = 100)]
    pub(crate) links: Vec<LinkRequest>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}
