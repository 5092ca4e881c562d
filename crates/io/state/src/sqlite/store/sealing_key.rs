//! The verbs of the sealing ring, each in its transaction.

use zeroize::Zeroizing;

use super::super::{SqliteStore, sealing_key};
use crate::{Answer, SealingKeyRecord, SealingKeyRotation, SealingKeyStore, UnixMillis};

impl SealingKeyStore for SqliteStore {
    fn sealing_keys(&self) -> Answer<'_, Vec<SealingKeyRecord>> {
        self.read(sealing_key::list)
    }

    fn rotate_sealing_key(
        &self,
        new_bytes: Zeroizing<[u8; 32]>,
        rotation: SealingKeyRotation,
        now: UnixMillis,
    ) -> Answer<'_, Vec<SealingKeyRecord>> {
        self.write(move |transaction, key| {
            sealing_key::rotate(transaction, key, &new_bytes, rotation, now)
        })
    }
}
