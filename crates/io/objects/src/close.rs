//! The change that closes a bucket for good.
//!
//! AWS: a bucket with old versions or delete markers in it is not empty; one with uploads in progress
//! is, and they go with it.

use countersign_s3::BucketId;

use crate::CloseError;
use crate::cache::ObjectCache;
use crate::index::column;
use crate::writer::{Change, Verdict, Work};

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
        Ok(Ok(()))
    }

    fn settle(self, (): (), _: &ObjectCache) {}
}
