//! Tags of roles, managed policies and providers in SQLite.

use rusqlite::{Connection, Transaction};

use crate::StateError;

/// Makes the tags of an owner exactly these, which were checked.
pub(super) fn replace(
    transaction: &Transaction<'_>,
    owner_id: &str,
    tags: &[(String, String)],
) -> Result<(), StateError> {
    transaction
        .prepare_cached("DELETE FROM tag WHERE owner_id = ?1")?
        .execute([owner_id])?;
    let mut statement = transaction.prepare_cached("INSERT INTO tag VALUES (?1, ?2, ?3)")?;
    for (key, value) in tags {
        statement.execute((owner_id, key, value))?;
    }
    Ok(())
}

/// The tags of an owner, by key.
pub(super) fn list(
    connection: &Connection,
    owner_id: &str,
) -> Result<Vec<(String, String)>, StateError> {
    let mut statement =
        connection.prepare_cached("SELECT key, value FROM tag WHERE owner_id = ?1 ORDER BY key")?;
    let tags = statement.query_map([owner_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(tags.collect::<Result<_, _>>()?)
}
