//! The end of access keys in SQLite: expiry, and who still uses a key that is to go.

use countersign_gate::{ClientNetwork, LinkId};
use countersign_sigv4::AccessKeyId;
use rusqlite::{Connection, Row, ToSql, Transaction};

use super::access_key;
use crate::key_caller::shortened;
use crate::role::check_description;
use crate::{KeyCaller, KeyUse, MAX_KEY_CALLERS, StateError, UnixMillis};

pub(super) fn set_expiry(
    transaction: &Transaction<'_>,
    id: &AccessKeyId,
    expires_at: Option<UnixMillis>,
) -> Result<(), StateError> {
    set(
        transaction,
        id,
        "UPDATE access_key SET expires_at = ?2 WHERE id = ?1 AND expires_at IS NOT ?2",
        &expires_at,
    )
}

pub(super) fn retire(
    transaction: &Transaction<'_>,
    id: &AccessKeyId,
    since: Option<UnixMillis>,
) -> Result<(), StateError> {
    if since.is_none() {
        transaction
            .prepare_cached("DELETE FROM key_caller WHERE access_key_id = ?1")?
            .execute([id.as_str()])?;
    }
    set(
        transaction,
        id,
        "UPDATE access_key SET retiring_at = ?2 \
         WHERE id = ?1 AND (retiring_at IS NULL) <> (?2 IS NULL)",
        &since,
    )
}

pub(super) fn set_description(
    transaction: &Transaction<'_>,
    id: &AccessKeyId,
    description: Option<&str>,
) -> Result<(), StateError> {
    check_description(description)?;
    set(
        transaction,
        id,
        "UPDATE access_key SET description = ?2 WHERE id = ?1 AND description IS NOT ?2",
        &description,
    )
}

fn set(
    transaction: &Transaction<'_>,
    id: &AccessKeyId,
    sql: &str,
    value: &dyn ToSql,
) -> Result<(), StateError> {
    if access_key::origin(transaction, id)?.is_none() {
        return Err(StateError::NoSuchAccessKey { id: id.clone() });
    }
    let id = id.as_str();
    transaction
        .prepare_cached(sql)?
        .execute([&id as &dyn ToSql, value])?;
    Ok(())
}

pub(super) fn note_callers(
    transaction: &Transaction<'_>,
    uses: &[KeyUse],
) -> Result<(), StateError> {
    let mut note = transaction.prepare_cached(
        "INSERT INTO key_caller \
         SELECT ?1, ?2, ?3, ?4, 1, ?5, ?5 FROM access_key \
         WHERE id = ?1 AND retiring_at IS NOT NULL \
         ON CONFLICT DO UPDATE SET uses = uses + 1, \
           link = CASE WHEN excluded.last_at >= last_at THEN coalesce(excluded.link, link) \
                       ELSE link END, \
           last_at = max(last_at, excluded.last_at)",
    )?;
    let mut forget = transaction.prepare_cached(
        "DELETE FROM key_caller WHERE access_key_id = ?1 AND (network, agent) NOT IN \
         (SELECT network, agent FROM key_caller WHERE access_key_id = ?1 \
          ORDER BY last_at DESC, network, agent LIMIT ?2)",
    )?;
    let limit = i64::try_from(MAX_KEY_CALLERS).unwrap_or(i64::MAX);
    for one in uses {
        let id = one.access_key_id.as_str();
        let network = one.network.to_string();
        let link = one.link.map(|link| *link.as_bytes());
        note.execute((id, network, shortened(&one.agent), link, one.at))?;
        forget.execute((id, limit))?;
    }
    Ok(())
}

pub(super) fn list_callers(
    connection: &Connection,
    id: &AccessKeyId,
) -> Result<Vec<KeyCaller>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT network, agent, link, uses, first_at, last_at FROM key_caller \
         WHERE access_key_id = ?1 ORDER BY last_at DESC, network, agent",
    )?;
    let of_row = |row: &Row<'_>| {
        let network: String = row.get(0)?;
        let link: Option<[u8; 16]> = row.get(2)?;
        let uses: i64 = row.get(3)?;
        Ok(KeyCaller {
            network: ClientNetwork::parse(&network)
                .ok_or_else(|| StateError::unexpected("key_caller.network"))?,
            agent: row.get(1)?,
            link: link.map(LinkId::from_bytes),
            uses: uses.unsigned_abs(),
            first_at: row.get(4)?,
            last_at: row.get(5)?,
        })
    };
    statement.query_and_then([id.as_str()], of_row)?.collect()
}
