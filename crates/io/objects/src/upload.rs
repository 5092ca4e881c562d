//! Storing a body: collect it, then commit it.
//!
//! A small body stays in memory until it is committed with its row; a larger one spills to a file
//! written aside. Nothing is visible before [`Upload::commit`], and an [`Upload`] that is dropped
//! leaves nothing behind: that is how a refused or broken upload ends.

use std::sync::Arc;

use bytes::Bytes;
use countersign_s3::{ETag, ObjectAttributes, VersionId};

use crate::beginning::Beginning;
use crate::object::Body;
use crate::place::Target;
use crate::put::Put;
use crate::store::Shared;
use crate::temporary::TemporaryFile;
use crate::{CommitError, Object, ObjectId, PutCondition, StoreError, failpoint};

/// What is known of a body before it comes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PutHints {
    /// How long it will be, if that was announced. Only a hint: the body itself is counted.
    pub content_length: Option<u64>,
}

/// What the body is stored with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewObject {
    /// Its entity tag.
    pub etag: ETag,
    /// Its attributes.
    pub attributes: ObjectAttributes,
    /// The instant to record, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: i64,
    /// What the key must hold for the body to be stored.
    pub condition: PutCondition,
}

/// A body on its way in.
pub struct Upload {
    store: Arc<Shared>,
    target: Target,
    id: ObjectId,
    size: u64,
    beginning: Beginning,
    content: Content,
}

/// What has come of the body so far.
enum Content {
    File(TemporaryFile),
    Memory(Vec<u8>),
}

impl Upload {
    pub(crate) fn begin(store: &Arc<Shared>, target: Target, hints: PutHints) -> Self {
        let inline_max = store.options.inline_max;
        let announced = hints
            .content_length
            .and_then(|length| usize::try_from(length).ok());
        // A body that is announced as large would only be copied out of memory again.
        let room = announced
            .filter(|length| *length <= inline_max)
            .unwrap_or(0);
        let content = Content::Memory(Vec::with_capacity(room));
        Self {
            store: Arc::clone(store),
            target,
            id: store.ids.object(),
            size: 0,
            beginning: Beginning::empty(),
            content,
        }
    }

    /// How many bytes have come so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes of the body; waits when the disk falls behind.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be written; the upload is then of no use any more.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.size += bytes.len() as u64;
        self.beginning.take(&bytes);
        match &mut self.content {
            Content::File(file) => file.append(&bytes).await,
            Content::Memory(body) if body.len() + bytes.len() <= self.store.options.inline_max => {
                body.extend_from_slice(&bytes);
                Ok(())
            }
            Content::Memory(body) => {
                let body = std::mem::take(body);
                let Shared {
                    layout,
                    unclaimed,
                    write_buffers,
                    ..
                } = &*self.store;
                let mut file = TemporaryFile::create(layout, self.id, unclaimed, write_buffers)?;
                file.append(&body).await?;
                file.append(&bytes).await?;
                self.content = Content::File(file);
                Ok(())
            }
        }
    }

    /// Makes the body the object at its key. Once this returns, it is as durable as the store was
    /// opened for, and every reader that begins afterwards sees it.
    ///
    /// # Errors
    /// [`CommitError`] if the bucket is gone, the condition does not hold or the store fails; then
    /// the key holds what it held before.
    pub async fn commit(self, new: NewObject) -> Result<Arc<Object>, CommitError> {
        let Self {
            store,
            target,
            id,
            size,
            beginning,
            content,
        } = self;
        let (body, claims) = match content {
            Content::Memory(mut body) => {
                // What stays in the cache must weigh what it says.
                body.shrink_to_fit();
                (Body::Memory(body.into()), Vec::new())
            }
            Content::File(file) => {
                let placed = file.place(&store.layout, store.options.durability).await?;
                (Body::File(placed.file), vec![placed.claim])
            }
        };
        failpoint::reached("before-row");
        let NewObject {
            etag,
            attributes,
            modified_ms,
            condition,
        } = new;
        let object = Object {
            id,
            version_id: VersionId::null(),
            size,
            etag,
            modified_ms,
            attributes,
            beginning,
            body,
        };
        let put = Put {
            target,
            object,
            claims,
            condition,
        };
        store.writer.perform(put).await
    }
}
