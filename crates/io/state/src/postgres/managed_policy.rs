//! Managed policies and their versions in PostgreSQL.

use tokio_postgres::Row;

use super::access_key::word;
use super::failure::Failure;
use super::tag;
use super::user::{folded, path_of};
use super::work::{Parameters, Work};
use crate::authority::{check_document, check_tags};
use crate::credential::policy_unique_id;
use crate::role::check_description;
use crate::word::Word as _;
use crate::{
    MAX_POLICY_VERSIONS, ManagedPolicy, NewManagedPolicy, Origin, PolicyArn, PolicyName,
    PolicyVersion, StateError, UnixMillis,
};

const SELECT: &str = "SELECT managed_policy.name, managed_policy.path, managed_policy.unique_id, \
       managed_policy.default_version, managed_policy.created_at, managed_policy.updated_at, \
       managed_policy.description, managed_policy.origin, \
       (SELECT COUNT(*) FROM attachment WHERE policy_id = managed_policy.unique_id), \
       (SELECT COUNT(*) FROM users WHERE boundary_policy = managed_policy.unique_id) \
         + (SELECT COUNT(*) FROM role WHERE boundary_policy = managed_policy.unique_id) \
     FROM managed_policy";

pub(super) async fn create(
    work: &Work<'_>,
    new: &NewManagedPolicy,
    origin: Origin,
    now: UnixMillis,
) -> Result<ManagedPolicy, Failure> {
    check_document(&new.document)?;
    check_description(new.description.as_deref())?;
    check_tags(&new.tags)?;
    let name = &new.name;
    if find(work, name).await?.is_some() {
        return Err(StateError::PolicyAlreadyExists { name: name.clone() }.into());
    }
    let unique_id = policy_unique_id()?;
    work.change(
        "INSERT INTO managed_policy (unique_id, name, folded_name, path, description, \
           default_version, next_version, created_at, updated_at, origin) \
         VALUES ($1, $2, $3, $4, $5, 1, 2, $6, $6, $7)",
        &[
            &unique_id,
            &name.as_str(),
            &folded(name.as_str()),
            &new.path.as_str(),
            &new.description,
            &now.0,
            &origin.word(),
        ],
    )
    .await?;
    insert_version(work, &unique_id, 1, &new.document, now).await?;
    tag::replace(work, &unique_id, &new.tags).await?;
    require(work, name).await
}

pub(super) async fn find(
    work: &Work<'_>,
    name: &PolicyName,
) -> Result<Option<ManagedPolicy>, Failure> {
    let name = folded(name.as_str());
    let found = list_where(work, "managed_policy.folded_name = $1", &[&name]).await?;
    Ok(found.into_iter().next())
}

/// Finds a managed policy that has to be there.
pub(super) async fn require(work: &Work<'_>, name: &PolicyName) -> Result<ManagedPolicy, Failure> {
    let found = find(work, name).await?;
    found.ok_or_else(|| StateError::NoSuchManagedPolicy { name: name.clone() }.into())
}

/// Finds a managed policy that may be changed at run time.
async fn require_stored(work: &Work<'_>, name: &PolicyName) -> Result<ManagedPolicy, Failure> {
    let policy = require(work, name).await?;
    match policy.origin {
        Origin::Aws => Err(StateError::PolicyBuiltIn { name: policy.name }.into()),
        Origin::Declared => Err(StateError::Declared {
            what: "policy",
            name: policy.name.to_string(),
        }
        .into()),
        Origin::Stored => Ok(policy),
    }
}

pub(super) async fn list(work: &Work<'_>) -> Result<Vec<ManagedPolicy>, Failure> {
    list_where(work, "1 = 1", &[]).await
}

