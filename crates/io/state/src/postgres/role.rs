//! Roles in PostgreSQL.

use tokio_postgres::Row;

use super::access_key::word;
use super::failure::Failure;
use super::user::{folded, path_of};
use super::work::{Parameters, Work};
use super::{boundary, policy, tag, user};
use crate::authority::{check_document, check_tags};
use crate::credential::role_unique_id;
use crate::role::{check_description, check_max_session};
use crate::word::Word as _;
use crate::{
    DeclaredRole, NewRole, Origin, Principal, PrincipalName, PrincipalRecord, Role, RoleName,
    RoleUpdate, StateError, UnixMillis,
};

const SELECT: &str = "SELECT role.name, role.path, role.unique_id, role.trust_policy, \
       role.max_session_s, role.description, role.created_at, role.last_used_at, role.boundary, \
       managed_policy.name, role.origin \
     FROM role LEFT JOIN managed_policy ON managed_policy.unique_id = role.boundary_policy";

pub(super) async fn create(
    work: &Work<'_>,
    new: &NewRole,
    origin: Origin,
    now: UnixMillis,
) -> Result<Role, Failure> {
    check_document(&new.trust_policy)?;
    check_max_session(new.max_session_s)?;
    check_description(new.description.as_deref())?;
    check_tags(&new.tags)?;
    let name = &new.name;
    if find(work, name).await?.is_some() {
        return Err(StateError::RoleAlreadyExists { name: name.clone() }.into());
    }
    let unique_id = role_unique_id()?;
    work.change(
        "INSERT INTO role (unique_id, name, folded_name, path, trust_policy, max_session_s, \
                           description, created_at, origin) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &unique_id,
            &name.as_str(),
            &folded(name.as_str()),
            &new.path.as_str(),
            &new.trust_policy,
            &i64::from(new.max_session_s),
            &new.description,
            &now.0,
            &origin.word(),
        ],
    )
    .await?;
    tag::replace(work, &unique_id, &new.tags).await?;
    if let Some(boundary) = &new.boundary {
        boundary::set(work, &PrincipalName::Role(name.clone()), Some(boundary)).await?;
    }
    require(work, name).await
}

pub(super) async fn find(work: &Work<'_>, name: &RoleName) -> Result<Option<Role>, Failure> {
    find_where(work, "role.folded_name = $1", &folded(name.as_str())).await
}

/// Finds a role that has to be there.
pub(super) async fn require(work: &Work<'_>, name: &RoleName) -> Result<Role, Failure> {
    let found = find(work, name).await?;
    found.ok_or_else(|| StateError::NoSuchRole { name: name.clone() }.into())
}

/// Finds a role that may be changed at run time.
async fn require_stored(work: &Work<'_>, name: &RoleName) -> Result<Role, Failure> {
    let role = require(work, name).await?;
    match role.origin {
        Origin::Declared => Err(StateError::Declared {
            what: "role",
            name: role.name.to_string(),
        }
        .into()),
        Origin::Aws | Origin::Stored => Ok(role),
    }
}

pub(super) async fn list(work: &Work<'_>) -> Result<Vec<Role>, Failure> {
    let mut roles = select(work, SELECT, &[]).await?;
    roles.sort_by_cached_key(|role| folded(role.name.as_str()));
    Ok(roles)
}

