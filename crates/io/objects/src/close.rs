//! The change that closes a bucket for good.
//!
//! AWS: a bucket with old versions or delete markers in it is not empty; one with uploads in progress
//! is, and they go with it.

use countersign_s3::BucketId;

use crate::cache::ObjectCache;
use crate::index::column;
use crate::multipart::UploadId;
use crate::writer::{Change, Leaving, Verdict, Work};
use crate::{CloseError, StoreError};

/// The closing of an empty bucket.
#[derive(Debug)]
pub(crate) struct CloseBucket(pub(crate) BucketId);

impl Change for CloseBucket {
    type Outcome = ();
    type Answer = ();
    type Refusal = CloseError;

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        let Self(bucket) = *self;
        let any = "SELECT 1 FROM object WHERE bucket_id = ?1 \
             UNION ALL SELECT 1 FROM old_version WHERE bucket_id = ?1";
        let mut any = work.transaction.prepare_cached(any)?;
        if any.exists([column(bucket)])? {
            return Ok(Err(CloseError::NotEmpty { bucket }));
        }
        work.transaction
            .prepare_cached("INSERT OR IGNORE INTO closed_bucket VALUES (?1)")?
            .execute([column(bucket)])?;
        for id in uploads_of(work, bucket)? {
            let files = work.remove_parts(id.body())?;
            work.leave(Leaving::Files(files));
        }
        Ok(Ok(()))
    }

    fn settle(self, (): (), _: &ObjectCache) {}
}

/// Removes the rows of all uploads in a bucket, and says which they were.
fn uploads_of(work: &Work<'_>, bucket: BucketId) -> Result<Vec<UploadId>, StoreError> {
    let sql = "DELETE FROM upload WHERE bucket_id = ?1 RETURNING upload_id";
    let mut statement = work.transaction.prepare_cached(sql)?;
    let ids = statement.query_map([column(bucket)], |row| {
        Ok(UploadId::parse(row.get_ref(0)?.as_str()?))
    })?;
    let ids: Vec<Option<UploadId>> = ids.collect::<Result<_, _>>()?;
    Ok(ids.into_iter().flatten().collect())
}
