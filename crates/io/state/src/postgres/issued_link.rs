//! Records of the issuer's links in PostgreSQL.
//!
//! A batch locks the principals it works for, which are rows of the hour 0, in the order of their ids, so that no
//! two nodes wait for each other and no quota is overstepped by two at once.

use countersign_gate::LinkId;
use tokio_postgres::Row;

use super::failure::Failure;
use super::filter::Condition;
use super::revocation::BOTH_CLOCKS;
use super::work::Work;
use crate::issued_link::batch::{self, Changes, Job, Rows};
use crate::issued_link::{KEPT_AFTER_END_MS, first_hour};
use crate::{
    LinkFilter, LinkPosition, LinkRecord, Recorded, RememberedAnswer, StateError, UnixMillis,
};

const COLUMNS: &str = "link, name, principal_id, principal_arn, subject, verb, shape, bucket, key, \
     created_at, expires_at, restrictions, request_id";

/// Carries out a batch: locks and reads what it needs to know, and writes what it changes.
pub(super) async fn carry_out(
    work: &Work<'_>,
    jobs: &[Job],
) -> Result<Vec<Result<Recorded, StateError>>, Failure> {
    lock(work, jobs).await?;
    let rows = read(work, jobs).await?;
    let (changes, outcomes) = batch::evaluate(jobs, rows);
    write_links(work, &changes.links).await?;
    write_counts(work, &changes).await?;
    write_answers(work, &changes).await?;
    Ok(outcomes)
}

async fn lock(work: &Work<'_>, jobs: &[Job]) -> Result<(), Failure> {
    let principals: Vec<&str> = batch::principals(jobs).into_iter().collect();
    work.change(
        "INSERT INTO live_links (principal_id, hour, count) \
         SELECT one.id, 0, 0 FROM UNNEST(CAST($1 AS TEXT[])) AS one (id) ORDER BY one.id \
         ON CONFLICT (principal_id, hour) DO NOTHING",
        &[&principals],
    )
    .await?;
    work.rows(
        "SELECT principal_id FROM live_links WHERE hour = 0 AND principal_id = ANY($1) \
         ORDER BY principal_id FOR UPDATE",
        &[&principals],
    )
    .await?;
    Ok(())
}

async fn read(work: &Work<'_>, jobs: &[Job]) -> Result<Rows, Failure> {
    let mut rows = Rows::default();
    let principals: Vec<&str> = batch::principals(jobs).into_iter().collect();
    let live = work
        .rows(
            "SELECT principal_id, CAST(SUM(count) AS BIGINT) FROM live_links \
             WHERE principal_id = ANY($1) AND hour > 0 AND hour >= $2 GROUP BY principal_id",
            &[&principals, &batch::first_hour_of(jobs)],
        )
        .await?;
    for row in &live {
        let count: i64 = row.try_get(1)?;
        rows.live.insert(row.try_get(0)?, count.unsigned_abs());
    }
    let links = batch::links(jobs);
    if !links.is_empty() {
        let links: Vec<&[u8]> = links
            .iter()
            .map(|link| link.as_bytes().as_slice())
            .collect();
        let sql = "SELECT link FROM issued_link WHERE link = ANY($1)";
        for row in work.rows(sql, &[&links]).await? {
            rows.known.insert(link_of(&row, 0)?);
        }
    }
    for (principal, key_digest) in batch::answer_keys(jobs) {
        if let Some(answer) = remembered(work, &principal, key_digest).await? {
            rows.answers.insert((principal, key_digest), answer);
        }
    }
    Ok(rows)
}

