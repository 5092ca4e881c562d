//! What a PUT stores beside the bytes of an object.
//!
//! These are the "system-defined" and "user-defined" metadata of the S3 user guide, less what the
//! store finds out itself (size, time, ETag). Everything is optional, so that what was written by an
//! earlier release can still be read.

use serde::{Deserialize, Serialize};

use crate::checksum::{ChecksumAlgorithm, ChecksumKind};

/// The attributes of one object.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct ObjectAttributes {
    /// `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `Content-Encoding`, without the `aws-chunked` that only framed the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    /// `Content-Disposition`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    /// `Cache-Control`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    /// `Expires`, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// `x-amz-website-redirect-location`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website_redirect_location: Option<String>,
    /// `x-amz-storage-class`; absent means `STANDARD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// User metadata: lower-case names without `x-amz-meta-`, in the order sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_metadata: Vec<(String, String)>,
    /// The checksum S3 keeps for the whole object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<StoredChecksum>,
    /// Object tags, in the order sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
}

/// A checksum kept with an object and returned on request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StoredChecksum {
    /// How it was computed.
    pub algorithm: ChecksumAlgorithm,
    /// Base64 of the big-endian digest; a composite one ends in `-<parts>`.
    pub value: String,
    /// Over what it was computed.
    pub kind: ChecksumKind,
}

impl StoredChecksum {
    /// The headers that tell it to who asked for it with `x-amz-checksum-mode: ENABLED`.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 2] {
        [
            (self.algorithm.header(), &self.value),
            ("x-amz-checksum-type", self.kind.name()),
        ]
    }
}

#[cfg(test)]
mod tests;
