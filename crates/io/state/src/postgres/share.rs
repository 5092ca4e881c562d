//! Shares in PostgreSQL.

use countersign_gate::{LinkId, Revocation, RevocationTarget};
use tokio_postgres::Row;

use super::access_key::instant;
use super::failure::Failure;
use super::filter::Condition;
use super::issued_link::{bytes, link_of};
use super::revocation::BOTH_CLOCKS;
use super::work::Work;
use crate::issued_link::KEPT_AFTER_END_MS;
use crate::share::{check, end_of_second_ms};
use crate::{LinkFilter, LinkPosition, Quota, Share, StateError, UnixMillis};

const COLUMNS: &str = "token_digest, id, principal_id, principal_arn, session, subject, bucket, key, \
     spec, created_at, expires_at, max_opens, opens, revoked_at";

pub(super) async fn create(
    work: &Work<'_>,
    share: &Share,
    quota: Quota,
    now: UnixMillis,
) -> Result<(), Failure> {
    check(share)?;
    lock_principal(work, &share.principal_id).await?;
    let sql = "SELECT COUNT(*) FROM share \
               WHERE principal_id = $1 AND expires_at > $2 AND revoked_at IS NULL";
    let live: i64 = match work.row(sql, &[&share.principal_id, &now.0]).await? {
        None => 0,
        Some(row) => row.try_get(0)?,
    };
    if live.unsigned_abs() >= u64::from(quota.live_links) {
        let limit = quota.live_links;
        return Err(StateError::QuotaExceeded { limit }.into());
    }
    let sql = format!(
        "INSERT INTO share ({COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    );
    work.change(
        &sql,
        &[
            &share.token_digest.as_slice(),
            &share.id.as_bytes().as_slice(),
            &share.principal_id,
            &share.principal_arn,
            &share.session,
            &share.subject,
            &share.bucket,
            &share.key,
            &share.spec,
            &share.created_at.0,
            &share.expires_at.0,
            &share.max_opens.map(i64::from),
            &i64::from(share.opens),
            &share.revoked_at.map(|at| at.0),
        ],
    )
    .await?;
    Ok(())
}

/// Waits until nobody else makes shares or links for this principal, so that its quota holds.
async fn lock_principal(work: &Work<'_>, principal: &str) -> Result<(), Failure> {
    work.change(
        "INSERT INTO live_links (principal_id, hour, count) VALUES ($1, 0, 0) \
         ON CONFLICT (principal_id, hour) DO NOTHING",
        &[&principal],
    )
    .await?;
    work.row(
        "SELECT count FROM live_links WHERE hour = 0 AND principal_id = $1 FOR UPDATE",
        &[&principal],
    )
    .await?;
    Ok(())
}

pub(super) async fn find(
    work: &Work<'_>,
    token_digest: [u8; 32],
) -> Result<Option<Share>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM share WHERE token_digest = $1");
    let found = work.row(&sql, &[&token_digest.as_slice()]).await?;
    found.as_ref().map(of_row).transpose()
}

pub(super) async fn find_by_id(work: &Work<'_>, id: LinkId) -> Result<Option<Share>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM share WHERE id = $1");
    let found = work.row(&sql, &[&id.as_bytes().as_slice()]).await?;
    found.as_ref().map(of_row).transpose()
}

/// Counts an opening of a share that lives.
pub(super) async fn open(
    work: &Work<'_>,
    token_digest: [u8; 32],
    now: UnixMillis,
) -> Result<Option<Share>, Failure> {
    // In one statement, so that two nodes never count past the end.
    let opened = work
        .change(
            "UPDATE share SET opens = opens + 1 \
             WHERE token_digest = $1 AND revoked_at IS NULL AND expires_at > $2 \
               AND (max_opens IS NULL OR opens < max_opens)",
            &[&token_digest.as_slice(), &now.0],
        )
        .await?;
    if opened == 0 {
        return Ok(None);
    }
    find(work, token_digest).await
}

pub(super) async fn revoke(work: &Work<'_>, id: LinkId, now: UnixMillis) -> Result<(), Failure> {
    let sql = "UPDATE share SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1";
    let found = work
        .change(sql, &[&id.as_bytes().as_slice(), &now.0])
        .await?;
    if found == 0 {
        return Err(StateError::NoSuchShare { id }.into());
    }
    Ok(())
}

