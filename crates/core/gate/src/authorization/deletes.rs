//! The right to delete keys that a body names, one by one.
//!
//! `DeleteObjects` is a request of the bucket, and what it asks for is known only when its document was read.
//! The conditions of a deletion are those of its entry; headers of the request say nothing of them.

use countersign_policy::Values;
use countersign_s3::BucketName;
use countersign_sigv4::AmzDate;

use super::Known;
use super::context::RequestContext;
use super::pending::{BodyFacts, Pending};
use crate::revocation::check_revoked;
use crate::{Inquiry, LinkId, Refusal, Restrictions, RevocationFacts, RevocationSet};

/// Decides upon the keys of one request.
#[derive(Clone, Debug)]
pub struct DeleteRights {
    pending: Pending,
    link: Option<Link>,
    /// A policy asks for the tags of objects, which are not looked up for a thousand keys at once.
    asks_for_tags: bool,
}

/// One deletion that a body asks for.
#[derive(Clone, Copy, Debug)]
pub struct Deletion<'a> {
    /// The key.
    pub key: &'a str,
    /// The version, if one is named.
    pub version: Option<&'a str>,
    /// What its tag must be, as `If-Match` would say it, if the entry asks for that.
    pub if_match: Option<&'a str>,
}

/// The link that the request is a use of.
#[derive(Clone, Debug)]
struct Link {
    id: LinkId,
    subject: Option<Box<str>>,
    bucket: Option<BucketName>,
    signed_at: Option<AmzDate>,
}

impl DeleteRights {
    /// Keeps what is true of the request.
    pub(super) fn of(
        inquiry: &Inquiry<'_>,
        known: &Known<'_>,
        context: &RequestContext<'_>,
    ) -> Self {
        let of_bucket = inquiry.bucket_policy.map(|policy| policy.asks());
        let asks = known.credential.asks();
        let subject = known.restrictions.and_then(Restrictions::subject);
        Self {
            pending: Pending::of(inquiry, known, context),
            link: known.link.map(|id| Link {
                id,
                subject: subject.map(Box::from),
                bucket: inquiry.bucket.map(|bucket| bucket.name.clone()),
                signed_at: known.claim.date(),
            }),
            asks_for_tags: asks.or(of_bucket.unwrap_or_default()).existing_tags,
        }
    }

    /// Refuses one deletion that the policies do not allow, or that is revoked for the link. `revocations`
    /// are what is known to be revoked; none if nobody can tell.
    ///
    /// # Errors
    /// The refusal. That there is no such bucket is told where the deletion is allowed.
    pub fn require(
        &self,
        deletion: &Deletion<'_>,
        revocations: Option<&RevocationSet>,
    ) -> Result<(), Refusal> {
        if let Some(link) = &self.link {
            let identity = &self.pending.credential().identity;
            let facts = RevocationFacts {
                link: Some(link.id),
                access_key_id: identity.access_key_id.as_str(),
                principal_id: &identity.principal_id,
                subject: link.subject.as_deref(),
                bucket: link.bucket.as_ref(),
                key: Some(deletion.key),
                signed_at: link.signed_at,
                session_issued_at: identity.session_issued_at(),
                is_registered: identity.is_registered(),
            };
            check_revoked(revocations, &facts)?;
        }
        if self.asks_for_tags {
            let sentence =
                "A policy asks for the tags of what is deleted: delete one object at a time.";
            return Err(Refusal::denied(sentence));
        }
        let action = match deletion.version {
            Some(_) => "s3:DeleteObjectVersion",
            None => "s3:DeleteObject",
        };
        self.pending.require(action, deletion.key, deletion)
    }
}

impl BodyFacts for Deletion<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        match key {
            "s3:if-match" => Some(self.if_match.into()),
            "s3:versionid" => Some(self.version.into()),
            _ => None,
        }
    }
}
