//! Access keys in SQLite.
//!
//! INVARIANT: the column `sealed_secret` is written from [`MasterKey::seal`] and read by
//! [`MasterKey::open`]; no other function sees a secret.

use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::text::AsWord;
use super::{policy, user};
use crate::master_key::MasterKey;
use crate::{
    AccessKey, AccessKeyListing, KeyOrigin, KeyStatus, MAX_ACCESS_KEYS_PER_USER, NewCredential,
    StateError, UnixMillis, User, UserName,
};

pub(super) fn find(
    connection: &Connection,
    master_key: &MasterKey,
    id: &AccessKeyId,
) -> Result<Option<AccessKey>, StateError> {
    let sql = format!(
        "SELECT {}, access_key.sealed_secret, access_key.status, access_key.origin, \
                access_key.created_at, access_key.last_used_at, access_key.expires_at, \
                access_key.retiring_at, access_key.description \
         FROM access_key JOIN user ON user.unique_id = access_key.user_id \
         WHERE access_key.id = ?1",
        user::COLUMNS
    );
    let first = user::COLUMN_COUNT;
    let of_row = |row: &Row<'_>| {
        let user = user::of_row(row)?;
        Ok(AccessKey {
            id: id.clone(),
            secret: master_key.open(id, row.get_ref(first)?.as_blob().unwrap_or_default())?,
            authority: policy::authority(connection, &user)?,
            user,
            status: row.get::<_, AsWord<_>>(first + 1)?.0,
            origin: row.get::<_, AsWord<_>>(first + 2)?.0,
            created_at: row.get(first + 3)?,
            last_used_at: row.get(first + 4)?,
            expires_at: row.get(first + 5)?,
            retiring_at: row.get(first + 6)?,
            description: row.get(first + 7)?,
        })
    };
    let found = connection
        .prepare_cached(&sql)?
        .query_row([id.as_str()], |row| Ok(of_row(row)))
        .optional()?;
    found.transpose()
}

pub(super) fn create(
    transaction: &Transaction<'_>,
    master_key: &MasterKey,
    user: &UserName,
    credential: NewCredential,
    now: UnixMillis,
) -> Result<AccessKey, StateError> {
    let user = user::require(transaction, user)?;
    let NewCredential { id, secret } = credential;
    if exists(transaction, &id)? {
        return Err(StateError::AccessKeyIdTaken { id });
    }
    insert(
        transaction,
        master_key,
        &user,
        &id,
        &secret,
        KeyOrigin::Stored,
        now,
    )?;
    check_quota(transaction, &user)?;
    Ok(AccessKey {
        id,
        secret,
        authority: policy::authority(transaction, &user)?,
        user,
        status: KeyStatus::Active,
        origin: KeyOrigin::Stored,
        created_at: now,
        last_used_at: None,
        expires_at: None,
        retiring_at: None,
        description: None,
    })
}

pub(super) fn list(
    connection: &Connection,
    of: Option<&UserName>,
) -> Result<Vec<AccessKeyListing>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT user.name, access_key.id, access_key.status, access_key.origin, \
                access_key.created_at, access_key.last_used_at, access_key.expires_at, \
                access_key.retiring_at, access_key.description \
         FROM access_key JOIN user ON user.unique_id = access_key.user_id \
         WHERE ?1 IS NULL OR user.name = ?1 \
         ORDER BY access_key.created_at, access_key.id",
    )?;
    let of_row = |row: &Row<'_>| {
        Ok(AccessKeyListing {
            user: user::name_of(row, 0)?,
            id: AccessKeyId::new(row.get::<_, String>(1)?),
            status: row.get::<_, AsWord<_>>(2)?.0,
            origin: row.get::<_, AsWord<_>>(3)?.0,
            created_at: row.get(4)?,
            last_used_at: row.get(5)?,
            expires_at: row.get(6)?,
            retiring_at: row.get(7)?,
            description: row.get(8)?,
        })
    };
    statement
        .query_and_then([of.map(UserName::as_str)], of_row)?
        .collect()
}

pub(super) fn set_status(
    transaction: &Transaction<'_>,
    id: &AccessKeyId,
    status: KeyStatus,
) -> Result<(), StateError> {
    if !exists(transaction, id)? {
        return Err(StateError::NoSuchAccessKey { id: id.clone() });
    }
    transaction
        .prepare_cached("UPDATE access_key SET status = ?2 WHERE id = ?1 AND status <> ?2")?
        .execute((id.as_str(), AsWord(status)))?;
    Ok(())
}

pub(super) fn delete(transaction: &Transaction<'_>, id: &AccessKeyId) -> Result<(), StateError> {
    match origin(transaction, id)? {
        None => Err(StateError::NoSuchAccessKey { id: id.clone() }),
        Some(KeyOrigin::Declared) => Err(StateError::DeclaredKey { id: id.clone() }),
        Some(KeyOrigin::Stored) => remove(transaction, id),
    }
}

pub(super) fn record_uses(
    transaction: &Transaction<'_>,
    uses: &[(AccessKeyId, UnixMillis)],
) -> Result<(), StateError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE access_key SET last_used_at = ?2 \
         WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
    )?;
    for (id, at) in uses {
        statement.execute((id.as_str(), at))?;
    }
    Ok(())
}

/// Writes a new, active key.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    master_key: &MasterKey,
    user: &User,
    id: &AccessKeyId,
    secret: &SecretAccessKey,
    origin: KeyOrigin,
    now: UnixMillis,
) -> Result<(), StateError> {
    let sealed = master_key.seal(id, secret)?;
    transaction
        .prepare_cached(
            "INSERT INTO access_key (id, user_id, sealed_secret, status, origin, created_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            id.as_str(),
            &user.unique_id,
            sealed,
            AsWord(KeyStatus::Active),
            AsWord(origin),
            now,
        ))?;
    Ok(())
}

pub(super) fn remove(transaction: &Transaction<'_>, id: &AccessKeyId) -> Result<(), StateError> {
    for sql in [
        "DELETE FROM key_caller WHERE access_key_id = ?1",
        "DELETE FROM access_key WHERE id = ?1",
    ] {
        transaction.prepare_cached(sql)?.execute([id.as_str()])?;
    }
    Ok(())
}

/// Refuses, and so undoes, a change that leaves a user with more keys than IAM allows.
pub(super) fn check_quota(connection: &Connection, user: &User) -> Result<(), StateError> {
    let limit = MAX_ACCESS_KEYS_PER_USER;
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM access_key WHERE user_id = ?1")?;
    let keys: i64 = statement.query_row([&user.unique_id], |row| row.get(0))?;
    if usize::try_from(keys).is_ok_and(|keys| keys <= limit) {
        return Ok(());
    }
    Err(StateError::TooManyAccessKeys {
        user: user.name.clone(),
        limit,
    })
}

/// Where the key comes from; `None` if there is none.
pub(super) fn origin(
    connection: &Connection,
    id: &AccessKeyId,
) -> Result<Option<KeyOrigin>, StateError> {
    let mut statement = connection.prepare_cached("SELECT origin FROM access_key WHERE id = ?1")?;
    Ok(statement
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?
        .map(|AsWord(origin)| origin))
}

fn exists(connection: &Connection, id: &AccessKeyId) -> Result<bool, StateError> {
    origin(connection, id).map(|origin| origin.is_some())
}
