//! What may be asked about the links that the issuer made.

use countersign_gate::LinkId;

use crate::{
    Answer, LinkFilter, LinkPosition, LinkRecord, Quota, Recorded, RememberedAnswer, UnixMillis,
};

/// Records of links, and answers for repeated requests. None of this moves the change token.
pub trait LinkStore: Send + Sync {
    /// Records links (at most [`MAX_LINKS_AT_ONCE`](crate::MAX_LINKS_AT_ONCE), or none), and with them the
    /// answer that is to be given to a repeated request, as a whole or not at all. Many callers share one
    /// commit. If an answer is remembered under the same key already, nothing is recorded.
    ///
    /// # Errors
    /// [`QuotaExceeded`](crate::StateError::QuotaExceeded) if the principal would have more living links.
    fn record_links<'a>(
        &'a self,
        links: &'a [LinkRecord],
        quota: Quota,
        answer: Option<&'a RememberedAnswer>,
        now: UnixMillis,
    ) -> Answer<'a, Recorded>;

    /// Finds the answer that a principal has under this key; one whose time is over is not found.
    fn find_answer<'a>(
        &'a self,
        principal_id: &'a str,
        key_digest: [u8; 32],
        now: UnixMillis,
    ) -> Answer<'a, Option<RememberedAnswer>>;

    /// Finds the record of a link; `None` if the issuer never made it, or that was forgotten.
    fn find_link(&self, link: LinkId) -> Answer<'_, Option<LinkRecord>>;

    /// Lists records, the latest first, those after one place; at most [`MAX_LISTED`](crate::MAX_LISTED) at
    /// once.
    fn list_links<'a>(
        &'a self,
        filter: &'a LinkFilter,
        limit: usize,
        after: Option<LinkPosition>,
    ) -> Answer<'a, Vec<LinkRecord>>;
}
