//! The verbs of the sealing ring, each in its transaction.

use zeroize::Zeroizing;

use super::super::work::Work;
use super::super::{PostgresStore, sealing_key};
use crate::{Answer, SealingKeyRecord, SealingKeyRotation, SealingKeyStore, UnixMillis};

impl SealingKeyStore for PostgresStore {
    fn sealing_keys(&self) -> Answer<'_, Vec<SealingKeyRecord>> {
        self.read(async move |work: &Work<'_>| sealing_key::list(work).await)
    }

    fn rotate_sealing_key(
        &self,
        new_bytes: Zeroizing<[u8; 32]>,
        rotation: SealingKeyRotation,
        now: UnixMillis,
    ) -> Answer<'_, Vec<SealingKeyRecord>> {
        self.write(async move |work: &Work<'_>| {
            sealing_key::rotate(work, &new_bytes, rotation, now).await
        })
    }
}
