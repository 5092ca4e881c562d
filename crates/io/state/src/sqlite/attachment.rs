//! Which managed policies are attached to whom, in SQLite.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::text::AsWord;
use super::{managed_policy, policy};
use crate::{
    GroupName, MAX_ATTACHED_POLICIES, ManagedPolicy, Origin, PolicyArn, PolicyEntities, PolicyName,
    PolicyOwner, PrincipalName, RoleName, StateError, StoredPolicy, UserName,
};

pub(super) fn attach(
    transaction: &Transaction<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
    origin: Origin,
) -> Result<(), StateError> {
    let owner_id = policy::bound_owner(transaction, owner)?;
    let policy_id = managed_policy::require(transaction, name)?.unique_id;
    transaction
        .prepare_cached("INSERT INTO attachment VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute((&owner_id, policy_id, AsWord(origin)))?;
    let mut statement =
        transaction.prepare_cached("SELECT count(*) FROM attachment WHERE owner_id = ?1")?;
    let attached: i64 = statement.query_row([&owner_id], |row| row.get(0))?;
    let limit = MAX_ATTACHED_POLICIES;
    if usize::try_from(attached).is_ok_and(|attached| attached <= limit) {
        return Ok(());
    }
    Err(StateError::TooManyPolicies { limit })
}

pub(super) fn detach(
    transaction: &Transaction<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
) -> Result<(), StateError> {
    let owner_id = policy::owner_id(transaction, owner)?;
    let policy_id = managed_policy::require(transaction, name)?.unique_id;
    let origin = transaction
        .prepare_cached("SELECT origin FROM attachment WHERE owner_id = ?1 AND policy_id = ?2")?
        .query_row((&owner_id, &policy_id), |row| row.get(0))
        .optional()?;
    match origin {
        None => Err(StateError::NotAttached { name: name.clone() }),
        Some(AsWord(Origin::Declared)) => Err(StateError::Declared {
            what: "the attachment of policy",
            name: name.to_string(),
        }),
        Some(AsWord(Origin::Aws | Origin::Stored)) => remove(transaction, &owner_id, &policy_id),
    }
}

pub(super) fn remove(
    transaction: &Transaction<'_>,
    owner_id: &str,
    policy_id: &str,
) -> Result<(), StateError> {
    transaction
        .prepare_cached("DELETE FROM attachment WHERE owner_id = ?1 AND policy_id = ?2")?
        .execute((owner_id, policy_id))?;
    Ok(())
}

pub(super) fn list(
    connection: &Connection,
    owner: &PolicyOwner,
) -> Result<Vec<ManagedPolicy>, StateError> {
    let owner_id = policy::owner_id(connection, owner)?;
    managed_policy::list_where(
        connection,
        "managed_policy.unique_id IN (SELECT policy_id FROM attachment WHERE owner_id = ?1)",
        &owner_id,
    )
}

/// The documents in force of the policies attached to an owner, by name.
pub(super) fn documents(
    connection: &Connection,
    owner: &PolicyOwner,
    owner_id: &str,
) -> Result<Vec<StoredPolicy>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT managed_policy.name, managed_policy.path, managed_policy.origin, \
                policy_version.document \
         FROM attachment \
         JOIN managed_policy ON managed_policy.unique_id = attachment.policy_id \
         JOIN policy_version ON policy_version.policy_id = managed_policy.unique_id \
           AND policy_version.number = managed_policy.default_version \
         WHERE attachment.owner_id = ?1 ORDER BY managed_policy.name",
    )?;
    let of_row = |row: &Row<'_>| {
        let name = managed_policy::name_of(row, 0)?;
        Ok(StoredPolicy {
            owner: owner.clone(),
            document: row.get(3)?,
            managed: Some(PolicyArn {
                is_aws: row.get::<_, AsWord<Origin>>(2)?.0 == Origin::Aws,
                path: super::user::path_of(row, 1)?,
                name: name.clone(),
            }),
            name,
        })
    };
    statement.query_and_then([owner_id], of_row)?.collect()
}

/// Who has a managed policy.
pub(super) fn entities(
    connection: &Connection,
    name: &PolicyName,
) -> Result<PolicyEntities, StateError> {
    let id = managed_policy::require(connection, name)?.unique_id;
    let names = |sql: &str| -> Result<Vec<String>, StateError> {
        let mut statement = connection.prepare_cached(sql)?;
        let names = statement.query_map([&id], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    };
    let mut entities = PolicyEntities::default();
    for group in names(&attached_to("user_group"))? {
        entities
            .attached
            .push(PolicyOwner::Group(group_name(&group)?));
    }
    for role in names(&attached_to("role"))? {
        entities.attached.push(PolicyOwner::Role(role_name(&role)?));
    }
    for user in names(&attached_to("user"))? {
        entities.attached.push(PolicyOwner::User(user_name(&user)?));
    }
    for role in names("SELECT name FROM role WHERE boundary_policy = ?1 ORDER BY name")? {
        let role = role_name(&role)?;
        entities.boundary_of.push(PrincipalName::Role(role));
    }
    for user in names("SELECT name FROM user WHERE boundary_policy = ?1 ORDER BY name")? {
        let user = user_name(&user)?;
        entities.boundary_of.push(PrincipalName::User(user));
    }
    Ok(entities)
}

fn attached_to(table: &str) -> String {
    format!(
        "SELECT {table}.name FROM attachment JOIN {table} \
           ON {table}.unique_id = attachment.owner_id \
         WHERE attachment.policy_id = ?1 ORDER BY {table}.name"
    )
}

fn group_name(name: &str) -> Result<GroupName, StateError> {
    GroupName::parse(name).map_err(|_| StateError::unexpected("user_group.name"))
}

fn role_name(name: &str) -> Result<RoleName, StateError> {
    RoleName::parse(name).map_err(|_| StateError::unexpected("role.name"))
}

fn user_name(name: &str) -> Result<UserName, StateError> {
    UserName::parse(name).map_err(|_| StateError::unexpected("user.name"))
}
