//! All policies together: from a request to a decision.
//!
//! "Policy evaluation logic", for one account:
//!
//! 1. A Deny that applies, in any policy, ends it.
//! 2. Where a role is to be assumed, its trust policy must name the principal, whatever else allows.
//! 3. An Allow of a bucket's or a trust policy to the user's own ARN, or to the session's, needs no identity
//!    policy and no boundary beside it; one to the session's ARN no session policy either.
//! 4. Else an identity policy must allow, or the bucket policy must, to everybody or to the role. An
//!    Allow to the account only lets the account pass the right on, which identity policies do.
//! 5. The permissions boundary must allow as well, if there is one; so must one of the session's policies,
//!    if it has any.
//!
//! Root needs no policy. An explicit deny of the bucket's policy binds it too, but not for the bucket's
//! policy itself, so nobody is locked out for good. It may assume no role. Nobody anonymous is ever allowed
//! anything, and a web identity nothing but to assume the roles that trust its provider by name.
//!
//! INVARIANT: no policy added to a layer makes an explicit deny an allow; a boundary and session policies
//! only narrow.

use std::borrow::Borrow;
use std::sync::Arc;

use crate::decision::{Decision, Grant, Judgement, Layer, StatementName};
use crate::document::{NamedPolicy, PolicyDocument, PolicyKind};
use crate::effort::{MOST_STEPS, Metered};
use crate::principal::Named;
use crate::request::{Principal, Request};

/// What root may do whatever the bucket's policy says, in lower case.
const UNDENIABLE_TO_ROOT: [&str; 3] = [
    "s3:deletebucketpolicy",
    "s3:getbucketpolicy",
    "s3:putbucketpolicy",
];

/// The policies that apply to a request.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'p, P = Arc<NamedPolicy>> {
    /// Those of the user and of its groups.
    pub identity: &'p [P],
    /// The user's permissions boundary, if it has one.
    pub boundary: Option<&'p NamedPolicy>,
    /// The bucket's policy, if it has one; the role's trust policy, where one is to be assumed.
    pub resource: Option<&'p PolicyDocument>,
    /// The policies that came with the session: `None` if it is not limited so. One of them must allow, so an
    /// empty list allows nothing.
    pub session: Option<&'p [P]>,
}

impl<P> Default for Policies<'_, P> {
    fn default() -> Self {
        Self {
            identity: &[],
            boundary: None,
            resource: None,
            session: None,
        }
    }
}

/// Decides a request by all policies that apply to it.
pub fn evaluate<'p, P: Borrow<NamedPolicy>>(
    request: &Request<'_>,
    policies: &Policies<'p, P>,
) -> Decision<'p> {
    let request = Metered::new(request);
    match judge_all(&request, policies) {
        // Of what was found before, and of what was not looked at, nothing may be concluded.
        _ if request.is_exhausted() => Decision::TooCostly { steps: MOST_STEPS },
        Err(statement) => Decision::ExplicitDeny { statement },
        Ok(allows) => combine(request.principal, policies, &allows),
    }
}

/// The statement that allows, layer by layer.
#[derive(Clone, Copy)]
struct Allows<'p> {
    identity: Option<StatementName<'p>>,
    boundary: Option<StatementName<'p>>,
    resource: Option<(StatementName<'p>, Named)>,
    session: Option<StatementName<'p>>,
}

