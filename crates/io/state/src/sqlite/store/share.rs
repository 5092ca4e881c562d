//! The verbs of shares, each in its transaction.

use countersign_gate::LinkId;

use super::super::{SqliteStore, share};
use crate::{Answer, LinkFilter, LinkPosition, MAX_LISTED, Quota, Share, ShareStore, UnixMillis};

impl ShareStore for SqliteStore {
    fn create_share<'a>(
        &'a self,
        share: &'a Share,
        quota: Quota,
        now: UnixMillis,
    ) -> Answer<'a, ()> {
        let share = share.clone();
        self.writer
            .run(move |transaction| share::create(transaction, &share, quota, now))
    }

    fn find_share(&self, token_digest: [u8; 32]) -> Answer<'_, Option<Share>> {
        self.read(move |connection, _| share::find(connection, token_digest))
    }

    fn find_share_by_id(&self, id: LinkId) -> Answer<'_, Option<Share>> {
        self.read(move |connection, _| share::find_by_id(connection, id))
    }

    fn open_share(&self, token_digest: [u8; 32], now: UnixMillis) -> Answer<'_, Option<Share>> {
        self.writer
            .run(move |transaction| share::open(transaction, token_digest, now))
    }

    fn revoke_share(&self, id: LinkId, now: UnixMillis) -> Answer<'_, ()> {
        self.writer
            .run(move |transaction| share::revoke(transaction, id, now))
    }

    fn list_shares<'a>(
        &'a self,
        filter: &'a LinkFilter,
        limit: usize,
        after: Option<LinkPosition>,
    ) -> Answer<'a, Vec<Share>> {
        let filter = filter.clone();
        let limit = limit.min(MAX_LISTED);
        self.read(move |connection, _| share::list(connection, &filter, limit, after))
    }
}
