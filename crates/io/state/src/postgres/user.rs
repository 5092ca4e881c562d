//! Users in PostgreSQL.

use tokio_postgres::Row;

use super::failure::Failure;
use super::policy;
use super::work::Work;
use crate::credential::user_unique_id;
use crate::word::Word as _;
use crate::{
    FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, StateError, UnixMillis, User, UserKind, UserName,
};

/// The columns that [`of_row`] reads, for queries that join the table `users`.
pub(super) const COLUMNS: &str = "users.name, users.kind, users.unique_id, users.created_at";

pub(super) async fn create(
    work: &Work<'_>,
    name: &UserName,
    kind: UserKind,
    now: UnixMillis,
) -> Result<User, Failure> {
    if find(work, name).await?.is_some() {
        return Err(StateError::UserAlreadyExists { name: name.clone() }.into());
    }
    if kind == UserKind::Root && root_exists(work).await? {
        return Err(StateError::RootAlreadyExists.into());
    }
    if kind == UserKind::Ordinary && name.is_root() {
        return Err(StateError::RootNameReserved.into());
    }
    let unique_id = user_unique_id()?;
    work.change(
        "INSERT INTO users (unique_id, name, folded_name, kind, created_at) \
         VALUES ($1, $2, $3, $4, $5)",
        &[
            &unique_id,
            &name.as_str(),
            &folded(name.as_str()),
            &kind.word(),
            &now.0,
        ],
    )
    .await?;
    if kind == UserKind::Ordinary {
        policy::insert(work, &unique_id, FULL_ACCESS_NAME, FULL_ACCESS_DOCUMENT).await?;
    }
    Ok(User {
        name: name.clone(),
        kind,
        unique_id,
        created_at: now,
    })
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
    })
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
