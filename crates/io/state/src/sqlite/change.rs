//! The change token, a count that every noticeable change moves, and the serial number of revocations.
//!
//! Both lie in the database, so they are one and the same for every process. `PRAGMA data_version`
//! tells cheaply, without touching a table, whether anyone committed since the last look; only then
//! are they read again.

use rusqlite::{Connection, Transaction};

use super::revocation;
use crate::{Pulse, StateError};

/// A connection of its own that sees everybody's commits, with what it saw last.
pub(super) struct ChangeWatch {
    connection: Connection,
    seen: Option<Seen>,
}

#[derive(Clone, Copy)]
struct Seen {
    data_version: i64,
    pulse: Pulse,
}

impl ChangeWatch {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            seen: None,
        }
    }

    /// Both numbers as they stand now.
    pub(super) fn pulse(&mut self) -> Result<Pulse, StateError> {
        let data_version = self
            .connection
            .pragma_query_value(None, "data_version", |row| row.get(0))?;
        match self.seen {
            Some(seen) if seen.data_version == data_version => Ok(seen.pulse),
            _ => {
                let pulse = Pulse {
                    change_token: self.count()?,
                    revocation_serial: revocation::latest(&self.connection)?,
                };
                self.seen = Some(Seen {
                    data_version,
                    pulse,
                });
                Ok(pulse)
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
