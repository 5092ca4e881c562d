//! What may be asked about the end of access keys: expiry dates, and who still uses a key that is to go.

use countersign_sigv4::AccessKeyId;

use crate::{Answer, KeyCaller, KeyUse, UnixMillis};

/// The end of access keys.
pub trait KeyRotationStore: Send + Sync {
    /// Sets or removes when an access key expires.
    fn set_access_key_expiry<'a>(
        &'a self,
        id: &'a AccessKeyId,
        expires_at: Option<UnixMillis>,
    ) -> Answer<'a, ()>;

    /// Marks an access key as retiring since a moment, or takes that back and forgets who used it. One that is
    /// retiring already keeps the moment since when.
    fn retire_access_key<'a>(
        &'a self,
        id: &'a AccessKeyId,
        since: Option<UnixMillis>,
    ) -> Answer<'a, ()>;

    /// Sets or removes what an access key is for.
    fn set_access_key_description<'a>(
        &'a self,
        id: &'a AccessKeyId,
        description: Option<&'a str>,
    ) -> Answer<'a, ()>;

    /// Notes uses of retiring keys. Other keys are passed over. This alone does not move the change token.
    fn note_key_callers<'a>(&'a self, uses: &'a [KeyUse]) -> Answer<'a, ()>;

    /// Lists who used a retiring key, the latest first; at most [`MAX_KEY_CALLERS`](crate::MAX_KEY_CALLERS).
    fn list_key_callers<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Vec<KeyCaller>>;
}
