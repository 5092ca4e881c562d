//! Looking at an upload in progress, at its parts, and at one that was completed.

use countersign_s3::{ETag, ObjectAttributes, ObjectKey, StoredChecksum};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{CompletedUpload, PartFileRef, UploadChecksum, UploadId};
use crate::index::column;
use crate::part::{self, PartRow};
use crate::place::Place;
use crate::{StoreError, UploadError, attributes, checksum_text, lookup};

/// An upload in progress.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadInfo {
    /// Its key.
    pub key: ObjectKey,
    /// Its id.
    pub id: UploadId,
    /// When it began, in milliseconds since 1970-01-01 UTC.
    pub initiated_ms: i64,
    /// Who began it.
    pub initiator: String,
    /// The attributes the object will have, less its checksum.
    pub attributes: ObjectAttributes,
    /// How parts and object are checked.
    pub checksum: Option<UploadChecksum>,
}

/// A part of an upload in progress.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadedPart {
    /// Its number.
    pub number: u16,
    /// Its size in bytes.
    pub size: u64,
    /// Its entity tag.
    pub etag: ETag,
    /// Its checksum.
    pub checksum: Option<StoredChecksum>,
    /// When it was stored, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: i64,
    /// Where it is: what completing must name.
    pub file: PartFileRef,
}

/// One page of an upload's parts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartPage {
    /// The upload.
    pub upload: UploadInfo,
    /// The parts, in order.
    pub parts: Vec<UploadedPart>,
    /// The number after which the next page starts; `None` on the last page.
    pub next: Option<u16>,
}

/// Finds an upload in progress.
pub(crate) fn info(
    connection: &Connection,
    place: Place<'_>,
    id: &UploadId,
) -> Result<UploadInfo, UploadError> {
    info_at(connection, place, id)?.ok_or(UploadError::NoSuchUpload)
}

fn info_at(
    connection: &Connection,
    place: Place<'_>,
    id: &UploadId,
) -> Result<Option<UploadInfo>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT key, upload_id, initiated_ms, initiator, attributes, checksum FROM upload \
         WHERE bucket_id = ?1 AND key = ?2 AND upload_id = ?3",
    )?;
    let key = (column(place.bucket), place.key.as_bytes(), id.as_str());
    let mut rows = statement.query(key)?;
    let row = rows.next()?;
    row.map(|row| info_of(place.key.clone(), row)).transpose()
}

/// The upload in a row whose first column is this key.
pub(crate) fn info_of(key: ObjectKey, row: &Row<'_>) -> Result<UploadInfo, StoreError> {
    let id = UploadId::parse(&row.get::<_, String>(1)?);
    let plan = checksum_text::read_plan(&row.get::<_, String>(5)?);
    Ok(UploadInfo {
        key,
        id: id.ok_or_else(|| StoreError::Database {
            message: "an upload id in the index is none".to_owned(),
        })?,
        initiated_ms: row.get(2)?,
        initiator: row.get(3)?,
        attributes: attributes::of_text(&row.get::<_, String>(4)?)?,
        checksum: plan.map(|(algorithm, kind)| UploadChecksum { algorithm, kind }),
    })
}

/// Lists up to `max` parts of an upload in progress, with numbers above `after`.
pub(crate) fn list_parts(
    connection: &Connection,
    place: Place<'_>,
    id: &UploadId,
    after: Option<u16>,
    max: usize,
) -> Result<PartPage, UploadError> {
    let snapshot = connection
        .unchecked_transaction()
        .map_err(StoreError::from)?;
    let upload = info(&snapshot, place, id)?;
    let mut rows = part::rows(&snapshot, id.body(), after, max.saturating_add(1))?;
    let more = rows.len() > max;
    rows.truncate(max);
    let parts: Vec<_> = rows.into_iter().map(UploadedPart::from).collect();
    // A page of nothing has no next: it would be the same page.
    let next = parts.last().filter(|_| more).map(|part| part.number);
    Ok(PartPage {
        upload,
        parts,
        next,
    })
}

/// What came of an upload that was completed not long ago.
pub(crate) fn completed(
    connection: &Connection,
    place: Place<'_>,
    id: &UploadId,
) -> Result<Option<CompletedUpload>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT version_id, etag, checksum FROM completed_upload \
         WHERE upload_id = ?1 AND bucket_id = ?2 AND key = ?3",
    )?;
    let key = (id.as_str(), column(place.bucket), place.key.as_bytes());
    let found = statement.query_row(key, |row| {
        Ok(CompletedUpload {
            version_id: lookup::version_id(row, 0)?,
            etag: ETag::parse(row.get_ref(1)?.as_str()?),
            checksum: checksum_text::read(row.get_ref(2)?.as_str()?),
        })
    });
    Ok(found.optional()?)
}

impl From<PartRow> for UploadedPart {
    fn from(row: PartRow) -> Self {
        let PartRow {
            number,
            file,
            size,
            etag,
            checksum,
            modified_ms,
        } = row;
        Self {
            number,
            size,
            etag: ETag::parse(&etag),
            checksum,
            modified_ms,
            file: PartFileRef(file),
        }
    }
}
