//! The embedded engine: one SQLite database in the data directory.
//!
//! A writer thread owns the one connection that writes; questions go to a small set of read-only
//! connections in tokio's blocking pool. The server and the command line may use the same file at
//! once: SQLite's WAL lets readers go on, and writers wait their turn.
//!
//! INVARIANT: the data directory is created with mode 0700 and every file in it with 0600.

mod access_key;
mod bucket;
mod change;
mod declare;
mod open;
mod text;
mod user;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_s3::{BucketId, BucketName, Versioning};
use countersign_sigv4::AccessKeyId;
use rusqlite::{Connection, Transaction};

use self::change::ChangeWatch;
use self::writer::Writer;
use crate::master_key::MasterKey;
use crate::{
    AccessKey, AccessKeyListing, Answer, Bucket, BucketDocument, DeclaredUser, KeyStatus,
    NewCredential, StateError, StateStore, UnixMillis, User, UserKind, UserName,
};

/// The state in one SQLite file.
pub struct SqliteStore {
    shared: Arc<Shared>,
    writer: Writer,
}

/// What both the blocking pool and the writer thread use.
struct Shared {
    database: PathBuf,
    master_key: MasterKey,
    idle_readers: Mutex<Vec<Connection>>,
    changes: Mutex<ChangeWatch>,
}

impl SqliteStore {
    /// Answers a question on a read-only connection, in the blocking pool.
    fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection, &MasterKey) -> Result<T, StateError> + Send + 'static,
    ) -> Answer<'_, T> {
        let shared = Arc::clone(&self.shared);
        in_the_pool(move || {
            let reader = shared.take_reader()?;
            let answer = question(&reader, &shared.master_key);
            shared.return_reader(reader);
            answer
        })
    }

    /// Carries out a change in a transaction of its own, on the writer thread.
    fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Transaction<'_>, &MasterKey) -> Result<T, StateError> + Send + 'static,
    ) -> Answer<'_, T> {
        let shared = Arc::clone(&self.shared);
        self.writer.run(move |transaction| {
            let rows_before = transaction.total_changes();
            let answer = change(transaction, &shared.master_key)?;
            if transaction.total_changes() != rows_before {
                change::note(transaction)?;
            }
            Ok(answer)
        })
    }
}

impl Shared {
    fn take_reader(&self) -> Result<Connection, StateError> {
        let idle = self
            .idle_readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| open::reader(&self.database), Ok)
    }

    fn return_reader(&self, reader: Connection) {
        self.idle_readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(reader);
    }
}

fn in_the_pool<'a, T: Send + 'static>(
    question: impl FnOnce() -> Result<T, StateError> + Send + 'static,
) -> Answer<'a, T> {
    Box::pin(async {
        tokio::task::spawn_blocking(question)
            .await
            .map_err(|_| StateError::Closed)?
    })
}

impl StateStore for SqliteStore {
    fn find_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Option<AccessKey>> {
        let id = id.clone();
        self.read(move |connection, key| access_key::find(connection, key, &id))
    }

    fn create_access_key<'a>(
        &'a self,
        user: &'a UserName,
        credential: NewCredential,
        now: UnixMillis,
    ) -> Answer<'a, AccessKey> {
        let user = user.clone();
        self.write(move |transaction, key| {
            access_key::create(transaction, key, &user, credential, now)
        })
    }

    fn list_access_keys<'a>(
        &'a self,
        user: Option<&'a UserName>,
    ) -> Answer<'a, Vec<AccessKeyListing>> {
        let user = user.cloned();
        self.read(move |connection, _| access_key::list(connection, user.as_ref()))
    }

    fn set_access_key_status<'a>(
        &'a self,
        id: &'a AccessKeyId,
        status: KeyStatus,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(move |transaction, _| access_key::set_status(transaction, &id, status))
    }

    fn delete_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(move |transaction, _| access_key::delete(transaction, &id))
    }

    fn record_uses<'a>(&'a self, uses: &'a [(AccessKeyId, UnixMillis)]) -> Answer<'a, ()> {
        let uses = uses.to_vec();
        self.writer
            .run(move |transaction| access_key::record_uses(transaction, &uses))
    }

    fn create_user<'a>(
        &'a self,
        name: &'a UserName,
        kind: UserKind,
        now: UnixMillis,
    ) -> Answer<'a, User> {
        let name = name.clone();
        self.write(move |transaction, _| user::create(transaction, &name, kind, now))
    }

    fn find_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, Option<User>> {
        let name = name.clone();
        self.read(move |connection, _| user::find(connection, &name))
    }

    fn list_users(&self) -> Answer<'_, Vec<User>> {
        self.read(|connection, _| user::list(connection))
    }

    fn declare_users<'a>(&'a self, users: &'a [DeclaredUser], now: UnixMillis) -> Answer<'a, ()> {
        let users = users.to_vec();
        self.write(move |transaction, key| declare::declare(transaction, key, &users, now))
    }

    fn create_bucket<'a>(
        &'a self,
        name: &'a BucketName,
        region: &'a str,
        owner: &'a UserName,
        documents: &'a [(BucketDocument, String)],
        now: UnixMillis,
    ) -> Answer<'a, Bucket> {
        let (name, region, owner) = (name.clone(), region.to_owned(), owner.clone());
        let documents = documents.to_vec();
        self.write(move |transaction, _| {
            bucket::create(transaction, &name, region, &owner, documents, now)
        })
    }

    fn find_bucket<'a>(&'a self, name: &'a BucketName) -> Answer<'a, Option<Bucket>> {
        let name = name.clone();
        self.read(move |connection, _| {
            // A bucket and its documents are two questions: both are asked of one snapshot.
            let snapshot = connection.unchecked_transaction()?;
            bucket::find(&snapshot, &name)
        })
    }

    fn list_buckets<'a>(&'a self, owner: Option<&'a UserName>) -> Answer<'a, Vec<Bucket>> {
        let owner = owner.cloned();
        self.read(move |connection, _| bucket::list(connection, owner.as_ref()))
    }

    fn delete_bucket<'a>(&'a self, name: &'a BucketName, id: BucketId) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| bucket::delete(transaction, &name, id))
    }

    fn set_bucket_versioning<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        versioning: Versioning,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| bucket::set_versioning(transaction, &name, id, versioning))
    }

    fn put_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
        document: &'a str,
    ) -> Answer<'a, ()> {
        let (name, document) = (name.clone(), document.to_owned());
        self.write(move |transaction, _| {
            bucket::put_document(transaction, &name, id, kind, &document)
        })
    }

    fn delete_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| bucket::delete_document(transaction, &name, id, kind))
    }

    fn change_token(&self) -> Answer<'_, u64> {
        let shared = Arc::clone(&self.shared);
        in_the_pool(move || {
            shared
                .changes
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .token()
        })
    }
}

#[cfg(test)]
mod tests;
