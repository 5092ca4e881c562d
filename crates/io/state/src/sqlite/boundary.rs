//! Permissions boundaries of users and roles in SQLite.

use rusqlite::{Connection, Transaction};

use super::{managed_policy, policy, role};
use crate::authority::check_document;
use crate::{Boundary, PolicyName, PrincipalName, StateError};

pub(super) fn set(
    transaction: &Transaction<'_>,
    of: &PrincipalName,
    boundary: Option<&Boundary>,
) -> Result<(), StateError> {
    let (document, managed) = match boundary {
        None => (None, None),
        Some(Boundary::Document(document)) => {
            check_document(document)?;
            (Some(document), None)
        }
        Some(Boundary::Managed(name)) => {
            let id = managed_policy::require(transaction, name)?.unique_id;
            (None, Some(id))
        }
    };
    let (sql, id) = match of {
        PrincipalName::Role(name) => (
            "UPDATE role SET boundary = ?2, boundary_policy = ?3 WHERE unique_id = ?1",
            role::require(transaction, name)?.unique_id,
        ),
        PrincipalName::User(name) => (
            "UPDATE user SET boundary = ?2, boundary_policy = ?3 WHERE unique_id = ?1",
            policy::require_bound(transaction, name)?.unique_id,
        ),
    };
    transaction
        .prepare_cached(sql)?
        .execute((id, document, managed))?;
    Ok(())
}

pub(super) fn find(
    connection: &Connection,
    of: &PrincipalName,
) -> Result<Option<Boundary>, StateError> {
    match of {
        PrincipalName::Role(name) => Ok(role::require(connection, name)?.boundary),
        PrincipalName::User(name) => {
            let id = super::user::require(connection, name)?.unique_id;
            let mut statement = connection.prepare_cached(
                "SELECT user.boundary, managed_policy.name FROM user \
                 LEFT JOIN managed_policy ON managed_policy.unique_id = user.boundary_policy \
                 WHERE user.unique_id = ?1",
            )?;
            let found: (Option<String>, Option<String>) =
                statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            of_columns(found.0, found.1.as_deref())
        }
    }
}

/// The boundary that two columns hold: the document, and the name of a managed policy.
pub(super) fn of_columns(
    document: Option<String>,
    managed: Option<&str>,
) -> Result<Option<Boundary>, StateError> {
    match managed {
        None => Ok(document.map(Boundary::Document)),
        Some(name) => {
            let name = PolicyName::parse(name);
            let name = name.map_err(|_| StateError::unexpected("managed_policy.name"))?;
            Ok(Some(Boundary::Managed(name)))
        }
    }
}

/// The document of the boundary of a user or role, by unique id, as it is in force.
pub(super) fn document(connection: &Connection, id: &str) -> Result<Option<String>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(policy_version.document, bound.boundary) \
         FROM (SELECT boundary, boundary_policy FROM user WHERE unique_id = ?1 \
               UNION ALL SELECT boundary, boundary_policy FROM role WHERE unique_id = ?1) AS bound \
         LEFT JOIN managed_policy ON managed_policy.unique_id = bound.boundary_policy \
         LEFT JOIN policy_version ON policy_version.policy_id = managed_policy.unique_id \
           AND policy_version.number = managed_policy.default_version",
    )?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}