/// Lists those for which a condition holds, by name.
pub(super) async fn list_where(
    work: &Work<'_>,
    condition: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<ManagedPolicy>, Failure> {
    let sql = format!("{SELECT} WHERE {condition}");
    let mut policies = Vec::new();
    for row in work.rows(&sql, parameters).await? {
        let mut policy = of_row(&row)?;
        policy.tags = tag::list(work, &policy.unique_id).await?;
        policies.push(policy);
    }
    policies.sort_by_cached_key(|policy| folded(policy.name.as_str()));
    Ok(policies)
}

pub(super) async fn delete(work: &Work<'_>, name: &PolicyName) -> Result<(), Failure> {
    let policy = require_stored(work, name).await?;
    remove(work, &policy).await
}

/// Removes a managed policy that nobody has.
pub(super) async fn remove(work: &Work<'_>, policy: &ManagedPolicy) -> Result<(), Failure> {
    if policy.attachment_count > 0 || policy.boundary_count > 0 {
        let name = policy.name.clone();
        return Err(StateError::PolicyInUse { name }.into());
    }
    for sql in [
        "DELETE FROM tag WHERE owner_id = $1",
        "DELETE FROM policy_version WHERE policy_id = $1",
        "DELETE FROM managed_policy WHERE unique_id = $1",
    ] {
        work.change(sql, &[&policy.unique_id]).await?;
    }
    Ok(())
}

pub(super) async fn set_tags(
    work: &Work<'_>,
    name: &PolicyName,
    tags: &[(String, String)],
) -> Result<(), Failure> {
    check_tags(tags)?;
    let policy = require_stored(work, name).await?;
    tag::replace(work, &policy.unique_id, tags).await
}

pub(super) async fn create_version(
    work: &Work<'_>,
    name: &PolicyName,
    document: &str,
    set_default: bool,
    now: UnixMillis,
) -> Result<PolicyVersion, Failure> {
    check_document(document)?;
    let policy = require_stored(work, name).await?;
    let limit = MAX_POLICY_VERSIONS;
    if versions(work, name).await?.len() >= limit {
        let name = policy.name;
        return Err(StateError::TooManyVersions { name, limit }.into());
    }
    let sql = "SELECT next_version FROM managed_policy WHERE unique_id = $1";
    let row = work.row(sql, &[&policy.unique_id]).await?;
    let row = row.ok_or_else(|| StateError::unexpected("managed_policy.next_version"))?;
    let number = number(&row, 0)?;
    work.change(
        "UPDATE managed_policy SET next_version = next_version + 1 WHERE unique_id = $1",
        &[&policy.unique_id],
    )
    .await?;
    insert_version(work, &policy.unique_id, number, document, now).await?;
    if set_default {
        put_in_force(work, &policy.unique_id, number, now).await?;
    }
    Ok(PolicyVersion {
        number,
        document: document.to_owned(),
        is_default: set_default,
        created_at: now,
    })
}

pub(super) async fn delete_version(
    work: &Work<'_>,
    name: &PolicyName,
    number: u32,
) -> Result<(), Failure> {
    let policy = require_stored(work, name).await?;
    if policy.default_version == number {
        let name = policy.name;
        return Err(StateError::DefaultVersionKept { name, number }.into());
    }
    let sql = "DELETE FROM policy_version WHERE policy_id = $1 AND number = $2";
    let deleted = work
        .change(sql, &[&policy.unique_id, &i64::from(number)])
        .await?;
    if deleted == 0 {
        let name = policy.name;
        return Err(StateError::NoSuchPolicyVersion { name, number }.into());
    }
    Ok(())
}

pub(super) async fn set_default_version(
    work: &Work<'_>,
    name: &PolicyName,
    number: u32,
    now: UnixMillis,
) -> Result<(), Failure> {
    let policy = require_stored(work, name).await?;
    if find_version(work, name, number).await?.is_none() {
        let name = policy.name;
        return Err(StateError::NoSuchPolicyVersion { name, number }.into());
    }
    if policy.default_version == number {
        return Ok(());
    }
    put_in_force(work, &policy.unique_id, number, now).await
}

pub(super) async fn versions(
    work: &Work<'_>,
    name: &PolicyName,
) -> Result<Vec<PolicyVersion>, Failure> {
    let policy = require(work, name).await?;
    let sql = "SELECT number, document, created_at FROM policy_version \
               WHERE policy_id = $1 ORDER BY number DESC";
    let rows = work.rows(sql, &[&policy.unique_id]).await?;
    let of_row = |row: &Row| {
        let number = number(row, 0)?;
        Ok(PolicyVersion {
            number,
            document: row.try_get(1)?,
            is_default: number == policy.default_version,
            created_at: UnixMillis(row.try_get(2)?),
        })
    };
    rows.iter().map(of_row).collect()
}

pub(super) async fn find_version(
    work: &Work<'_>,
    name: &PolicyName,
    number: u32,
) -> Result<Option<PolicyVersion>, Failure> {
    let versions = versions(work, name).await?;
    Ok(versions.into_iter().find(|one| one.number == number))
}

/// The documents in force of policies by ARN.
pub(super) async fn documents(
    work: &Work<'_>,
    arns: &[String],
) -> Result<Vec<Option<String>>, Failure> {
    let mut documents = Vec::with_capacity(arns.len());
    for arn in arns {
        documents.push(document(work, arn).await?);
    }
    Ok(documents)
}

/// Makes a declared policy say this, in a version that replaces the one before.
pub(super) async fn redeclare(
    work: &Work<'_>,
    policy: &ManagedPolicy,
    document: &str,
    now: UnixMillis,
) -> Result<(), Failure> {
    check_document(document)?;
    work.change(
        "UPDATE policy_version SET document = $2, created_at = $3 WHERE policy_id = $1",
        &[&policy.unique_id, &document, &now.0],
    )
    .await?;
    work.change(
        "UPDATE managed_policy SET updated_at = $2 WHERE unique_id = $1",
        &[&policy.unique_id, &now.0],
    )
    .await?;
    Ok(())
}

/// Reads the name of a managed policy from one column.
pub(super) fn name_of(row: &Row, column: usize) -> Result<PolicyName, Failure> {
    let name = row.try_get(column)?;
    Ok(PolicyName::parse(name).map_err(|_| StateError::unexpected("managed_policy.name"))?)
}

async fn document(work: &Work<'_>, arn: &str) -> Result<Option<String>, Failure> {
    let Some(arn) = PolicyArn::parse(arn) else {
        return Ok(None);
    };
    let found = find(work, &arn.name).await?;
    let Some(policy) = found.filter(|policy| policy.arn() == arn) else {
        return Ok(None);
    };
    let sql = "SELECT document FROM policy_version WHERE policy_id = $1 AND number = $2";
    let number = i64::from(policy.default_version);
    let row = work.row(sql, &[&policy.unique_id, &number]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

async fn insert_version(
    work: &Work<'_>,
    policy_id: &str,
    number: u32,
    document: &str,
    now: UnixMillis,
) -> Result<(), Failure> {
    work.change(
        "INSERT INTO policy_version (policy_id, number, document, created_at) \
         VALUES ($1, $2, $3, $4)",
        &[&policy_id, &i64::from(number), &document, &now.0],
    )
    .await?;
    Ok(())
}

async fn put_in_force(
    work: &Work<'_>,
    policy_id: &str,
    number: u32,
    now: UnixMillis,
) -> Result<(), Failure> {
    work.change(
        "UPDATE managed_policy SET default_version = $2, updated_at = $3 WHERE unique_id = $1",
        &[&policy_id, &i64::from(number), &now.0],
    )
    .await?;
    Ok(())
}

/// Reads a managed policy without its tags.
fn of_row(row: &Row) -> Result<ManagedPolicy, Failure> {
    Ok(ManagedPolicy {
        name: name_of(row, 0)?,
        path: path_of(row, 1)?,
        unique_id: row.try_get(2)?,
        default_version: number(row, 3)?,
        created_at: UnixMillis(row.try_get(4)?),
        updated_at: UnixMillis(row.try_get(5)?),
        description: row.try_get(6)?,
        tags: Vec::new(),
        origin: word(row, 7, "managed_policy.origin")?,
        attachment_count: number(row, 8)?,
        boundary_count: number(row, 9)?,
    })
}

/// Reads a number that is small and not negative.
fn number(row: &Row, column: usize) -> Result<u32, Failure> {
    let number: i64 = row.try_get(column)?;
    Ok(u32::try_from(number).map_err(|_| StateError::unexpected("managed_policy"))?)
}
