//! The store as the rest of the program uses it: every way to the bytes takes a permit.
//!
//! The work is in [`Shared`], by bucket number and key; [`LocalStore`] is the door to it, and the only
//! thing exported. It asks the permit for operation and place and never the request.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_gate::Authorized;
use countersign_s3::{BucketId, Operation, VersionId};
use rusqlite::Connection;

use crate::buffer::{BufferPool, READ_BYTES, WRITE_BYTES};
use crate::cache::ObjectCache;
use crate::close::CloseBucket;
use crate::delete::Deletions;
use crate::housekeeper::Housekeeper;
use crate::ids::Ids;
use crate::index::Index;
use crate::layout::{DirectoryLock, Layout};
use crate::multipart::{AbortUpload, CompleteUpload, CreateUpload};
use crate::pin::Pins;
use crate::place::{OwnedPlace, Place, Target, Wanted, permitted_bucket, permitted_source};
use crate::tags::SetTags;
use crate::temporary::UnclaimedFiles;
use crate::writer::{Desk, Writer};
use crate::{
    CloseError, CommitError, CompleteError, CompletedUpload, Completion, DeleteCondition,
    DeleteError, DeleteOne, Deleted, Found, ListPage, ListRequest, NewCopy, NewUpload, Object,
    ObjectReader, Options, PartPage, PartUpload, PutHints, StoreError, SweepReport, TagError,
    Upload, UploadError, UploadId, UploadInfo, UploadListRequest, UploadPage, VersionListRequest,
    VersionPage, copy, index, list, multipart, sweep,
};

/// The operations that look at an object.
const READS: &[Operation] = &[
    Operation::GetObject,
    Operation::GetObjectAcl,
    Operation::GetObjectAttributes,
    Operation::GetObjectTagging,
    Operation::HeadObject,
];

/// The operations on an upload in progress.
const ON_UPLOADS: &[Operation] = &[
    Operation::AbortMultipartUpload,
    Operation::CompleteMultipartUpload,
    Operation::ListParts,
    Operation::UploadPart,
    Operation::UploadPartCopy,
];

/// Objects in a directory of this machine. Cheap to clone.
#[derive(Clone)]
pub struct LocalStore {
    shared: Arc<Shared>,
}

