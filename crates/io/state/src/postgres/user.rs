//! Users in PostgreSQL.

use tokio_postgres::Row;

use super::failure::Failure;
use super::work::Work;
use super::{boundary, policy};
use crate::authority::check_tags;
use crate::credential::user_unique_id;
use crate::word::Word as _;
use crate::{
    FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, IamPath, NewUser, Origin, PrincipalName, StateError,
    UnixMillis, User, UserKind, UserName,
};

/// The columns that [`of_row`] reads, for queries that join the table `users`.
pub(super) const COLUMNS: &str =
    "users.name, users.kind, users.unique_id, users.created_at, users.path";
/// How many columns these are.
pub(super) const COLUMN_COUNT: usize = 5;

pub(super) async fn create(
    work: &Work<'_>,
    new: &NewUser,
    origin: Origin,
    now: UnixMillis,
) -> Result<User, Failure> {
    let NewUser { name, kind, .. } = new;
    if find(work, name).await?.is_some() {
        return Err(StateError::UserAlreadyExists { name: name.clone() }.into());
    }
    if *kind == UserKind::Root && root_exists(work).await? {
        return Err(StateError::RootAlreadyExists.into());
    }
    if *kind == UserKind::Ordinary && name.is_root() {
        return Err(StateError::RootNameReserved.into());
    }
    check_tags(&new.tags)?;
    let unique_id = user_unique_id()?;
    work.change(
        "INSERT INTO users (unique_id, name, folded_name, kind, created_at, path, origin) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &unique_id,
            &name.as_str(),
            &folded(name.as_str()),
            &kind.word(),
            &now.0,
            &new.path.as_str(),
            &origin.word(),
        ],
    )
    .await?;
    if *kind == UserKind::Ordinary && new.full_access {
        policy::insert(work, &unique_id, FULL_ACCESS_NAME, FULL_ACCESS_DOCUMENT).await?;
    }
    if let Some(boundary) = &new.boundary {
        boundary::set(work, &PrincipalName::User(name.clone()), Some(boundary)).await?;
    }
    policy::replace_user_tags(work, &unique_id, &new.tags).await?;
    Ok(User {
        name: name.clone(),
        path: new.path.clone(),
        kind: *kind,
        unique_id,
        created_at: now,
    })
}

pub(super) async fn delete(work: &Work<'_>, name: &UserName) -> Result<(), Failure> {
    let user = require(work, name).await?;
    if user.kind == UserKind::Root {
        return Err(StateError::RootKept.into());
    }
    match holds(work, &user).await? {
        Some(holds) => Err(StateError::UserNotEmpty {
            name: user.name,
            holds,
        }
        .into()),
        None => remove(work, &user).await,
    }
}

/// What keeps a user from being deleted, if anything does.
pub(super) async fn holds(work: &Work<'_>, user: &User) -> Result<Option<&'static str>, Failure> {
    for (sql, holds) in [
        (
            "SELECT 1 FROM access_key WHERE user_id = $1 LIMIT 1",
            "access keys",
        ),
        (
            "SELECT 1 FROM policy WHERE owner_id = $1 LIMIT 1",
            "policies",
        ),
        (
            "SELECT 1 FROM attachment WHERE owner_id = $1 LIMIT 1",
            "attached policies",
        ),
        (
            "SELECT 1 FROM membership WHERE user_id = $1 LIMIT 1",
            "group memberships",
        ),
        (
            "SELECT 1 FROM bucket WHERE owner_id = $1 LIMIT 1",
            "buckets",
        ),
    ] {
        if work.row(sql, &[&user.unique_id]).await?.is_some() {
            return Ok(Some(holds));
        }
    }
    Ok(None)
}

/// Removes a user who holds nothing.
pub(super) async fn remove(work: &Work<'_>, user: &User) -> Result<(), Failure> {
    for sql in [
        "DELETE FROM user_tag WHERE user_id = $1",
        "DELETE FROM users WHERE unique_id = $1",
    ] {
        work.change(sql, &[&user.unique_id]).await?;
    }
    Ok(())
}

pub(super) async fn find(work: &Work<'_>, name: &UserName) -> Result<Option<User>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE folded_name = $1");
    let found = work.row(&sql, &[&folded(name.as_str())]).await?;
    found.as_ref().map(of_row).transpose()
}

/// Finds a user who has to be there.
pub(super) async fn require(work: &Work<'_>, name: &UserName) -> Result<User, Failure> {
    let found = find(work, name).await?;
    found.ok_or_else(|| StateError::NoSuchUser { name: name.clone() }.into())
}

pub(super) async fn list(work: &Work<'_>) -> Result<Vec<User>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM users");
    let rows = work.rows(&sql, &[]).await?;
    let mut users: Vec<User> = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    users.sort_by_cached_key(|user| folded(user.name.as_str()));
    Ok(users)
}

/// Reads a user from the first columns of a row.
pub(super) fn of_row(row: &Row) -> Result<User, Failure> {
    let kind = row.try_get(1)?;
    Ok(User {
        name: name_of(row, 0)?,
        kind: UserKind::of_word(kind).ok_or_else(|| StateError::unexpected("users.kind"))?,
        unique_id: row.try_get(2)?,
        created_at: UnixMillis(row.try_get(3)?),
        path: path_of(row, 4)?,
    })
}

/// Finds the user with this unique id.
pub(super) async fn find_by_id(work: &Work<'_>, id: &str) -> Result<Option<User>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE unique_id = $1");
    let found = work.row(&sql, &[&id]).await?;
    found.as_ref().map(of_row).transpose()
}

/// Reads a path from one column.
pub(super) fn path_of(row: &Row, column: usize) -> Result<IamPath, Failure> {
    let path = row.try_get(column)?;
    Ok(IamPath::parse(path).map_err(|_| StateError::unexpected("path"))?)
}

/// Reads a user's name from one column.
pub(super) fn name_of(row: &Row, column: usize) -> Result<UserName, Failure> {
    let name = row.try_get(column)?;
    Ok(UserName::parse(name).map_err(|_| StateError::unexpected("users.name"))?)
}

/// A name by which names that differ in case alone are one. Lists are in its order: servers order text in
/// many ways.
pub(super) fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

async fn root_exists(work: &Work<'_>) -> Result<bool, Failure> {
    let root = UserKind::Root.word();
    let found = work
        .row("SELECT 1 FROM users WHERE kind = $1", &[&root])
        .await?;
    Ok(found.is_some())
}