async fn write_links(work: &Work<'_>, links: &[&LinkRecord]) -> Result<(), Failure> {
    if links.is_empty() {
        return Ok(());
    }
    fn column<'a, T>(links: &[&'a LinkRecord], of: impl Fn(&'a LinkRecord) -> T) -> Vec<T> {
        links.iter().map(|link| of(link)).collect()
    }
    let sql = format!(
        "INSERT INTO issued_link ({COLUMNS}) \
         SELECT * FROM UNNEST(CAST($1 AS BYTEA[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[]), \
           CAST($4 AS TEXT[]), CAST($5 AS TEXT[]), CAST($6 AS TEXT[]), CAST($7 AS TEXT[]), \
           CAST($8 AS TEXT[]), CAST($9 AS TEXT[]), CAST($10 AS BIGINT[]), \
           CAST($11 AS BIGINT[]), CAST($12 AS TEXT[]), CAST($13 AS TEXT[])) \
         ON CONFLICT (link) DO NOTHING"
    );
    work.change(
        &sql,
        &[
            &column(links, |link| link.link.as_bytes().as_slice()),
            &column(links, |link| link.name.as_str()),
            &column(links, |link| link.principal_id.as_str()),
            &column(links, |link| link.principal_arn.as_str()),
            &column(links, |link| link.subject.as_deref()),
            &column(links, |link| link.verb.as_str()),
            &column(links, |link| link.shape.as_str()),
            &column(links, |link| link.bucket.as_str()),
            &column(links, |link| link.key.as_str()),
            &column(links, |link| link.created_at.0),
            &column(links, |link| link.expires_at.0),
            &column(links, |link| link.restrictions.as_str()),
            &column(links, |link| link.request_id.as_str()),
        ],
    )
    .await?;
    Ok(())
}

async fn write_counts(work: &Work<'_>, changes: &Changes<'_>) -> Result<(), Failure> {
    if changes.counts.is_empty() {
        return Ok(());
    }
    let principals: Vec<&str> = changes
        .counts
        .keys()
        .map(|(principal, _)| *principal)
        .collect();
    let hours: Vec<i64> = changes.counts.keys().map(|(_, hour)| *hour).collect();
    let counts: Vec<i64> = changes.counts.values().copied().map(i64::from).collect();
    work.change(
        "INSERT INTO live_links (principal_id, hour, count) \
         SELECT * FROM UNNEST(CAST($1 AS TEXT[]), CAST($2 AS BIGINT[]), CAST($3 AS BIGINT[])) \
         ON CONFLICT (principal_id, hour) DO UPDATE SET count = live_links.count + excluded.count",
        &[&principals, &hours, &counts],
    )
    .await?;
    Ok(())
}

