//! Storing one part of an upload.
//!
//! A part is streamed into a file of its own, however small it is, and takes the place of an earlier
//! part of its number. A part whose upload is not in progress any more is not stored.

use std::sync::Arc;

use bytes::Bytes;
use countersign_s3::{ETag, StoredChecksum};
use rusqlite::OptionalExtension as _;

use super::{UploadId, is_in_progress};
use crate::cache::ObjectCache;
use crate::part::{self, PartRow};
use crate::place::OwnedPlace;
use crate::store::Shared;
use crate::temporary::{FileClaim, TemporaryFile};
use crate::writer::{Change, Leaving, Verdict, Work};
use crate::{ObjectId, StoreError, UploadError, failpoint};

/// What a part is stored with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewPart {
    /// Its entity tag.
    pub etag: ETag,
    /// Its checksum.
    pub checksum: Option<StoredChecksum>,
    /// The instant to record, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: i64,
}

/// A part on its way in. One that is dropped leaves nothing behind.
pub struct PartUpload {
    store: Arc<Shared>,
    place: OwnedPlace,
    upload: UploadId,
    number: u16,
    id: ObjectId,
    size: u64,
    file: TemporaryFile,
}

impl PartUpload {
    pub(crate) fn begin(
        store: &Arc<Shared>,
        place: OwnedPlace,
        upload: UploadId,
        number: u16,
    ) -> Result<Self, StoreError> {
        let id = store.ids.object();
        let Shared {
            layout,
            unclaimed,
            write_buffers,
            ..
        } = &**store;
        let file = TemporaryFile::create(layout, id, unclaimed, write_buffers)?;
        Ok(Self {
            store: Arc::clone(store),
            place,
            upload,
            number,
            id,
            size: 0,
            file,
        })
    }

    /// How many bytes have come so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes of the part; waits when the disk falls behind.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be written; the part is then of no use any more.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.size += bytes.len() as u64;
        self.file.append(&bytes).await
    }

    /// Makes this the part of its number. Once this returns, it is as durable as the store was opened
    /// for.
    ///
    /// # Errors
    /// [`UploadError`] if the upload is not in progress any more or the store fails.
    pub async fn commit(self, new: NewPart) -> Result<(), UploadError> {
        let Self {
            store,
            place,
            upload,
            number,
            id,
            size,
            file,
        } = self;
        let placed = file.place(&store.layout, store.options.durability).await?;
        failpoint::reached("before-part");
        let row = PartRow {
            number,
            file: id,
            size,
            etag: new.etag.as_str().to_owned(),
            checksum: new.checksum,
            modified_ms: new.modified_ms,
        };
        let change = PutPart {
            place,
            upload,
            row,
            claim: placed.claim,
        };
        store.writer.perform(change).await
    }
}

/// A part that is ready to be named by a row.
#[derive(Debug)]
struct PutPart {
    place: OwnedPlace,
    upload: UploadId,
    row: PartRow,
    claim: FileClaim,
}

impl Change for PutPart {
    type Outcome = ();
    type Answer = ();
    type Refusal = UploadError;

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        if !is_in_progress(work.transaction, self.place.borrow(), &self.upload)? {
            return Ok(Err(UploadError::NoSuchUpload));
        }
        let body = self.upload.body();
        let earlier = "SELECT file_id FROM part WHERE body_id = ?1 AND number = ?2";
        let earlier: Option<i64> = work
            .transaction
            .prepare_cached(earlier)?
            .query_row((body.0.cast_signed(), self.row.number), |row| row.get(0))
            .optional()?;
        part::insert(work.transaction, body, &self.row)?;
        if let Some(file) = earlier {
            work.leave(Leaving::File(ObjectId(file.cast_unsigned())));
        }
        Ok(Ok(()))
    }

    fn settle(self, (): (), _: &ObjectCache) {
        self.claim.keep();
    }

    fn abandon(self) {
        self.claim.keep();
    }
}
