//! Users in SQLite.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::policy;
use super::text::AsWord;
use crate::credential::user_unique_id;
use crate::{
    FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, StateError, UnixMillis, User, UserKind, UserName,
};

/// The columns that [`of_row`] reads, for queries that join the table `user`.
pub(super) const COLUMNS: &str = "user.name, user.kind, user.unique_id, user.created_at";

pub(super) fn create(
    transaction: &Transaction<'_>,
    name: &UserName,
    kind: UserKind,
    now: UnixMillis,
) -> Result<User, StateError> {
    if find(transaction, name)?.is_some() {
        return Err(StateError::UserAlreadyExists { name: name.clone() });
    }
    if kind == UserKind::Root && root_exists(transaction)? {
        return Err(StateError::RootAlreadyExists);
    }
    if kind == UserKind::Ordinary && name.is_root() {
        return Err(StateError::RootNameReserved);
    }
    let unique_id = user_unique_id()?;
    transaction
        .prepare_cached(
            "INSERT INTO user (unique_id, name, kind, created_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((&unique_id, name.as_str(), AsWord(kind), now))?;
    if kind == UserKind::Ordinary {
        policy::insert(
            transaction,
            &unique_id,
            FULL_ACCESS_NAME,
            FULL_ACCESS_DOCUMENT,
        )?;
    }
    Ok(User {
        name: name.clone(),
        kind,
        unique_id,
        created_at: now,
    })
}

pub(super) fn find(connection: &Connection, name: &UserName) -> Result<Option<User>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM user WHERE name = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([name.as_str()], |row| Ok(of_row(row)))
        .optional()?;
    found.transpose()
}

/// Finds a user who has to be there.
pub(super) fn require(connection: &Connection, name: &UserName) -> Result<User, StateError> {
    find(connection, name)?.ok_or_else(|| StateError::NoSuchUser { name: name.clone() })
}

pub(super) fn list(connection: &Connection) -> Result<Vec<User>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM user ORDER BY name");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_and_then([], of_row)?.collect()
}

/// Reads a user from the first columns of a row.
pub(super) fn of_row(row: &Row<'_>) -> Result<User, StateError> {
    Ok(User {
        name: name_of(row, 0)?,
        kind: row.get::<_, AsWord<_>>(1)?.0,
        unique_id: row.get(2)?,
        created_at: row.get(3)?,
    })
}

/// Reads a user's name from one column.
pub(super) fn name_of(row: &Row<'_>, column: usize) -> Result<UserName, StateError> {
    let name: String = row.get(column)?;
    UserName::parse(&name).map_err(|_| StateError::unexpected("user.name"))
}

fn root_exists(connection: &Connection) -> Result<bool, StateError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM user WHERE kind = ?1")?;
    Ok(statement.exists([AsWord(UserKind::Root)])?)
}
