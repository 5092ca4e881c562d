//! The ring of sealing keys in PostgreSQL.
//!
//! INVARIANT: the column `sealed` is written from `MasterKey::seal_key` and read by `MasterKey::open_key`.

use tokio_postgres::Row;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::work::Work;
use crate::credential::random_sealing_key_id;
use crate::{SealingKeyRecord, SealingKeyRotation, StateError, UnixMillis};

pub(super) async fn list(work: &Work<'_>) -> Result<Vec<SealingKeyRecord>, Failure> {
    let sql = "SELECT id, sealed, created_at FROM sealing_key ORDER BY created_at DESC, id DESC";
    let rows = work.rows(sql, &[]).await?;
    let of_row = |row: &Row| {
        let id: i64 = row.try_get(0)?;
        let id = u32::try_from(id).map_err(|_| StateError::unexpected("sealing_key.id"))?;
        Ok(SealingKeyRecord {
            id,
            bytes: work.master_key().open_key(id, row.try_get(1)?)?,
            created_at: UnixMillis(row.try_get(2)?),
        })
    };
    rows.iter().map(of_row).collect()
}

pub(super) async fn rotate(
    work: &Work<'_>,
    new_bytes: &Zeroizing<[u8; 32]>,
    rotation: SealingKeyRotation,
    now: UnixMillis,
) -> Result<Vec<SealingKeyRecord>, Failure> {
    let ring = list(work).await?;
    if rotation.is_due(&ring, now) {
        let id = random_sealing_key_id()?;
        let sealed = work.master_key().seal_key(id, new_bytes)?;
        let created_at = SealingKeyRotation::moment_of_new(&ring, now);
        work.change(
            "INSERT INTO sealing_key (id, sealed, created_at) VALUES ($1, $2, $3)",
            &[&i64::from(id), &sealed, &created_at.0],
        )
        .await?;
    }
    // One node whose clock is wrong must not forget for all.
    let sql = "SELECT CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
    let of_database = match work.row(sql, &[]).await? {
        None => now,
        Some(row) => UnixMillis(row.try_get(0)?),
    };
    for id in rotation.to_forget(&list(work).await?, now.min(of_database)) {
        let sql = "DELETE FROM sealing_key WHERE id = $1";
        work.change(sql, &[&i64::from(id)]).await?;
    }
    list(work).await
}
