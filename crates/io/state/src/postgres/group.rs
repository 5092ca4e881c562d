//! Groups and their members in PostgreSQL.

use tokio_postgres::Row;

use super::failure::Failure;
use super::user::folded;
use super::work::Work;
use super::{policy, user};
use crate::credential::group_unique_id;
use crate::{Group, GroupName, MAX_GROUPS_PER_USER, StateError, UnixMillis, UserName};

pub(super) async fn create(
    work: &Work<'_>,
    name: &GroupName,
    now: UnixMillis,
) -> Result<Group, Failure> {
    if find(work, name).await?.is_some() {
        return Err(StateError::GroupAlreadyExists { name: name.clone() }.into());
    }
    let unique_id = group_unique_id()?;
    work.change(
        "INSERT INTO user_group (unique_id, name, folded_name, created_at) VALUES ($1, $2, $3, $4)",
        &[&unique_id, &name.as_str(), &folded(name.as_str()), &now.0],
    )
    .await?;
    Ok(Group {
        name: name.clone(),
        unique_id,
        created_at: now,
    })
}

pub(super) async fn delete(work: &Work<'_>, name: &GroupName) -> Result<(), Failure> {
    let id = require(work, name).await?.unique_id;
    let members = "SELECT 1 FROM membership WHERE group_id = $1 LIMIT 1";
    if work.row(members, &[&id]).await?.is_some() {
        return Err(StateError::GroupNotEmpty { name: name.clone() }.into());
    }
    for sql in [
        "DELETE FROM policy WHERE owner_id = $1",
        "DELETE FROM attachment WHERE owner_id = $1",
        "DELETE FROM user_group WHERE unique_id = $1",
    ] {
        work.change(sql, &[&id]).await?;
    }
    Ok(())
}

pub(super) async fn list(work: &Work<'_>) -> Result<Vec<Group>, Failure> {
    let sql = "SELECT name, unique_id, created_at FROM user_group";
    let rows = work.rows(sql, &[]).await?;
    let mut groups: Vec<Group> = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    groups.sort_by_cached_key(|group| folded(group.name.as_str()));
    Ok(groups)
}

pub(super) async fn add_member(
    work: &Work<'_>,
    group: &GroupName,
    member: &UserName,
) -> Result<(), Failure> {
    let group_id = require(work, group).await?.unique_id;
    let user = policy::require_bound(work, member).await?;
    work.change(
        "INSERT INTO membership (user_id, group_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&user.unique_id, &group_id],
    )
    .await?;
    if of_user(work, &user.unique_id).await?.len() > MAX_GROUPS_PER_USER {
        let limit = MAX_GROUPS_PER_USER;
        let user = user.name;
        return Err(StateError::TooManyGroups { user, limit }.into());
    }
    Ok(())
}

pub(super) async fn remove_member(
    work: &Work<'_>,
    group: &GroupName,
    member: &UserName,
) -> Result<(), Failure> {
    let group_id = require(work, group).await?.unique_id;
    let user = user::require(work, member).await?;
    let sql = "DELETE FROM membership WHERE user_id = $1 AND group_id = $2";
    if work.change(sql, &[&user.unique_id, &group_id]).await? == 0 {
        let (user, group) = (user.name, group.clone());
        return Err(StateError::NotInGroup { user, group }.into());
    }
    Ok(())
}

pub(super) async fn members(work: &Work<'_>, group: &GroupName) -> Result<Vec<UserName>, Failure> {
    let group_id = require(work, group).await?.unique_id;
    let sql = "SELECT users.name FROM membership \
               JOIN users ON users.unique_id = membership.user_id WHERE membership.group_id = $1";
    let rows = work.rows(sql, &[&group_id]).await?;
    let mut names: Vec<UserName> = rows
        .iter()
        .map(|row| user::name_of(row, 0))
        .collect::<Result<_, _>>()?;
    names.sort_by_cached_key(|name| folded(name.as_str()));
    Ok(names)
}

/// The groups of the user with this unique id, by name.
pub(super) async fn of_user(work: &Work<'_>, user_id: &str) -> Result<Vec<GroupName>, Failure> {
    let sql = "SELECT user_group.name FROM membership \
               JOIN user_group ON user_group.unique_id = membership.group_id \
               WHERE membership.user_id = $1";
    let rows = work.rows(sql, &[&user_id]).await?;
    let mut names: Vec<GroupName> = rows.iter().map(name_of).collect::<Result<_, _>>()?;
    names.sort_by_cached_key(|name| folded(name.as_str()));
    Ok(names)
}

/// Finds a group that has to be there.
pub(super) async fn require(work: &Work<'_>, name: &GroupName) -> Result<Group, Failure> {
    let found = find(work, name).await?;
    found.ok_or_else(|| StateError::NoSuchGroup { name: name.clone() }.into())
}

async fn find(work: &Work<'_>, name: &GroupName) -> Result<Option<Group>, Failure> {
    let sql = "SELECT name, unique_id, created_at FROM user_group WHERE folded_name = $1";
    let found = work.row(sql, &[&folded(name.as_str())]).await?;
    found.as_ref().map(of_row).transpose()
}

fn of_row(row: &Row) -> Result<Group, Failure> {
    Ok(Group {
        name: name_of(row)?,
        unique_id: row.try_get(1)?,
        created_at: UnixMillis(row.try_get(2)?),
    })
}

fn name_of(row: &Row) -> Result<GroupName, Failure> {
    let name = row.try_get(0)?;
    Ok(GroupName::parse(name).map_err(|_| StateError::unexpected("user_group.name"))?)
}
