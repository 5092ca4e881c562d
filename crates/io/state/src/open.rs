//! Opening the state, wherever it is.

use std::path::Path;
use std::sync::Arc;

use crate::{PostgresStore, SqliteStore, StateError, StateStore, StateUrl};

/// Opens the state that `url` names. The data directory is the node's own: the SQLite file is in it, and
/// the master key in any case.
///
/// # Errors
/// [`StateError`] if the state cannot be used, or the master key is missing, foreign or readable by others.
pub fn open(url: &StateUrl, data_directory: &Path) -> Result<Arc<dyn StateStore>, StateError> {
    Ok(match url {
        StateUrl::Postgres(url) => Arc::new(PostgresStore::open(url, data_directory)?),
        StateUrl::Sqlite => Arc::new(SqliteStore::open(data_directory)?),
    })
}