/// Goes through every layer; an explicit deny ends it.
fn judge_all<'p, P: Borrow<NamedPolicy>>(
    request: &Metered<'_>,
    policies: &Policies<'p, P>,
) -> Result<Allows<'p>, StatementName<'p>> {
    let is_root = matches!(request.principal, Principal::Root { .. });
    let judge = |layer, name, document: &'p PolicyDocument| {
        let statement = |index| StatementName {
            layer,
            policy: name,
            sid: document.sid(index),
            index,
        };
        match document.judge(request) {
            Judgement::Silent => Ok(None),
            Judgement::Allowed { index, named } => Ok(Some((statement(index), named))),
            Judgement::Denied { index } => Err(statement(index)),
        }
    };
    let named = |layer, policy: &'p NamedPolicy| {
        let name = Some(&*policy.name).filter(|name| !name.is_empty());
        judge(layer, name, &policy.document)
    };

    let mut identity = None;
    for policy in policies.identity {
        let allowed = named(Layer::Identity, policy.borrow())?;
        identity = identity.or(allowed);
    }
    let boundary = match policies.boundary {
        Some(policy) => named(Layer::Boundary, policy)?,
        None => None,
    };
    let resource = match policies.resource {
        Some(_) if is_root && is_undeniable_to_root(request.action) => None,
        Some(document) if document.kind() == PolicyKind::Trust => {
            judge(Layer::Trust, None, document)?
        }
        Some(document) => judge(Layer::Resource, None, document)?,
        None => None,
    };
    let mut session = None;
    for policy in policies.session.unwrap_or_default() {
        let allowed = named(Layer::Session, policy.borrow())?;
        session = session.or(allowed);
    }
    Ok(Allows {
        identity: identity.map(|(statement, _)| statement),
        boundary: boundary.map(|(statement, _)| statement),
        resource,
        session: session.map(|(statement, _)| statement),
    })
}

/// Nothing denies; does enough allow?
fn combine<'p, P>(
    principal: Principal<'_>,
    policies: &Policies<'p, P>,
    allows: &Allows<'p>,
) -> Decision<'p> {
    let silent = |silent| Decision::ImplicitDeny { silent };
    let is_trust = policies
        .resource
        .is_some_and(|p| p.kind() == PolicyKind::Trust);
    let is_root = matches!(principal, Principal::Root { .. });
    if is_trust && (is_root || allows.resource.is_none()) {
        return silent(Layer::Trust);
    }
    let session_is_silent = policies.session.is_some() && allows.session.is_none();
    let by_resource = match (principal, allows.resource) {
        (Principal::WebIdentity { .. }, Some((statement, Named::ByItself))) if is_trust => {
            return Decision::Allow {
                by: Grant::Statement(statement),
            };
        }
        (Principal::WebIdentity { .. }, _) if is_trust => return silent(Layer::Trust),
        (Principal::Anonymous | Principal::WebIdentity { .. }, _)
        | (_, None | Some((_, Named::ByAccount))) => None,
        // A session's policies limit what its user was given, and not what was given to the session.
        (Principal::User { .. }, Some((_, Named::ByItself))) if session_is_silent => {
            return silent(Layer::Session);
        }
        (_, Some((statement, Named::ByItself))) => {
            return Decision::Allow {
                by: match principal {
                    Principal::Root { .. } => Grant::Root,
                    _ => Grant::Statement(statement),
                },
            };
        }
        (_, Some((statement, Named::Broadly))) => Some(statement),
    };
    let by_identity = match principal {
        Principal::Anonymous | Principal::WebIdentity { .. } => None,
        // A federated user has no more than its session's policy and the buckets' give it.
        Principal::FederatedUser { .. } if policies.session.is_none() => None,
        _ => allows.identity,
    };
    let by = match (principal, by_identity.or(by_resource)) {
        (Principal::Root { .. }, _) => Grant::Root,
        (_, Some(statement)) => Grant::Statement(statement),
        (_, None) => return silent(Layer::Identity),
    };
    if !is_root && policies.boundary.is_some() && allows.boundary.is_none() {
        return silent(Layer::Boundary);
    }
    if session_is_silent {
        return silent(Layer::Session);
    }
    Decision::Allow { by }
}

fn is_undeniable_to_root(action: &str) -> bool {
    UNDENIABLE_TO_ROOT
        .iter()
        .any(|undeniable| undeniable.eq_ignore_ascii_case(action))
}

#[cfg(test)]
mod tests;
