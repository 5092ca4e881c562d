//! What may be asked about the ring of keys that seals sessions.

use zeroize::Zeroizing;

use crate::{Answer, SealingKeyRecord, SealingKeyRotation, UnixMillis};

/// The ring of keys that seals sessions.
pub trait SealingKeyStore: Send + Sync {
    /// All keys, the newest first.
    fn sealing_keys(&self) -> Answer<'_, Vec<SealingKeyRecord>>;

    /// Makes `new_bytes` the newest key if the newest is old enough or there is none, forgets keys that were
    /// replaced long ago, and says what the ring is then, the newest first.
    fn rotate_sealing_key(
        &self,
        new_bytes: Zeroizing<[u8; 32]>,
        rotation: SealingKeyRotation,
        now: UnixMillis,
    ) -> Answer<'_, Vec<SealingKeyRecord>>;
}
