//! The right to give an object the tags that a body names.
//!
//! `PutObjectTagging` has its tags in a document. Where policies ask for the tags that are given, it is decided
//! when that was read; where none does, the head is enough.

use countersign_policy::Values;

use super::Known;
use super::context::{RequestContext, find};
use super::pending::{BodyFacts, Pending};
use crate::{Inquiry, Refusal};

/// How policies ask for the tags that a request gives.
pub(super) const REQUEST_TAGS: &str = "s3:requestobjecttag";

/// Decides upon the tags of one request.
#[derive(Clone, Debug)]
pub struct TaggingRights {
    pending: Pending,
    action: &'static str,
    key: Box<str>,
}

/// The tags that a body gives.
struct Given<'a> {
    tags: &'a [(String, String)],
    keys: Vec<&'a str>,
}

impl TaggingRights {
    /// Keeps what is true of the request.
    pub(super) fn of(
        inquiry: &Inquiry<'_>,
        known: &Known<'_>,
        context: &RequestContext<'_>,
        action: &'static str,
    ) -> Self {
        Self {
            pending: Pending::of(inquiry, known, context),
            action,
            key: known.key.unwrap_or_default().into(),
        }
    }

    /// Refuses tags that the policies do not allow to give.
    ///
    /// # Errors
    /// The refusal. That there is no such bucket is told where they are allowed.
    pub fn require(&self, tags: &[(String, String)]) -> Result<(), Refusal> {
        let keys = tags.iter().map(|(key, _)| key.as_str()).collect();
        let given = Given { tags, keys };
        self.pending.require(self.action, &self.key, &given)
    }
}

impl BodyFacts for Given<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        match key.strip_prefix(REQUEST_TAGS)? {
            "keys" => Some(Values::Many(&self.keys)),
            tag => tag.strip_prefix('/').map(|tag| find(self.tags, tag)),
        }
    }
}
