//! Policies, boundaries and tags in SQLite.

use rusqlite::{Connection, Row, Transaction};

use super::{group, user};
use crate::authority::{check_document, check_tags};
use crate::{
    Authority, GroupName, MAX_POLICIES_PER_OWNER, PolicyName, PolicyOwner, StateError,
    StoredPolicy, User, UserKind, UserName,
};

pub(super) fn put(
    transaction: &Transaction<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
    document: &str,
) -> Result<(), StateError> {
    check_document(document)?;
    let owner_id = bound_owner(transaction, owner)?;
    insert(transaction, &owner_id, name.as_str(), document)?;
    let mut statement =
        transaction.prepare_cached("SELECT count(*) FROM policy WHERE owner_id = ?1")?;
    let policies: i64 = statement.query_row([&owner_id], |row| row.get(0))?;
    if usize::try_from(policies).is_ok_and(|policies| policies <= MAX_POLICIES_PER_OWNER) {
        return Ok(());
    }
    Err(StateError::TooManyPolicies {
        limit: MAX_POLICIES_PER_OWNER,
    })
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    owner_id: &str,
    name: &str,
    document: &str,
) -> Result<(), StateError> {
    transaction
        .prepare_cached(
            "INSERT INTO policy VALUES (?1, ?2, ?3) \
             ON CONFLICT DO UPDATE SET document = excluded.document",
        )?
        .execute((owner_id, name, document))?;
    Ok(())
}

pub(super) fn delete(
    transaction: &Transaction<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
) -> Result<(), StateError> {
    let owner_id = owner_id(transaction, owner)?;
    let deleted = transaction
        .prepare_cached("DELETE FROM policy WHERE owner_id = ?1 AND name = ?2")?
        .execute((owner_id, name.as_str()))?;
    if deleted == 0 {
        return Err(StateError::NoSuchPolicy { name: name.clone() });
    }
    Ok(())
}

pub(super) fn list(
    connection: &Connection,
    owner: &PolicyOwner,
) -> Result<Vec<StoredPolicy>, StateError> {
    let owner_id = owner_id(connection, owner)?;
    let mut statement = connection
        .prepare_cached("SELECT name, document FROM policy WHERE owner_id = ?1 ORDER BY name")?;
    statement
        .query_and_then([owner_id], |row| of_row(row, owner.clone()))?
        .collect()
}

/// Reads all that decides what a user may do. Whoever calls holds one snapshot.
pub(super) fn authority(connection: &Connection, of: &User) -> Result<Authority, StateError> {
    let id = of.unique_id.as_str();
    let mut boundary =
        connection.prepare_cached("SELECT boundary FROM user WHERE unique_id = ?1")?;
    let mut tags =
        connection.prepare_cached("SELECT key, value FROM user_tag WHERE user_id = ?1")?;
    Ok(Authority {
        groups: group::of_user(connection, id)?,
        policies: policies_of_user(connection, of)?,
        boundary: boundary.query_row([id], |row| row.get(0))?,
        tags: tags
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?,
    })
}

pub(super) fn set_boundary(
    transaction: &Transaction<'_>,
    of: &UserName,
    document: Option<&str>,
) -> Result<(), StateError> {
    document.map_or(Ok(()), check_document)?;
    let user = require_bound(transaction, of)?;
    transaction
        .prepare_cached("UPDATE user SET boundary = ?2 WHERE unique_id = ?1")?
        .execute((&user.unique_id, document))?;
    Ok(())
}

pub(super) fn set_tags(
    transaction: &Transaction<'_>,
    of: &UserName,
    tags: &[(String, String)],
) -> Result<(), StateError> {
    check_tags(tags)?;
    let user = user::require(transaction, of)?;
    transaction
        .prepare_cached("DELETE FROM user_tag WHERE user_id = ?1")?
        .execute([&user.unique_id])?;
    let mut statement = transaction.prepare_cached("INSERT INTO user_tag VALUES (?1, ?2, ?3)")?;
    for (key, value) in tags {
        statement.execute((&user.unique_id, key, value))?;
    }
    Ok(())
}

/// Finds a user whom policies bind.
pub(super) fn require_bound(connection: &Connection, name: &UserName) -> Result<User, StateError> {
    let user = user::require(connection, name)?;
    match user.kind {
        UserKind::Ordinary => Ok(user),
        UserKind::Root => Err(StateError::RootUnbound),
    }
}

fn bound_owner(connection: &Connection, owner: &PolicyOwner) -> Result<String, StateError> {
    match owner {
        PolicyOwner::Group(name) => Ok(group::require(connection, name)?.unique_id),
        PolicyOwner::User(name) => Ok(require_bound(connection, name)?.unique_id),
    }
}

fn owner_id(connection: &Connection, owner: &PolicyOwner) -> Result<String, StateError> {
    match owner {
        PolicyOwner::Group(name) => Ok(group::require(connection, name)?.unique_id),
        PolicyOwner::User(name) => Ok(user::require(connection, name)?.unique_id),
    }
}

fn policies_of_user(connection: &Connection, of: &User) -> Result<Vec<StoredPolicy>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT policy.name, policy.document, user_group.name \
         FROM policy LEFT JOIN user_group ON user_group.unique_id = policy.owner_id \
         WHERE policy.owner_id = ?1 \
            OR policy.owner_id IN (SELECT group_id FROM membership WHERE user_id = ?1) \
         ORDER BY user_group.name, policy.name",
    )?;
    let with_owner = |row: &Row<'_>| {
        let owner = match row.get::<_, Option<String>>(2)? {
            None => PolicyOwner::User(of.name.clone()),
            Some(name) => PolicyOwner::Group(
                GroupName::parse(&name).map_err(|_| StateError::unexpected("user_group.name"))?,
            ),
        };
        of_row(row, owner)
    };
    statement
        .query_and_then([&of.unique_id], with_owner)?
        .collect()
}

fn of_row(row: &Row<'_>, owner: PolicyOwner) -> Result<StoredPolicy, StateError> {
    let name: String = row.get(0)?;
    Ok(StoredPolicy {
        owner,
        name: PolicyName::parse(&name).map_err(|_| StateError::unexpected("policy.name"))?,
        document: row.get(1)?,
    })
}
