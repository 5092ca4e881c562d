//! The store as the rest of the program uses it: every way to the bytes takes a permit.
//!
//! The work is in [`Shared`], by bucket number and key; [`LocalStore`] is the door to it, and the only
//! thing exported. It asks the permit for operation and place and never the request.

mod shared;
mod uploads;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_gate::{Authorized, ExistingTags, ObjectPlace, TagQuestion};
use countersign_s3::{DeleteCondition, Operation, VersionId};

pub(crate) use self::shared::{Shared, in_the_pool};
use crate::close::CloseBucket;
use crate::delete::Deletions;
use crate::place::{OwnedPlace, Place, Target, Wanted, permitted_bucket, permitted_source};
use crate::seen::SeenTags;
use crate::tags::SetTags;
use crate::{
    CloseError, CommitError, DeleteError, DeleteOne, Deleted, Found, ListPage, ListRequest,
    NewCopy, Object, ObjectReader, Options, PutHints, StoreError, SweepReport, TagError, Upload,
    VersionListRequest, VersionPage, copy, list, sweep,
};

/// The operations that look at an object.
const READS: &[Operation] = &[
    Operation::GetObject,
    Operation::GetObjectAcl,
    Operation::GetObjectAttributes,
    Operation::GetObjectTagging,
    Operation::PutObjectAcl,
    Operation::HeadObject,
];

/// Objects in a directory of this machine. Cheap to clone.
#[derive(Clone)]
pub struct LocalStore {
    shared: Arc<Shared>,
}

impl LocalStore {
    /// Opens the store in this directory, creating it if need be.
    ///
    /// # Errors
    /// [`StoreError::AlreadyOpen`] if another process uses it; others if it cannot be used.
    pub fn open(directory: &Path, options: Options) -> Result<Self, StoreError> {
        Shared::open(directory, options).map(|shared| Self {
            shared: Arc::new(shared),
        })
    }

    /// Finds an object in memory only: no waiting. `None` says nothing about whether it exists.
    #[must_use]
    pub fn peek(&self, permit: &Authorized) -> Option<Arc<Object>> {
        let place = Place::permitted(permit, READS).ok()?;
        let found = self.shared.peek(place, &Wanted::named(permit.version()))?;
        let seen = permit.seen_tags();
        let fits = seen.is_none_or(|seen| seen == found.attributes().tags);
        fits.then_some(found)
    }

    /// Finds an object, or the version of it that the permit names, in memory or in the index.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for reading an object, or the store fails.
    pub async fn find(&self, permit: &Authorized) -> Result<Found, StoreError> {
        let place = Place::permitted(permit, READS)?;
        let wanted = Wanted::named(permit.version());
        let found = self.shared.find(place.to_owned(), wanted).await?;
        Ok(SeenTags::of_target(permit).hold(found))
    }

    /// Reads a range of an object; what lies beyond its end is left out.
    #[must_use]
    pub fn read(&self, object: &Arc<Object>, range: Range<u64>) -> ObjectReader {
        ObjectReader::new(object, range, &self.shared.read_buffers)
    }

    /// Begins to store a body at the permitted key.
    ///
    /// # Errors
    /// [`StoreError::NotPermitted`] if the permit is not for putting an object.
    pub fn begin_put(&self, permit: &Authorized, hints: PutHints) -> Result<Upload, StoreError> {
        let puts = [Operation::PostObject, Operation::PutObject];
        let target = Target::permitted(permit, &puts)?;
        Ok(Upload::begin(&self.shared, target, hints))
    }

    /// Deletes an object, or the version of it that the permit names. `now_ms` is recorded where a
    /// delete marker is made.
    ///
    /// # Errors
    /// [`DeleteError`] if the condition does not hold, the permit is not for deleting an object, or
    /// the store fails; then nothing was deleted.
    pub async fn delete(
        &self,
        permit: &Authorized,
        condition: DeleteCondition,
        now_ms: i64,
    ) -> Result<Deleted, DeleteError> {
        let Target {
            place,
            versioning,
            seen,
        } = Target::permitted(permit, &[Operation::DeleteObject])?;
        let version = match Wanted::named(permit.version()) {
            Wanted::Current => None,
            Wanted::Named(id) => Some(id),
            Wanted::Nothing => return Ok(Deleted::default()),
        };
        let one = DeleteOne {
            key: place.key,
            version,
            condition,
        };
        let deletions = Deletions {
            bucket: place.bucket,
            versioning,
            each: vec![one],
            seen,
            now_ms,
        };
        let judged = self.shared.writer.perform(deletions).await?;
        judged.into_iter().next().ok_or(StoreError::Closed)?
    }

