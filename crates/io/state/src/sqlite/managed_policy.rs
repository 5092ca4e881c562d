//! Managed policies and their versions in SQLite.

use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, Transaction};

use super::tag;
use super::text::AsWord;
use super::user::path_of;
use crate::authority::{check_document, check_tags};
use crate::credential::policy_unique_id;
use crate::role::check_description;
use crate::{
    MAX_POLICY_VERSIONS, ManagedPolicy, NewManagedPolicy, Origin, PolicyArn, PolicyName,
    PolicyVersion, StateError, UnixMillis,
};

const COLUMNS: &str = "managed_policy.name, managed_policy.path, managed_policy.unique_id, \
     managed_policy.default_version, managed_policy.created_at, managed_policy.updated_at, \
     managed_policy.description, managed_policy.origin, \
     (SELECT count(*) FROM attachment WHERE policy_id = managed_policy.unique_id), \
     (SELECT count(*) FROM user WHERE boundary_policy = managed_policy.unique_id) \
       + (SELECT count(*) FROM role WHERE boundary_policy = managed_policy.unique_id)";

pub(super) fn create(
    transaction: &Transaction<'_>,
    new: &NewManagedPolicy,
    origin: Origin,
    now: UnixMillis,
) -> Result<ManagedPolicy, StateError> {
    check_document(&new.document)?;
    check_description(new.description.as_deref())?;
    check_tags(&new.tags)?;
    let name = &new.name;
    if find(transaction, name)?.is_some() {
        return Err(StateError::PolicyAlreadyExists { name: name.clone() });
    }
    let unique_id = policy_unique_id()?;
    transaction
        .prepare_cached("INSERT INTO managed_policy VALUES (?1, ?2, ?3, ?4, 1, 2, ?5, ?5, ?6)")?
        .execute((
            &unique_id,
            name.as_str(),
            new.path.as_str(),
            &new.description,
            now,
            AsWord(origin),
        ))?;
    insert_version(transaction, &unique_id, 1, &new.document, now)?;
    tag::replace(transaction, &unique_id, &new.tags)?;
    require(transaction, name)
}

pub(super) fn find(
    connection: &Connection,
    name: &PolicyName,
) -> Result<Option<ManagedPolicy>, StateError> {
    let found = list_where(connection, "managed_policy.name = ?1", &name.as_str())?;
    Ok(found.into_iter().next())
}

/// Finds a managed policy that has to be there.
pub(super) fn require(
    connection: &Connection,
    name: &PolicyName,
) -> Result<ManagedPolicy, StateError> {
    let found = find(connection, name)?;
    found.ok_or_else(|| StateError::NoSuchManagedPolicy { name: name.clone() })
}

/// Finds a managed policy that may be changed at run time.
pub(super) fn require_stored(
    connection: &Connection,
    name: &PolicyName,
) -> Result<ManagedPolicy, StateError> {
    let policy = require(connection, name)?;
    match policy.origin {
        Origin::Aws => Err(StateError::PolicyBuiltIn { name: policy.name }),
        Origin::Declared => Err(StateError::Declared {
            what: "policy",
            name: policy.name.to_string(),
        }),
        Origin::Stored => Ok(policy),
    }
}

pub(super) fn list(connection: &Connection) -> Result<Vec<ManagedPolicy>, StateError> {
    list_where(connection, "?1 IS NULL", &None::<String>)
}

/// Lists those for which a condition on `?1` holds, by name.
pub(super) fn list_where(
    connection: &Connection,
    condition: &str,
    parameter: &dyn ToSql,
) -> Result<Vec<ManagedPolicy>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM managed_policy WHERE {condition} ORDER BY name");
    let mut statement = connection.prepare_cached(&sql)?;
    let of_row = |row: &Row<'_>| of_row(connection, row);
    statement.query_and_then([parameter], of_row)?.collect()
}

pub(super) fn delete(transaction: &Transaction<'_>, name: &PolicyName) -> Result<(), StateError> {
    let policy = require_stored(transaction, name)?;
    remove(transaction, &policy)
}

/// Removes a managed policy that nobody has.
pub(super) fn remove(
    transaction: &Transaction<'_>,
    policy: &ManagedPolicy,
) -> Result<(), StateError> {
    if policy.attachment_count > 0 || policy.boundary_count > 0 {
        let name = policy.name.clone();
        return Err(StateError::PolicyInUse { name });
    }
    for sql in [
        "DELETE FROM tag WHERE owner_id = ?1",
        "DELETE FROM policy_version WHERE policy_id = ?1",
        "DELETE FROM managed_policy WHERE unique_id = ?1",
    ] {
        transaction
            .prepare_cached(sql)?
            .execute([&policy.unique_id])?;
    }
    Ok(())
}

pub(super) fn set_tags(
    transaction: &Transaction<'_>,
    name: &PolicyName,
    tags: &[(String, String)],
) -> Result<(), StateError> {
    check_tags(tags)?;
    let policy = require_stored(transaction, name)?;
    tag::replace(transaction, &policy.unique_id, tags)
}

pub(super) fn create_version(
    transaction: &Transaction<'_>,
    name: &PolicyName,
    document: &str,
    set_default: bool,
    now: UnixMillis,
) -> Result<PolicyVersion, StateError> {
    check_document(document)?;
    let policy = require_stored(transaction, name)?;
    if versions(transaction, name)?.len() >= MAX_POLICY_VERSIONS {
        return Err(StateError::TooManyVersions {
            name: policy.name,
            limit: MAX_POLICY_VERSIONS,
        });
    }
    let number = transaction
        .prepare_cached(
            "UPDATE managed_policy SET next_version = next_version + 1 WHERE unique_id = ?1 \
             RETURNING next_version - 1",
        )?
        .query_row([&policy.unique_id], |row| row.get(0))?;
    insert_version(transaction, &policy.unique_id, number, document, now)?;
    if set_default {
        put_in_force(transaction, &policy.unique_id, number, now)?;
    }
    Ok(PolicyVersion {
        number,
        document: document.to_owned(),
        is_default: set_default,
        created_at: now,
    })
}

