//! Permissions boundaries of users and roles in PostgreSQL.

use super::failure::Failure;
use super::work::Work;
use super::{managed_policy, policy, role, user};
use crate::authority::check_document;
use crate::{Boundary, PolicyName, PrincipalName, StateError};

pub(super) async fn set(
    work: &Work<'_>,
    of: &PrincipalName,
    boundary: Option<&Boundary>,
) -> Result<(), Failure> {
    let (document, managed) = match boundary {
        None => (None, None),
        Some(Boundary::Document(document)) => {
            check_document(document)?;
            (Some(document.as_str()), None)
        }
        Some(Boundary::Managed(name)) => {
            let id = managed_policy::require(work, name).await?.unique_id;
            (None, Some(id))
        }
    };
    let (sql, id) = match of {
        PrincipalName::Role(name) => (
            "UPDATE role SET boundary = $2, boundary_policy = $3 WHERE unique_id = $1",
            role::require(work, name).await?.unique_id,
        ),
        PrincipalName::User(name) => (
            "UPDATE users SET boundary = $2, boundary_policy = $3 WHERE unique_id = $1",
            policy::require_bound(work, name).await?.unique_id,
        ),
    };
    work.change(sql, &[&id, &document, &managed]).await?;
    Ok(())
}

pub(super) async fn find(work: &Work<'_>, of: &PrincipalName) -> Result<Option<Boundary>, Failure> {
    let id = match of {
        PrincipalName::Role(name) => return Ok(role::require(work, name).await?.boundary),
        PrincipalName::User(name) => user::require(work, name).await?.unique_id,
    };
    let sql = "SELECT users.boundary, managed_policy.name FROM users \
               LEFT JOIN managed_policy ON managed_policy.unique_id = users.boundary_policy \
               WHERE users.unique_id = $1";
    match work.row(sql, &[&id]).await? {
        None => Ok(None),
        Some(row) => of_columns(row.try_get(0)?, row.try_get(1)?),
    }
}

/// The boundary that two columns hold: the document, and the name of a managed policy.
pub(super) fn of_columns(
    document: Option<String>,
    managed: Option<&str>,
) -> Result<Option<Boundary>, Failure> {
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
pub(super) async fn document(work: &Work<'_>, id: &str) -> Result<Option<String>, Failure> {
    let sql = "SELECT COALESCE(policy_version.document, bound.boundary) \
               FROM (SELECT boundary, boundary_policy FROM users WHERE unique_id = $1 \
                     UNION ALL \
                     SELECT boundary, boundary_policy FROM role WHERE unique_id = $1) AS bound \
               LEFT JOIN managed_policy ON managed_policy.unique_id = bound.boundary_policy \
               LEFT JOIN policy_version ON policy_version.policy_id = managed_policy.unique_id \
                 AND policy_version.number = managed_policy.default_version";
    match work.row(sql, &[&id]).await? {
        None => Ok(None),
        Some(row) => Ok(row.try_get(0)?),
    }
}
