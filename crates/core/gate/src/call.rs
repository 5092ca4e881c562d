//! Calls to services beside S3, as policies see them: who calls, from where, and for what.
//!
//! The services say what an action demands; whether it is allowed is decided here, by the same policies as
//! everything else: those of the user or role, its boundary, those of its session, and that of the resource,
//! such as a role's trust policy.
//!
//! INVARIANT: the service answers for its own keys, and for none that follows from who calls and from where.

use countersign_policy::{
    Context, Decision, Grant, PolicyDocument, Request, Resource, Value, Values, evaluate,
};
use countersign_sigv4::AmzDate;

use crate::authorization::{policies_of, principal_of, refuse};
use crate::{ACCOUNT, CallOrigin, Credential, Transport};

/// What a call asks for.
#[derive(Clone, Copy)]
pub struct CallDemand<'a> {
    /// Who calls.
    pub credential: &'a Credential,
    /// The action, such as `sts:AssumeRole`.
    pub action: &'a str,
    /// What it is done to.
    pub resource: Resource<'a>,
    /// The policy of the resource, if it has one: for a role, its trust policy.
    pub resource_policy: Option<&'a PolicyDocument>,
    /// Everything else that is true of the call.
    pub context: &'a CallContext<'a>,
}

/// The condition keys of a call.
#[derive(Clone, Copy)]
pub struct CallContext<'a> {
    /// Who calls; none for a call that is not signed.
    pub credential: Option<&'a Credential>,
    /// Where from.
    pub origin: &'a CallOrigin,
    /// The time.
    pub now: AmzDate,
    /// The region that was signed for.
    pub region: &'a str,
    /// The `User-Agent` header, if there is one.
    pub user_agent: Option<&'a str>,
    /// The service's own keys, each in lower case: `sts:externalid`, `aws:requesttag/team`, ….
    pub more: &'a dyn Context,
}

/// Why a call is not allowed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Denied {
    /// What the caller is told, in AWS's words.
    pub sentence: String,
    /// What logs are told besides: which statement it was, or which layer did not allow it.
    pub reason: String,
}

/// Decides whether a call is allowed.
///
/// # Errors
/// [`Denied`], if it is not.
pub fn authorize_call<'a>(demand: &CallDemand<'a>) -> Result<Grant<'a>, Denied> {
    let request = Request {
        principal: principal_of(demand.credential),
        action: demand.action,
        resource: demand.resource,
        account: ACCOUNT,
        context: demand.context,
    };
    let who = &*demand.credential.identity.arn;
    let denied = |because: &str, reason: String| Denied {
        sentence: refuse::sentence(who, &request, because),
        reason,
    };
    if let Some(damaged) = demand.credential.damaged() {
        let reason = format!("the {damaged} of the caller cannot be read any more");
        return Err(denied("because its policies cannot be read", reason));
    }
    let policies = policies_of(demand.credential, demand.resource_policy);
    match evaluate(&request, &policies) {
        Decision::Allow { by } => Ok(by),
        decision => {
            let resource = refuse::arn_of(demand.resource);
            let reason = format!("{} on {resource}: {decision}", demand.action);
            Err(denied(&refuse::because(&decision, demand.action), reason))
        }
    }
}

impl CallContext<'_> {
    fn of_aws(&self, key: &str) -> Option<Values<'_>> {
        Some(match key {
            "currenttime" => Values::One(Value::Date(self.now.unix().saturating_mul(1_000))),
            "epochtime" => self.now.unix().into(),
            "requestedregion" => self.region.into(),
            "securetransport" => (self.origin.transport == Transport::Secure).into(),
            "sourceip" => self.origin.address.into(),
            "useragent" => self.user_agent.into(),
            _ => return None,
        })
    }
}

impl Context for CallContext<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        let of_caller = match self.credential {
            Some(credential) => credential.values(key),
            None => None,
        };
        let of_aws = || key.strip_prefix("aws:").and_then(|key| self.of_aws(key));
        of_caller
            .or_else(of_aws)
            .unwrap_or_else(|| self.more.values(key))
    }
}
