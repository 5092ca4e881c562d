//! A transaction under way, with what it must leave behind.

use std::cell::Cell;
use std::sync::Arc;

use countersign_s3::BucketId;
use rusqlite::{Connection, Transaction};

use crate::ids::Ids;
use crate::index::column;
use crate::pin::Pins;
use crate::{ObjectId, StoreError};

/// What changes work with.
pub(crate) struct Work<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) ids: &'a Ids,
    pub(crate) pins: &'a Arc<Pins>,
    pub(super) old_versions: &'a OldVersions,
    leaving: Vec<Leaving>,
}

/// Whether there may be rows in `old_version`.
///
/// COST: until a bucket of the store keeps versions, nothing is looked up there. A look takes 1 in 11
/// microseconds of a relaxed put of 1 KB to a new key.
pub(crate) struct OldVersions(Cell<bool>);

impl OldVersions {
    pub(crate) fn in_index(connection: &Connection) -> Result<Self, StoreError> {
        let mut any = connection.prepare("SELECT 1 FROM old_version LIMIT 1")?;
        Ok(Self(Cell::new(any.exists([])?)))
    }

    pub(super) fn may_exist(&self) -> bool {
        self.0.get()
    }

    /// Says that one is about to be written.
    pub(super) fn expect(&self) {
        self.0.set(true);
    }
}

/// Files that no row names any more, once the transaction is committed.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Leaving {
    /// A body in one file.
    File(ObjectId),
    /// Files that no reader ever knew of.
    Files(Vec<ObjectId>),
    /// A body of parts, which may be pinned.
    Parts {
        /// The body.
        body: ObjectId,
        /// The files of its parts.
        files: Vec<ObjectId>,
    },
}

impl<'a> Work<'a> {
    pub(super) fn new(
        transaction: &'a Transaction<'a>,
        ids: &'a Ids,
        pins: &'a Arc<Pins>,
        old_versions: &'a OldVersions,
    ) -> Self {
        Self {
            transaction,
            ids,
            pins,
            old_versions,
            leaving: Vec::new(),
        }
    }

    /// Notes files that are to be removed after the commit.
    pub(crate) fn leave(&mut self, leaving: Leaving) {
        self.leaving.push(leaving);
    }

    pub(super) fn into_leaving(self) -> Vec<Leaving> {
        self.leaving
    }

    /// Whether the bucket was closed for good.
    pub(crate) fn is_closed(&self, bucket: BucketId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM closed_bucket WHERE bucket_id = ?1";
        let mut closed = self.transaction.prepare_cached(sql)?;
        Ok(closed.exists([column(bucket)])?)
    }

    /// Removes the rows of a body's parts, and names their files.
    pub(crate) fn remove_parts(&self, body: ObjectId) -> Result<Vec<ObjectId>, StoreError> {
        let sql = "DELETE FROM part WHERE body_id = ?1 RETURNING file_id";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let files = statement.query_map([body.0.cast_signed()], |row| {
            Ok(ObjectId(row.get::<_, i64>(0)?.cast_unsigned()))
        })?;
        Ok(files.collect::<Result<_, _>>()?)
    }
}