async fn write_answers(work: &Work<'_>, changes: &Changes<'_>) -> Result<(), Failure> {
    for answer in changes.answers.values() {
        work.change(
            "INSERT INTO remembered_answer \
               (principal_id, key_digest, request_digest, sealed_answer, expires_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (principal_id, key_digest) DO UPDATE SET \
               request_digest = excluded.request_digest, \
               sealed_answer = excluded.sealed_answer, expires_at = excluded.expires_at",
            &[
                &answer.principal_id,
                &answer.key_digest.as_slice(),
                &answer.request_digest.as_slice(),
                &answer.sealed_answer,
                &answer.expires_at.0,
            ],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn find_answer(
    work: &Work<'_>,
    principal_id: &str,
    key_digest: [u8; 32],
    now: UnixMillis,
) -> Result<Option<RememberedAnswer>, Failure> {
    let found = remembered(work, principal_id, key_digest).await?;
    Ok(found.filter(|answer| now < answer.expires_at))
}

async fn remembered(
    work: &Work<'_>,
    principal_id: &str,
    key_digest: [u8; 32],
) -> Result<Option<RememberedAnswer>, Failure> {
    let sql = "SELECT request_digest, sealed_answer, expires_at FROM remembered_answer \
               WHERE principal_id = $1 AND key_digest = $2";
    let digest = key_digest.as_slice();
    let Some(row) = work.row(sql, &[&principal_id, &digest]).await? else {
        return Ok(None);
    };
    Ok(Some(RememberedAnswer {
        principal_id: principal_id.to_owned(),
        key_digest,
        request_digest: bytes(&row, 0, "remembered_answer.request_digest")?,
        sealed_answer: row.try_get(1)?,
        expires_at: UnixMillis(row.try_get(2)?),
    }))
}

pub(super) async fn find(work: &Work<'_>, link: LinkId) -> Result<Option<LinkRecord>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM issued_link WHERE link = $1");
    let link = link.as_bytes().as_slice();
    let found = work.row(&sql, &[&link]).await?;
    found.as_ref().map(of_row).transpose()
}

pub(super) async fn list(
    work: &Work<'_>,
    filter: &LinkFilter,
    limit: usize,
    after: Option<LinkPosition>,
) -> Result<Vec<LinkRecord>, Failure> {
    let mut condition = Condition::of(filter, after, "link");
    let limit = condition.place(i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {COLUMNS} FROM issued_link WHERE {} ORDER BY created_at DESC, link LIMIT {limit}",
        condition.sql
    );
    let rows = work.rows(&sql, &condition.parameters()).await?;
    rows.iter().map(of_row).collect()
}

/// Deletes at most `limit` records of links that ended a day ago, and says how many there were.
pub(super) async fn forget(work: &Work<'_>, now: UnixMillis, limit: i64) -> Result<u64, Failure> {
    let ended = now.0.saturating_sub(KEPT_AFTER_END_MS);
    work.change(
        &format!(
            "DELETE FROM issued_link WHERE link IN \
             (SELECT link FROM issued_link WHERE expires_at <= {BOTH_CLOCKS} \
              ORDER BY link LIMIT $2)"
        ),
        &[&ended, &limit],
    )
    .await
}

/// Forgets counts of hours that are over. The rows of the hour 0 are locks and stay.
pub(super) async fn forget_counts(work: &Work<'_>, now: UnixMillis) -> Result<(), Failure> {
    work.change(
        "DELETE FROM live_links WHERE hour > 0 AND hour < $1",
        &[&first_hour(now)],
    )
    .await?;
    Ok(())
}

/// Deletes at most `limit` answers whose time is over, and says how many there were.
pub(super) async fn forget_answers(
    work: &Work<'_>,
    now: UnixMillis,
    limit: i64,
) -> Result<u64, Failure> {
    // Asked twice, because an answer may have been replaced after it was found.
    work.change(
        &format!(
            "DELETE FROM remembered_answer \
             WHERE expires_at <= {BOTH_CLOCKS} AND (principal_id, key_digest) IN \
             (SELECT principal_id, key_digest FROM remembered_answer \
              WHERE expires_at <= {BOTH_CLOCKS} ORDER BY principal_id, key_digest LIMIT $2)"
        ),
        &[&now.0, &limit],
    )
    .await
}

/// Reads an id from one column.
pub(super) fn link_of(row: &Row, column: usize) -> Result<LinkId, Failure> {
    Ok(LinkId::from_bytes(bytes(row, column, "link")?))
}

/// Reads so many bytes from one column.
pub(super) fn bytes<const N: usize>(
    row: &Row,
    column: usize,
    name: &'static str,
) -> Result<[u8; N], Failure> {
    let bytes: &[u8] = row.try_get(column)?;
    let bytes = bytes.try_into();
    Ok(bytes.map_err(|_| StateError::unexpected(name))?)
}

fn of_row(row: &Row) -> Result<LinkRecord, Failure> {
    Ok(LinkRecord {
        link: link_of(row, 0)?,
        name: row.try_get(1)?,
        principal_id: row.try_get(2)?,
        principal_arn: row.try_get(3)?,
        subject: row.try_get(4)?,
        verb: row.try_get(5)?,
        shape: row.try_get(6)?,
        bucket: row.try_get(7)?,
        key: row.try_get(8)?,
        created_at: UnixMillis(row.try_get(9)?),
        expires_at: UnixMillis(row.try_get(10)?),
        restrictions: row.try_get(11)?,
        request_id: row.try_get(12)?,
    })
}
