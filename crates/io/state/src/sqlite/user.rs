//! Users in SQLite.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::text::AsWord;
use super::{boundary, policy};
use crate::authority::check_tags;
use crate::credential::user_unique_id;
use crate::{
    FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, IamPath, NewUser, Origin, PrincipalName, StateError,
    UnixMillis, User, UserKind, UserName,
};

/// The columns that [`of_row`] reads, for queries that join the table `user`.
pub(super) const COLUMNS: &str = "user.name, user.kind, user.unique_id, user.created_at, user.path";
/// How many columns these are.
pub(super) const COLUMN_COUNT: usize = 5;

pub(super) fn create(
    transaction: &Transaction<'_>,
    new: &NewUser,
    origin: Origin,
    now: UnixMillis,
) -> Result<User, StateError> {
    let NewUser { name, kind, .. } = new;
    if find(transaction, name)?.is_some() {
        return Err(StateError::UserAlreadyExists { name: name.clone() });
    }
    if *kind == UserKind::Root && root_exists(transaction)? {
        return Err(StateError::RootAlreadyExists);
    }
    if *kind == UserKind::Ordinary && name.is_root() {
        return Err(StateError::RootNameReserved);
    }
    check_tags(&new.tags)?;
    let unique_id = user_unique_id()?;
    transaction
        .prepare_cached(
            "INSERT INTO user (unique_id, name, kind, created_at, path, origin) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            &unique_id,
            name.as_str(),
            AsWord(*kind),
            now,
            new.path.as_str(),
            AsWord(origin),
        ))?;
    if *kind == UserKind::Ordinary && new.full_access {
        policy::insert(
            transaction,
            &unique_id,
            FULL_ACCESS_NAME,
            FULL_ACCESS_DOCUMENT,
        )?;
    }
    if let Some(boundary) = &new.boundary {
        boundary::set(
            transaction,
            &PrincipalName::User(name.clone()),
            Some(boundary),
        )?;
    }
    policy::replace_user_tags(transaction, &unique_id, &new.tags)?;
    Ok(User {
        name: name.clone(),
        path: new.path.clone(),
        kind: *kind,
        unique_id,
        created_at: now,
    })
}

pub(super) fn delete(transaction: &Transaction<'_>, name: &UserName) -> Result<(), StateError> {
    let user = require(transaction, name)?;
    if user.kind == UserKind::Root {
        return Err(StateError::RootKept);
    }
    match holds(transaction, &user)? {
        Some(holds) => Err(StateError::UserNotEmpty {
            name: user.name,
            holds,
        }),
        None => remove(transaction, &user),
    }
}

/// What keeps a user from being deleted, if anything does.
pub(super) fn holds(
    connection: &Connection,
    user: &User,
) -> Result<Option<&'static str>, StateError> {
    for (sql, holds) in [
        ("SELECT 1 FROM access_key WHERE user_id = ?1", "access keys"),
        ("SELECT 1 FROM policy WHERE owner_id = ?1", "policies"),
        (
            "SELECT 1 FROM attachment WHERE owner_id = ?1",
            "attached policies",
        ),
        (
            "SELECT 1 FROM membership WHERE user_id = ?1",
            "group memberships",
        ),
        ("SELECT 1 FROM bucket WHERE owner_id = ?1", "buckets"),
    ] {
        if connection.prepare_cached(sql)?.exists([&user.unique_id])? {
            return Ok(Some(holds));
        }
    }
    Ok(None)
}

/// Removes a user who holds nothing.
pub(super) fn remove(transaction: &Transaction<'_>, user: &User) -> Result<(), StateError> {
    for sql in [
        "DELETE FROM user_tag WHERE user_id = ?1",
        "DELETE FROM user WHERE unique_id = ?1",
    ] {
        transaction
            .prepare_cached(sql)?
            .execute([&user.unique_id])?;
    }
    Ok(())
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
        path: path_of(row, 4)?,
    })
}

/// Finds the user with this unique id.
pub(super) fn find_by_id(connection: &Connection, id: &str) -> Result<Option<User>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM user WHERE unique_id = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([id], |row| Ok(of_row(row)))
        .optional()?;
    found.transpose()
}

/// Reads a path from one column.
pub(super) fn path_of(row: &Row<'_>, column: usize) -> Result<IamPath, StateError> {
    let path: String = row.get(column)?;
    IamPath::parse(&path).map_err(|_| StateError::unexpected("path"))
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
