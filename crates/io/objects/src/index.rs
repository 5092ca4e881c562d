//! The object index in SQLite: opening it, and asking it questions.
//!
//! WAL mode: the writer thread has the one writing connection, readers take theirs from a small pool
//! and never wait for it.
//!
//! COST: pages of 4 KiB. Relaxed puts of 1 KiB by 64 clients ran at 60, 30 and 23 thousand a second
//! with 4, 8 and 16 KiB (a WAL takes whole pages), and bodies of 64 KiB gained nothing by larger ones;
//! one run each on a busy machine, so read the order and not the figures.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_s3::BucketId;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::{Durability, ObjectId, StoreError, layout};

/// The steps from an empty index to today's schema. Published steps are never edited.
const STEPS: &[M<'static>] = &[M::up(include_str!("../migrations/1.sql"))];

const PAGE_BYTES: i64 = 4096;

/// How many ids one opening may hand out.
const IDS_PER_OPENING: i64 = 1 << 32;

/// How many statements a connection keeps prepared: more than there are.
const PREPARED_STATEMENTS: usize = 64;

/// The WAL file is cut back to this size when it starts anew.
const WAL_KEPT_BYTES: i64 = 64 << 20;

/// The reading side of the index.
pub(crate) struct Index {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Index {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::default(),
        }
    }

    /// Asks a question on a connection that only reads.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = idle.map_or_else(|| self.open_reader(), Ok)?;
        let answer = question(&connection);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        answer
    }

    fn open_reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        Ok(connection)
    }
}

/// Opens the connection that writes, bringing the schema up to date. The caller holds the directory.
pub(crate) fn open_writer(path: &Path, durability: Durability) -> Result<Connection, StoreError> {
    if !path.exists() {
        layout::create_file(path).map_err(|error| StoreError::file("create", path, &error))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", synchronous(durability))?;
    connection.pragma_update(None, "journal_size_limit", WAL_KEPT_BYTES)?;
    // The housekeeper does it, off the way of those who wait for a commit.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Migrations::from_slice(STEPS).to_latest(&mut connection)?;
    Ok(connection)
}

/// Opens the connection that moves the WAL into the database.
pub(crate) fn open_checkpointer(
    path: &Path,
    durability: Durability,
) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "synchronous", synchronous(durability))?;
    Ok(connection)
}

/// Reserves the ids of this opening, for ever, and says the first.
pub(crate) fn reserve_ids(writer: &Connection) -> Result<ObjectId, StoreError> {
    let next: i64 = writer.query_row(
        "UPDATE next_id SET id = id + ?1 RETURNING id",
        [IDS_PER_OPENING],
        |row| row.get(0),
    )?;
    Ok(ObjectId((next - IDS_PER_OPENING).cast_unsigned()))
}

/// A bucket's number as SQLite keeps it: the same 64 bits, with a sign.
pub(crate) fn column(bucket: BucketId) -> i64 {
    bucket.0.cast_signed()
}

fn synchronous(durability: Durability) -> &'static str {
    match durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "NORMAL",
    }
}
