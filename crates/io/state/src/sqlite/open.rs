//! Opening the database: directory, files, schema, master key.
//!
//! Opening is done under an exclusive lock on a file of its own, so that two processes starting at
//! once agree on one schema and one master key. (Not on the database file: closing any descriptor of
//! that one would drop SQLite's own locks on it.)

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use rusqlite_migration::{M, Migrations};
use rustix::fs::{FlockOperation, flock};

use super::change::ChangeWatch;
use super::writer::Writer;
use super::{Shared, SqliteStore};
use crate::StateError;
use crate::data_directory;
use crate::master_key::{MASTER_KEY_FILE, MasterKey};

const DATABASE_FILE: &str = "state.db";
const LOCK_FILE: &str = "state.lock";

/// How long one process waits for another's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many statements a connection keeps prepared: more than there are verbs that are asked often.
const PREPARED: usize = 128;

/// The steps from an empty database to today's schema. Published steps are never edited.
const STEPS: &[M<'static>] = &[
    M::up(include_str!("../../migrations/sqlite/1.sql")),
    M::up(include_str!("../../migrations/sqlite/2.sql")),
    M::up(include_str!("../../migrations/sqlite/3.sql")),
];

impl SqliteStore {
    /// Opens the state in this directory, creating directory, database and master key if need be.
    ///
    /// # Errors
    /// [`StateError`] if a file cannot be used, the master key is missing, foreign or readable by
    /// others, or the database comes from a newer release.
    pub fn open(data_directory: &Path) -> Result<Self, StateError> {
        data_directory::create(data_directory)?;
        let lock = lock(&data_directory.join(LOCK_FILE))?;
        let database = data_directory.join(DATABASE_FILE);
        create_file(&database)?;
        let mut connection = writer(&database)?;
        Migrations::from_slice(STEPS).to_latest(&mut connection)?;
        let master_key = master_key(&connection, &data_directory.join(MASTER_KEY_FILE))?;
        drop(lock);

        let changes = Mutex::new(ChangeWatch::new(reader(&database)?));
        let shared = Shared {
            database,
            master_key,
            idle_readers: Mutex::default(),
            changes,
        };
        Ok(Self {
            shared: Arc::new(shared),
            writer: Writer::start(connection)?,
        })
    }
}

/// Opens a read-only connection.
pub(super) fn reader(database: &Path) -> Result<Connection, StateError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    Ok(connection)
}

fn writer(database: &Path) -> Result<Connection, StateError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Reads the master key and makes sure it is the right one; makes one if nothing is sealed yet.
fn master_key(connection: &Connection, path: &Path) -> Result<MasterKey, StateError> {
    let fingerprint: Option<Vec<u8>> = connection
        .query_row("SELECT fingerprint FROM master_key", [], |row| row.get(0))
        .optional()?;
    let (key, made) = MasterKey::of_state(path, fingerprint.as_deref())?;
    if let Some(fingerprint) = made {
        connection.execute("INSERT INTO master_key VALUES (1, ?1)", [fingerprint])?;
    }
    Ok(key)
}

/// Creates the database file before SQLite would, which goes by the umask.
fn create_file(path: &Path) -> Result<(), StateError> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let private = fs::Permissions::from_mode(0o600);
            fs::set_permissions(path, private).map_err(|e| StateError::file("protect", path, &e))
        }
        Err(error) => Err(StateError::file("create", path, &error)),
    }
}

/// Waits for the lock that one opening process holds; it ends with the file.
fn lock(path: &Path) -> Result<File, StateError> {
    let open = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    let file = open.map_err(|error| StateError::file("open", path, &error))?;
    flock(&file, FlockOperation::LockExclusive)
        .map_err(|error| StateError::file("lock", path, &error.into()))?;
    Ok(file)
}