pub(super) async fn update(
    work: &Work<'_>,
    name: &RoleName,
    update: &RoleUpdate,
) -> Result<(), Failure> {
    check_description(update.description.as_deref())?;
    update.max_session_s.map_or(Ok(()), check_max_session)?;
    let role = require_stored(work, name).await?;
    let description = match update.description.as_deref() {
        None => role.description,
        Some("") => None,
        Some(description) => Some(description.to_owned()),
    };
    let max_session_s = update.max_session_s.unwrap_or(role.max_session_s);
    work.change(
        "UPDATE role SET description = $2, max_session_s = $3 WHERE unique_id = $1",
        &[&role.unique_id, &description, &i64::from(max_session_s)],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_trust_policy(
    work: &Work<'_>,
    name: &RoleName,
    document: &str,
) -> Result<(), Failure> {
    check_document(document)?;
    let role = require_stored(work, name).await?;
    work.change(
        "UPDATE role SET trust_policy = $2 WHERE unique_id = $1",
        &[&role.unique_id, &document],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(work: &Work<'_>, name: &RoleName) -> Result<(), Failure> {
    let role = require_stored(work, name).await?;
    for (sql, holds) in [
        (
            "SELECT 1 FROM policy WHERE owner_id = $1 LIMIT 1",
            "policies",
        ),
        (
            "SELECT 1 FROM attachment WHERE owner_id = $1 LIMIT 1",
            "attached policies",
        ),
    ] {
        if work.row(sql, &[&role.unique_id]).await?.is_some() {
            let name = role.name;
            return Err(StateError::RoleNotEmpty { name, holds }.into());
        }
    }
    remove(work, &role).await
}

/// Makes a declared role say what is declared.
pub(super) async fn redeclare(
    work: &Work<'_>,
    role: &Role,
    declared: &DeclaredRole,
) -> Result<(), Failure> {
    check_document(&declared.trust_policy)?;
    check_max_session(declared.max_session_s)?;
    check_description(declared.description.as_deref())?;
    work.change(
        "UPDATE role SET trust_policy = $2, max_session_s = $3, description = $4 \
         WHERE unique_id = $1",
        &[
            &role.unique_id,
            &declared.trust_policy,
            &i64::from(declared.max_session_s),
            &declared.description,
        ],
    )
    .await?;
    Ok(())
}

/// Removes a role with all that it has.
pub(super) async fn remove(work: &Work<'_>, role: &Role) -> Result<(), Failure> {
    for sql in [
        "DELETE FROM policy WHERE owner_id = $1",
        "DELETE FROM attachment WHERE owner_id = $1",
        "DELETE FROM tag WHERE owner_id = $1",
        "DELETE FROM role WHERE unique_id = $1",
    ] {
        work.change(sql, &[&role.unique_id]).await?;
    }
    Ok(())
}

pub(super) async fn set_tags(
    work: &Work<'_>,
    name: &RoleName,
    tags: &[(String, String)],
) -> Result<(), Failure> {
    check_tags(tags)?;
    let role = require(work, name).await?;
    tag::replace(work, &role.unique_id, tags).await
}

/// Finds the user or role with this unique id.
pub(super) async fn find_principal(
    work: &Work<'_>,
    unique_id: &str,
) -> Result<Option<PrincipalRecord>, Failure> {
    // What no engine can keep, nobody has; and a server takes no such text.
    if unique_id.contains('\0') {
        return Ok(None);
    }
    if let Some(user) = user::find_by_id(work, unique_id).await? {
        return Ok(Some(PrincipalRecord {
            authority: policy::authority(work, &user).await?,
            principal: Principal::User(user),
        }));
    }
    let Some(role) = find_where(work, "role.unique_id = $1", unique_id).await? else {
        return Ok(None);
    };
    Ok(Some(PrincipalRecord {
        authority: policy::authority_of_role(work, &role).await?,
        principal: Principal::Role(role),
    }))
}

pub(super) async fn record_uses(
    work: &Work<'_>,
    uses: &[(String, UnixMillis)],
) -> Result<(), Failure> {
    // In one order, so that two nodes do not wait for each other.
    let mut uses: Vec<_> = uses.iter().map(|(id, at)| (id.as_str(), at.0)).collect();
    uses.sort_unstable();
    for (id, at) in uses {
        work.change(
            "UPDATE role SET last_used_at = $2 \
             WHERE unique_id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
            &[&id, &at],
        )
        .await?;
    }
    Ok(())
}

async fn find_where(
    work: &Work<'_>,
    condition: &str,
    parameter: &str,
) -> Result<Option<Role>, Failure> {
    let sql = format!("{SELECT} WHERE {condition}");
    let found = select(work, &sql, &[&parameter]).await?;
    Ok(found.into_iter().next())
}

async fn select(
    work: &Work<'_>,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Role>, Failure> {
    let mut roles = Vec::new();
    for row in work.rows(sql, parameters).await? {
        let mut role = of_row(&row)?;
        role.tags = tag::list(work, &role.unique_id).await?;
        roles.push(role);
    }
    Ok(roles)
}

/// Reads a role without its tags.
fn of_row(row: &Row) -> Result<Role, Failure> {
    let name = row.try_get(0)?;
    let max_session_s: i64 = row.try_get(4)?;
    let last_used_at: Option<i64> = row.try_get(7)?;
    Ok(Role {
        name: RoleName::parse(name).map_err(|_| StateError::unexpected("role.name"))?,
        path: path_of(row, 1)?,
        unique_id: row.try_get(2)?,
        trust_policy: row.try_get(3)?,
        max_session_s: u32::try_from(max_session_s)
            .map_err(|_| StateError::unexpected("role.max_session_s"))?,
        description: row.try_get(5)?,
        created_at: UnixMillis(row.try_get(6)?),
        last_used_at: last_used_at.map(UnixMillis),
        boundary: boundary::of_columns(row.try_get(8)?, row.try_get(9)?)?,
        tags: Vec::new(),
        origin: word(row, 10, "role.origin")?,
    })
}
