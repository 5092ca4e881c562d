//! Making an object from the parts of an upload.
//!
//! Source: "CompleteMultipartUpload". The parts stay where they are; those that are not named go. Who
//! asks again for the same, because an answer was lost, gets the same answer for a day.

use std::sync::Arc;

use countersign_s3::{ETag, StoredChecksum, VersionId};

use super::{PartFileRef, UploadId, completed, info, remove_row};
use crate::beginning::Beginning;
use crate::cache::ObjectCache;
use crate::index::column;
use crate::object::Body;
use crate::part::{self, Assembly, PartedBody};
use crate::place::Target;
use crate::writer::{Change, Leaving, Verdict, Whereabouts, Work};
use crate::{
    CompleteError, Object, PutCondition, StoreError, UploadError, checksum_text, failpoint,
};

/// What an upload becomes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Completion {
    /// Which parts, in ascending order of their numbers, and where the caller saw them.
    pub parts: Vec<(u16, PartFileRef)>,
    /// The object's entity tag.
    pub etag: ETag,
    /// The object's checksum.
    pub checksum: Option<StoredChecksum>,
    /// The instant to record, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: i64,
    /// What the key must hold for the object to be stored.
    pub condition: PutCondition,
}

/// What an upload became.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CompletedUpload {
    /// The object's version.
    pub version_id: VersionId,
    /// The object's entity tag.
    pub etag: ETag,
    /// The object's checksum.
    pub checksum: Option<StoredChecksum>,
}

/// The end of an upload in an object.
#[derive(Debug)]
pub(crate) struct CompleteUpload {
    pub(crate) target: Target,
    pub(crate) id: UploadId,
    pub(crate) completion: Completion,
}

/// The object if it was made just now, and what to tell.
type Made = (Option<Arc<Object>>, CompletedUpload);

impl CompleteUpload {
    /// Takes the named parts; all others of the upload go.
    fn assemble(&self, work: &mut Work<'_>) -> Result<Result<Assembly, CompleteError>, StoreError> {
        let algorithm = self.completion.checksum.as_ref().map(|c| c.algorithm);
        let rows = part::rows(work.transaction, self.id.body(), None, usize::MAX)?;
        let mut assembly = Assembly::default();
        let mut unused = Vec::new();
        let mut wanted = self.completion.parts.iter().peekable();
        for row in &rows {
            match wanted.peek() {
                Some((number, file)) if *number == row.number && file.0 == row.file => {
                    assembly.append(row, algorithm)?;
                    wanted.next();
                }
                _ => unused.push(row),
            }
        }
        // Whatever was not met is missing, was replaced, or is out of order.
        if let Some((number, _)) = wanted.next() {
            return Ok(Err(CompleteError::PartChanged { number: *number }));
        }
        if assembly.parts.is_empty() {
            return Ok(Err(CompleteError::NoParts));
        }
        let sql = "DELETE FROM part WHERE body_id = ?1 AND number = ?2";
        let mut remove = work.transaction.prepare_cached(sql)?;
        for row in &unused {
            remove.execute((self.id.body().0.cast_signed(), row.number))?;
        }
        let files = unused.iter().map(|row| row.file).collect();
        work.leave(Leaving::Files(files));
        Ok(Ok(assembly))
    }

    fn remember(&self, work: &Work<'_>, made: &CompletedUpload) -> Result<(), StoreError> {
        let place = &self.target.place;
        work.transaction
            .prepare_cached(
                "INSERT INTO completed_upload \
                 (upload_id, bucket_id, key, version_id, etag, checksum, completed_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                self.id.as_str(),
                column(place.bucket),
                place.key.as_bytes(),
                made.version_id.as_str(),
                made.etag.as_str(),
                checksum_text::write(made.checksum.as_ref()),
                self.completion.modified_ms,
            ))?;
        Ok(())
    }

    fn made_before(&self, work: &Work<'_>) -> Verdict<Self> {
        let made = completed(work.transaction, self.target.place.borrow(), &self.id)?;
        Ok(made
            .filter(|made| made.etag == self.completion.etag)
            .map(|made| (None, made))
            .ok_or(CompleteError::NoSuchUpload))
    }
}

impl Change for CompleteUpload {
    type Outcome = Made;
    type Answer = CompletedUpload;
    type Refusal = CompleteError;

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        let Target {
            place,
            versioning,
            seen,
        } = &self.target;
        let (place, bucket) = (place.borrow(), place.bucket);
        if work.is_closed(bucket)? {
            return Ok(Err(CompleteError::BucketGone { bucket }));
        }
        let mut attributes = match info(work.transaction, place, &self.id) {
            Ok(upload) => upload.attributes,
            Err(UploadError::Store(error)) => return Err(error),
            Err(_) => return self.made_before(work),
        };
        let current = work.current(place)?;
        let there = current
            .as_ref()
            .map(|version| (version, Whereabouts::Current));
        if !seen.fit_version(work, place, there)? {
            return Ok(Err(CompleteError::Changed));
        }
        if let Err(current) = self.completion.condition.check(current.as_ref()) {
            return Ok(Err(CompleteError::PreconditionFailed { current }));
        }
        let Assembly { parts, size } = match self.assemble(work)? {
            Ok(assembly) => assembly,
            Err(refusal) => return Ok(Err(refusal)),
        };
        remove_row(work, place, &self.id)?;
        failpoint::reached("in-complete");
        let Completion {
            etag,
            checksum,
            modified_ms,
            ..
        } = &self.completion;
        attributes.checksum.clone_from(checksum);
        let (version_id, newest_first) = work.make_room(place, current.as_ref(), *versioning)?;
        let id = self.id.body();
        // Nobody can take the rows away before the commit, so they may be relied upon.
        let parted = PartedBody::new(parts, work.pins.pin(id));
        let beginning = parted.open(0).and_then(|first| Beginning::read(&first));
        let body = Body::Parts(parted);
        let object = Object {
            id,
            version_id: version_id.clone(),
            size,
            etag: etag.clone(),
            modified_ms: *modified_ms,
            attributes,
            // What cannot be read now is not shown in place, that is all.
            beginning: beginning.unwrap_or(Beginning::empty()),
            body,
        };
        work.insert_current(place, &object, newest_first)?;
        let made = CompletedUpload {
            version_id,
            etag: etag.clone(),
            checksum: checksum.clone(),
        };
        self.remember(work, &made)?;
        Ok(Ok((Some(Arc::new(object)), made)))
    }

    fn settle(self, (object, made): Made, cache: &ObjectCache) -> CompletedUpload {
        if let Some(object) = object {
            cache.replace(self.target.place, object);
        }
        made
    }
}
