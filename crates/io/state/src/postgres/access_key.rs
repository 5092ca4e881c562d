//! Access keys in PostgreSQL.
//!
//! INVARIANT: the column `sealed_secret` is written from `MasterKey::seal` and read by
//! `MasterKey::open`; no other function sees a secret.

use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use tokio_postgres::Row;

use super::failure::Failure;
use super::user::folded;
use super::work::Work;
use super::{policy, user};
use crate::word::Word;
use crate::{
    AccessKey, AccessKeyListing, KeyOrigin, KeyStatus, MAX_ACCESS_KEYS_PER_USER, NewCredential,
    StateError, UnixMillis, User, UserName,
};

pub(super) async fn find(work: &Work<'_>, id: &AccessKeyId) -> Result<Option<AccessKey>, Failure> {
    // What no engine can keep, nobody has; and a server takes no such text.
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let sql = format!(
        "SELECT {}, access_key.sealed_secret, access_key.status, access_key.origin, \
                access_key.created_at, access_key.last_used_at, access_key.expires_at, \
                access_key.retiring_at, access_key.description \
         FROM access_key JOIN users ON users.unique_id = access_key.user_id \
         WHERE access_key.id = $1",
        user::COLUMNS
    );
    let first = user::COLUMN_COUNT;
    let Some(row) = work.row(&sql, &[&id.as_str()]).await? else {
        return Ok(None);
    };
    let user = user::of_row(&row)?;
    let sealed: &[u8] = row.try_get(first)?;
    Ok(Some(AccessKey {
        id: id.clone(),
        secret: work.master_key().open(id, sealed)?,
        authority: policy::authority(work, &user).await?,
        user,
        status: word(&row, first + 1, "access_key.status")?,
        origin: word(&row, first + 2, "access_key.origin")?,
        created_at: UnixMillis(row.try_get(first + 3)?),
        last_used_at: instant(&row, first + 4)?,
        expires_at: instant(&row, first + 5)?,
        retiring_at: instant(&row, first + 6)?,
        description: row.try_get(first + 7)?,
    }))
}

pub(super) async fn create(
    work: &Work<'_>,
    user: &UserName,
    credential: &NewCredential,
    now: UnixMillis,
) -> Result<AccessKey, Failure> {
    let user = user::require(work, user).await?;
    let NewCredential { id, secret } = credential.clone();
    if origin(work, &id).await?.is_some() {
        return Err(StateError::AccessKeyIdTaken { id }.into());
    }
    let origin = KeyOrigin::Stored;
    insert(work, &user, &id, &secret, origin, now).await?;
    check_quota(work, &user).await?;
    Ok(AccessKey {
        id,
        secret,
        authority: policy::authority(work, &user).await?,
        user,
        status: KeyStatus::Active,
        origin,
        created_at: now,
        last_used_at: None,
        expires_at: None,
        retiring_at: None,
        description: None,
    })
}

pub(super) async fn list(
    work: &Work<'_>,
    of: Option<&UserName>,
) -> Result<Vec<AccessKeyListing>, Failure> {
    let of = of.map(|name| folded(name.as_str()));
    let sql = "SELECT users.name, access_key.id, access_key.status, access_key.origin, \
                      access_key.created_at, access_key.last_used_at, access_key.expires_at, \
                      access_key.retiring_at, access_key.description \
               FROM access_key JOIN users ON users.unique_id = access_key.user_id \
               WHERE CAST($1 AS TEXT) IS NULL OR users.folded_name = $1";
    let rows = work.rows(sql, &[&of]).await?;
    let listing = |row: &Row| {
        Ok::<_, Failure>(AccessKeyListing {
            user: user::name_of(row, 0)?,
            id: AccessKeyId::new(row.try_get::<_, String>(1)?),
            status: word(row, 2, "access_key.status")?,
            origin: word(row, 3, "access_key.origin")?,
            created_at: UnixMillis(row.try_get(4)?),
            last_used_at: instant(row, 5)?,
            expires_at: instant(row, 6)?,
            retiring_at: instant(row, 7)?,
            description: row.try_get(8)?,
        })
    };
    let mut keys: Vec<AccessKeyListing> = rows.iter().map(listing).collect::<Result<_, _>>()?;
    keys.sort_by(|one, other| {
        let key = |listing: &AccessKeyListing| (listing.created_at, listing.id.as_str().to_owned());
        key(one).cmp(&key(other))
    });
    Ok(keys)
}

