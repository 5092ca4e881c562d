//! Shares in SQLite.

use countersign_gate::{LinkId, Revocation, RevocationTarget};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params_from_iter};

use super::filter::condition;
use crate::issued_link::KEPT_AFTER_END_MS;
use crate::share::{check, end_of_second_ms};
use crate::{LinkFilter, LinkPosition, Quota, Share, StateError, UnixMillis};

const COLUMNS: &str = "token_digest, id, principal_id, principal_arn, session, subject, bucket, key, \
     spec, created_at, expires_at, max_opens, opens, revoked_at";

pub(super) fn create(
    transaction: &Transaction<'_>,
    share: &Share,
    quota: Quota,
    now: UnixMillis,
) -> Result<(), StateError> {
    check(share)?;
    let live: i64 = transaction
        .prepare_cached(
            "SELECT count(*) FROM share \
             WHERE principal_id = ?1 AND expires_at > ?2 AND revoked_at IS NULL",
        )?
        .query_row((&share.principal_id, now), |row| row.get(0))?;
    if live.unsigned_abs() >= u64::from(quota.live_links) {
        let limit = quota.live_links;
        return Err(StateError::QuotaExceeded { limit });
    }
    transaction
        .prepare_cached(&format!(
            "INSERT INTO share ({COLUMNS}) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        ))?
        .execute((
            &share.token_digest,
            share.id.as_bytes(),
            &share.principal_id,
            &share.principal_arn,
            &share.session,
            &share.subject,
            &share.bucket,
            &share.key,
            &share.spec,
            share.created_at,
            share.expires_at,
            share.max_opens,
            share.opens,
            share.revoked_at,
        ))?;
    Ok(())
}

pub(super) fn find(
    connection: &Connection,
    token_digest: [u8; 32],
) -> Result<Option<Share>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM share WHERE token_digest = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([token_digest], |row| Ok(of_row(row)))
        .optional()?;
    found.transpose()
}

pub(super) fn find_by_id(connection: &Connection, id: LinkId) -> Result<Option<Share>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM share WHERE id = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([id.as_bytes()], |row| Ok(of_row(row)))
        .optional()?;
    found.transpose()
}

/// Counts an opening of a share that lives.
pub(super) fn open(
    transaction: &Transaction<'_>,
    token_digest: [u8; 32],
    now: UnixMillis,
) -> Result<Option<Share>, StateError> {
    let Some(mut share) = find(transaction, token_digest)?.filter(|share| share.is_live_at(now))
    else {
        return Ok(None);
    };
    share.opens = share.opens.saturating_add(1);
    transaction
        .prepare_cached("UPDATE share SET opens = ?2 WHERE token_digest = ?1")?
        .execute((token_digest, share.opens))?;
    Ok(Some(share))
}

pub(super) fn revoke(
    transaction: &Transaction<'_>,
    id: LinkId,
    now: UnixMillis,
) -> Result<(), StateError> {
    let found = transaction
        .prepare_cached("UPDATE share SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1")?
        .execute((id.as_bytes(), now))?;
    if found == 0 {
        return Err(StateError::NoSuchShare { id });
    }
    Ok(())
}

/// Revokes the shares that were made up to the instant of a revocation and that it is about: what they are swapped for
/// is signed later, and they may live longer than the revocation is kept.
pub(super) fn revoke_all(
    transaction: &Transaction<'_>,
    revocation: &Revocation,
) -> Result<(), StateError> {
    let (condition, names) = match &revocation.target {
        RevocationTarget::AccessKey(_) => return Ok(()),
        RevocationTarget::Link(link) => ("id = ?", vec![Value::Blob(link.as_bytes().to_vec())]),
        RevocationTarget::Object { bucket, key } => (
            "bucket = ? AND key = ?",
            vec![text(bucket.as_str()), text(key)],
        ),
        RevocationTarget::Prefix { bucket, prefix } => (
            "bucket = ? AND substr(key, 1, length(?)) = ?",
            vec![text(bucket.as_str()), text(prefix), text(prefix)],
        ),
        RevocationTarget::Subject(subject) => ("subject = ?", vec![text(subject)]),
        RevocationTarget::Sessions { principal_id: id }
        | RevocationTarget::User { user_id: id } => ("principal_id = ?", vec![text(id)]),
    };
    let until = match &revocation.target {
        RevocationTarget::Link(_) => i64::MAX,
        _ => end_of_second_ms(revocation.signed_until),
    };
    let sql = format!(
        "UPDATE share SET revoked_at = ? WHERE revoked_at IS NULL AND created_at <= ? AND {condition}"
    );
    let mut parameters = vec![Value::Integer(revocation.made_at_ms), Value::Integer(until)];
    parameters.extend(names);
    transaction
        .prepare_cached(&sql)?
        .execute(params_from_iter(parameters))?;
    Ok(())
}

fn text(name: &str) -> Value {
    Value::Text(name.to_owned())
}

pub(super) fn list(
    connection: &Connection,
    filter: &LinkFilter,
    limit: usize,
    after: Option<LinkPosition>,
) -> Result<Vec<Share>, StateError> {
    let (mut condition, mut parameters) = condition(filter, after, "id");
    if filter.live_at.is_some() {
        condition.push_str(" AND revoked_at IS NULL AND (max_opens IS NULL OR opens < max_opens)");
    }
    parameters.push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    let sql = format!(
        "SELECT {COLUMNS} FROM share WHERE {condition} ORDER BY created_at DESC, id LIMIT ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_and_then(params_from_iter(parameters), of_row)?
        .collect()
}

/// Deletes at most `limit` shares that ended a day ago, and says how many there were.
pub(super) fn forget(
    transaction: &Transaction<'_>,
    now: UnixMillis,
    limit: u32,
) -> Result<usize, StateError> {
    let ended = now.0.saturating_sub(KEPT_AFTER_END_MS);
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM share WHERE token_digest IN \
             (SELECT token_digest FROM share WHERE expires_at <= ?1 LIMIT ?2)",
        )?
        .execute((ended, limit))?;
    Ok(deleted)
}

fn of_row(row: &Row<'_>) -> Result<Share, StateError> {
    Ok(Share {
        token_digest: row.get(0)?,
        id: LinkId::from_bytes(row.get(1)?),
        principal_id: row.get(2)?,
        principal_arn: row.get(3)?,
        session: row.get(4)?,
        subject: row.get(5)?,
        bucket: row.get(6)?,
        key: row.get(7)?,
        spec: row.get(8)?,
        created_at: row.get(9)?,
        expires_at: row.get(10)?,
        max_opens: row.get(11)?,
        opens: row.get(12)?,
        revoked_at: row.get(13)?,
    })
}
