//! Roles in SQLite.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::text::AsWord;
use super::user::path_of;
use super::{boundary, policy, tag, user};
use crate::authority::{check_document, check_tags};
use crate::credential::role_unique_id;
use crate::role::{check_description, check_max_session};
use crate::{
    DeclaredRole, NewRole, Origin, Principal, PrincipalName, PrincipalRecord, Role, RoleName,
    RoleUpdate, StateError, UnixMillis,
};

const SELECT: &str = "SELECT role.name, role.path, role.unique_id, role.trust_policy, \
       role.max_session_s, role.description, role.created_at, role.last_used_at, role.boundary, \
       managed_policy.name, role.origin \
     FROM role LEFT JOIN managed_policy ON managed_policy.unique_id = role.boundary_policy";

pub(super) fn create(
    transaction: &Transaction<'_>,
    new: &NewRole,
    origin: Origin,
    now: UnixMillis,
) -> Result<Role, StateError> {
    check_document(&new.trust_policy)?;
    check_max_session(new.max_session_s)?;
    check_description(new.description.as_deref())?;
    check_tags(&new.tags)?;
    let name = &new.name;
    if find(transaction, name)?.is_some() {
        return Err(StateError::RoleAlreadyExists { name: name.clone() });
    }
    let unique_id = role_unique_id()?;
    transaction
        .prepare_cached(
            "INSERT INTO role (unique_id, name, path, trust_policy, max_session_s, description, \
                               created_at, origin) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            &unique_id,
            name.as_str(),
            new.path.as_str(),
            &new.trust_policy,
            new.max_session_s,
            &new.description,
            now,
            AsWord(origin),
        ))?;
    tag::replace(transaction, &unique_id, &new.tags)?;
    if let Some(boundary) = &new.boundary {
        boundary::set(
            transaction,
            &PrincipalName::Role(name.clone()),
            Some(boundary),
        )?;
    }
    require(transaction, name)
}

pub(super) fn find(connection: &Connection, name: &RoleName) -> Result<Option<Role>, StateError> {
    find_where(connection, "role.name = ?1", name.as_str())
}

/// Finds a role that has to be there.
pub(super) fn require(connection: &Connection, name: &RoleName) -> Result<Role, StateError> {
    find(connection, name)?.ok_or_else(|| StateError::NoSuchRole { name: name.clone() })
}

/// Finds a role that may be changed at run time.
fn require_stored(connection: &Connection, name: &RoleName) -> Result<Role, StateError> {
    let role = require(connection, name)?;
    match role.origin {
        Origin::Declared => Err(StateError::Declared {
            what: "role",
            name: role.name.to_string(),
        }),
        Origin::Aws | Origin::Stored => Ok(role),
    }
}

pub(super) fn list(connection: &Connection) -> Result<Vec<Role>, StateError> {
    let sql = format!("{SELECT} ORDER BY role.name");
    let mut statement = connection.prepare_cached(&sql)?;
    let of_row = |row: &Row<'_>| of_row(connection, row);
    statement.query_and_then([], of_row)?.collect()
}

pub(super) fn update(
    transaction: &Transaction<'_>,
    name: &RoleName,
    update: &RoleUpdate,
) -> Result<(), StateError> {
    check_description(update.description.as_deref())?;
    update.max_session_s.map_or(Ok(()), check_max_session)?;
    let role = require_stored(transaction, name)?;
    let description = match update.description.as_deref() {
        None => role.description,
        Some("") => None,
        Some(description) => Some(description.to_owned()),
    };
    let max_session_s = update.max_session_s.unwrap_or(role.max_session_s);
    transaction
        .prepare_cached(
            "UPDATE role SET description = ?2, max_session_s = ?3 WHERE unique_id = ?1",
        )?
        .execute((role.unique_id, description, max_session_s))?;
    Ok(())
}

pub(super) fn set_trust_policy(
    transaction: &Transaction<'_>,
    name: &RoleName,
    document: &str,
) -> Result<(), StateError> {
    check_document(document)?;
    let role = require_stored(transaction, name)?;
    transaction
        .prepare_cached("UPDATE role SET trust_policy = ?2 WHERE unique_id = ?1")?
        .execute((role.unique_id, document))?;
    Ok(())
}

