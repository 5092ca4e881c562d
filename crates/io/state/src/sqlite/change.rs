//! The change token: a count that every noticeable change moves.
//!
//! The count lies in the database, so it is one and the same for every process. `PRAGMA data_version`
//! tells cheaply, without touching a table, whether anyone committed since the last look; only then
//! is the count read again.

use rusqlite::{Connection, Transaction};

use crate::StateError;

/// A connection of its own that sees everybody's commits, with what it saw last.
pub(super) struct ChangeWatch {
    connection: Connection,
    seen: Option<Seen>,
}

#[derive(Clone, Copy)]
struct Seen {
    data_version: i64,
    count: u64,
}

impl ChangeWatch {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            seen: None,
        }
    }

    /// The count as it stands now.
    pub(super) fn token(&mut self) -> Result<u64, StateError> {
        let data_version = self
            .connection
            .pragma_query_value(None, "data_version", |row| row.get(0))?;
        match self.seen {
            Some(seen) if seen.data_version == data_version => Ok(seen.count),
            _ => {
                let count = self.count()?;
                self.seen = Some(Seen {
                    data_version,
                    count,
                });
                Ok(count)
            }
        }
    }

    fn count(&self) -> Result<u64, StateError> {
        let mut statement = self.connection.prepare_cached("SELECT count FROM change")?;
        let count: i64 = statement.query_row([], |row| row.get(0))?;
        u64::try_from(count).map_err(|_| StateError::unexpected("change.count"))
    }
}

/// Moves the count, as part of the change itself.
pub(super) fn note(transaction: &Transaction<'_>) -> Result<(), StateError> {
    transaction
        .prepare_cached("UPDATE change SET count = count + 1")?
        .execute([])?;
    Ok(())
}
