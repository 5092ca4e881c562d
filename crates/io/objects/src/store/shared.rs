//! What is behind the door: the parts of an open store, and the questions that are asked of it by place.

use std::path::Path;
use std::sync::Arc;

use countersign_s3::BucketId;
use rusqlite::Connection;

use crate::buffer::{BufferPool, READ_BYTES, WRITE_BYTES};
use crate::cache::ObjectCache;
use crate::housekeeper::Housekeeper;
use crate::ids::Ids;
use crate::index::Index;
use crate::layout::{DirectoryLock, Layout};
use crate::pin::Pins;
use crate::place::{OwnedPlace, Place, Wanted};
use crate::temporary::UnclaimedFiles;
use crate::writer::{Desk, OldVersions, Writer};
use crate::{
    Found, ListPage, ListRequest, Object, Options, PartPage, StoreError, UploadError, UploadId,
    UploadInfo, index, list, multipart, sweep,
};

/// An open store. The writer is the first to go, the lock on the directory the last.
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
        let old_versions = OldVersions::in_index(&connection)?;
        let desk = Desk {
            connection,
            old_versions,
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