pub(super) fn delete(transaction: &Transaction<'_>, name: &RoleName) -> Result<(), StateError> {
    let role = require_stored(transaction, name)?;
    for (sql, holds) in [
        ("SELECT 1 FROM policy WHERE owner_id = ?1", "policies"),
        (
            "SELECT 1 FROM attachment WHERE owner_id = ?1",
            "attached policies",
        ),
    ] {
        if transaction.prepare_cached(sql)?.exists([&role.unique_id])? {
            let name = role.name;
            return Err(StateError::RoleNotEmpty { name, holds });
        }
    }
    remove(transaction, &role)
}

/// Makes a declared role say what is declared.
pub(super) fn redeclare(
    transaction: &Transaction<'_>,
    role: &Role,
    declared: &DeclaredRole,
) -> Result<(), StateError> {
    check_document(&declared.trust_policy)?;
    check_max_session(declared.max_session_s)?;
    check_description(declared.description.as_deref())?;
    transaction
        .prepare_cached(
            "UPDATE role SET trust_policy = ?2, max_session_s = ?3, description = ?4 \
             WHERE unique_id = ?1",
        )?
        .execute((
            &role.unique_id,
            &declared.trust_policy,
            declared.max_session_s,
            &declared.description,
        ))?;
    Ok(())
}

/// Removes a role with all that it has.
pub(super) fn remove(transaction: &Transaction<'_>, role: &Role) -> Result<(), StateError> {
    for sql in [
        "DELETE FROM policy WHERE owner_id = ?1",
        "DELETE FROM attachment WHERE owner_id = ?1",
        "DELETE FROM tag WHERE owner_id = ?1",
        "DELETE FROM role WHERE unique_id = ?1",
    ] {
        transaction
            .prepare_cached(sql)?
            .execute([&role.unique_id])?;
    }
    Ok(())
}

pub(super) fn set_tags(
    transaction: &Transaction<'_>,
    name: &RoleName,
    tags: &[(String, String)],
) -> Result<(), StateError> {
    check_tags(tags)?;
    let role = require(transaction, name)?;
    tag::replace(transaction, &role.unique_id, tags)
}

/// Finds the user or role with this unique id. Whoever calls holds one snapshot.
pub(super) fn find_principal(
    connection: &Connection,
    unique_id: &str,
) -> Result<Option<PrincipalRecord>, StateError> {
    if let Some(user) = user::find_by_id(connection, unique_id)? {
        return Ok(Some(PrincipalRecord {
            authority: policy::authority(connection, &user)?,
            principal: Principal::User(user),
        }));
    }
    let Some(role) = find_where(connection, "role.unique_id = ?1", unique_id)? else {
        return Ok(None);
    };
    Ok(Some(PrincipalRecord {
        authority: policy::authority_of_role(connection, &role)?,
        principal: Principal::Role(role),
    }))
}

pub(super) fn record_uses(
    transaction: &Transaction<'_>,
    uses: &[(String, UnixMillis)],
) -> Result<(), StateError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE role SET last_used_at = ?2 \
         WHERE unique_id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
    )?;
    for (id, at) in uses {
        statement.execute((id, at))?;
    }
    Ok(())
}

fn find_where(
    connection: &Connection,
    condition: &str,
    parameter: &str,
) -> Result<Option<Role>, StateError> {
    let sql = format!("{SELECT} WHERE {condition}");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([parameter], |row| Ok(of_row(connection, row)))
        .optional()?;
    found.transpose()
}

fn of_row(connection: &Connection, row: &Row<'_>) -> Result<Role, StateError> {
    let name: String = row.get(0)?;
    let unique_id: String = row.get(2)?;
    let managed: Option<String> = row.get(9)?;
    Ok(Role {
        name: RoleName::parse(&name).map_err(|_| StateError::unexpected("role.name"))?,
        path: path_of(row, 1)?,
        tags: tag::list(connection, &unique_id)?,
        unique_id,
        trust_policy: row.get(3)?,
        max_session_s: row.get(4)?,
        description: row.get(5)?,
        created_at: row.get(6)?,
        last_used_at: row.get(7)?,
        boundary: boundary::of_columns(row.get(8)?, managed.as_deref())?,
        origin: row.get::<_, AsWord<_>>(10)?.0,
    })
}