/// Revokes the shares that were made up to the instant of a revocation and that it is about: what they are swapped for
/// is signed later, and they may live longer than the revocation is kept.
pub(super) async fn revoke_all(work: &Work<'_>, revocation: &Revocation) -> Result<(), Failure> {
    let (made_at, until) = (
        revocation.made_at_ms,
        end_of_second_ms(revocation.signed_until),
    );
    let sql = |condition: &str| {
        format!(
            "UPDATE share SET revoked_at = $1 \
             WHERE revoked_at IS NULL AND created_at <= $2 AND {condition}"
        )
    };
    match &revocation.target {
        RevocationTarget::AccessKey(_) => 0,
        RevocationTarget::Link(link) => {
            let id = link.as_bytes().as_slice();
            work.change(&sql("id = $3"), &[&made_at, &i64::MAX, &id])
                .await?
        }
        RevocationTarget::Object { bucket, key } => {
            let sql = sql("bucket = $3 AND key = $4");
            let (bucket, key) = (bucket.as_str(), &**key);
            work.change(&sql, &[&made_at, &until, &bucket, &key])
                .await?
        }
        RevocationTarget::Prefix { bucket, prefix } => {
            let sql = sql("bucket = $3 AND left(key, char_length($4::text)) = $4");
            let (bucket, prefix) = (bucket.as_str(), &**prefix);
            work.change(&sql, &[&made_at, &until, &bucket, &prefix])
                .await?
        }
        RevocationTarget::Subject(subject) => {
            work.change(&sql("subject = $3"), &[&made_at, &until, &&**subject])
                .await?
        }
        RevocationTarget::Sessions { principal_id: id }
        | RevocationTarget::User { user_id: id } => {
            work.change(&sql("principal_id = $3"), &[&made_at, &until, &&**id])
                .await?
        }
    };
    Ok(())
}

pub(super) async fn list(
    work: &Work<'_>,
    filter: &LinkFilter,
    limit: usize,
    after: Option<LinkPosition>,
) -> Result<Vec<Share>, Failure> {
    let mut condition = Condition::of(filter, after, "id");
    if filter.live_at.is_some() {
        condition.and("revoked_at IS NULL");
        condition.and("(max_opens IS NULL OR opens < max_opens)");
    }
    let limit = condition.place(i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {COLUMNS} FROM share WHERE {} ORDER BY created_at DESC, id LIMIT {limit}",
        condition.sql
    );
    let rows = work.rows(&sql, &condition.parameters()).await?;
    rows.iter().map(of_row).collect()
}

/// Deletes at most `limit` shares that ended a day ago, and says how many there were.
pub(super) async fn forget(work: &Work<'_>, now: UnixMillis, limit: i64) -> Result<u64, Failure> {
    let ended = now.0.saturating_sub(KEPT_AFTER_END_MS);
    work.change(
        &format!(
            "DELETE FROM share WHERE token_digest IN \
             (SELECT token_digest FROM share WHERE expires_at <= {BOTH_CLOCKS} \
              ORDER BY token_digest LIMIT $2)"
        ),
        &[&ended, &limit],
    )
    .await
}

fn of_row(row: &Row) -> Result<Share, Failure> {
    let count =
        |count: i64| u32::try_from(count).map_err(|_| StateError::unexpected("share.opens"));
    let max_opens: Option<i64> = row.try_get(11)?;
    Ok(Share {
        token_digest: bytes(row, 0, "share.token_digest")?,
        id: link_of(row, 1)?,
        principal_id: row.try_get(2)?,
        principal_arn: row.try_get(3)?,
        session: row.try_get(4)?,
        subject: row.try_get(5)?,
        bucket: row.try_get(6)?,
        key: row.try_get(7)?,
        spec: row.try_get(8)?,
        created_at: UnixMillis(row.try_get(9)?),
        expires_at: UnixMillis(row.try_get(10)?),
        max_opens: max_opens.map(count).transpose()?,
        opens: count(row.try_get(12)?)?,
        revoked_at: instant(row, 13)?,
    })
}