/// What is behind the door. The writer is the first to go, the lock on the directory the last.
pub(crate) struct Shared {
    pub(crate) writer: Writer,
    pub(crate) options: Options,
    pub(crate) layout: Layout,
    pub(crate) index: Index,
    pub(crate) cache: Arc<ObjectCache>,
    pub(crate) read_buffers: Arc<BufferPool>,
    pub(crate) write_buffers: Arc<BufferPool>,
    pub(crate) unclaimed: UnclaimedFiles,
    pub(crate) pins: Arc<Pins>,
    pub(crate) ids: Ids,
    _lock: DirectoryLock,
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
        self.shared.peek(place, &Wanted::named(permit.version()))
    }

    /// Finds an object, or the version of it that the permit names, in memory or in the index.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for reading an object, or the store fails.
    pub async fn find(&self, permit: &Authorized) -> Result<Found, StoreError> {
        let place = Place::permitted(permit, READS)?;
        let wanted = Wanted::named(permit.version());
        self.shared.find(place.to_owned(), wanted).await
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
        let Target { place, versioning } = Target::permitted(permit, &[Operation::DeleteObject])?;
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
        self.shared.find(place, wanted).await
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

    /// Lists one page of the multipart uploads that are in progress in the permitted bucket.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for listing uploads, or the store fails.
    pub async fn list_uploads(
        &self,
        permit: &Authorized,
        request: &UploadListRequest,
    ) -> Result<UploadPage, StoreError> {
        let bucket = permitted_bucket(permit, &[Operation::ListMultipartUploads])?;
        let request = request.clone();
        self.shared
            .ask(move |connection| list::list_uploads(connection, bucket, &request))
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

    /// Begins a multipart upload at the permitted key.
    ///
    /// # Errors
    /// [`UploadError`] if the bucket is gone, the permit is not for that, or the store fails.
    pub async fn create_upload(
        &self,
        permit: &Authorized,
        new: NewUpload,
    ) -> Result<UploadId, UploadError> {
        let place = Place::permitted(permit, &[Operation::CreateMultipartUpload])?;
        let change = CreateUpload {
            place: place.to_owned(),
            id: UploadId::new(self.shared.ids.object())?,
            new,
        };
        self.shared.writer.perform(change).await
    }

    /// Finds an upload in progress at the permitted key.
    ///
    /// # Errors
    /// [`UploadError`] if there is none of that id, the permit is for something else, or the store
    /// fails.
    pub async fn find_upload(
        &self,
        permit: &Authorized,
        id: &UploadId,
    ) -> Result<UploadInfo, UploadError> {
        let place = Place::permitted(permit, ON_UPLOADS)?.to_owned();
        self.shared.find_upload(place, id.clone()).await
    }

    /// Finds what an upload at the permitted key became, if it was completed in the last day.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is for something else, or the store fails.
    pub async fn find_completed(
        &self,
        permit: &Authorized,
        id: &UploadId,
    ) -> Result<Option<CompletedUpload>, StoreError> {
        let place = Place::permitted(permit, &[Operation::CompleteMultipartUpload])?.to_owned();
        let id = id.clone();
        self.shared
            .ask(move |connection| multipart::completed(connection, place.borrow(), &id))
            .await
    }

    /// Begins to store a part of an upload at the permitted key. Whether the upload is in progress is
    /// looked at when the part is committed.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for uploading a part, or no file can be made for it.
    pub fn begin_part(
        &self,
        permit: &Authorized,
        id: &UploadId,
        number: u16,
    ) -> Result<PartUpload, StoreError> {
        let operations = [Operation::UploadPart, Operation::UploadPartCopy];
        let place = Place::permitted(permit, &operations)?.to_owned();
        PartUpload::begin(&self.shared, place, id.clone(), number)
    }

    /// Lists up to `max` parts of an upload at the permitted key, with numbers above `after`.
    ///
    /// # Errors
    /// [`UploadError`] if there is no such upload, the permit is for something else, or the store
    /// fails.
    pub async fn list_parts(
        &self,
        permit: &Authorized,
        id: &UploadId,
        after: Option<u16>,
        max: usize,
    ) -> Result<PartPage, UploadError> {
        let operations = [Operation::CompleteMultipartUpload, Operation::ListParts];
        let place = Place::permitted(permit, &operations)?.to_owned();
        self.shared.list_parts(place, id.clone(), after, max).await
    }

    /// Makes the object from an upload's parts. Once this returns, it is as durable as the store was
    /// opened for, and every reader that begins afterwards sees it. Who asks again for the same gets
    /// the same answer.
    ///
    /// # Errors
    /// [`CompleteError`] if a part is not what was looked at, the condition does not hold, upload or
    /// bucket is gone, the permit is for something else, or the store fails.
    pub async fn complete_upload(
        &self,
        permit: &Authorized,
        id: &UploadId,
        completion: Completion,
    ) -> Result<CompletedUpload, CompleteError> {
        let target = Target::permitted(permit, &[Operation::CompleteMultipartUpload])?;
        let change = CompleteUpload {
            target,
            id: id.clone(),
            completion,
        };
        self.shared.writer.perform(change).await
    }

    /// Gives an upload at the permitted key up, with all its parts.
    ///
    /// # Errors
    /// [`UploadError`] if there is no such upload, the permit is for something else, or the store
    /// fails.
    pub async fn abort_upload(
        &self,
        permit: &Authorized,
        id: &UploadId,
    ) -> Result<(), UploadError> {
        let place = Place::permitted(permit, &[Operation::AbortMultipartUpload])?.to_owned();
        let id = id.clone();
        self.shared.writer.perform(AbortUpload { place, id }).await
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

impl Shared {
    pub(crate) fn open(directory: &Path, options: Options) -> Result<Self, StoreError> {
        let (layout, lock) = Layout::prepare(directory)?;
        sweep::sweep_all_temporary(&layout.temporary_directory())?;
        let path = layout.index();
        let connection = index::open_writer(&path, options.durability)?;
        let ids = Ids::from(index::reserve_ids(&connection)?);
        let checkpointer = index::open_checkpointer(&path, options.durability)?;
        let pins = Pins::new(layout.clone());
        let housekeeper = Housekeeper::start(layout.clone(), checkpointer, &pins)?;
        let cache = Arc::new(ObjectCache::new(&options));
        let desk = Desk {
            connection,
            ids: ids.clone(),
            cache: Arc::clone(&cache),
            pins: Arc::clone(&pins),
            housekeeper,
        };
        Ok(Self {
            writer: Writer::start(desk)?,
            options,
            layout,
            index: Index::new(path),
            cache,
            read_buffers: BufferPool::of(READ_BYTES),
            write_buffers: BufferPool::of(WRITE_BYTES),
            unclaimed: UnclaimedFiles::default(),
            pins,
            ids,
            _lock: lock,
        })
    }

    /// Finds a version of an object, in memory or in the index.
    pub(crate) async fn find(
        self: &Arc<Self>,
        place: OwnedPlace,
        wanted: Wanted,
    ) -> Result<Found, StoreError> {
        if wanted != Wanted::Current {
            if let Some(object) = self.peek(place.borrow(), &wanted) {
                return Ok(Found::Object(object));
            }
            // Memory is for what many ask for; this goes by.
            return in_the_pool(self, move |shared| shared.load(place.borrow(), &wanted)).await;
        }
        let load_right = match self.cache.find(&place).await {
            Ok(object) => return Ok(Found::Object(object)),
            Err(load_right) => load_right,
        };
        let sought = place.clone();
        let found = in_the_pool(self, move |shared| shared.load(sought.borrow(), &wanted)).await?;
        if let Found::Object(object) = &found {
            // If the place was changed meanwhile, the cache does not take it; this reader, who began
            // before that was acknowledged, may still have it.
            let _ = load_right.insert(Arc::clone(object));
        }
        Ok(found)
    }

    /// Finds a version in memory only, if it is the current one.
    pub(crate) fn peek(&self, place: Place<'_>, wanted: &Wanted) -> Option<Arc<Object>> {
        if *wanted == Wanted::Nothing {
            return None;
        }
        let current = self.cache.peek(place)?;
        match wanted {
            Wanted::Named(id) if *id != current.version_id => None,
            _ => Some(current),
        }
    }

    pub(crate) async fn find_upload(
        self: &Arc<Self>,
        place: OwnedPlace,
        id: UploadId,
    ) -> Result<UploadInfo, UploadError> {
        self.ask(move |connection| multipart::info(connection, place.borrow(), &id))
            .await
    }

    pub(crate) async fn list_parts(
        self: &Arc<Self>,
        place: OwnedPlace,
        id: UploadId,
        after: Option<u16>,
        max: usize,
    ) -> Result<PartPage, UploadError> {
        in_the_pool(self, move |shared| {
            let question =
                |connection: &_| multipart::list_parts(connection, place.borrow(), &id, after, max);
            shared.index.read(question)
        })
        .await
    }

    pub(crate) async fn list(
        self: &Arc<Self>,
        bucket: BucketId,
        request: ListRequest,
    ) -> Result<ListPage, StoreError> {
        self.ask(move |connection| list::list(connection, bucket, &request))
            .await
    }

    /// Asks the index something, where it may block.
    pub(crate) async fn ask<T: Send + 'static, E: From<StoreError> + Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        in_the_pool(self, move |shared| shared.index.read(question)).await
    }
}

/// Does blocking work where it may block.
pub(crate) async fn in_the_pool<T: Send + 'static, E: From<StoreError> + Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let shared = Arc::clone(shared);
    tokio::task::spawn_blocking(move || work(&shared))
        .await
        .map_err(|_| StoreError::Closed)?
}

#[cfg(test)]
pub(crate) mod tests;
