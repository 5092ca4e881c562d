//! Deleting: an object, one version of it, or many at once.
//!
//! Source: "Deleting object versions from a versioning-enabled bucket". Without a version, a bucket
//! that keeps versions gets a delete marker; with one, exactly that version goes for good, and if it
//! was on top, the next newest shows.

use countersign_s3::{
    BucketId, DeleteCandidate, DeleteCondition, ObjectKey, VersionId, Versioning,
};

use crate::cache::ObjectCache;
use crate::lookup::Storage;
use crate::place::Place;
use crate::seen::SeenTags;
use crate::writer::{CHANGE_BYTES, Change, Verdict, Version, Whereabouts, Work};
use crate::{DeleteError, StoreError};

/// One of many deletions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeleteOne {
    /// The key.
    pub key: ObjectKey,
    /// Which version; none for whatever is visible.
    pub version: Option<VersionId>,
    /// What must be true of it.
    pub condition: DeleteCondition,
}

/// What a deletion came to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Deleted {
    /// Whether there was something to delete.
    pub existed: bool,
    /// The version that was deleted, or the delete marker that was made.
    pub version_id: Option<VersionId>,
    /// Whether that version is, or was, a delete marker.
    pub delete_marker: bool,
}

/// Deletions in one bucket, carried out in one transaction, in order, each judged by itself.
#[derive(Debug)]
pub(crate) struct Deletions {
    pub(crate) bucket: BucketId,
    pub(crate) versioning: Versioning,
    pub(crate) each: Vec<DeleteOne>,
    /// What must be there for the permit to hold.
    pub(crate) seen: SeenTags,
    /// The instant to record with delete markers.
    pub(crate) now_ms: i64,
}

type Judged = Result<Deleted, DeleteError>;

/// Holds a condition against what is there; a delete marker is no object.
fn check(condition: &DeleteCondition, version: Option<&Version>) -> Result<(), DeleteError> {
    let object = version.filter(|version| version.storage != Storage::Nowhere);
    let candidate = object.map(|version| DeleteCandidate {
        etag: &version.etag,
        modified_s: u64::try_from(version.modified_ms.div_euclid(1000)).unwrap_or(0),
        size: version.size,
    });
    condition
        .check(candidate)
        .map_err(|refused| DeleteError::PreconditionFailed {
            refused,
            current: object.map(|version| version.etag.clone()),
        })
}

impl Deletions {
    fn apply_one(&self, work: &mut Work<'_>, one: &DeleteOne) -> Result<Judged, StoreError> {
        let place = Place {
            bucket: self.bucket,
            key: &one.key,
        };
        match &one.version {
            None => self.delete_visible(work, place, &one.condition),
            Some(version) => self.delete_version(work, place, version, &one.condition),
        }
    }

    fn delete_visible(
        &self,
        work: &mut Work<'_>,
        place: Place<'_>,
        condition: &DeleteCondition,
    ) -> Result<Judged, StoreError> {
        let current = work.current(place)?;
        let there = current
            .as_ref()
            .map(|version| (version, Whereabouts::Current));
        if !self.seen.fit_version(work, place, there)? {
            return Ok(Err(DeleteError::Changed));
        }
        if let Err(refusal) = check(condition, current.as_ref()) {
            return Ok(Err(refusal));
        }
        let existed = current.is_some();
        let only_null = current.as_ref().is_none_or(|v| v.version_id.is_null());
        if self.versioning == Versioning::Unversioned
            && only_null
            && work.newest_old(place)?.is_none()
        {
            if let Some(current) = &current {
                work.remove_current_row(place)?;
                work.discard(current)?;
            }
            return Ok(Ok(Deleted {
                existed,
                ..Deleted::default()
            }));
        }
        // The one way in which deleting stores something.
        let bucket = place.bucket;
        if work.is_closed(bucket)? {
            return Ok(Err(DeleteError::BucketGone { bucket }));
        }
        let (id, newest_first) = work.make_room(place, current.as_ref(), self.versioning)?;
        if existed {
            work.remove_current_row(place)?;
        }
        work.insert_marker(place, (&id, newest_first), self.now_ms)?;
        Ok(Ok(Deleted {
            existed,
            version_id: Some(id),
            delete_marker: true,
        }))
    }

    fn delete_version(
        &self,
        work: &mut Work<'_>,
        place: Place<'_>,
        id: &VersionId,
        condition: &DeleteCondition,
    ) -> Result<Judged, StoreError> {
        let found = work.named(place, id)?;
        let there = found
            .as_ref()
            .map(|(version, whereabouts)| (version, *whereabouts));
        if !self.seen.fit_version(work, place, there)? {
            return Ok(Err(DeleteError::Changed));
        }
        let version = found.as_ref().map(|(version, _)| version);
        if let Err(refusal) = check(condition, version) {
            return Ok(Err(refusal));
        }
        let deleted = Deleted {
            existed: version.is_some(),
            version_id: Some(id.clone()),
            delete_marker: version.is_some_and(|version| version.storage == Storage::Nowhere),
        };
        match found {
            Some((version, Whereabouts::Current)) => {
                work.remove_current_row(place)?;
                work.discard(&version)?;
                work.promote(place)?;
            }
            Some((version, Whereabouts::Old)) => {
                work.remove_old(place, &version)?;
                if deleted.delete_marker && work.current(place)?.is_none() {
                    work.promote(place)?;
                }
            }
            None => {}
        }
        Ok(Ok(deleted))
    }
}

impl Change for Deletions {
    type Outcome = Vec<Judged>;
    type Answer = Vec<Judged>;
    type Refusal = StoreError;

    fn written_bytes(&self) -> u64 {
        CHANGE_BYTES * self.each.len() as u64
    }

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        let judged = self.each.iter().map(|one| self.apply_one(work, one));
        judged.collect::<Result<_, _>>().map(Ok)
    }

    fn settle(self, outcome: Vec<Judged>, cache: &ObjectCache) -> Vec<Judged> {
        for DeleteOne { key, .. } in &self.each {
            let bucket = self.bucket;
            cache.remove(Place { bucket, key });
        }
        outcome
    }
}

#[cfg(test)]
mod tests;