pub(super) fn delete_version(
    transaction: &Transaction<'_>,
    name: &PolicyName,
    number: u32,
) -> Result<(), StateError> {
    let policy = require_stored(transaction, name)?;
    if policy.default_version == number {
        let name = policy.name;
        return Err(StateError::DefaultVersionKept { name, number });
    }
    let deleted = transaction
        .prepare_cached("DELETE FROM policy_version WHERE policy_id = ?1 AND number = ?2")?
        .execute((&policy.unique_id, number))?;
    if deleted == 0 {
        let name = policy.name;
        return Err(StateError::NoSuchPolicyVersion { name, number });
    }
    Ok(())
}

pub(super) fn set_default_version(
    transaction: &Transaction<'_>,
    name: &PolicyName,
    number: u32,
    now: UnixMillis,
) -> Result<(), StateError> {
    let policy = require_stored(transaction, name)?;
    if find_version(transaction, name, number)?.is_none() {
        let name = policy.name;
        return Err(StateError::NoSuchPolicyVersion { name, number });
    }
    if policy.default_version == number {
        return Ok(());
    }
    put_in_force(transaction, &policy.unique_id, number, now)
}

pub(super) fn versions(
    connection: &Connection,
    name: &PolicyName,
) -> Result<Vec<PolicyVersion>, StateError> {
    let policy = require(connection, name)?;
    let mut statement = connection.prepare_cached(
        "SELECT number, document, created_at FROM policy_version \
         WHERE policy_id = ?1 ORDER BY number DESC",
    )?;
    let of_row = |row: &Row<'_>| {
        let number = row.get(0)?;
        Ok(PolicyVersion {
            number,
            document: row.get(1)?,
            is_default: number == policy.default_version,
            created_at: row.get(2)?,
        })
    };
    statement
        .query_and_then([&policy.unique_id], of_row)?
        .collect()
}

pub(super) fn find_version(
    connection: &Connection,
    name: &PolicyName,
    number: u32,
) -> Result<Option<PolicyVersion>, StateError> {
    let versions = versions(connection, name)?;
    Ok(versions.into_iter().find(|one| one.number == number))
}

/// The documents in force of policies by ARN.
pub(super) fn documents(
    connection: &Connection,
    arns: &[String],
) -> Result<Vec<Option<String>>, StateError> {
    arns.iter().map(|arn| document(connection, arn)).collect()
}

/// Makes a declared policy say this, in a version that replaces the one before.
pub(super) fn redeclare(
    transaction: &Transaction<'_>,
    policy: &ManagedPolicy,
    document: &str,
    now: UnixMillis,
) -> Result<(), StateError> {
    check_document(document)?;
    transaction
        .prepare_cached(
            "UPDATE policy_version SET document = ?2, created_at = ?3 WHERE policy_id = ?1",
        )?
        .execute((&policy.unique_id, document, now))?;
    transaction
        .prepare_cached("UPDATE managed_policy SET updated_at = ?2 WHERE unique_id = ?1")?
        .execute((&policy.unique_id, now))?;
    Ok(())
}

/// Reads the name of a managed policy from one column.
pub(super) fn name_of(row: &Row<'_>, column: usize) -> Result<PolicyName, StateError> {
    let name: String = row.get(column)?;
    PolicyName::parse(&name).map_err(|_| StateError::unexpected("managed_policy.name"))
}

fn document(connection: &Connection, arn: &str) -> Result<Option<String>, StateError> {
    let Some(arn) = PolicyArn::parse(arn) else {
        return Ok(None);
    };
    let Some(policy) = find(connection, &arn.name)?.filter(|policy| policy.arn() == arn) else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(
        "SELECT document FROM policy_version WHERE policy_id = ?1 AND number = ?2",
    )?;
    let found = statement
        .query_row((&policy.unique_id, policy.default_version), |row| {
            row.get(0)
        })
        .optional()?;
    Ok(found)
}

fn insert_version(
    transaction: &Transaction<'_>,
    policy_id: &str,
    number: u32,
    document: &str,
    now: UnixMillis,
) -> Result<(), StateError> {
    transaction
        .prepare_cached("INSERT INTO policy_version VALUES (?1, ?2, ?3, ?4)")?
        .execute((policy_id, number, document, now))?;
    Ok(())
}

fn put_in_force(
    transaction: &Transaction<'_>,
    policy_id: &str,
    number: u32,
    now: UnixMillis,
) -> Result<(), StateError> {
    transaction
        .prepare_cached(
            "UPDATE managed_policy SET default_version = ?2, updated_at = ?3 WHERE unique_id = ?1",
        )?
        .execute((policy_id, number, now))?;
    Ok(())
}

fn of_row(connection: &Connection, row: &Row<'_>) -> Result<ManagedPolicy, StateError> {
    let unique_id: String = row.get(2)?;
    Ok(ManagedPolicy {
        name: name_of(row, 0)?,
        path: path_of(row, 1)?,
        tags: tag::list(connection, &unique_id)?,
        unique_id,
        default_version: row.get(3)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
        description: row.get(6)?,
        origin: row.get::<_, AsWord<_>>(7)?.0,
        attachment_count: row.get(8)?,
        boundary_count: row.get(9)?,
    })
}
