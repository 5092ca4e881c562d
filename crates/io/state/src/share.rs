//! Shares: long-lived links that are swapped at use for a URL of minutes.
//!
//! Only a digest of a share's token is kept, so nobody can read a working share off the state.

use countersign_gate::{LinkId, Revocation};

use crate::issued_link::check_length;
use crate::{LinkPosition, StateError, UnixMillis};

/// The most bytes of the facts about a share's maker.
pub const MAX_SHARE_SESSION_BYTES: usize = 4 * 1_024;
/// The most bytes of what a share says.
pub const MAX_SHARE_SPEC_BYTES: usize = 16 * 1_024;

const MAX_WORD_BYTES: usize = 2_048;

/// A share.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Share {
    /// The SHA-256 of its token.
    pub token_digest: [u8; 32],
    /// The id by which it is listed and revoked.
    pub id: LinkId,
    /// The lasting id of the user or role whose share it is.
    pub principal_id: String,
    /// The ARN of who made it.
    pub principal_arn: String,
    /// What else is known of its maker's session, sealed by the issuer.
    pub session: Vec<u8>,
    /// Whom it was handed to.
    pub subject: Option<String>,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// What it hands out, as JSON text.
    pub spec: String,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// How often it may be opened.
    pub max_opens: Option<u32>,
    /// How often it was.
    pub opens: u32,
    /// When it was revoked.
    pub revoked_at: Option<UnixMillis>,
}

impl Share {
    /// Its place in lists.
    #[must_use]
    pub fn position(&self) -> LinkPosition {
        LinkPosition {
            created_at: self.created_at,
            link: self.id,
        }
    }

    /// Whether it can be opened once more at `now`.
    #[must_use]
    pub fn is_live_at(&self, now: UnixMillis) -> bool {
        self.revoked_at.is_none()
            && now < self.expires_at
            && self.max_opens.is_none_or(|most| self.opens < most)
    }
}

/// Refuses a share that cannot be kept.
pub(crate) fn check(share: &Share) -> Result<(), StateError> {
    check_length(
        "the session of a share",
        &share.session,
        MAX_SHARE_SESSION_BYTES,
    )?;
    check_length(
        "what a share says",
        share.spec.as_bytes(),
        MAX_SHARE_SPEC_BYTES,
    )?;
    let subject = share.subject.as_deref().unwrap_or_default();
    let words = [
        ("the principal of a share", share.principal_id.as_str()),
        ("the principal of a share", share.principal_arn.as_str()),
        ("the subject of a share", subject),
        ("the bucket of a share", share.bucket.as_str()),
        ("the key of a share", share.key.as_str()),
    ];
    for (what, word) in words {
        check_length(what, word.as_bytes(), MAX_WORD_BYTES)?;
        crate::authority::check_text(word)?;
    }
    crate::authority::check_text(&share.spec)
}

/// The first millisecond that a revocation does not concern: its last second is concerned whole.
pub(crate) fn first_ms_after(revocation: &Revocation) -> i64 {
    let next_s = revocation.signed_until.unix().saturating_add(1);
    next_s.saturating_mul(1_000)
}
