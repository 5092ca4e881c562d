//! The feed of revocations in SQLite.

use countersign_gate::Revocation;
use countersign_sigv4::AmzDate;
use rusqlite::{Connection, Row, Transaction};

use super::share;
use crate::authority::check_text;
use crate::revocation::text;
use crate::{REVOCATIONS_PER_PAGE, RevocationEntry, RevocationFeed, StateError, UnixMillis};

const COLUMNS: &str =
    "serial, kind, bucket, name, signed_until, ends_transfers, made_at, expires_at";

pub(super) fn add(
    transaction: &Transaction<'_>,
    revocation: &Revocation,
) -> Result<u64, StateError> {
    let target = text::write(&revocation.target);
    check_text(&target.name)?;
    let serial: i64 = transaction
        .prepare_cached("UPDATE revocation_head SET serial = serial + 1 RETURNING serial")?
        .query_row([], |row| row.get(0))?;
    transaction
        .prepare_cached("INSERT INTO revocation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute((
            serial,
            target.kind,
            target.bucket,
            &target.name,
            revocation.signed_until.unix(),
            revocation.ends_transfers,
            revocation.made_at_ms,
            revocation.expires_at_ms,
        ))?;
    share::revoke_all(transaction, revocation)?;
    Ok(serial.unsigned_abs())
}

/// One page of the feed. Whoever calls holds one snapshot.
pub(super) fn since(connection: &Connection, serial: u64) -> Result<RevocationFeed, StateError> {
    let sql =
        format!("SELECT {COLUMNS} FROM revocation WHERE serial > ?1 ORDER BY serial LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let after = i64::try_from(serial).unwrap_or(i64::MAX);
    let limit = i64::try_from(REVOCATIONS_PER_PAGE).unwrap_or(i64::MAX);
    let entries = statement
        .query_and_then((after, limit), of_row)?
        .collect::<Result<_, _>>()?;
    Ok(RevocationFeed::page(entries, latest(connection)?))
}

pub(super) fn list(
    connection: &Connection,
    limit: usize,
    before: Option<u64>,
) -> Result<Vec<RevocationEntry>, StateError> {
    let sql =
        format!("SELECT {COLUMNS} FROM revocation WHERE serial < ?1 ORDER BY serial DESC LIMIT ?2");
    let before = before.map_or(i64::MAX, |serial| i64::try_from(serial).unwrap_or(i64::MAX));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_and_then((before, limit), of_row)?.collect()
}

/// The serial number that was given out last.
pub(super) fn latest(connection: &Connection) -> Result<u64, StateError> {
    let mut statement = connection.prepare_cached("SELECT serial FROM revocation_head")?;
    let serial: i64 = statement.query_row([], |row| row.get(0))?;
    u64::try_from(serial).map_err(|_| StateError::unexpected("revocation_head.serial"))
}

/// Deletes at most `limit` rows whose time is over, and says how many there were.
pub(super) fn forget(
    transaction: &Transaction<'_>,
    now: UnixMillis,
    limit: u32,
) -> Result<usize, StateError> {
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM revocation WHERE serial IN \
             (SELECT serial FROM revocation WHERE expires_at <= ?1 LIMIT ?2)",
        )?
        .execute((now, limit))?;
    Ok(deleted)
}

fn of_row(row: &Row<'_>) -> Result<RevocationEntry, StateError> {
    let serial: i64 = row.get(0)?;
    let (kind, name): (String, String) = (row.get(1)?, row.get(3)?);
    let bucket: Option<String> = row.get(2)?;
    let target = text::read(&kind, bucket.as_deref(), &name);
    Ok(RevocationEntry {
        serial: serial.unsigned_abs(),
        revocation: Revocation {
            target: target.ok_or_else(|| StateError::unexpected("revocation.name"))?,
            signed_until: AmzDate::from_unix(row.get(4)?),
            ends_transfers: row.get(5)?,
            made_at_ms: row.get(6)?,
            expires_at_ms: row.get(7)?,
        },
    })
}
