//! Policies of one owner, and all that decides what somebody may do, in SQLite.

use rusqlite::{Connection, Row, Transaction};

use super::{attachment, boundary, group, role, user};
use crate::authority::{check_document, check_tags};
use crate::{
    Authority, MAX_POLICIES_PER_OWNER, PolicyName, PolicyOwner, Role, StateError, StoredPolicy,
    User, UserKind, UserName,
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
    let mut tags =
        connection.prepare_cached("SELECT key, value FROM user_tag WHERE user_id = ?1")?;
    let groups = group::of_user(connection, id)?;
    let mut policies = of_owner(connection, &PolicyOwner::User(of.name.clone()), id)?;
    for name in &groups {
        let group_id = group::require(connection, name)?.unique_id;
        let owner = PolicyOwner::Group(name.clone());
        policies.extend(of_owner(connection, &owner, &group_id)?);
    }
    Ok(Authority {
        groups,
        policies,
        boundary: boundary::document(connection, id)?,
        tags: tags
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?,
    })
}

/// Reads all that decides what a role may do. Whoever calls holds one snapshot.
pub(super) fn authority_of_role(
    connection: &Connection,
    of: &Role,
) -> Result<Authority, StateError> {
    let owner = PolicyOwner::Role(of.name.clone());
    Ok(Authority {
        groups: Vec::new(),
        policies: of_owner(connection, &owner, &of.unique_id)?,
        boundary: boundary::document(connection, &of.unique_id)?,
        tags: of.tags.clone(),
    })
}

pub(super) fn set_tags(
    transaction: &Transaction<'_>,
    of: &UserName,
    tags: &[(String, String)],
) -> Result<(), StateError> {
    check_tags(tags)?;
    let user = user::require(transaction, of)?;
    replace_user_tags(transaction, &user.unique_id, tags)
}

pub(super) fn replace_user_tags(
    transaction: &Transaction<'_>,
    id: &str,
    tags: &[(String, String)],
) -> Result<(), StateError> {
    transaction
        .prepare_cached("DELETE FROM user_tag WHERE user_id = ?1")?
        .execute([id])?;
    let mut statement = transaction.prepare_cached("INSERT INTO user_tag VALUES (?1, ?2, ?3)")?;
    for (key, value) in tags {
        statement.execute((id, key, value))?;
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

/// The unique id of an owner whom policies bind.
pub(super) fn bound_owner(
    connection: &Connection,
    owner: &PolicyOwner,
) -> Result<String, StateError> {
    match owner {
        PolicyOwner::Group(name) => Ok(group::require(connection, name)?.unique_id),
        PolicyOwner::Role(name) => Ok(role::require(connection, name)?.unique_id),
        PolicyOwner::User(name) => Ok(require_bound(connection, name)?.unique_id),
    }
}

/// The unique id of an owner.
pub(super) fn owner_id(connection: &Connection, owner: &PolicyOwner) -> Result<String, StateError> {
    match owner {
        PolicyOwner::User(name) => Ok(user::require(connection, name)?.unique_id),
        other => bound_owner(connection, other),
    }
}

/// The policies of an owner's own, then those attached to it, each by name.
fn of_owner(
    connection: &Connection,
    owner: &PolicyOwner,
    id: &str,
) -> Result<Vec<StoredPolicy>, StateError> {
    let mut own = connection
        .prepare_cached("SELECT name, document FROM policy WHERE owner_id = ?1 ORDER BY name")?;
    let mut policies: Vec<StoredPolicy> = own
        .query_and_then([id], |row| of_row(row, owner.clone()))?
        .collect::<Result<_, _>>()?;
    policies.extend(attachment::documents(connection, owner, id)?);
    Ok(policies)
}

fn of_row(row: &Row<'_>, owner: PolicyOwner) -> Result<StoredPolicy, StateError> {
    let name: String = row.get(0)?;
    Ok(StoredPolicy {
        owner,
        name: PolicyName::parse(&name).map_err(|_| StateError::unexpected("policy.name"))?,
        document: row.get(1)?,
        managed: None,
    })
}
