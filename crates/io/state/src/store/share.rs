//! What may be asked about shares.

use countersign_gate::LinkId;

use crate::{Answer, LinkFilter, LinkPosition, Quota, Share, UnixMillis};

/// Shares. None of this moves the change token: a share is looked up whenever it is used.
pub trait ShareStore: Send + Sync {
    /// Keeps a new share.
    ///
    /// # Errors
    /// [`QuotaExceeded`](crate::StateError::QuotaExceeded) if the principal would have more living shares.
    fn create_share<'a>(
        &'a self,
        share: &'a Share,
        quota: Quota,
        now: UnixMillis,
    ) -> Answer<'a, ()>;

    /// Finds a share by the digest of its token, living or not.
    fn find_share(&self, token_digest: [u8; 32]) -> Answer<'_, Option<Share>>;

    /// Finds a share by its id, living or not.
    fn find_share_by_id(&self, id: LinkId) -> Answer<'_, Option<Share>>;

    /// Counts an opening, and says what the share is then; `None` if there is no such share, or it cannot be
    /// opened any more.
    fn open_share(&self, token_digest: [u8; 32], now: UnixMillis) -> Answer<'_, Option<Share>>;

    /// Revokes a share, which may be revoked already.
    fn revoke_share(&self, id: LinkId, now: UnixMillis) -> Answer<'_, ()>;

    /// Lists shares, the latest first, those after one place; at most [`MAX_LISTED`](crate::MAX_LISTED) at once.
    fn list_shares<'a>(
        &'a self,
        filter: &'a LinkFilter,
        limit: usize,
        after: Option<LinkPosition>,
    ) -> Answer<'a, Vec<Share>>;
}
