//! Whether the policies allow it: those of the user, of its groups, its boundary, and the bucket's.
//!
//! A presigned URL is a request of its signer, decided when it is used: take a right from the signer and the
//! link is dead at once (aws-semantics 6.2). Every action that a request demands must be allowed.
//!
//! INVARIANT: nothing is allowed by silence; a stored policy that cannot be read any more denies.

mod authority;
mod context;
mod deletes;
mod demand;
mod refuse;

use std::sync::Arc;

use countersign_policy::{Decision, Policies, Principal, Request, Resource, evaluate};
use countersign_request::RequestHead;
use countersign_s3::{ErrorCode, Fault, Fields, Operation, parse_tagging};
use countersign_sigv4::AnyClaim;
use countersign_sigv4::verify::Verified;

pub use self::authority::{ACCOUNT, Asks, Authority, BucketPolicy};
use self::context::{Cells, RequestContext};
pub use self::deletes::DeleteRights;
use self::demand::{Demand, for_each_demand};
use crate::{Credential, Inquiry, LinkId, PrincipalKind, Refusal, Restrictions};

/// The ARN of root.
const ROOT_ARN: &str = "arn:aws:iam::000000000000:root";

/// What is known of a request once its signature was verified.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) claim: &'a AnyClaim<'a>,
    pub(crate) credential: &'a Credential,
    pub(crate) verified: &'a Verified,
    pub(crate) restrictions: Option<&'a Restrictions>,
    pub(crate) key: Option<&'a str>,
    pub(crate) link: Option<LinkId>,
    pub(crate) declared_ttl_s: Option<i64>,
    pub(crate) region: &'a str,
}

/// What the policies allow besides the request itself.
#[derive(Debug, Default)]
pub(crate) struct Granted {
    /// Whether the signer may know which keys there are (threat F8).
    pub(crate) may_list: bool,
    /// Who may delete what, for a request that names keys in its body.
    pub(crate) deletes: Option<Box<DeleteRights>>,
}

/// Refuses what the policies do not allow.
pub(crate) fn authorize(inquiry: &Inquiry<'_>, known: &Known<'_>) -> Result<Granted, Refusal> {
    let authority = &*known.credential.authority;
    if let Some(damaged) = &authority.damaged {
        return Err(refuse::damaged(&format!("{damaged} of the signer")));
    }
    let form_headers = inquiry
        .form
        .map(|form| form.headers())
        .transpose()
        .map_err(Fault::from)?;
    let fields = match &form_headers {
        Some(headers) => Fields::of_headers(RequestHead {
            method: "POST",
            path: "",
            query: "",
            headers,
        }),
        None if known.claim.is_presigned() => {
            Fields::of_presigned(*inquiry.head, inquiry.query).map_err(Fault::from)?
        }
        None => Fields::of_headers(*inquiry.head),
    };
    let request_tags = request_tags(inquiry, &fields)?;
    let mut context = RequestContext {
        inquiry,
        claim: known.claim,
        payload: known.verified.payload,
        fields,
        authority,
        restrictions: known.restrictions,
        declared_ttl_s: known.declared_ttl_s,
        link: known.link,
        region: known.region,
        version: None,
        existing_tags: None,
        request_tags: &request_tags,
        cells: Cells::default(),
    };
    let has_tags = !request_tags.is_empty();
    // Which keys a body names is not known yet; each is decided upon by itself.
    if inquiry.operation == Operation::DeleteObjects {
        let deletes = DeleteRights::of(inquiry, known, &context);
        return Ok(Granted {
            may_list: false,
            deletes: Some(Box::new(deletes)),
        });
    }
    let mut demands = 0_u32;
    for_each_demand(inquiry, known.key, &fields, has_tags, |demand| {
        demands += 1;
        context.version = demand.version;
        context.existing_tags = match (inquiry.existing_tags, demand.of_source) {
            (None, _) => None,
            (Some(tags), true) => Some(&tags.source),
            (Some(tags), false) => Some(&tags.target),
        };
        require(inquiry, known, &context, &demand)
    })?;
    if demands == 0 {
        return Err(refuse::unnamed(inquiry.operation));
    }
    let reads = matches!(
        inquiry.operation,
        Operation::GetObject | Operation::HeadObject
    );
    let may_list = reads
        && inquiry.address.bucket.as_deref().is_some_and(|bucket| {
            context.version = None;
            let list = Demand {
                action: "s3:ListBucket",
                resource: Resource::Bucket { bucket },
                bucket_policy: inquiry.bucket_policy.map(Arc::as_ref),
                version: None,
                of_source: false,
            };
            require(inquiry, known, &context, &list).is_ok()
        });
    Ok(Granted {
        may_list,
        deletes: None,
    })
}

/// Refuses one thing that the policies do not allow.
fn require(
    inquiry: &Inquiry<'_>,
    known: &Known<'_>,
    context: &RequestContext<'_>,
    demand: &Demand<'_>,
) -> Result<(), Refusal> {
    if !demand.action.starts_with("s3:") {
        return Err(refuse::unnamed(inquiry.operation));
    }
    if demand.bucket_policy.is_some_and(|policy| policy.is_damaged) {
        return Err(refuse::damaged("policy of the bucket"));
    }
    let request = Request {
        principal: principal_of(known.credential),
        action: demand.action,
        resource: demand.resource,
        account: ACCOUNT,
        context,
    };
    let decision = evaluate(
        &request,
        &policies_of(known.credential, demand.bucket_policy),
    );
    if context.doubt() {
        return Err(Refusal::new(
            Fault::new(ErrorCode::InvalidArgument).saying(
                "A header that a policy asks for has two values, or none that can be read.",
            ),
            "a condition asks for a header that is ambiguous",
        ));
    }
    match decision {
        Decision::Allow { .. } => Ok(()),
        Decision::ExplicitDeny { .. }
        | Decision::ImplicitDeny { .. }
        | Decision::TooCostly { .. } => {
            let is_link = known.link.is_some();
            Err(refuse::denied(&request, &decision, is_link))
        }
    }
}

fn principal_of(credential: &Credential) -> Principal<'_> {
    let identity = &credential.identity;
    match identity.kind {
        PrincipalKind::Ordinary => Principal::User {
            account: ACCOUNT,
            arn: &credential.authority.arn,
            name: &identity.user,
            id: &identity.user_id,
        },
        PrincipalKind::Root => Principal::Root {
            account: ACCOUNT,
            arn: ROOT_ARN,
        },
    }
}

fn policies_of<'a>(
    credential: &'a Credential,
    bucket_policy: Option<&'a BucketPolicy>,
) -> Policies<'a> {
    Policies {
        identity: &credential.authority.policies,
        boundary: credential.authority.boundary.as_ref(),
        resource: bucket_policy.and_then(|policy| policy.document.as_ref()),
        session: None,
    }
}

/// The tags that a request gives an object.
fn request_tags(
    inquiry: &Inquiry<'_>,
    fields: &Fields<'_>,
) -> Result<Vec<(String, String)>, Refusal> {
    if let Some(form) = inquiry.form {
        return Ok(form.tags().map_err(Fault::from)?.unwrap_or_default());
    }
    let header = fields.single("x-amz-tagging").map_err(Fault::from)?;
    let tags = header.map(parse_tagging).transpose();
    Ok(tags.map_err(Fault::from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests;
