//! Removing what nobody wants: files that a killed process left behind, uploads that nobody completes.
//!
//! Ids are never used twice and grow with every opening, so a file under an id of an earlier opening
//! belongs to nobody now unless a row names it. A file of this opening may be on its way to its row;
//! [`UnclaimedFiles`](crate::temporary::UnclaimedFiles) knows those. And a part may be read though its
//! row is gone; [`Pins`](crate::pin::Pins) knows those.
//!
//! INVARIANT: a file that a row names, or is going to name, or that somebody may still open, is never
//! removed.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use crate::multipart::ExpireUploads;
use crate::store::{Shared, in_the_pool};
use crate::{ObjectId, StoreError, layout, lookup};

/// How long a completed upload is remembered.
const COMPLETED_MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SweepReport {
    /// Bodies that were still being written.
    pub temporary: u64,
    /// Whole bodies and parts that no row names.
    pub orphans: u64,
    /// Multipart uploads that were given up.
    pub uploads: u64,
}

/// Removes every temporary file, at a time when nobody writes one.
pub(crate) fn sweep_all_temporary(directory: &Path) -> Result<u64, StoreError> {
    remove_files(directory, |_, _| Ok(true))
}

/// Removes what is left over and has not been touched for `min_age`, and uploads that are too old.
pub(crate) async fn sweep(
    store: &Arc<Shared>,
    now_ms: i64,
    min_age: Duration,
) -> Result<SweepReport, StoreError> {
    let uploads = sweep_uploads(store, now_ms).await?;
    let files = in_the_pool(store, move |store| sweep_files(store, now_ms, min_age)).await?;
    Ok(SweepReport { uploads, ..files })
}

/// Gives up uploads that are too old, and forgets completed ones.
async fn sweep_uploads(store: &Shared, now_ms: i64) -> Result<u64, StoreError> {
    let before = |age: Duration| {
        let age_ms = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        now_ms.saturating_sub(age_ms)
    };
    let mut uploads = 0;
    loop {
        let expired = store.writer.perform(ExpireUploads {
            initiated_before_ms: before(store.options.upload_max_age),
            completed_before_ms: before(COMPLETED_MAX_AGE),
        });
        let expired = expired.await?;
        uploads += expired.uploads;
        if !expired.more {
            return Ok(uploads);
        }
    }
}

fn sweep_files(store: &Shared, now_ms: i64, min_age: Duration) -> Result<SweepReport, StoreError> {
    let is_old = |entry: &DirEntry| age(entry, now_ms).is_some_and(|age| age >= min_age);
    let nobodys = |id: ObjectId| !store.unclaimed.contains(id);
    let temporary = remove_files(&store.layout.temporary_directory(), |entry, id| {
        Ok(is_old(entry) && nobodys(id))
    })?;
    let mut orphans = 0;
    for shelf in 0..=u8::MAX {
        // The order counts: a file that is nobody's has its row already, or never will.
        orphans += remove_files(&store.layout.shelf(shelf), |entry, id| {
            let unnamed = || {
                store
                    .index
                    .read(|connection| lookup::has_file(connection, id))
                    .map(|has| !has)
            };
            Ok(is_old(entry) && nobodys(id) && unnamed()? && !store.pins.is_leaving(id))
        })?;
    }
    Ok(SweepReport {
        temporary,
        orphans,
        uploads: 0,
    })
}

/// Removes the files of a directory that are `unwanted`, and says how many. Files with a name that
/// is not ours stay.
fn remove_files(
    directory: &Path,
    unwanted: impl Fn(&DirEntry, ObjectId) -> Result<bool, StoreError>,
) -> Result<u64, StoreError> {
    let fail = |error: io::Error| StoreError::file("read", directory, &error);
    let mut removed = 0;
    for entry in fs::read_dir(directory).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let path = entry.path();
        let Some(id) = layout::id_of(&path) else {
            continue;
        };
        if unwanted(&entry, id)? {
            // It may have been removed by whoever replaced it, in this very moment.
            removed += u64::from(fs::remove_file(&path).is_ok());
        }
    }
    Ok(removed)
}

/// How long a file has not been written to; nothing if it is gone or from the future.
fn age(entry: &DirEntry, now_ms: i64) -> Option<Duration> {
    let modified = entry.metadata().ok()?.modified().ok()?;
    let now = Duration::from_millis(u64::try_from(now_ms).ok()?);
    now.checked_sub(modified.duration_since(UNIX_EPOCH).ok()?)
}

#[cfg(test)]
mod tests;