pub(super) async fn set_status(
    work: &Work<'_>,
    id: &AccessKeyId,
    status: KeyStatus,
) -> Result<(), Failure> {
    if origin(work, id).await?.is_none() {
        return Err(StateError::NoSuchAccessKey { id: id.clone() }.into());
    }
    work.change(
        "UPDATE access_key SET status = $2 WHERE id = $1 AND status <> $2",
        &[&id.as_str(), &status.word()],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(work: &Work<'_>, id: &AccessKeyId) -> Result<(), Failure> {
    match origin(work, id).await? {
        None => Err(StateError::NoSuchAccessKey { id: id.clone() }.into()),
        Some(KeyOrigin::Declared) => Err(StateError::DeclaredKey { id: id.clone() }.into()),
        Some(KeyOrigin::Stored) => remove(work, id).await,
    }
}

pub(super) async fn record_uses(
    work: &Work<'_>,
    uses: &[(AccessKeyId, UnixMillis)],
) -> Result<(), Failure> {
    // In one order, so that two nodes do not wait for each other.
    let mut uses: Vec<_> = uses.iter().map(|(id, at)| (id.as_str(), at.0)).collect();
    uses.sort_unstable();
    for (id, at) in uses {
        work.change(
            "UPDATE access_key SET last_used_at = $2 \
             WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
            &[&id, &at],
        )
        .await?;
    }
    Ok(())
}

/// Writes a new, active key.
pub(super) async fn insert(
    work: &Work<'_>,
    user: &User,
    id: &AccessKeyId,
    secret: &SecretAccessKey,
    origin: KeyOrigin,
    now: UnixMillis,
) -> Result<(), Failure> {
    let sealed = work.master_key().seal(id, secret)?;
    work.change(
        "INSERT INTO access_key (id, user_id, sealed_secret, status, origin, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &id.as_str(),
            &user.unique_id,
            &sealed,
            &KeyStatus::Active.word(),
            &origin.word(),
            &now.0,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn remove(work: &Work<'_>, id: &AccessKeyId) -> Result<(), Failure> {
    // Whoever notes its users locks the key first.
    let lock = "SELECT 1 FROM access_key WHERE id = $1 FOR UPDATE";
    work.row(lock, &[&id.as_str()]).await?;
    for sql in [
        "DELETE FROM key_caller WHERE access_key_id = $1",
        "DELETE FROM access_key WHERE id = $1",
    ] {
        work.change(sql, &[&id.as_str()]).await?;
    }
    Ok(())
}

/// Refuses, and so undoes, a change that leaves a user with more keys than IAM allows.
pub(super) async fn check_quota(work: &Work<'_>, user: &User) -> Result<(), Failure> {
    let limit = MAX_ACCESS_KEYS_PER_USER;
    let sql = "SELECT 1 FROM access_key WHERE user_id = $1";
    if work.rows(sql, &[&user.unique_id]).await?.len() <= limit {
        return Ok(());
    }
    let user = user.name.clone();
    Err(StateError::TooManyAccessKeys { user, limit }.into())
}

/// Where the key comes from; `None` if there is none.
pub(super) async fn origin(
    work: &Work<'_>,
    id: &AccessKeyId,
) -> Result<Option<KeyOrigin>, Failure> {
    let sql = "SELECT origin FROM access_key WHERE id = $1";
    let found = work.row(sql, &[&id.as_str()]).await?;
    found
        .map(|row| word(&row, 0, "access_key.origin"))
        .transpose()
}

/// Reads an instant from a column that may be empty.
pub(super) fn instant(row: &Row, column: usize) -> Result<Option<UnixMillis>, Failure> {
    let instant: Option<i64> = row.try_get(column)?;
    Ok(instant.map(UnixMillis))
}

/// Reads a value that is kept as its word.
pub(super) fn word<T: Word>(row: &Row, column: usize, name: &'static str) -> Result<T, Failure> {
    let word = row.try_get(column)?;
    Ok(T::of_word(word).ok_or_else(|| StateError::unexpected(name))?)
}
