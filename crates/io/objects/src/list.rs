//! Listing keys in order, with a delimiter, by skip scan.
//!
//! The order is that of the keys' bytes ("ListObjectsV2": UTF-8 binary order). Keys that share a
//! prefix up to the delimiter are rolled up; the scan then jumps behind all of them at once, so a
//! listing costs its entries and not the keys beneath them.
//!
//! INVARIANT: what is listed after an entry is greater than that entry, rolled up or not; so the last
//! entry of a page is all that the next page must know.

use countersign_s3::{BucketId, ETag, ObjectAttributes, ObjectKey};
use rusqlite::{CachedStatement, Connection, Row, Rows};

use crate::index::column;
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
    let mut page = ListPage::default();
    if request.max_keys == 0 {
        return Ok(page);
    }
    let mut scan = Scan {
        bucket,
        request,
        last: None,
    };
    let mut statement = connection.prepare_cached(
        "SELECT key, size, etag, modified_ms, attributes FROM object \
         WHERE bucket_id = ?1 AND key >= ?2 ORDER BY key",
    )?;
    let mut from = Some(scan.first_key());
    while let Some(bound) = from {
        from = scan.fill(&mut page, &mut statement, &bound)?;
    }
    Ok(page)
}

/// A listing under way.
struct Scan<'a> {
    bucket: BucketId,
    request: &'a ListRequest,
    /// The last entry that was listed.
    last: Option<String>,
}

impl Scan<'_> {
    /// The least key, as bytes, that could be listed.
    fn first_key(&self) -> Vec<u8> {
        let prefix = self.request.prefix.as_bytes();
        let Some(after) = &self.request.start_after else {
            return prefix.to_vec();
        };
        // A rolled-up prefix that is not greater than `after` is behind us with all beneath it.
        let behind = match self.rolled_up(after) {
            Some(common) => after_all_beneath(common),
            None => [after.as_bytes(), &[0]].concat(),
        };
        behind.max(prefix.to_vec())
    }

    /// Lists from `bound` on until something is rolled up; says where to go on.
    fn fill(
        &mut self,
        page: &mut ListPage,
        statement: &mut CachedStatement<'_>,
        bound: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut rows: Rows<'_> = statement.query((column(self.bucket), bound))?;
        while let Some(row) = rows.next()? {
            let key = key_of(row)?;
            if !key.as_str().starts_with(&self.request.prefix) {
                return Ok(None);
            }
            if page.objects.len() + page.common_prefixes.len() == self.request.max_keys {
                page.next = self.last.take();
                return Ok(None);
            }
            if let Some(common) = self.rolled_up(key.as_str()).map(str::to_owned) {
                let beyond = after_all_beneath(&common);
                self.last = Some(common.clone());
                page.common_prefixes.push(common);
                return Ok(Some(beyond));
            }
            self.last = Some(key.as_str().to_owned());
            page.objects.push(listed(key, row)?);
        }
        Ok(None)
    }

    /// What `key` is rolled up to, if it is.
    fn rolled_up<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self
            .request
            .delimiter
            .as_deref()
            .filter(|text| !text.is_empty())?;
        let prefix = &self.request.prefix;
        let at = key.strip_prefix(prefix.as_str())?.find(delimiter)?;
        key.get(..prefix.len() + at + delimiter.len())
    }
}

/// The least bytes that are greater than every key beginning with `prefix`. UTF-8 has no byte 0xff,
/// so the last byte can always be raised.
fn after_all_beneath(prefix: &str) -> Vec<u8> {
    let mut bytes = prefix.as_bytes().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last = last.saturating_add(1);
    }
    bytes
}

fn key_of(row: &Row<'_>) -> Result<ObjectKey, StoreError> {
    let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
    let key = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| ObjectKey::parse(text).ok());
    key.ok_or_else(|| StoreError::Database {
        message: "a key in the index is no key".to_owned(),
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
