//! Giving up uploads that nobody has completed in a long time, and forgetting completed ones.
//!
//! Both go a few at a time, so that nobody who waits for a commit waits for all of them.

use rusqlite::params;

use super::UploadId;
use crate::StoreError;
use crate::cache::ObjectCache;
use crate::writer::{Change, Leaving, Verdict, Work};

/// The most uploads given up at once: each may have ten thousand parts.
const UPLOADS: i64 = 8;

/// The most completed uploads forgotten at once.
const COMPLETED: i64 = 512;

/// The end of some uploads that have become too old.
#[derive(Debug)]
pub(crate) struct ExpireUploads {
    /// Uploads that began before this.
    pub(crate) initiated_before_ms: i64,
    /// Completed uploads to forget.
    pub(crate) completed_before_ms: i64,
}

/// What was ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Expired {
    pub(crate) uploads: u64,
    /// Whether there may be more.
    pub(crate) more: bool,
}

impl Change for ExpireUploads {
    type Outcome = Expired;
    type Answer = Expired;
    type Refusal = StoreError;

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        let mut old = work.transaction.prepare_cached(
            "SELECT bucket_id, key, upload_id FROM upload WHERE initiated_ms < ?1 \
             ORDER BY initiated_ms LIMIT ?2",
        )?;
        let rows = old.query_map((self.initiated_before_ms, UPLOADS), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let old: Vec<(i64, Vec<u8>, String)> = rows.collect::<Result<_, _>>()?;
        for (bucket, key, upload_id) in &old {
            let sql = "DELETE FROM upload WHERE bucket_id = ?1 AND key = ?2 AND upload_id = ?3";
            work.transaction
                .prepare_cached(sql)?
                .execute((bucket, key, upload_id))?;
            if let Some(id) = UploadId::parse(upload_id) {
                let files = work.remove_parts(id.body())?;
                work.leave(Leaving::Files(files));
            }
        }
        let forgotten = work
            .transaction
            .prepare_cached(
                "DELETE FROM completed_upload WHERE upload_id IN \
                 (SELECT upload_id FROM completed_upload WHERE completed_ms < ?1 LIMIT ?2)",
            )?
            .execute(params![self.completed_before_ms, COMPLETED])?;
        let all = i64::try_from(old.len()).is_ok_and(|uploads| uploads == UPLOADS)
            || i64::try_from(forgotten).is_ok_and(|completed| completed == COMPLETED);
        Ok(Ok(Expired {
            uploads: old.len() as u64,
            more: all,
        }))
    }

    fn settle(self, expired: Expired, _: &ObjectCache) -> Expired {
        expired
    }
}
