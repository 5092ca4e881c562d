//! Which managed policies are attached to whom, in PostgreSQL.

use tokio_postgres::Row;

use super::access_key::word;
use super::failure::Failure;
use super::user::{folded, path_of};
use super::work::Work;
use super::{managed_policy, policy};
use crate::word::Word as _;
use crate::{
    GroupName, MAX_ATTACHED_POLICIES, ManagedPolicy, Origin, PolicyArn, PolicyEntities, PolicyName,
    PolicyOwner, PrincipalName, RoleName, StateError, StoredPolicy, User, UserName,
};

const COLUMNS: &str =
    "managed_policy.name, managed_policy.path, managed_policy.origin, policy_version.document";

/// Attachments with the versions in force of their policies.
const IN_FORCE: &str = "attachment \
     JOIN managed_policy ON managed_policy.unique_id = attachment.policy_id \
     JOIN policy_version ON policy_version.policy_id = managed_policy.unique_id \
       AND policy_version.number = managed_policy.default_version";

pub(super) async fn attach(
    work: &Work<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
    origin: Origin,
) -> Result<(), Failure> {
    let owner_id = policy::bound_owner(work, owner).await?;
    let policy_id = managed_policy::require(work, name).await?.unique_id;
    work.change(
        "INSERT INTO attachment (owner_id, policy_id, origin) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        &[&owner_id, &policy_id, &origin.word()],
    )
    .await?;
    let limit = MAX_ATTACHED_POLICIES;
    let sql = "SELECT 1 FROM attachment WHERE owner_id = $1";
    if work.rows(sql, &[&owner_id]).await?.len() > limit {
        return Err(StateError::TooManyPolicies { limit }.into());
    }
    Ok(())
}

pub(super) async fn detach(
    work: &Work<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
) -> Result<(), Failure> {
    let owner_id = policy::owner_id(work, owner).await?;
    let policy_id = managed_policy::require(work, name).await?.unique_id;
    let sql = "SELECT origin FROM attachment WHERE owner_id = $1 AND policy_id = $2";
    let Some(row) = work.row(sql, &[&owner_id, &policy_id]).await? else {
        return Err(StateError::NotAttached { name: name.clone() }.into());
    };
    match word(&row, 0, "attachment.origin")? {
        Origin::Declared => Err(StateError::Declared {
            what: "the attachment of policy",
            name: name.to_string(),
        }
        .into()),
        Origin::Aws | Origin::Stored => remove(work, &owner_id, &policy_id).await,
    }
}

pub(super) async fn remove(
    work: &Work<'_>,
    owner_id: &str,
    policy_id: &str,
) -> Result<(), Failure> {
    let sql = "DELETE FROM attachment WHERE owner_id = $1 AND policy_id = $2";
    work.change(sql, &[&owner_id, &policy_id]).await?;
    Ok(())
}

pub(super) async fn list(
    work: &Work<'_>,
    owner: &PolicyOwner,
) -> Result<Vec<ManagedPolicy>, Failure> {
    let owner_id = policy::owner_id(work, owner).await?;
    managed_policy::list_where(
        work,
        "managed_policy.unique_id IN (SELECT policy_id FROM attachment WHERE owner_id = $1)",
        &[&owner_id],
    )
    .await
}

/// The documents in force of the policies attached to an owner, by name.
pub(super) async fn documents(
    work: &Work<'_>,
    owner: &PolicyOwner,
    owner_id: &str,
) -> Result<Vec<StoredPolicy>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM {IN_FORCE} WHERE attachment.owner_id = $1");
    let rows = work.rows(&sql, &[&owner_id]).await?;
    let policies = rows.iter().map(|row| of_row(row, owner.clone()));
    let mut policies: Vec<StoredPolicy> = policies.collect::<Result<_, Failure>>()?;
    policies.sort_by_cached_key(|policy| folded(policy.name.as_str()));
    Ok(policies)
}

/// The documents in force of the policies attached to a user and to its groups, in no order.
pub(super) async fn of_user(work: &Work<'_>, of: &User) -> Result<Vec<StoredPolicy>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS}, user_group.name FROM {IN_FORCE} \
         LEFT JOIN user_group ON user_group.unique_id = attachment.owner_id \
         WHERE attachment.owner_id = $1 \
            OR attachment.owner_id IN (SELECT group_id FROM membership WHERE user_id = $1)"
    );
    let rows = work.rows(&sql, &[&of.unique_id]).await?;
    let with_owner = |row: &Row| {
        let owner = match row.try_get(4)? {
            None => PolicyOwner::User(of.name.clone()),
            Some(name) => PolicyOwner::Group(
                GroupName::parse(name).map_err(|_| StateError::unexpected("user_group.name"))?,
            ),
        };
        of_row(row, owner)
    };
    rows.iter().map(with_owner).collect()
}

fn of_row(row: &Row, owner: PolicyOwner) -> Result<StoredPolicy, Failure> {
    let name = managed_policy::name_of(row, 0)?;
    let origin: Origin = word(row, 2, "managed_policy.origin")?;
    Ok(StoredPolicy {
        owner,
        document: row.try_get(3)?,
        managed: Some(PolicyArn {
            is_aws: origin == Origin::Aws,
            path: path_of(row, 1)?,
            name: name.clone(),
        }),
        name,
    })
}

/// Who has a managed policy.
pub(super) async fn entities(
    work: &Work<'_>,
    name: &PolicyName,
) -> Result<PolicyEntities, Failure> {
    let id = managed_policy::require(work, name).await?.unique_id;
    let mut entities = PolicyEntities::default();
    for group in names(work, &attached_to("user_group"), &id).await? {
        let group = GroupName::parse(&group);
        let group = group.map_err(|_| StateError::unexpected("user_group.name"))?;
        entities.attached.push(PolicyOwner::Group(group));
    }
    for role in names(work, &attached_to("role"), &id).await? {
        entities.attached.push(PolicyOwner::Role(role_name(&role)?));
    }
    for user in names(work, &attached_to("users"), &id).await? {
        entities.attached.push(PolicyOwner::User(user_name(&user)?));
    }
    for role in names(
        work,
        "SELECT name FROM role WHERE boundary_policy = $1",
        &id,
    )
    .await?
    {
        let role = role_name(&role)?;
        entities.boundary_of.push(PrincipalName::Role(role));
    }
    for user in names(
        work,
        "SELECT name FROM users WHERE boundary_policy = $1",
        &id,
    )
    .await?
    {
        let user = user_name(&user)?;
        entities.boundary_of.push(PrincipalName::User(user));
    }
    Ok(entities)
}

async fn names(work: &Work<'_>, sql: &str, id: &str) -> Result<Vec<String>, Failure> {
    let rows = work.rows(sql, &[&id]).await?;
    let names = rows.iter().map(|row| Ok(row.try_get(0)?));
    let mut names: Vec<String> = names.collect::<Result<_, Failure>>()?;
    names.sort_by_cached_key(|name| folded(name));
    Ok(names)
}

fn attached_to(table: &str) -> String {
    format!(
        "SELECT {table}.name FROM attachment JOIN {table} \
           ON {table}.unique_id = attachment.owner_id WHERE attachment.policy_id = $1"
    )
}

fn role_name(name: &str) -> Result<RoleName, Failure> {
    Ok(RoleName::parse(name).map_err(|_| StateError::unexpected("role.name"))?)
}

fn user_name(name: &str) -> Result<UserName, Failure> {
    Ok(UserName::parse(name).map_err(|_| StateError::unexpected("users.name"))?)
}
