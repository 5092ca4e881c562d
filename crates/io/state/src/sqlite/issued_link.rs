//! Records of the issuer's links in SQLite.

use countersign_gate::LinkId;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params_from_iter};

use super::filter::condition;
use crate::issued_link::batch::{self, Job, Rows};
use crate::issued_link::{KEPT_AFTER_END_MS, first_hour};
use crate::{
    LinkFilter, LinkPosition, LinkRecord, Recorded, RememberedAnswer, StateError, UnixMillis,
};

const COLUMNS: &str = "link, name, principal_id, principal_arn, subject, verb, shape, bucket, key, \
     created_at, expires_at, restrictions, request_id";

/// Carries out a batch: reads what it needs to know, and writes what it changes.
pub(super) fn carry_out(
    transaction: &Transaction<'_>,
    jobs: &[Job],
) -> Result<Vec<Result<Recorded, StateError>>, StateError> {
    let rows = read(transaction, jobs)?;
    let (changes, outcomes) = batch::evaluate(jobs, rows);
    let mut insert = transaction.prepare_cached(&format!(
        "INSERT INTO issued_link ({COLUMNS}) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    ))?;
    for link in changes.links {
        insert.execute((
            link.link.as_bytes(),
            &link.name,
            &link.principal_id,
            &link.principal_arn,
            &link.subject,
            &link.verb,
            &link.shape,
            &link.bucket,
            &link.key,
            link.created_at,
            link.expires_at,
            &link.restrictions,
            &link.request_id,
        ))?;
    }
    let mut count = transaction.prepare_cached(
        "INSERT INTO live_links VALUES (?1, ?2, ?3) \
         ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?;
    for ((principal, hour), more) in changes.counts {
        count.execute((principal, hour, more))?;
    }
    let mut remember = transaction
        .prepare_cached("INSERT OR REPLACE INTO remembered_answer VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for answer in changes.answers.into_values() {
        remember.execute((
            &answer.principal_id,
            &answer.key_digest,
            &answer.request_digest,
            &answer.sealed_answer,
            answer.expires_at,
        ))?;
    }
    Ok(outcomes)
}

fn read(connection: &Connection, jobs: &[Job]) -> Result<Rows, StateError> {
    let mut rows = Rows::default();
    let mut live = connection.prepare_cached(
        "SELECT coalesce(sum(count), 0) FROM live_links WHERE principal_id = ?1 AND hour >= ?2",
    )?;
    let first_hour = batch::first_hour_of(jobs);
    for principal in batch::principals(jobs) {
        let count: i64 = live.query_row((principal, first_hour), |row| row.get(0))?;
        rows.live.insert(principal.to_owned(), count.unsigned_abs());
    }
    let mut known = connection.prepare_cached("SELECT 1 FROM issued_link WHERE link = ?1")?;
    for link in batch::links(jobs) {
        if known.exists([link.as_bytes()])? {
            rows.known.insert(link);
        }
    }
    for (principal, key_digest) in batch::answer_keys(jobs) {
        if let Some(answer) = remembered(connection, &principal, key_digest)? {
            rows.answers.insert((principal, key_digest), answer);
        }
    }
    Ok(rows)
}

pub(super) fn find_answer(
    connection: &Connection,
    principal_id: &str,
    key_digest: [u8; 32],
    now: UnixMillis,
) -> Result<Option<RememberedAnswer>, StateError> {
    let found = remembered(connection, principal_id, key_digest)?;
    Ok(found.filter(|answer| now < answer.expires_at))
}

fn remembered(
    connection: &Connection,
    principal_id: &str,
    key_digest: [u8; 32],
) -> Result<Option<RememberedAnswer>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT request_digest, sealed_answer, expires_at FROM remembered_answer \
         WHERE principal_id = ?1 AND key_digest = ?2",
    )?;
    let found = statement.query_row((principal_id, key_digest), |row| {
        Ok(RememberedAnswer {
            principal_id: principal_id.to_owned(),
            key_digest,
            request_digest: row.get(0)?,
            sealed_answer: row.get(1)?,
            expires_at: row.get(2)?,
        })
    });
    Ok(found.optional()?)
}

pub(super) fn find(
    connection: &Connection,
    link: LinkId,
) -> Result<Option<LinkRecord>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM issued_link WHERE link = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([link.as_bytes()], |row| Ok(of_row(row)))
        .optional()?;
    found.transpose()
}

pub(super) fn list(
    connection: &Connection,
    filter: &LinkFilter,
    limit: usize,
    after: Option<LinkPosition>,
) -> Result<Vec<LinkRecord>, StateError> {
    let (condition, mut parameters) = condition(filter, after, "link");
    parameters.push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    let sql = format!(
        "SELECT {COLUMNS} FROM issued_link WHERE {condition} \
         ORDER BY created_at DESC, link LIMIT ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_and_then(params_from_iter(parameters), of_row)?
        .collect()
}

/// Deletes at most `limit` records of links that ended a day ago, and says how many there were.
pub(super) fn forget(
    transaction: &Transaction<'_>,
    now: UnixMillis,
    limit: u32,
) -> Result<usize, StateError> {
    transaction
        .prepare_cached("DELETE FROM live_links WHERE hour < ?1")?
        .execute([first_hour(now)])?;
    let ended = now.0.saturating_sub(KEPT_AFTER_END_MS);
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM issued_link WHERE number IN \
             (SELECT number FROM issued_link WHERE expires_at <= ?1 LIMIT ?2)",
        )?
        .execute((ended, limit))?;
    Ok(deleted)
}

/// Deletes at most `limit` answers whose time is over, and says how many there were.
pub(super) fn forget_answers(
    transaction: &Transaction<'_>,
    now: UnixMillis,
    limit: u32,
) -> Result<usize, StateError> {
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM remembered_answer WHERE rowid IN \
             (SELECT rowid FROM remembered_answer WHERE expires_at <= ?1 LIMIT ?2)",
        )?
        .execute((now, limit))?;
    Ok(deleted)
}

fn of_row(row: &Row<'_>) -> Result<LinkRecord, StateError> {
    Ok(LinkRecord {
        link: LinkId::from_bytes(row.get(0)?),
        name: row.get(1)?,
        principal_id: row.get(2)?,
        principal_arn: row.get(3)?,
        subject: row.get(4)?,
        verb: row.get(5)?,
        shape: row.get(6)?,
        bucket: row.get(7)?,
        key: row.get(8)?,
        created_at: row.get(9)?,
        expires_at: row.get(10)?,
        restrictions: row.get(11)?,
        request_id: row.get(12)?,
    })
}
