//! Multipart uploads: an object that comes in parts.
//!
//! Source: "Uploading and copying objects using multipart upload". An upload is a row, each part a file
//! and a row. The rows are kept under the number of the body that they will be, so completing an
//! upload writes one row and removes one, however large the object is.
//!
//! INVARIANT: a part is stored only while its upload is in progress, and an upload is completed only
//! with the very files whose tags and sizes the caller has seen; both are looked at in the transaction
//! that writes.

mod abort;
mod complete;
mod create;
mod expire;
mod find;
mod put_part;
mod upload_id;

pub use self::complete::{CompletedUpload, Completion};
pub use self::create::{NewUpload, UploadChecksum};
pub use self::find::{PartPage, UploadInfo, UploadedPart};
pub use self::put_part::{NewPart, PartUpload};
pub use self::upload_id::UploadId;

pub(crate) use self::abort::AbortUpload;
pub(crate) use self::complete::CompleteUpload;
pub(crate) use self::create::CreateUpload;
pub(crate) use self::expire::ExpireUploads;
pub(crate) use self::find::{completed, info, info_of, list_parts};

use rusqlite::Connection;

use crate::StoreError;
use crate::index::column;
use crate::place::Place;
use crate::writer::Work;

/// The file that one part was stored in, so that completing can tell whether it still is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PartFileRef(pub(crate) crate::ObjectId);

/// Whether an upload is in progress.
fn is_in_progress(
    connection: &Connection,
    place: Place<'_>,
    id: &UploadId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM upload WHERE bucket_id = ?1 AND key = ?2 AND upload_id = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let key = (column(place.bucket), place.key.as_bytes(), id.as_str());
    Ok(statement.exists(key)?)
}

/// Removes the row of an upload; says whether there was one.
fn remove_row(work: &Work<'_>, place: Place<'_>, id: &UploadId) -> Result<bool, StoreError> {
    let removed = work
        .transaction
        .prepare_cached("DELETE FROM upload WHERE bucket_id = ?1 AND key = ?2 AND upload_id = ?3")?
        .execute((column(place.bucket), place.key.as_bytes(), id.as_str()))?;
    Ok(removed > 0)
}

#[cfg(test)]
pub(crate) mod tests;
