//! The verbs of links of the issuer, each in its transaction.

use countersign_gate::LinkId;

use super::super::{SqliteStore, issued_link};
use crate::issued_link::{batch::Ask, check};
use crate::{
    Answer, LinkFilter, LinkPosition, LinkRecord, LinkStore, MAX_LISTED, Quota, Recorded,
    RememberedAnswer, UnixMillis,
};

impl LinkStore for SqliteStore {
    fn record_links<'a>(
        &'a self,
        links: &'a [LinkRecord],
        quota: Quota,
        answer: Option<&'a RememberedAnswer>,
        now: UnixMillis,
    ) -> Answer<'a, Recorded> {
        if let Err(error) = check(links, answer) {
            return Box::pin(async { Err(error) });
        }
        let ask = Ask {
            links: links.to_vec(),
            quota,
            answer: answer.cloned(),
            now,
        };
        self.writer.record(ask)
    }

    fn find_answer<'a>(
        &'a self,
        principal_id: &'a str,
        key_digest: [u8; 32],
        now: UnixMillis,
    ) -> Answer<'a, Option<RememberedAnswer>> {
        let principal_id = principal_id.to_owned();
        self.read(move |connection, _| {
            issued_link::find_answer(connection, &principal_id, key_digest, now)
        })
    }

    fn find_link(&self, link: LinkId) -> Answer<'_, Option<LinkRecord>> {
        self.read(move |connection, _| issued_link::find(connection, link))
    }

    fn list_links<'a>(
        &'a self,
        filter: &'a LinkFilter,
        limit: usize,
        after: Option<LinkPosition>,
    ) -> Answer<'a, Vec<LinkRecord>> {
        let filter = filter.clone();
        let limit = limit.min(MAX_LISTED);
        self.read(move |connection, _| issued_link::list(connection, &filter, limit, after))
    }
}
