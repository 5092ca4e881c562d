//! The verbs of shares, each in its transaction.

use countersign_gate::LinkId;

use super::super::work::Work;
use super::super::{PostgresStore, share};
use crate::{Answer, LinkFilter, LinkPosition, MAX_LISTED, Quota, Share, ShareStore, UnixMillis};

impl ShareStore for PostgresStore {
    fn create_share<'a>(
        &'a self,
        share: &'a Share,
        quota: Quota,
        now: UnixMillis,
    ) -> Answer<'a, ()> {
        let share = share.clone();
        self.write_quietly(async move |work: &Work<'_>| {
            share::create(work, &share, quota, now).await
        })
    }

    fn find_share(&self, token_digest: [u8; 32]) -> Answer<'_, Option<Share>> {
        self.read(async move |work: &Work<'_>| share::find(work, token_digest).await)
    }

    fn find_share_by_id(&self, id: LinkId) -> Answer<'_, Option<Share>> {
        self.read(async move |work: &Work<'_>| share::find_by_id(work, id).await)
    }

    fn open_share(&self, token_digest: [u8; 32], now: UnixMillis) -> Answer<'_, Option<Share>> {
        self.write_quietly(async move |work: &Work<'_>| share::open(work, token_digest, now).await)
    }

    fn revoke_share(&self, id: LinkId, now: UnixMillis) -> Answer<'_, ()> {
        self.write_quietly(async move |work: &Work<'_>| share::revoke(work, id, now).await)
    }

    fn list_shares<'a>(
        &'a self,
        filter: &'a LinkFilter,
        limit: usize,
        after: Option<LinkPosition>,
    ) -> Answer<'a, Vec<Share>> {
        let filter = filter.clone();
        let limit = limit.min(MAX_LISTED);
        self.read(async move |work: &Work<'_>| share::list(work, &filter, limit, after).await)
    }
}
