//! The feed of revocations in PostgreSQL.

use countersign_gate::Revocation;
use countersign_sigv4::AmzDate;
use tokio_postgres::Row;

use super::failure::Failure;
use super::share;
use super::work::Work;
use crate::authority::check_text;
use crate::revocation::text;
use crate::{REVOCATIONS_PER_PAGE, RevocationEntry, RevocationFeed, StateError, UnixMillis};

/// The earlier of the node's clock, which is `$1`, and the database's: one node whose clock is wrong must not
/// forget for all.
pub(super) const BOTH_CLOCKS: &str =
    "LEAST($1, CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT))";

const COLUMNS: &str =
    "serial, kind, bucket, name, signed_until, ends_transfers, made_at, expires_at";

pub(super) async fn add(work: &Work<'_>, revocation: &Revocation) -> Result<u64, Failure> {
    let target = text::write(&revocation.target);
    check_text(&target.name)?;
    // The row stays locked until the commit: the order of numbers is the order of commits.
    work.change("UPDATE revocation_head SET serial = serial + 1", &[])
        .await?;
    let serial = latest(work).await?;
    work.change(
        "INSERT INTO revocation \
           (serial, kind, bucket, name, signed_until, ends_transfers, made_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &serial.cast_signed(),
            &target.kind,
            &target.bucket,
            &target.name.as_ref(),
            &revocation.signed_until.unix(),
            &revocation.ends_transfers,
            &revocation.made_at_ms,
            &revocation.expires_at_ms,
        ],
    )
    .await?;
    share::revoke_all(work, revocation).await?;
    Ok(serial)
}

/// One page of the feed. Whoever calls holds one snapshot.
pub(super) async fn since(work: &Work<'_>, serial: u64) -> Result<RevocationFeed, Failure> {
    let sql =
        format!("SELECT {COLUMNS} FROM revocation WHERE serial > $1 ORDER BY serial LIMIT $2");
    let after = i64::try_from(serial).unwrap_or(i64::MAX);
    let limit = i64::try_from(REVOCATIONS_PER_PAGE).unwrap_or(i64::MAX);
    let rows = work.rows(&sql, &[&after, &limit]).await?;
    let entries = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(RevocationFeed::page(entries, latest(work).await?))
}

pub(super) async fn list(
    work: &Work<'_>,
    limit: usize,
    before: Option<u64>,
) -> Result<Vec<RevocationEntry>, Failure> {
    let sql =
        format!("SELECT {COLUMNS} FROM revocation WHERE serial < $1 ORDER BY serial DESC LIMIT $2");
    let before = before.map_or(i64::MAX, |serial| i64::try_from(serial).unwrap_or(i64::MAX));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = work.rows(&sql, &[&before, &limit]).await?;
    rows.iter().map(of_row).collect()
}

/// Deletes at most `limit` rows whose time is over, and says how many there were.
pub(super) async fn forget(work: &Work<'_>, now: UnixMillis, limit: i64) -> Result<u64, Failure> {
    work.change(
        &format!(
            "DELETE FROM revocation WHERE serial IN \
             (SELECT serial FROM revocation WHERE expires_at <= {BOTH_CLOCKS} ORDER BY serial LIMIT $2)"
        ),
        &[&now.0, &limit],
    )
    .await
}

async fn latest(work: &Work<'_>) -> Result<u64, Failure> {
    let row = work.row("SELECT serial FROM revocation_head", &[]).await?;
    let serial: Option<i64> = row.map(|row| row.try_get(0)).transpose()?;
    let serial = serial.and_then(|serial| u64::try_from(serial).ok());
    Ok(serial.ok_or_else(|| StateError::unexpected("revocation_head.serial"))?)
}

fn of_row(row: &Row) -> Result<RevocationEntry, Failure> {
    let serial: i64 = row.try_get(0)?;
    let target = text::read(row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    Ok(RevocationEntry {
        serial: serial.unsigned_abs(),
        revocation: Revocation {
            target: target.ok_or_else(|| StateError::unexpected("revocation.name"))?,
            signed_until: AmzDate::from_unix(row.try_get(4)?),
            ends_transfers: row.try_get(5)?,
            made_at_ms: row.try_get(6)?,
            expires_at_ms: row.try_get(7)?,
        },
    })
}
