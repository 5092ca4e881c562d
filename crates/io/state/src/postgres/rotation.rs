//! The end of access keys in PostgreSQL: expiry, and who still uses a key that is to go.

use countersign_gate::ClientNetwork;
use countersign_sigv4::AccessKeyId;
use tokio_postgres::Row;

use super::access_key;
use super::failure::Failure;
use super::issued_link::link_of;
use super::work::{Parameters, Work};
use crate::key_caller::shortened;
use crate::role::check_description;
use crate::{KeyCaller, KeyUse, MAX_KEY_CALLERS, StateError, UnixMillis};

pub(super) async fn set_expiry(
    work: &Work<'_>,
    id: &AccessKeyId,
    expires_at: Option<UnixMillis>,
) -> Result<(), Failure> {
    let expires_at = expires_at.map(|at| at.0);
    let sql = "UPDATE access_key SET expires_at = $2 \
               WHERE id = $1 AND expires_at IS DISTINCT FROM $2";
    set(work, id, sql, &[&id.as_str(), &expires_at]).await
}

pub(super) async fn retire(
    work: &Work<'_>,
    id: &AccessKeyId,
    since: Option<UnixMillis>,
) -> Result<(), Failure> {
    if since.is_none() {
        let sql = "DELETE FROM key_caller WHERE access_key_id = $1";
        work.change(sql, &[&id.as_str()]).await?;
    }
    let since = since.map(|at| at.0);
    let sql = "UPDATE access_key SET retiring_at = $2 \
               WHERE id = $1 AND (retiring_at IS NULL) <> (CAST($2 AS BIGINT) IS NULL)";
    set(work, id, sql, &[&id.as_str(), &since]).await
}

pub(super) async fn set_description(
    work: &Work<'_>,
    id: &AccessKeyId,
    description: Option<&str>,
) -> Result<(), Failure> {
    check_description(description)?;
    let sql = "UPDATE access_key SET description = $2 \
               WHERE id = $1 AND description IS DISTINCT FROM $2";
    set(work, id, sql, &[&id.as_str(), &description]).await
}

async fn set(
    work: &Work<'_>,
    id: &AccessKeyId,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<(), Failure> {
    if access_key::origin(work, id).await?.is_none() {
        return Err(StateError::NoSuchAccessKey { id: id.clone() }.into());
    }
    work.change(sql, parameters).await?;
    Ok(())
}

pub(super) async fn note_callers(work: &Work<'_>, uses: &[KeyUse]) -> Result<(), Failure> {
    // In one order, so that two nodes do not wait for each other.
    let mut uses: Vec<(&str, String, String, &KeyUse)> = uses
        .iter()
        .map(|one| {
            let network = one.network.to_string();
            (
                one.access_key_id.as_str(),
                network,
                shortened(&one.agent),
                one,
            )
        })
        .collect();
    uses.sort_by(|one, other| (one.0, &one.1, &one.2).cmp(&(other.0, &other.1, &other.2)));
    for (id, network, agent, one) in uses {
        // The row of the key is the lock, so that it does not go meanwhile.
        let sql = "SELECT 1 FROM access_key WHERE id = $1 AND retiring_at IS NOT NULL FOR UPDATE";
        if id.contains('\0') || work.row(sql, &[&id]).await?.is_none() {
            continue;
        }
        let link = one.link.as_ref().map(|link| link.as_bytes().as_slice());
        work.change(
            "INSERT INTO key_caller \
               (access_key_id, network, agent, link, uses, first_at, last_at) \
             VALUES ($1, $2, $3, $4, 1, $5, $5) \
             ON CONFLICT (access_key_id, network, agent) DO UPDATE SET \
               uses = key_caller.uses + 1, \
               link = CASE WHEN excluded.last_at >= key_caller.last_at \
                           THEN COALESCE(excluded.link, key_caller.link) \
                           ELSE key_caller.link END, \
               last_at = GREATEST(key_caller.last_at, excluded.last_at)",
            &[&id, &network, &agent, &link, &one.at.0],
        )
        .await?;
        forget_oldest(work, id).await?;
    }
    Ok(())
}

async fn forget_oldest(work: &Work<'_>, id: &str) -> Result<(), Failure> {
    let sql = "SELECT network, agent FROM key_caller WHERE access_key_id = $1 \
               ORDER BY last_at DESC, network, agent";
    for row in work.rows(sql, &[&id]).await?.iter().skip(MAX_KEY_CALLERS) {
        let (network, agent): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let sql = "DELETE FROM key_caller \
                   WHERE access_key_id = $1 AND network = $2 AND agent = $3";
        work.change(sql, &[&id, &network, &agent]).await?;
    }
    Ok(())
}

pub(super) async fn list_callers(
    work: &Work<'_>,
    id: &AccessKeyId,
) -> Result<Vec<KeyCaller>, Failure> {
    if id.as_str().contains('\0') {
        return Ok(Vec::new());
    }
    let sql = "SELECT network, agent, link, uses, first_at, last_at FROM key_caller \
               WHERE access_key_id = $1";
    let rows = work.rows(sql, &[&id.as_str()]).await?;
    let of_row = |row: &Row| {
        let network = ClientNetwork::parse(row.try_get(0)?);
        let link: Option<&[u8]> = row.try_get(2)?;
        let link = link.map(|_| link_of(row, 2)).transpose()?;
        let uses: i64 = row.try_get(3)?;
        Ok(KeyCaller {
            network: network.ok_or_else(|| StateError::unexpected("key_caller.network"))?,
            agent: row.try_get(1)?,
            link,
            uses: uses.unsigned_abs(),
            first_at: UnixMillis(row.try_get(4)?),
            last_at: UnixMillis(row.try_get(5)?),
        })
    };
    let callers = rows.iter().map(of_row).collect::<Result<_, Failure>>();
    let mut callers: Vec<KeyCaller> = callers?;
    callers.sort_by_cached_key(|one| {
        let latest_first = std::cmp::Reverse(one.last_at);
        (latest_first, one.network.to_string(), one.agent.clone())
    });
    Ok(callers)
}
