//! Listing the keys of a bucket in order ("ListObjectsV2": UTF-8 binary order).
//!
//! The other listings, of versions and of uploads in progress, are beside it; they share the [`scan`].

mod scan;
mod uploads;
mod versions;

pub use self::uploads::{UploadListRequest, UploadPage, UploadPosition};
pub use self::versions::{
    ListedContent, ListedVersion, VersionListRequest, VersionPage, VersionPosition,
};

pub(crate) use self::uploads::list_uploads;
pub(crate) use self::versions::list_versions;

use countersign_s3::{BucketId, ETag, ObjectAttributes, ObjectKey};
use rusqlite::{Connection, Row};

use self::scan::{Last, Scan, Scanned};
use crate::{StoreError, attributes};

/// What to list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ListRequest {
    /// Only keys that begin with this.
    pub prefix: String,
    /// Where to roll keys up; an empty one is none.
    pub delimiter: Option<String>,
    /// Only entries greater than this.
    pub start_after: Option<String>,
    /// At most so many entries, keys and common prefixes together.
    pub max_keys: usize,
}

/// One page of a listing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ListPage {
    /// The objects, in order.
    pub objects: Vec<ListedObject>,
    /// The rolled-up prefixes, in order.
    pub common_prefixes: Vec<String>,
    /// Where the next page starts after; `None` on the last page.
    pub next: Option<String>,
}

/// One object in a listing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedObject {
    /// Its key.
    pub key: ObjectKey,
    /// Its size in bytes.
    pub size: u64,
    /// Its entity tag.
    pub etag: ETag,
    /// When it was stored, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: i64,
    /// What was stored beside the bytes.
    pub attributes: ObjectAttributes,
}

/// Lists one page.
pub(crate) fn list(
    connection: &Connection,
    bucket: BucketId,
    request: &ListRequest,
) -> Result<ListPage, StoreError> {
    let scan = Scan {
        bucket,
        prefix: &request.prefix,
        delimiter: request.delimiter.as_deref(),
        max: request.max_keys,
        before_all: None,
    };
    let mut statement = connection.prepare_cached(
        "SELECT key, size, etag, modified_ms, attributes FROM object \
         WHERE bucket_id = ?1 AND key >= ?2 ORDER BY key",
    )?;
    let start = scan.start_after(request.start_after.as_deref());
    let Scanned {
        listed: objects,
        common_prefixes,
        ends_with,
    } = scan.run(&mut statement, start, listed)?;
    let next = ends_with.and_then(|last| match last {
        Last::Prefix(common) => Some(common),
        Last::Listed => objects
            .last()
            .map(|object: &ListedObject| object.key.as_str().to_owned()),
    });
    Ok(ListPage {
        objects,
        common_prefixes,
        next,
    })
}

fn listed(key: ObjectKey, row: &Row<'_>) -> Result<ListedObject, StoreError> {
    let text: String = row.get(4)?;
    Ok(ListedObject {
        key,
        size: row.get::<_, i64>(1)?.cast_unsigned(),
        etag: ETag::parse(&row.get::<_, String>(2)?),
        modified_ms: row.get(3)?,
        attributes: attributes::of_text(&text)?,
    })
}

#[cfg(test)]
mod tests;