    /// Deletes many objects of the permitted bucket in one go, in order, each judged by itself and
    /// answered in its place.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for that or the store fails; then nothing was deleted.
    pub async fn delete_many(
        &self,
        permit: &Authorized,
        each: Vec<DeleteOne>,
        now_ms: i64,
    ) -> Result<Vec<Result<Deleted, DeleteError>>, StoreError> {
        let bucket = permitted_bucket(permit, &[Operation::DeleteObjects])?;
        let versioning = permit.bucket().map(|bucket| bucket.versioning);
        let deletions = Deletions {
            bucket,
            versioning: versioning.unwrap_or_default(),
            each,
            // Where a policy asks for tags, many at once are refused.
            seen: SeenTags::default(),
            now_ms,
        };
        self.shared.writer.perform(deletions).await
    }

    /// Finds what a copy may read: the object, or the version of it, that the permit names as source.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for copying, or the store fails.
    pub async fn find_source(&self, permit: &Authorized) -> Result<Found, StoreError> {
        let (place, wanted) = permitted_source(permit)?;
        let found = self.shared.find(place, wanted).await?;
        Ok(SeenTags::of_source(permit).hold(found))
    }

    /// Looks up the tags that a policy asks for before anything is permitted. An object that is not there
    /// has none.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    pub async fn existing_tags(&self, question: &TagQuestion) -> Result<ExistingTags, StoreError> {
        Ok(ExistingTags {
            target: self.tags_at(question.target()).await?,
            source: self.tags_at(question.source()).await?,
        })
    }

    async fn tags_at(
        &self,
        at: Option<&ObjectPlace>,
    ) -> Result<Option<Vec<(String, String)>>, StoreError> {
        let Some(at) = at else {
            return Ok(None);
        };
        let place = OwnedPlace {
            bucket: at.bucket().id,
            key: at.key().clone(),
        };
        match self.shared.find(place, Wanted::named(at.version())).await? {
            Found::Object(object) => Ok(Some(object.attributes().tags.clone())),
            _ => Ok(Some(Vec::new())),
        }
    }

    /// Copies an object that [`find_source`](Self::find_source) found to the permitted key. No byte of
    /// a file is copied.
    ///
    /// # Errors
    /// [`CommitError`] if the bucket is gone, the condition does not hold, the permit is not for
    /// copying, or the store fails; then the key holds what it held before.
    pub async fn copy(
        &self,
        permit: &Authorized,
        new: NewCopy,
    ) -> Result<Arc<Object>, CommitError> {
        let target = Target::permitted(permit, &[Operation::CopyObject])?;
        copy::copy(&self.shared, target, new).await
    }

    /// Replaces the tags of an object, or of the version of it that the permit names; no tags remove
    /// them. Says which version that was.
    ///
    /// # Errors
    /// [`TagError`] if there is no such object, the permit is not for tagging, or the store fails.
    pub async fn set_tags(
        &self,
        permit: &Authorized,
        tags: Vec<(String, String)>,
    ) -> Result<VersionId, TagError> {
        let operations = [Operation::DeleteObjectTagging, Operation::PutObjectTagging];
        let change = SetTags {
            place: Place::permitted(permit, &operations)?.to_owned(),
            wanted: Wanted::named(permit.version()),
            seen: SeenTags::of_target(permit),
            tags,
        };
        self.shared.writer.perform(change).await
    }

    /// Lists one page of the permitted bucket.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for listing, or the store fails.
    pub async fn list(
        &self,
        permit: &Authorized,
        request: &ListRequest,
    ) -> Result<ListPage, StoreError> {
        let operations = [Operation::ListObjects, Operation::ListObjectsV2];
        let bucket = permitted_bucket(permit, &operations)?;
        self.shared.list(bucket, request.clone()).await
    }

    /// Lists one page of the versions in the permitted bucket.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for listing versions, or the store fails.
    pub async fn list_versions(
        &self,
        permit: &Authorized,
        request: &VersionListRequest,
    ) -> Result<VersionPage, StoreError> {
        let bucket = permitted_bucket(permit, &[Operation::ListObjectVersions])?;
        let request = request.clone();
        self.shared
            .ask(move |connection| list::list_versions(connection, bucket, &request))
            .await
    }

    /// Closes the permitted bucket for good, if it holds no object, old version or delete marker: no
    /// later commit can store anything in it. Uploads in progress go with it. Closing it again changes
    /// nothing.
    ///
    /// # Errors
    /// [`CloseError`] if it is not empty, the permit is not for deleting a bucket, or the
    /// store fails.
    pub async fn close_bucket(&self, permit: &Authorized) -> Result<(), CloseError> {
        let bucket = permitted_bucket(permit, &[Operation::DeleteBucket])?;
        self.shared.writer.perform(CloseBucket(bucket)).await
    }

    /// Removes files that no object owns and nobody has touched for `min_age`, uploads in progress that
    /// are older than `upload_max_age`, and what is remembered of completed ones.
    ///
    /// # Errors
    /// [`StoreError`] if a directory or the index cannot be read.
    pub async fn sweep(&self, now_ms: i64, min_age: Duration) -> Result<SweepReport, StoreError> {
        sweep::sweep(&self.shared, now_ms, min_age).await
    }
}

#[cfg(test)]
pub(crate) mod tests;
