//! The counted uses of links in SQLite.

use countersign_gate::{ClientNetwork, LinkId};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use crate::ledger::{batch, text};
use crate::{LinkUse, StateError, UnixMillis};

const COLUMNS: &str =
    "link, used, use_limit, bound, sessions, next_number, first_at, last_at, forget_at";

/// Carries out a batch: reads the rows it needs, lets the ledger change them, writes them back.
pub(super) fn carry_out(
    transaction: &Transaction<'_>,
    jobs: &[batch::Job],
) -> Result<Vec<Result<batch::Outcome, StateError>>, StateError> {
    let mut rows = batch::Rows::new();
    for link in batch::links(jobs) {
        if let Some(found) = read(transaction, link)? {
            rows.insert(link, found.map(batch::Row::from));
        }
    }
    let outcomes = batch::evaluate(jobs, &mut rows);
    for state in batch::changed(&rows) {
        write(transaction, state)?;
    }
    Ok(outcomes)
}

pub(super) fn find(connection: &Connection, link: LinkId) -> Result<Option<LinkUse>, StateError> {
    read(connection, link)?.transpose()
}

/// The row of a link, if there is one, and why it cannot be read, if that is so.
fn read(
    connection: &Connection,
    link: LinkId,
) -> Result<Option<Result<LinkUse, StateError>>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM link_use WHERE link = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([link.as_bytes()], |row| Ok(of_row(row)))
        .optional()?;
    Ok(found)
}

pub(super) fn list(
    connection: &Connection,
    limit: usize,
    after: Option<LinkId>,
) -> Result<Vec<LinkUse>, StateError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM link_use WHERE ?1 IS NULL OR link > ?1 ORDER BY link LIMIT ?2"
    );
    let after = after.map(|link| *link.as_bytes());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_and_then((after, limit), of_row)?.collect()
}

/// Deletes at most `limit` rows whose time is over, and says how many there were.
pub(super) fn forget(
    transaction: &Transaction<'_>,
    now: UnixMillis,
    limit: u32,
) -> Result<usize, StateError> {
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM link_use WHERE link IN \
             (SELECT link FROM link_use WHERE forget_at <= ?1 LIMIT ?2)",
        )?
        .execute((now, limit))?;
    Ok(deleted)
}

fn write(transaction: &Transaction<'_>, state: &LinkUse) -> Result<(), StateError> {
    transaction
        .prepare_cached(
            "INSERT INTO link_use VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
             ON CONFLICT DO UPDATE SET used = excluded.used, use_limit = excluded.use_limit, \
               bound = excluded.bound, sessions = excluded.sessions, \
               next_number = excluded.next_number, last_at = excluded.last_at, \
               forget_at = excluded.forget_at",
        )?
        .execute((
            state.link.as_bytes(),
            state.used,
            state.limit,
            state.bound.map(|network| network.to_string()),
            text::write(&state.sessions),
            state.next_number.cast_signed(),
            state.first_at,
            state.last_at,
            state.forget_at,
        ))?;
    Ok(())
}

fn of_row(row: &Row<'_>) -> Result<LinkUse, StateError> {
    let bound: Option<String> = row.get(3)?;
    let sessions: String = row.get(4)?;
    let next_number: i64 = row.get(5)?;
    Ok(LinkUse {
        link: LinkId::from_bytes(row.get(0)?),
        used: row.get(1)?,
        limit: row.get(2)?,
        bound: bound.as_deref().map(network).transpose()?,
        sessions: text::read(&sessions)
            .ok_or_else(|| StateError::unexpected("link_use.sessions"))?,
        next_number: next_number.cast_unsigned(),
        first_at: row.get(6)?,
        last_at: row.get(7)?,
        forget_at: row.get(8)?,
    })
}

fn network(text: &str) -> Result<ClientNetwork, StateError> {
    ClientNetwork::parse(text).ok_or_else(|| StateError::unexpected("link_use.bound"))
}
