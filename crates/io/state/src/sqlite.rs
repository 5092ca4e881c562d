//! The embedded engine: one SQLite database in the data directory.
//!
//! A writer thread owns the one connection that writes; questions go to a small set of read-only
//! connections in tokio's blocking pool. The server and the command line may use the same file at
//! once: SQLite's WAL lets readers go on, and writers wait their turn.
//!
//! INVARIANT: the data directory is created with mode 0700 and every file in it with 0600.

mod access_key;
mod attachment;
mod boundary;
mod bucket;
mod change;
mod declare;
mod filter;
mod group;
mod issued_link;
mod link_use;
mod managed_policy;
mod oidc_provider;
mod open;
mod policy;
mod revocation;
mod role;
mod rotation;
mod sealing_key;
mod share;
mod store;
mod tag;
mod text;
mod user;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction};

use self::change::ChangeWatch;
use self::writer::Writer;
use crate::master_key::MasterKey;
use crate::{Answer, StateError};

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
    /// Answers a question of one snapshot on a read-only connection, in the blocking pool.
    fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection, &MasterKey) -> Result<T, StateError> + Send + 'static,
    ) -> Answer<'_, T> {
        let shared = Arc::clone(&self.shared);
        in_the_pool(move || {
            let reader = shared.take_reader()?;
            let answer = in_one_snapshot(&reader, &shared.master_key, question);
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

/// A question is often several to the database: all are asked of one moment.
fn in_one_snapshot<T>(
    reader: &Connection,
    master_key: &MasterKey,
    question: impl FnOnce(&Connection, &MasterKey) -> Result<T, StateError>,
) -> Result<T, StateError> {
    let snapshot = reader.unchecked_transaction()?;
    question(&snapshot, master_key)
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

#[cfg(test)]
mod tests;
