//! Groups and their members in SQLite.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::{policy, user};
use crate::credential::group_unique_id;
use crate::{Group, GroupName, MAX_GROUPS_PER_USER, StateError, UnixMillis, UserName};

pub(super) fn create(
    transaction: &Transaction<'_>,
    name: &GroupName,
    now: UnixMillis,
) -> Result<Group, StateError> {
    if find(transaction, name)?.is_some() {
        return Err(StateError::GroupAlreadyExists { name: name.clone() });
    }
    let unique_id = group_unique_id()?;
    transaction
        .prepare_cached("INSERT INTO user_group VALUES (?1, ?2, ?3)")?
        .execute((&unique_id, name.as_str(), now))?;
    Ok(Group {
        name: name.clone(),
        unique_id,
        created_at: now,
    })
}

pub(super) fn delete(transaction: &Transaction<'_>, name: &GroupName) -> Result<(), StateError> {
    let id = require(transaction, name)?.unique_id;
    let mut members = transaction.prepare_cached("SELECT 1 FROM membership WHERE group_id = ?1")?;
    if members.exists([&id])? {
        return Err(StateError::GroupNotEmpty { name: name.clone() });
    }
    for sql in [
        "DELETE FROM policy WHERE owner_id = ?1",
        "DELETE FROM attachment WHERE owner_id = ?1",
        "DELETE FROM user_group WHERE unique_id = ?1",
    ] {
        transaction.prepare_cached(sql)?.execute([&id])?;
    }
    Ok(())
}

pub(super) fn list(connection: &Connection) -> Result<Vec<Group>, StateError> {
    let mut statement = connection
        .prepare_cached("SELECT name, unique_id, created_at FROM user_group ORDER BY name")?;
    statement.query_and_then([], of_row)?.collect()
}

pub(super) fn add_member(
    transaction: &Transaction<'_>,
    group: &GroupName,
    member: &UserName,
) -> Result<(), StateError> {
    let group_id = require(transaction, group)?.unique_id;
    let user = policy::require_bound(transaction, member)?;
    transaction
        .prepare_cached("INSERT INTO membership VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((&user.unique_id, group_id))?;
    if of_user(transaction, &user.unique_id)?.len() > MAX_GROUPS_PER_USER {
        return Err(StateError::TooManyGroups {
            user: user.name,
            limit: MAX_GROUPS_PER_USER,
        });
    }
    Ok(())
}

pub(super) fn remove_member(
    transaction: &Transaction<'_>,
    group: &GroupName,
    member: &UserName,
) -> Result<(), StateError> {
    let group_id = require(transaction, group)?.unique_id;
    let user = user::require(transaction, member)?;
    let removed = transaction
        .prepare_cached("DELETE FROM membership WHERE user_id = ?1 AND group_id = ?2")?
        .execute((&user.unique_id, group_id))?;
    if removed == 0 {
        return Err(StateError::NotInGroup {
            user: user.name,
            group: group.clone(),
        });
    }
    Ok(())
}

pub(super) fn members(
    connection: &Connection,
    group: &GroupName,
) -> Result<Vec<UserName>, StateError> {
    let group_id = require(connection, group)?.unique_id;
    let mut statement = connection.prepare_cached(
        "SELECT user.name FROM membership JOIN user ON user.unique_id = membership.user_id \
         WHERE membership.group_id = ?1 ORDER BY user.name",
    )?;
    statement
        .query_and_then([group_id], |row| user::name_of(row, 0))?
        .collect()
}

/// The groups of the user with this unique id, by name.
pub(super) fn of_user(
    connection: &Connection,
    user_id: &str,
) -> Result<Vec<GroupName>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT user_group.name \
         FROM membership JOIN user_group ON user_group.unique_id = membership.group_id \
         WHERE membership.user_id = ?1 ORDER BY user_group.name",
    )?;
    statement.query_and_then([user_id], name_of)?.collect()
}

/// Finds a group that has to be there.
pub(super) fn require(connection: &Connection, name: &GroupName) -> Result<Group, StateError> {
    find(connection, name)?.ok_or_else(|| StateError::NoSuchGroup { name: name.clone() })
}

fn find(connection: &Connection, name: &GroupName) -> Result<Option<Group>, StateError> {
    let found = connection
        .prepare_cached("SELECT name, unique_id, created_at FROM user_group WHERE name = ?1")?
        .query_row([name.as_str()], |row| Ok(of_row(row)))
        .optional()?;
    found.transpose()
}

fn of_row(row: &Row<'_>) -> Result<Group, StateError> {
    Ok(Group {
        name: name_of(row)?,
        unique_id: row.get(1)?,
        created_at: row.get(2)?,
    })
}

fn name_of(row: &Row<'_>) -> Result<GroupName, StateError> {
    let name: String = row.get(0)?;
    GroupName::parse(&name).map_err(|_| StateError::unexpected("user_group.name"))
}
