//! The counted uses of links in PostgreSQL.
//!
//! A batch makes the rows that are not there yet, locks all of its rows, lets the ledger change them and
//! writes them back. Every node locks in the order of ids, so that no two wait for each other.

use std::collections::BTreeMap;

use countersign_gate::{ClientNetwork, LinkId};
use tokio_postgres::Row;

use super::failure::Failure;
use super::revocation::BOTH_CLOCKS;
use super::work::Work;
use crate::ledger::batch::{self, Job, Outcome, Rows};
use crate::ledger::text;
use crate::{LinkUse, StateError, UnixMillis};

const COLUMNS: &str =
    "link, used, use_limit, bound, sessions, next_number, first_at, last_at, forget_at";

/// What became of each job of a batch.
type Outcomes = Vec<Result<Outcome, StateError>>;

/// Carries out a batch.
pub(super) async fn carry_out(work: &Work<'_>, jobs: &[Job]) -> Result<Outcomes, Failure> {
    make_rows(work, jobs).await?;
    let mut rows = lock_rows(work, jobs).await?;
    let outcomes = batch::evaluate(jobs, &mut rows);
    write_back(work, &rows).await?;
    Ok(outcomes)
}

pub(super) async fn find(work: &Work<'_>, link: LinkId) -> Result<Option<LinkUse>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM link_use WHERE link = $1");
    let found = work.row(&sql, &[&bytes(&link)]).await?;
    found.as_ref().map(of_row).transpose()
}

pub(super) async fn list(
    work: &Work<'_>,
    limit: usize,
    after: Option<LinkId>,
) -> Result<Vec<LinkUse>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM link_use WHERE CAST($1 AS BYTEA) IS NULL OR link > $1 \
         ORDER BY link LIMIT $2"
    );
    let after = after.as_ref().map(bytes);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = work.rows(&sql, &[&after, &limit]).await?;
    rows.iter().map(of_row).collect()
}

/// Deletes at most `limit` rows whose time is over, and says how many there were.
pub(super) async fn forget(work: &Work<'_>, now: UnixMillis, limit: i64) -> Result<u64, Failure> {
    // Asked twice, because a row may have been used again after it was found.
    work.change(
        &format!(
            "DELETE FROM link_use WHERE forget_at <= {BOTH_CLOCKS} AND link IN \
             (SELECT link FROM link_use WHERE forget_at <= {BOTH_CLOCKS} ORDER BY link LIMIT $2)"
        ),
        &[&now.0, &limit],
    )
    .await
}

/// Makes the rows of links that are redeemed for the first time.
async fn make_rows(work: &Work<'_>, jobs: &[Job]) -> Result<(), Failure> {
    let mut first: BTreeMap<LinkId, i64> = BTreeMap::new();
    for job in jobs {
        if let Job::Redeem { asked, .. } = job {
            first.entry(asked.link).or_insert(asked.now_ms);
        }
    }
    if first.is_empty() {
        return Ok(());
    }
    let links: Vec<&[u8]> = first.keys().map(bytes).collect();
    let instants: Vec<i64> = first.values().copied().collect();
    work.change(
        "INSERT INTO link_use (link, used, sessions, next_number, first_at, last_at, forget_at) \
         SELECT one.link, 0, '', 1, one.at, one.at, one.at \
         FROM UNNEST(CAST($1 AS BYTEA[]), CAST($2 AS BIGINT[])) AS one (link, at) \
         ORDER BY one.link \
         ON CONFLICT (link) DO NOTHING",
        &[&links, &instants],
    )
    .await?;
    Ok(())
}

async fn lock_rows(work: &Work<'_>, jobs: &[Job]) -> Result<Rows, Failure> {
    let links = batch::links(jobs);
    let links: Vec<&[u8]> = links.iter().map(bytes).collect();
    let sql =
        format!("SELECT {COLUMNS} FROM link_use WHERE link = ANY($1) ORDER BY link FOR UPDATE");
    let locked = work.rows(&sql, &[&links]).await?;
    let row = |row: &Row| {
        let read = of_row(row).map(batch::Row::from).map_err(StateError::from);
        Ok((link_of(row)?, read))
    };
    locked.iter().map(row).collect()
}

async fn write_back(work: &Work<'_>, rows: &Rows) -> Result<(), Failure> {
    let changed: Vec<&LinkUse> = batch::changed(rows).collect();
    if changed.is_empty() {
        return Ok(());
    }
    fn column<'a, T>(rows: &[&'a LinkUse], of: impl Fn(&'a LinkUse) -> T) -> Vec<T> {
        rows.iter().map(|row| of(row)).collect()
    }
    let written = work
        .change(
            "UPDATE link_use SET used = one.used, use_limit = one.use_limit, bound = one.bound, \
               sessions = one.sessions, next_number = one.next_number, last_at = one.last_at, \
               forget_at = one.forget_at \
             FROM UNNEST(CAST($1 AS BYTEA[]), CAST($2 AS BIGINT[]), CAST($3 AS BIGINT[]), \
               CAST($4 AS TEXT[]), CAST($5 AS TEXT[]), CAST($6 AS BIGINT[]), \
               CAST($7 AS BIGINT[]), CAST($8 AS BIGINT[])) \
               AS one (link, used, use_limit, bound, sessions, next_number, last_at, forget_at) \
             WHERE link_use.link = one.link",
            &[
                &column(&changed, |row| bytes(&row.link)),
                &column(&changed, |row| i64::from(row.used)),
                &column(&changed, |row| row.limit.map(i64::from)),
                &column(&changed, |row| row.bound.map(|network| network.to_string())),
                &column(&changed, |row| text::write(&row.sessions)),
                &column(&changed, |row| row.next_number.cast_signed()),
                &column(&changed, |row| row.last_at.0),
                &column(&changed, |row| row.forget_at.0),
            ],
        )
        .await?;
    // A row that was forgotten before it was locked is made again at the next attempt.
    if written != changed.len() as u64 {
        return Err(Failure::Moved);
    }
    Ok(())
}

fn bytes(link: &LinkId) -> &[u8] {
    link.as_bytes()
}

fn link_of(row: &Row) -> Result<LinkId, Failure> {
    let link: &[u8] = row.try_get(0)?;
    let link = link
        .try_into()
        .map_err(|_| StateError::unexpected("link_use.link"))?;
    Ok(LinkId::from_bytes(link))
}

fn of_row(row: &Row) -> Result<LinkUse, Failure> {
    let unexpected = StateError::unexpected;
    let used: i64 = row.try_get(1)?;
    let limit: Option<i64> = row.try_get(2)?;
    let bound: Option<&str> = row.try_get(3)?;
    let next_number: i64 = row.try_get(5)?;
    let network =
        |text| ClientNetwork::parse(text).ok_or_else(|| StateError::unexpected("link_use.bound"));
    Ok(LinkUse {
        link: link_of(row)?,
        used: u32::try_from(used).map_err(|_| unexpected("link_use.used"))?,
        limit: limit
            .map(u32::try_from)
            .transpose()
            .map_err(|_| unexpected("link_use.use_limit"))?,
        bound: bound.map(network).transpose()?,
        sessions: text::read(row.try_get(4)?).ok_or_else(|| unexpected("link_use.sessions"))?,
        next_number: next_number.cast_unsigned(),
        first_at: UnixMillis(row.try_get(6)?),
        last_at: UnixMillis(row.try_get(7)?),
        forget_at: UnixMillis(row.try_get(8)?),
    })
}
