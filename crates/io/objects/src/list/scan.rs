//! The skip scan that all listings share.
//!
//! Rows come in the order of their keys' bytes. Keys that share a prefix up to the delimiter are rolled
//! up; the scan then jumps behind all of them at once, so a listing costs its entries and not the keys
//! beneath them.
//!
//! INVARIANT: what is listed after an entry is greater than that entry, rolled up or not; so the last
//! entry of a page is all that the next page must know.

use countersign_s3::{BucketId, ObjectKey};
use rusqlite::types::Value;
use rusqlite::{CachedStatement, Row, params_from_iter};

use crate::StoreError;
use crate::index::column;

/// What a listing rolls up, and how long a page is.
pub(super) struct Scan<'a> {
    pub(super) bucket: BucketId,
    pub(super) prefix: &'a str,
    pub(super) delimiter: Option<&'a str>,
    pub(super) max: usize,
    /// What comes before all rows of one key, if keys have several.
    pub(super) before_all: Option<Value>,
}

/// Where in the order of rows to begin.
pub(super) struct Start {
    pub(super) key: Vec<u8>,
    /// Where among the rows of that key, if keys have several.
    pub(super) within: Option<Value>,
}

/// One page.
#[derive(Debug)]
pub(super) struct Scanned<T> {
    pub(super) listed: Vec<T>,
    pub(super) common_prefixes: Vec<String>,
    /// What the page ends with, if there is more behind it.
    pub(super) ends_with: Option<Last>,
}

/// The last entry of a page.
#[derive(Debug)]
pub(super) enum Last {
    /// The last of those listed.
    Listed,
    /// A rolled-up prefix.
    Prefix(String),
}

impl Scan<'_> {
    /// Where to begin behind a marker, or from the first row on.
    pub(super) fn start_after(&self, marker: Option<&str>) -> Start {
        let prefix = self.prefix.as_bytes();
        let behind = match marker.map(|marker| (marker, self.rolled_up(marker))) {
            None => prefix.to_vec(),
            // A rolled-up prefix that is not greater than the marker is behind us with all beneath it.
            Some((_, Some(common))) => after_all_beneath(common),
            Some((marker, None)) => [marker.as_bytes(), &[0]].concat(),
        };
        Start {
            key: behind.max(prefix.to_vec()),
            within: self.before_all.clone(),
        }
    }

    /// Lists one page. The statement takes bucket and key, and the place within the key's rows if keys
    /// have several; its first column is the key.
    pub(super) fn run<T>(
        &self,
        statement: &mut CachedStatement<'_>,
        start: Start,
        mut read: impl FnMut(ObjectKey, &Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Scanned<T>, StoreError> {
        let mut page = Scanned {
            listed: Vec::new(),
            common_prefixes: Vec::new(),
            ends_with: None,
        };
        let mut last = None;
        let mut from = Some(start).filter(|_| self.max > 0);
        while let Some(start) = from.take() {
            let key = [Value::from(column(self.bucket)), Value::from(start.key)];
            let mut rows =
                statement.query(params_from_iter(key.into_iter().chain(start.within)))?;
            while let Some(row) = rows.next()? {
                let key = key_of(row)?;
                if !key.as_str().starts_with(self.prefix) {
                    break;
                }
                if page.listed.len() + page.common_prefixes.len() == self.max {
                    page.ends_with = last;
                    return Ok(page);
                }
                if let Some(common) = self.rolled_up(key.as_str()) {
                    from = Some(Start {
                        key: after_all_beneath(common),
                        within: self.before_all.clone(),
                    });
                    page.common_prefixes.push(common.to_owned());
                    last = Some(Last::Prefix(common.to_owned()));
                    break;
                }
                page.listed.push(read(key, row)?);
                last = Some(Last::Listed);
            }
        }
        Ok(page)
    }

    /// What `key` is rolled up to, if it is.
    pub(super) fn rolled_up<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self.delimiter.filter(|text| !text.is_empty())?;
        let at = key.strip_prefix(self.prefix)?.find(delimiter)?;
        key.get(..self.prefix.len() + at + delimiter.len())
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
