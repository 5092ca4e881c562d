//! Listing all versions of a bucket's keys, and the delete markers among them.
//!
//! Source: "ListObjectVersions". Keys ascend; the versions of one key come newest first. The two tables
//! of versions are each in that order already, so a page merges them and costs its entries.

use countersign_s3::{BucketId, ETag, ObjectAttributes, ObjectKey, VersionId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::scan::{Last, Scan, Scanned, Start};
use crate::index::column;
use crate::lookup::{self, Storage};
use crate::{StoreError, attributes, version};

/// Which versions to list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct VersionListRequest {
    /// Only keys that begin with this.
    pub prefix: String,
    /// Where to roll keys up; an empty one is none.
    pub delimiter: Option<String>,
    /// Only entries greater than this, or behind `version_id_marker` at this key.
    pub key_marker: Option<String>,
    /// The version of `key_marker` to go on after.
    pub version_id_marker: Option<VersionId>,
    /// At most so many entries, versions and common prefixes together.
    pub max: usize,
}

/// One page of versions.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct VersionPage {
    /// Versions and delete markers, in order.
    pub versions: Vec<ListedVersion>,
    /// The rolled-up prefixes, in order.
    pub common_prefixes: Vec<String>,
    /// What the next page starts after; `None` on the last page.
    pub next: Option<VersionPosition>,
}

/// Where a page of versions ends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VersionPosition {
    /// The last key or common prefix.
    pub key: String,
    /// The last version, if the page ends with one.
    pub version_id: Option<VersionId>,
}

/// One version or delete marker in a listing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedVersion {
    /// Its key.
    pub key: ObjectKey,
    /// Its id.
    pub version_id: VersionId,
    /// Whether it is the newest of its key.
    pub is_latest: bool,
    /// When it was stored, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: i64,
    /// What it holds; a delete marker holds nothing.
    pub content: Option<ListedContent>,
}

/// What a listed version holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedContent {
    /// Its size in bytes.
    pub size: u64,
    /// Its entity tag.
    pub etag: ETag,
    /// What was stored beside the bytes.
    pub attributes: ObjectAttributes,
}

/// Both tables in S3's order.
const ROWS: &str = "SELECT key, version_id, newest_first, modified_ms, storage, size, etag, \
        attributes, 1 FROM object \
     WHERE bucket_id = ?1 AND (key, newest_first) > (?2, ?3) \
     UNION ALL SELECT key, version_id, newest_first, modified_ms, storage, size, etag, \
        attributes, 0 FROM old_version \
     WHERE bucket_id = ?1 AND (key, newest_first) > (?2, ?3) \
     ORDER BY key, newest_first";

/// Lists one page.
pub(crate) fn list_versions(
    connection: &Connection,
    bucket: BucketId,
    request: &VersionListRequest,
) -> Result<VersionPage, StoreError> {
    let scan = Scan {
        bucket,
        prefix: &request.prefix,
        delimiter: request.delimiter.as_deref(),
        max: request.max,
        before_all: Some(Value::from(i64::MIN)),
    };
    let start = start(connection, &scan, request)?;
    // The key whose newest versions are behind us, or were listed last.
    let mut begun = match &start.within {
        Some(Value::Integer(i64::MIN)) => None,
        _ => request.key_marker.clone(),
    };
    let mut statement = connection.prepare_cached(ROWS)?;
    let Scanned {
        listed: versions,
        common_prefixes,
        ends_with,
    } = scan.run(&mut statement, start, |key, row| {
        let first = begun.as_deref() != Some(key.as_str());
        if first {
            begun = Some(key.as_str().to_owned());
        }
        listed(key, row, first)
    })?;
    let next = ends_with.and_then(|last| match last {
        Last::Prefix(key) => Some(VersionPosition {
            key,
            version_id: None,
        }),
        Last::Listed => versions.last().map(|version| VersionPosition {
            key: version.key.as_str().to_owned(),
            version_id: Some(version.version_id.clone()),
        }),
    });
    Ok(VersionPage {
        versions,
        common_prefixes,
        next,
    })
}

/// Where the page begins.
fn start(
    connection: &Connection,
    scan: &Scan<'_>,
    request: &VersionListRequest,
) -> Result<Start, StoreError> {
    let marker = request.key_marker.as_deref();
    let whole_key = scan.start_after(marker);
    let (Some(key), Some(id)) = (marker, &request.version_id_marker) else {
        return Ok(whole_key);
    };
    if key < scan.prefix || scan.rolled_up(key).is_some() {
        return Ok(whole_key);
    }
    let place = match version::place_of(id) {
        Some(place) => Some(place.0),
        None => place_of_null(connection, scan.bucket, key)?,
    };
    // A null version that was deleted since the last page tells no place. Listing the key from its
    // newest version on may repeat some, but leaves none out.
    Ok(Start {
        key: key.as_bytes().to_vec(),
        within: Some(Value::from(place.unwrap_or(i64::MIN))),
    })
}

fn place_of_null(
    connection: &Connection,
    bucket: BucketId,
    key: &str,
) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT newest_first FROM object \
         WHERE bucket_id = ?1 AND key = ?2 AND version_id = 'null' \
         UNION ALL SELECT newest_first FROM old_version \
         WHERE bucket_id = ?1 AND key = ?2 AND version_id = 'null'",
    )?;
    let place = statement.query_row((column(bucket), key.as_bytes()), |row| row.get(0));
    Ok(place.optional()?)
}

/// `first` says that no newer row of the key was met.
fn listed(key: ObjectKey, row: &Row<'_>, first: bool) -> Result<ListedVersion, StoreError> {
    let visible: bool = row.get(8)?;
    let content = match Storage::of_column(row.get(4)?) {
        Storage::Nowhere => None,
        Storage::InFile | Storage::InParts | Storage::Inline => Some(ListedContent {
            size: row.get::<_, i64>(5)?.cast_unsigned(),
            etag: ETag::parse(&row.get::<_, String>(6)?),
            attributes: attributes::of_text(&row.get::<_, String>(7)?)?,
        }),
    };
    Ok(ListedVersion {
        key,
        version_id: lookup::version_id(row, 1)?,
        is_latest: visible || first,
        modified_ms: row.get(3)?,
        content,
    })
}

#[cfg(test)]
mod tests;
