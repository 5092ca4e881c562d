//! The right to delete keys that a body names, one by one.
//!
//! `DeleteObjects` is a request of the bucket, and what it asks for is known only when its document was read.
//! So the permit carries what is needed to decide upon each key: the policies, and everything that was true
//! of the request.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use countersign_policy::{
    Context, Decision, PolicyDocument, Request, Resource, Value, Values, evaluate,
};

use super::context::RequestContext;
use super::{ACCOUNT, BucketPolicy, Known, policies_of, principal_of, refuse};
use crate::{Credential, Inquiry, Refusal};

/// Decides upon the keys of one request.
#[derive(Clone)]
pub struct DeleteRights {
    credential: Credential,
    bucket: Box<str>,
    bucket_policy: Option<Arc<BucketPolicy>>,
    facts: Facts,
    is_link: bool,
    /// A policy asks for the tags of objects, which are not looked up for a thousand keys at once.
    asks_for_tags: bool,
}

/// What was true of the request, as far as any of its policies asks.
type Facts = HashMap<Box<str>, Fact>;

#[derive(Clone)]
enum Fact {
    Names(Vec<&'static str>),
    Text(Box<str>),
    Value(Value<'static>),
}

/// The facts, for one key of the request.
struct FactsOf<'a> {
    facts: &'a Facts,
    version: Option<&'a str>,
}

impl DeleteRights {
    /// Keeps what is true of the request.
    pub(super) fn of(
        inquiry: &Inquiry<'_>,
        known: &Known<'_>,
        context: &RequestContext<'_>,
    ) -> Self {
        let authority = &known.credential.authority;
        let bucket_policy = inquiry.bucket_policy;
        let documents = authority
            .policies
            .iter()
            .map(|policy| &policy.document)
            .chain(authority.boundary.iter().map(|policy| &policy.document))
            .chain(bucket_policy.and_then(|policy| policy.document.as_ref()));
        let mut facts = Facts::default();
        for key in documents.flat_map(PolicyDocument::keys) {
            let fact = match context.values(key) {
                Values::Absent => continue,
                Values::One(Value::Text(text)) => Fact::Text(text.into()),
                Values::One(Value::Address(address)) => Fact::Value(Value::Address(address)),
                Values::One(Value::Bool(truth)) => Fact::Value(Value::Bool(truth)),
                Values::One(Value::Date(ms)) => Fact::Value(Value::Date(ms)),
                Values::One(Value::Number(number)) => Fact::Value(Value::Number(number)),
                // A batch of deletes gives no tags, so these are the names of restrictions.
                Values::Many(_) => {
                    Fact::Names(known.restrictions.iter().flat_map(|r| r.names()).collect())
                }
            };
            facts.insert(key.into(), fact);
        }
        let bucket_asks = bucket_policy.is_some_and(|policy| policy.asks().existing_tags);
        Self {
            credential: known.credential.clone(),
            bucket: inquiry.address.bucket.as_deref().unwrap_or_default().into(),
            bucket_policy: bucket_policy.cloned(),
            facts,
            is_link: known.link.is_some(),
            asks_for_tags: authority.asks().existing_tags || bucket_asks,
        }
    }

    /// Refuses the deletion of one key that the policies do not allow.
    ///
    /// # Errors
    /// The refusal.
    pub fn require(&self, key: &str, version: Option<&str>) -> Result<(), Refusal> {
        let bucket_policy = self.bucket_policy.as_deref();
        if self.asks_for_tags {
            let sentence =
                "A policy asks for the tags of what is deleted: delete one object at a time.";
            return Err(Refusal::denied(sentence));
        }
        if bucket_policy.is_some_and(|policy| policy.is_damaged) {
            return Err(refuse::damaged("policy of the bucket"));
        }
        let context = FactsOf {
            facts: &self.facts,
            version,
        };
        let request = Request {
            principal: principal_of(&self.credential),
            action: match version {
                Some(_) => "s3:DeleteObjectVersion",
                None => "s3:DeleteObject",
            },
            resource: Resource::Object {
                bucket: &self.bucket,
                key,
            },
            account: ACCOUNT,
            context: &context,
        };
        match evaluate(&request, &policies_of(&self.credential, bucket_policy)) {
            Decision::Allow { .. } => Ok(()),
            decision => Err(refuse::denied(&request, &decision, self.is_link)),
        }
    }
}

impl Context for FactsOf<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        if key == "s3:versionid" {
            return self.version.into();
        }
        match self.facts.get(key) {
            None => Values::Absent,
            Some(Fact::Names(names)) => Values::Many(names),
            Some(Fact::Text(text)) => (&**text).into(),
            Some(Fact::Value(value)) => Values::One(*value),
        }
    }
}

impl fmt::Debug for DeleteRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeleteRights")
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
