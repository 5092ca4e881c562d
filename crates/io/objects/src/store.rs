//! The store as the rest of the program uses it: every way to the bytes takes a permit.
//!
//! The work is in [`Shared`], by bucket number and key; [`LocalStore`] is the door to it, and the only
//! thing exported. It asks the permit for operation and place and never the request.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_gate::Authorized;
use countersign_s3::{BucketId, Operation};

use crate::buffer::{BufferPool, READ_BYTES, WRITE_BYTES};
use crate::cache::ObjectCache;
use crate::housekeeper::Housekeeper;
use crate::index::{Index, Row, RowBody};
use crate::layout::{DirectoryLock, Layout};
use crate::object::Body;
use crate::place::{OwnedPlace, Place, permitted_bucket};
use crate::temporary::UnclaimedFiles;
use crate::writer::{Desk, Writer};
use crate::{
    CloseError, ListPage, ListRequest, Object, ObjectId, ObjectReader, Options, PutHints,
    StoreError, SweepReport, Upload, index, list, sweep,
};

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
    next_id: AtomicU64,
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

    /// Finds an object in memory only: no waiting, no allocation. `None` says nothing about whether
    /// the object exists.
    #[must_use]
    pub fn peek(&self, permit: &Authorized) -> Option<Arc<Object>> {
        let place =
            Place::permitted(permit, &[Operation::GetObject, Operation::HeadObject]).ok()?;
        self.shared.cache.peek(place)
    }

    /// Finds an object, in memory or in the index.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for reading an object, or the store fails.
    pub async fn find(&self, permit: &Authorized) -> Result<Option<Arc<Object>>, StoreError> {
        let place = Place::permitted(permit, &[Operation::GetObject, Operation::HeadObject])?;
        self.shared.find(place.to_owned()).await
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
        let place = Place::permitted(permit, &[Operation::PostObject, Operation::PutObject])?;
        Ok(Upload::begin(&self.shared, place.to_owned(), hints))
    }

    /// Deletes an object; says whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for deleting an object, or the store fails.
    pub async fn delete(&self, permit: &Authorized) -> Result<bool, StoreError> {
        let place = Place::permitted(permit, &[Operation::DeleteObject])?;
        self.shared.writer.delete(place.to_owned()).await
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

    /// Closes the permitted bucket for good, if it is empty: no later commit can store anything in
    /// it. Closing it again changes nothing.
    ///
    /// # Errors
    /// [`CloseError`] if there are objects in it, the permit is not for deleting a bucket, or the
    /// store fails.
    pub async fn close_bucket(&self, permit: &Authorized) -> Result<(), CloseError> {
        let bucket = permitted_bucket(permit, &[Operation::DeleteBucket])?;
        self.shared.writer.close(bucket).await
    }

    /// Removes files that no object owns and nobody has touched for `min_age`.
    ///
    /// # Errors
    /// [`StoreError`] if a directory or the index cannot be read.
    pub async fn sweep(&self, now_ms: i64, min_age: Duration) -> Result<SweepReport, StoreError> {
        in_the_pool(&self.shared, move |shared| {
            sweep::sweep(shared, now_ms, min_age)
        })
        .await
    }
}

impl Shared {
    pub(crate) fn open(directory: &Path, options: Options) -> Result<Self, StoreError> {
        let (layout, lock) = Layout::prepare(directory)?;
        sweep::sweep_all_temporary(&layout.temporary_directory())?;
        let path = layout.index();
        let connection = index::open_writer(&path, options.durability)?;
        let next_id = AtomicU64::new(index::reserve_ids(&connection)?.0);
        let checkpointer = index::open_checkpointer(&path, options.durability)?;
        let housekeeper = Housekeeper::start(layout.clone(), checkpointer)?;
        let cache = Arc::new(ObjectCache::new(&options));
        let desk = Desk {
            connection,
            cache: Arc::clone(&cache),
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
            next_id,
            _lock: lock,
        })
    }

    /// An id that no object ever had.
    pub(crate) fn next_id(&self) -> ObjectId {
        ObjectId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) async fn find(
        self: &Arc<Self>,
        place: OwnedPlace,
    ) -> Result<Option<Arc<Object>>, StoreError> {
        let load_right = match self.cache.find(&place).await {
            Ok(object) => return Ok(Some(object)),
            Err(load_right) => load_right,
        };
        let wanted = place.clone();
        let loaded = in_the_pool(self, move |shared| shared.load(wanted.borrow())).await?;
        Ok(loaded.inspect(|object| {
            // If the place was changed meanwhile, the cache does not take it; this reader, who began
            // before that was acknowledged, may still have it.
            let _ = load_right.insert(Arc::clone(object));
        }))
    }

    pub(crate) async fn list(
        self: &Arc<Self>,
        bucket: BucketId,
        request: ListRequest,
    ) -> Result<ListPage, StoreError> {
        in_the_pool(self, move |shared| {
            shared
                .index
                .read(|connection| list::list(connection, bucket, &request))
        })
        .await
    }

    /// Reads the row of a place and opens its file.
    fn load(&self, place: Place<'_>) -> Result<Option<Arc<Object>>, StoreError> {
        let mut missing = None;
        loop {
            let row = self
                .index
                .read(|connection| index::find(connection, place))?;
            let Some(row) = row else { return Ok(None) };
            let Row {
                id,
                size,
                etag,
                modified_ms,
                attributes,
                body,
            } = row;
            let body = match body {
                RowBody::Inline(bytes) => Body::Memory(bytes.into()),
                RowBody::InFile => match self.open_body(id)? {
                    Some(file) => Body::File(file),
                    // Replaced since the row was read; the next look finds the new row.
                    None if missing != Some(id) => {
                        missing = Some(id);
                        continue;
                    }
                    None => {
                        return Err(StoreError::Damaged {
                            id,
                            what: "its file is missing",
                        });
                    }
                },
            };
            return Ok(Some(Arc::new(Object {
                id,
                size,
                etag,
                modified_ms,
                attributes,
                body,
            })));
        }
    }

    fn open_body(&self, id: ObjectId) -> Result<Option<std::fs::File>, StoreError> {
        let path = self.layout.object(id);
        match std::fs::File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file("open", &path, &error)),
        }
    }
}

/// Does blocking work where it may block.
async fn in_the_pool<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let shared = Arc::clone(shared);
    tokio::task::spawn_blocking(move || work(&shared))
        .await
        .map_err(|_| StoreError::Closed)?
}

#[cfg(test)]
pub(crate) mod tests;
