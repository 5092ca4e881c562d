//! Records of the links that the issuer made, the quota of living ones, and answers for repeated requests.
//!
//! A record never holds a URL or a signature: only what was asked for, by whom, and until when. Counters by
//! principal and hour of expiry, changed in the transaction of the record itself, say how many links live, so
//! that nothing has to be counted; a link counts until the end of the hour in which it dies.
//!
//! INVARIANT: nobody is answered before the commit.

pub(crate) mod batch;

use countersign_gate::LinkId;

use crate::{StateError, UnixMillis};

/// The most bytes of the text of a link's restrictions.
pub const MAX_RESTRICTIONS_BYTES: usize = 4 * 1_024;
/// The most bytes of a remembered answer.
pub const MAX_ANSWER_BYTES: usize = 64 * 1_024;
/// The most links in one call of [`record_links`](crate::LinkStore::record_links).
pub const MAX_LINKS_AT_ONCE: usize = 100;

/// The most bytes of any short text of a record.
const MAX_WORD_BYTES: usize = 2_048;
/// For how long a record is kept after the end of its link.
pub(crate) const KEPT_AFTER_END_MS: i64 = 24 * 60 * 60 * 1_000;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// A link that the issuer made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LinkRecord {
    /// The link.
    pub link: LinkId,
    /// Its name within its maker's name space (`x-cs-id`).
    pub name: String,
    /// The lasting id of the user or role whose link it is.
    pub principal_id: String,
    /// The ARN of who asked for it.
    pub principal_arn: String,
    /// Whom it was handed to.
    pub subject: Option<String>,
    /// What it is for: `get`, `put`, …
    pub verb: String,
    /// What was handed out: `url`, `form`, `multipart`, `page`, …
    pub shape: String,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// Its restrictions, as JSON text of at most [`MAX_RESTRICTIONS_BYTES`].
    pub restrictions: String,
    /// The request that made it.
    pub request_id: String,
}

/// How much one principal may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quota {
    /// How many living links, or shares.
    pub live_links: u32,
}

/// An answer that is given again when the same request comes again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RememberedAnswer {
    /// Whose it is: a lasting id.
    pub principal_id: String,
    /// The digest of the key under which the caller asks for it again.
    pub key_digest: [u8; 32],
    /// The digest of the request, to tell a repetition from another request under the same key.
    pub request_digest: [u8; 32],
    /// The answer, sealed by whoever made it; at most [`MAX_ANSWER_BYTES`].
    pub sealed_answer: Vec<u8>,
    /// Until when it is given.
    pub expires_at: UnixMillis,
}

/// What became of links that were to be recorded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Recorded {
    /// They are on the disk, and so is the answer. What was recorded before (a stable link that is asked for
    /// again) was not counted again.
    New,
    /// Nothing was recorded: under this key an answer is remembered.
    Repeated {
        /// The digest of the request that it answers.
        request_digest: [u8; 32],
        /// The answer.
        sealed_answer: Vec<u8>,
    },
}

/// Which links, or shares, are asked for. What is `None` selects nothing away.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LinkFilter {
    /// Whose: a lasting id.
    pub principal_id: Option<String>,
    /// Handed to whom.
    pub subject: Option<String>,
    /// In which bucket.
    pub bucket: Option<String>,
    /// With keys that begin so.
    pub key_prefix: Option<String>,
    /// Not over at this moment.
    pub live_at: Option<UnixMillis>,
}

/// A place in a list of links or shares, which begins with the latest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LinkPosition {
    /// When it was made.
    pub created_at: UnixMillis,
    /// Which it is.
    pub link: LinkId,
}

impl LinkRecord {
    /// Its place in lists.
    #[must_use]
    pub fn position(&self) -> LinkPosition {
        LinkPosition {
            created_at: self.created_at,
            link: self.link,
        }
    }

    /// The hour until whose end it counts.
    pub(crate) fn hour(&self) -> i64 {
        self.expires_at.0.div_euclid(HOUR_MS)
    }
}

/// The first hour in which something may still live at `now`.
pub(crate) fn first_hour(now: UnixMillis) -> i64 {
    now.0.div_euclid(HOUR_MS)
}

/// Refuses records and answers that cannot be kept.
pub(crate) fn check(
    links: &[LinkRecord],
    answer: Option<&RememberedAnswer>,
) -> Result<(), StateError> {
    if links.len() > MAX_LINKS_AT_ONCE {
        return Err(StateError::TooMany {
            what: "links at once",
            limit: MAX_LINKS_AT_ONCE,
        });
    }
    for link in links {
        let words = [
            ("the name of a link", &link.name),
            ("the principal of a link", &link.principal_id),
            ("the principal of a link", &link.principal_arn),
            ("the verb of a link", &link.verb),
            ("the shape of a link", &link.shape),
            ("the bucket of a link", &link.bucket),
            ("the key of a link", &link.key),
            ("the request of a link", &link.request_id),
        ];
        for (what, word) in words {
            check_length(what, word.as_bytes(), MAX_WORD_BYTES)?;
            crate::authority::check_text(word)?;
        }
        let subject = link.subject.as_deref().unwrap_or_default();
        check_length("the subject of a link", subject.as_bytes(), MAX_WORD_BYTES)?;
        crate::authority::check_text(subject)?;
        let restrictions = link.restrictions.as_bytes();
        check_length(
            "the restrictions of a link",
            restrictions,
            MAX_RESTRICTIONS_BYTES,
        )?;
        crate::authority::check_text(&link.restrictions)?;
    }
    match answer {
        Some(answer) => check_length("an answer", &answer.sealed_answer, MAX_ANSWER_BYTES),
        None => Ok(()),
    }
}

/// Refuses bytes that are too many.
pub(crate) fn check_length(
    what: &'static str,
    bytes: &[u8],
    limit: usize,
) -> Result<(), StateError> {
    if bytes.len() > limit {
        return Err(StateError::TooLong { what, limit });
    }
    Ok(())
}
