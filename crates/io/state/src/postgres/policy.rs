//! Policies of one owner, and all that decides what somebody may do, in PostgreSQL.

use tokio_postgres::Row;

use super::failure::Failure;
use super::user::folded;
use super::work::{Parameters, Work};
use super::{attachment, boundary, group, role, user};
use crate::authority::{check_document, check_tags};
use crate::{
    Authority, GroupName, MAX_POLICIES_PER_OWNER, PolicyName, PolicyOwner, Role, StateError,
    StoredPolicy, User, UserKind, UserName,
};

pub(super) async fn put(
    work: &Work<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
    document: &str,
) -> Result<(), Failure> {
    check_document(document)?;
    let owner_id = bound_owner(work, owner).await?;
    insert(work, &owner_id, name.as_str(), document).await?;
    let limit = MAX_POLICIES_PER_OWNER;
    if of_owner(work, &owner_id, owner).await?.len() > limit {
        return Err(StateError::TooManyPolicies { limit }.into());
    }
    Ok(())
}

pub(super) async fn insert(
    work: &Work<'_>,
    owner_id: &str,
    name: &str,
    document: &str,
) -> Result<(), Failure> {
    work.change(
        "INSERT INTO policy (owner_id, name, document) VALUES ($1, $2, $3) \
         ON CONFLICT (owner_id, name) DO UPDATE SET document = excluded.document",
        &[&owner_id, &name, &document],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(
    work: &Work<'_>,
    owner: &PolicyOwner,
    name: &PolicyName,
) -> Result<(), Failure> {
    let owner_id = owner_id(work, owner).await?;
    let sql = "DELETE FROM policy WHERE owner_id = $1 AND name = $2";
    if work.change(sql, &[&owner_id, &name.as_str()]).await? == 0 {
        return Err(StateError::NoSuchPolicy { name: name.clone() }.into());
    }
    Ok(())
}

pub(super) async fn list(
    work: &Work<'_>,
    owner: &PolicyOwner,
) -> Result<Vec<StoredPolicy>, Failure> {
    let owner_id = owner_id(work, owner).await?;
    of_owner(work, &owner_id, owner).await
}

/// Reads all that decides what a user may do. Whoever calls holds one snapshot.
pub(super) async fn authority(work: &Work<'_>, of: &User) -> Result<Authority, Failure> {
    let id = of.unique_id.as_str();
    let by_id: Parameters<'_> = &[&id];
    let (groups, own, attached, boundary, tags) = tokio::try_join!(
        group::of_user(work, id),
        policies_of_user(work, of),
        attachment::of_user(work, of),
        boundary::document(work, id),
        work.rows("SELECT key, value FROM user_tag WHERE user_id = $1", by_id),
    )?;
    let mut tags: Vec<(String, String)> = tags
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<_, Failure>>()?;
    tags.sort();
    let mut policies = own;
    policies.extend(attached);
    // A user's own before those of its groups, an owner's own before what is attached to it.
    policies.sort_by_cached_key(|policy| {
        let group = match &policy.owner {
            PolicyOwner::Group(name) => Some(folded(name.as_str())),
            PolicyOwner::Role(_) | PolicyOwner::User(_) => None,
        };
        (group, policy.managed.is_some(), place_of(policy))
    });
    Ok(Authority {
        groups,
        policies,
        boundary,
        tags,
    })
}

/// Names of an owner's own policies differ in case, names of managed ones do not.
fn place_of(policy: &StoredPolicy) -> String {
    match policy.managed {
        None => policy.name.to_string(),
        Some(_) => folded(policy.name.as_str()),
    }
}

/// Reads all that decides what a role may do. Whoever calls holds one snapshot.
pub(super) async fn authority_of_role(work: &Work<'_>, of: &Role) -> Result<Authority, Failure> {
    let owner = PolicyOwner::Role(of.name.clone());
    let (own, attached, boundary) = tokio::try_join!(
        of_owner(work, &of.unique_id, &owner),
        attachment::documents(work, &owner, &of.unique_id),
        boundary::document(work, &of.unique_id),
    )?;
    let mut policies = own;
    policies.extend(attached);
    Ok(Authority {
        groups: Vec::new(),
        policies,
        boundary,
        tags: of.tags.clone(),
    })
}

pub(super) async fn set_tags(
    work: &Work<'_>,
    of: &UserName,
    tags: &[(String, String)],
) -> Result<(), Failure> {
    check_tags(tags)?;
    let user = user::require(work, of).await?;
    replace_user_tags(work, &user.unique_id, tags).await
}

pub(super) async fn replace_user_tags(
    work: &Work<'_>,
    id: &str,
    tags: &[(String, String)],
) -> Result<(), Failure> {
    work.change("DELETE FROM user_tag WHERE user_id = $1", &[&id])
        .await?;
    for (key, value) in tags {
        work.change(
            "INSERT INTO user_tag (user_id, key, value) VALUES ($1, $2, $3)",
            &[&id, key, value],
        )
        .await?;
    }
    Ok(())
}

/// Finds a user whom policies bind.
pub(super) async fn require_bound(work: &Work<'_>, name: &UserName) -> Result<User, Failure> {
    let user = user::require(work, name).await?;
    match user.kind {
        UserKind::Ordinary => Ok(user),
        UserKind::Root => Err(StateError::RootUnbound.into()),
    }
}

/// The unique id of an owner whom policies bind.
pub(super) async fn bound_owner(work: &Work<'_>, owner: &PolicyOwner) -> Result<String, Failure> {
    Ok(match owner {
        PolicyOwner::Group(name) => group::require(work, name).await?.unique_id,
        PolicyOwner::Role(name) => role::require(work, name).await?.unique_id,
        PolicyOwner::User(name) => require_bound(work, name).await?.unique_id,
    })
}

/// The unique id of an owner.
pub(super) async fn owner_id(work: &Work<'_>, owner: &PolicyOwner) -> Result<String, Failure> {
    match owner {
        PolicyOwner::User(name) => Ok(user::require(work, name).await?.unique_id),
        other => bound_owner(work, other).await,
    }
}

async fn of_owner(
    work: &Work<'_>,
    owner_id: &str,
    owner: &PolicyOwner,
) -> Result<Vec<StoredPolicy>, Failure> {
    let sql = "SELECT name, document FROM policy WHERE owner_id = $1";
    let rows = work.rows(sql, &[&owner_id]).await?;
    let policies = rows.iter().map(|row| of_row(row, owner.clone()));
    let mut policies: Vec<StoredPolicy> = policies.collect::<Result<_, _>>()?;
    policies.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(policies)
}

async fn policies_of_user(work: &Work<'_>, of: &User) -> Result<Vec<StoredPolicy>, Failure> {
    let sql = "SELECT policy.name, policy.document, user_group.name \
               FROM policy LEFT JOIN user_group ON user_group.unique_id = policy.owner_id \
               WHERE policy.owner_id = $1 \
                  OR policy.owner_id IN (SELECT group_id FROM membership WHERE user_id = $1)";
    let rows = work.rows(sql, &[&of.unique_id]).await?;
    let mut policies = Vec::with_capacity(rows.len());
    for row in &rows {
        let owner = match row.try_get(2)? {
            None => PolicyOwner::User(of.name.clone()),
            Some(name) => PolicyOwner::Group(
                GroupName::parse(name).map_err(|_| StateError::unexpected("user_group.name"))?,
            ),
        };
        policies.push(of_row(row, owner)?);
    }
    Ok(policies)
}

fn of_row(row: &Row, owner: PolicyOwner) -> Result<StoredPolicy, Failure> {
    let name = row.try_get(0)?;
    Ok(StoredPolicy {
        owner,
        name: PolicyName::parse(name).map_err(|_| StateError::unexpected("policy.name"))?,
        document: row.try_get(1)?,
        managed: None,
    })
}
