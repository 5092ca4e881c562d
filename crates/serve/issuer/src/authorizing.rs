//! Whether a caller may call: the first half of the answer (threat C5). The other is the rehearsal.

use countersign_policy::{Context, Resource, Value, Values};

use crate::call::Call;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::refused;

/// What policies may ask of a link that is to be made.
pub(crate) struct LinkFacts<'a> {
    restricted: Vec<&'static str>,
    shape: &'static str,
    subject: Option<&'a str>,
    ttl_s: u32,
    uses: Option<u32>,
    verb: &'static str,
}

impl<'a> LinkFacts<'a> {
    pub(crate) fn of(plan: &'a Plan, ttl_s: u32) -> Self {
        Self {
            restricted: plan.restrictions.names().collect(),
            shape: plan.shape.as_str(),
            subject: plan.subject.as_deref(),
            ttl_s,
            uses: plan
                .opens
                .or(plan.restrictions.uses().map(std::num::NonZeroU32::get)),
            verb: plan.verb.as_str(),
        }
    }
}

impl Context for LinkFacts<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        match key {
            "countersign:restricted" => Values::Many(&self.restricted),
            "countersign:shape" => self.shape.into(),
            "countersign:subject" => self.subject.into(),
            "countersign:ttl" => Values::One(Value::Number(i64::from(self.ttl_s))),
            "countersign:uses" => match self.uses {
                Some(uses) => Values::One(Value::Number(i64::from(uses))),
                None => Values::Absent,
            },
            "countersign:verb" => self.verb.into(),
            _ => Values::Absent,
        }
    }
}

/// Whether the caller may have this link made.
pub(crate) fn of_object(
    call: &Call,
    action: &str,
    plan: &Plan,
    facts: &LinkFacts<'_>,
) -> Result<(), Problem> {
    let resource = Resource::Object {
        bucket: plan.bucket.as_str(),
        key: plan.key.sample().as_str(),
    };
    authorize(call, action, resource, facts)
}

/// Whether the caller may do this.
pub(crate) fn authorize(
    call: &Call,
    action: &str,
    resource: Resource<'_>,
    facts: &dyn Context,
) -> Result<(), Problem> {
    call.caller
        .authorize(action, resource, None, facts)
        .map_err(|denied| {
            let (request_id, reason) = (call.request_id.as_str(), denied.reason.as_str());
            tracing::info!(request_id, action, reason, "not allowed");
            refused::by_policy(&denied)
        })
}

/// A call that has no keys of its own.
pub(crate) fn nothing(_: &str) -> Values<'static> {
    Values::Absent
}
