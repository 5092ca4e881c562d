//! A decision that waits for the body: what is needed to make it, kept from the request.
//!
//! Which keys are deleted and which tags are given is known only when a document was read. So the permit
//! carries the policies, and everything that was true of the request, as far as any of them asks; what
//! the body says is added when it is known ([`BodyFacts`]).
//!
//! INVARIANT: what the body answers is never answered from the head, which the operation does not apply.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use countersign_policy::{
    Context, Decision, PolicyDocument, Request, Resource, Value, Values, evaluate,
};

use super::context::RequestContext;
use super::{ACCOUNT, BucketPolicy, Known, policies_of, principal_of, refuse};
use crate::decide::no_bucket;
use crate::{Credential, Inquiry, Refusal};

/// What a request was, but for its body.
#[derive(Clone)]
pub(super) struct Pending {
    credential: Credential,
    bucket: Box<str>,
    bucket_exists: bool,
    bucket_policy: Option<Arc<BucketPolicy>>,
    facts: HashMap<Box<str>, Fact>,
    is_link: bool,
}

/// What a body says about one of the things it asks for.
pub(super) trait BodyFacts {
    /// The values of a key that the body answers; `None` for every other key.
    fn values(&self, key: &str) -> Option<Values<'_>>;
}

/// Something that was true of the request.
#[derive(Clone)]
enum Fact {
    /// It cannot be said clearly.
    Ambiguous,
    Names(Vec<&'static str>),
    Text(Box<str>),
    Value(Value<'static>),
}

/// A request with its body.
struct Whole<'a, B> {
    facts: &'a HashMap<Box<str>, Fact>,
    body: &'a B,
    doubt: Cell<bool>,
}

impl Pending {
    /// Keeps what is true of the request.
    pub(super) fn of(
        inquiry: &Inquiry<'_>,
        known: &Known<'_>,
        context: &RequestContext<'_>,
    ) -> Self {
        let bucket_policy = inquiry.bucket_policy;
        let documents = known
            .credential
            .documents()
            .chain(bucket_policy.and_then(|policy| policy.document.as_ref()));
        let mut facts = HashMap::default();
        for key in documents.flat_map(PolicyDocument::keys) {
            let fact = match context.values(key) {
                _ if context.take_doubt() => Fact::Ambiguous,
                Values::Absent => continue,
                Values::One(Value::Text(text)) => Fact::Text(text.into()),
                Values::One(Value::Address(address)) => Fact::Value(Value::Address(address)),
                Values::One(Value::Bool(truth)) => Fact::Value(Value::Bool(truth)),
                Values::One(Value::Date(ms)) => Fact::Value(Value::Date(ms)),
                Values::One(Value::Number(number)) => Fact::Value(Value::Number(number)),
                // Of the keys with several values, tags are the body's; the others are restrictions.
                Values::Many(_) => {
                    Fact::Names(known.restrictions.iter().flat_map(|r| r.names()).collect())
                }
            };
            facts.insert(key.into(), fact);
        }
        Self {
            credential: known.credential.clone(),
            bucket: inquiry.address.bucket.as_deref().unwrap_or_default().into(),
            bucket_exists: inquiry.bucket.is_some(),
            bucket_policy: bucket_policy.cloned(),
            facts,
            is_link: known.link.is_some(),
        }
    }

    /// Whose request it is.
    pub(super) fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Refuses one thing that the policies do not allow. That there is no such bucket is told to whom they
    /// do allow it (threat F8).
    pub(super) fn require(
        &self,
        action: &str,
        key: &str,
        body: &impl BodyFacts,
    ) -> Result<(), Refusal> {
        let bucket_policy = self.bucket_policy.as_deref();
        if bucket_policy.is_some_and(|policy| policy.is_damaged) {
            return Err(refuse::damaged("policy of the bucket"));
        }
        let whole = Whole {
            facts: &self.facts,
            body,
            doubt: Cell::default(),
        };
        let request = Request {
            principal: principal_of(&self.credential),
            action,
            resource: Resource::Object {
                bucket: &self.bucket,
                key,
            },
            account: ACCOUNT,
            context: &whole,
        };
        let decision = evaluate(
            &request,
            &policies_of(
                &self.credential,
                bucket_policy.and_then(|policy| policy.document.as_ref()),
            ),
        );
        if whole.doubt.get() {
            return Err(refuse::ambiguous());
        }
        match decision {
            Decision::Allow { .. } if self.bucket_exists => Ok(()),
            Decision::Allow { .. } => Err(no_bucket(&self.bucket)),
            decision => {
                let who = &*self.credential.identity.arn;
                Err(refuse::denied(who, &request, &decision, self.is_link))
            }
        }
    }
}

impl<B: BodyFacts> Context for Whole<'_, B> {
    fn values(&self, key: &str) -> Values<'_> {
        if let Some(values) = self.body.values(key) {
            return values;
        }
        match self.facts.get(key) {
            None => Values::Absent,
            Some(Fact::Ambiguous) => {
                self.doubt.set(true);
                Values::Absent
            }
            Some(Fact::Names(names)) => Values::Many(names),
            Some(Fact::Text(text)) => (&**text).into(),
            Some(Fact::Value(value)) => Values::One(*value),
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
