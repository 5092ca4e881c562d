//! Listing the multipart uploads that are in progress in a bucket.
//!
//! Source: "ListMultipartUploads". Keys ascend; the uploads of one key come in the order in which they
//! began, which is that of their ids.

use countersign_s3::BucketId;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::scan::{Last, Scan, Scanned, Start};
use crate::StoreError;
use crate::multipart::{self, UploadId, UploadInfo};

/// Which uploads to list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UploadListRequest {
    /// Only keys that begin with this.
    pub prefix: String,
    /// Where to roll keys up; an empty one is none.
    pub delimiter: Option<String>,
    /// Only entries greater than this, or behind `upload_id_marker` at this key.
    pub key_marker: Option<String>,
    /// The upload of `key_marker` to go on after.
    pub upload_id_marker: Option<UploadId>,
    /// At most so many entries, uploads and common prefixes together.
    pub max: usize,
}

/// One page of uploads.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UploadPage {
    /// The uploads, in order.
    pub uploads: Vec<UploadInfo>,
    /// The rolled-up prefixes, in order.
    pub common_prefixes: Vec<String>,
    /// What the next page starts after; `None` on the last page.
    pub next: Option<UploadPosition>,
}

/// Where a page of uploads ends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadPosition {
    /// The last key or common prefix.
    pub key: String,
    /// The last upload, if the page ends with one.
    pub upload_id: Option<UploadId>,
}

/// Lists one page.
pub(crate) fn list_uploads(
    connection: &Connection,
    bucket: BucketId,
    request: &UploadListRequest,
) -> Result<UploadPage, StoreError> {
    let scan = Scan {
        bucket,
        prefix: &request.prefix,
        delimiter: request.delimiter.as_deref(),
        max: request.max,
        before_all: Some(Value::from(String::new())),
    };
    let mut statement = connection.prepare_cached(
        "SELECT key, upload_id, initiated_ms, initiator, attributes, checksum FROM upload \
         WHERE bucket_id = ?1 AND (key, upload_id) > (?2, ?3) ORDER BY key, upload_id",
    )?;
    let Scanned {
        listed: uploads,
        common_prefixes,
        ends_with,
    } = scan.run(&mut statement, start(&scan, request), multipart::info_of)?;
    let next = ends_with.and_then(|last| match last {
        Last::Prefix(key) => Some(UploadPosition {
            key,
            upload_id: None,
        }),
        Last::Listed => uploads.last().map(|upload| UploadPosition {
            key: upload.key.as_str().to_owned(),
            upload_id: Some(upload.id.clone()),
        }),
    });
    Ok(UploadPage {
        uploads,
        common_prefixes,
        next,
    })
}

/// Where the page begins.
fn start(scan: &Scan<'_>, request: &UploadListRequest) -> Start {
    let marker = request.key_marker.as_deref();
    match (marker, &request.upload_id_marker) {
        (Some(key), Some(id)) if key >= scan.prefix && scan.rolled_up(key).is_none() => Start {
            key: key.as_bytes().to_vec(),
            within: Some(Value::from(id.as_str().to_owned())),
        },
        _ => scan.start_after(marker),
    }
}

#[cfg(test)]
mod tests;
