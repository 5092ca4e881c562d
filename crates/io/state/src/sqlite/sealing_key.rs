//! The ring of sealing keys in SQLite.
//!
//! INVARIANT: the column `sealed` is written from [`MasterKey::seal_key`] and read by [`MasterKey::open_key`].

use rusqlite::{Connection, Row, Transaction};
use zeroize::Zeroizing;

use crate::credential::random_sealing_key_id;
use crate::master_key::MasterKey;
use crate::{SealingKeyRecord, SealingKeyRotation, StateError, UnixMillis};

pub(super) fn list(
    connection: &Connection,
    master_key: &MasterKey,
) -> Result<Vec<SealingKeyRecord>, StateError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, sealed, created_at FROM sealing_key ORDER BY created_at DESC, id DESC",
    )?;
    let of_row = |row: &Row<'_>| {
        let id = row.get(0)?;
        let sealed = row.get_ref(1)?.as_blob().unwrap_or_default();
        Ok(SealingKeyRecord {
            id,
            bytes: master_key.open_key(id, sealed)?,
            created_at: row.get(2)?,
        })
    };
    statement.query_and_then([], of_row)?.collect()
}

pub(super) fn rotate(
    transaction: &Transaction<'_>,
    master_key: &MasterKey,
    new_bytes: &Zeroizing<[u8; 32]>,
    rotation: SealingKeyRotation,
    now: UnixMillis,
) -> Result<Vec<SealingKeyRecord>, StateError> {
    let ring = list(transaction, master_key)?;
    if rotation.is_due(&ring, now) {
        let id = random_sealing_key_id()?;
        let sealed = master_key.seal_key(id, new_bytes)?;
        let created_at = SealingKeyRotation::moment_of_new(&ring, now);
        transaction
            .prepare_cached("INSERT INTO sealing_key VALUES (?1, ?2, ?3)")?
            .execute((id, sealed, created_at))?;
    }
    for id in rotation.to_forget(&list(transaction, master_key)?, now) {
        transaction
            .prepare_cached("DELETE FROM sealing_key WHERE id = ?1")?
            .execute([id])?;
    }
    list(transaction, master_key)
}
