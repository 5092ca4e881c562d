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
mod pending;
pub(crate) mod refuse;
mod session_rights;
mod tagging;

use std::sync::Arc;

use countersign_policy::{
    Decision, Policies, PolicyDocument, Principal, Request, Resource, Value, Values, evaluate,
};
use countersign_request::RequestHead;
use countersign_s3::{Fault, Fields, Operation, tags_given};
use countersign_sigv4::AnyClaim;
use countersign_sigv4::verify::Verified;

pub use self::authority::{ACCOUNT, Asks, Authority, BucketPolicy};
use self::context::{Cells, RequestContext, find};
pub use self::deletes::{DeleteRights, Deletion};
use self::demand::{Demand, for_each_demand};
pub use self::session_rights::SessionRights;
pub use self::tagging::TaggingRights;
use crate::{Credential, Inquiry, LinkId, PrincipalKind, Refusal, Restrictions};

/// The ARN of root.
pub(crate) const ROOT_ARN: &str = "arn:aws:iam::000000000000:root";

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
    /// The same of the bucket that a copy reads from.
    pub(crate) may_list_source: bool,
    /// Who may delete what, for a request that names keys in its body.
    pub(crate) deletes: Option<Box<DeleteRights>>,
    /// Who may give which tags, for a request that names tags in its body.
    pub(crate) tagging: Option<Box<TaggingRights>>,
}

/// Refuses what the policies do not allow.
pub(crate) fn authorize(inquiry: &Inquiry<'_>, known: &Known<'_>) -> Result<Granted, Refusal> {
    if let Some(damaged) = known.credential.damaged() {
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
        None => inquiry.fields.map_err(|error| Fault::from(error.clone()))?,
    };
    let request_tags = request_tags(inquiry, &fields)?;
    let mut context = RequestContext {
        inquiry,
        claim: known.claim,
        payload: known.verified.payload,
        fields,
        credential: known.credential,
        restrictions: known.restrictions,
        declared_ttl_s: known.declared_ttl_s,
        link: known.link,
        region: known.region,
        version: None,
        existing_tags: None,
        request_tags: &request_tags,
        cells: Cells::default(),
    };
    // What a body names is not known yet, and is decided upon when it is.
    if inquiry.operation == Operation::DeleteObjects {
        let deletes = DeleteRights::of(inquiry, known, &context);
        return Ok(Granted {
            deletes: Some(Box::new(deletes)),
            ..Granted::default()
        });
    }
    let existing = inquiry.existing_tags;
    let target_tags = existing.and_then(|tags| tags.target.as_deref());
    let source_tags = existing.and_then(|tags| tags.source.as_deref());
    let waits_for_tags = inquiry.operation == Operation::PutObjectTagging
        && asks_for_request_tags(known.credential, inquiry.bucket_policy);
    let has_tags = !request_tags.is_empty();
    let mut tagging = None;
    let mut demands = 0_u32;
    for_each_demand(inquiry, known.key, &fields, has_tags, |demand| {
        demands += 1;
        context.version = demand.version;
        context.existing_tags = if demand.of_source {
            source_tags
        } else {
            target_tags
        };
        if waits_for_tags {
            let rights = TaggingRights::of(inquiry, known, &context, demand.action);
            tagging = Some(Box::new(rights));
            return Ok(());
        }
        require(inquiry, known, &context, &demand)
    })?;
    if demands == 0 {
        return Err(refuse::unnamed(inquiry.operation));
    }
    context.version = None;
    context.existing_tags = None;
    let may_list = |bucket, bucket_policy: Option<&Arc<BucketPolicy>>| {
        let list = Demand {
            action: "s3:ListBucket",
            resource: Resource::Bucket { bucket },
            bucket_policy: bucket_policy.map(Arc::as_ref),
            version: None,
            of_source: false,
        };
        require(inquiry, known, &context, &list).is_ok()
    };
    let bucket = inquiry.address.bucket.as_deref();
    let bucket = bucket.filter(|_| tells_what_is_missing(inquiry.operation));
    Ok(Granted {
        may_list: bucket.is_some_and(|bucket| may_list(bucket, inquiry.bucket_policy)),
        may_list_source: inquiry
            .source
            .is_some_and(|source| may_list(source.bucket_name, source.bucket_policy)),
        deletes: None,
        tagging,
    })
}

impl Granted {
    /// Whether something is decided only when the body was read.
    pub(crate) fn waits_for_body(&self) -> bool {
        self.deletes.is_some() || self.tagging.is_some()
    }
}

/// Whether the answer says that there is no such object.
fn tells_what_is_missing(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::DeleteObjectTagging
            | Operation::GetObject
            | Operation::GetObjectAcl
            | Operation::GetObjectAttributes
            | Operation::GetObjectTagging
            | Operation::HeadObject
            | Operation::PutObjectAcl
            | Operation::PutObjectTagging
    )
}

fn asks_for_request_tags(
    credential: &Credential,
    bucket_policy: Option<&Arc<BucketPolicy>>,
) -> bool {
    let of_bucket = bucket_policy.map(|policy| policy.asks());
    credential
        .asks()
        .or(of_bucket.unwrap_or_default())
        .request_tags
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
        &policies_of(
            known.credential,
            demand
                .bucket_policy
                .and_then(|policy| policy.document.as_ref()),
        ),
    );
    if context.take_doubt() {
        return Err(refuse::ambiguous());
    }
    match decision {
        Decision::Allow { .. } => Ok(()),
        Decision::ExplicitDeny { .. }
        | Decision::ImplicitDeny { .. }
        | Decision::TooCostly { .. } => {
            let is_link = known.link.is_some();
            let who = &*known.credential.identity.arn;
            Err(refuse::denied(who, &request, &decision, is_link))
        }
    }
}

/// The principal as policies name it.
pub(crate) fn principal_of(credential: &Credential) -> Principal<'_> {
    let identity = &*credential.identity;
    match identity.kind {
        PrincipalKind::Role => Principal::AssumedRole {
            account: ACCOUNT,
            role_arn: credential.authority.arn(),
            session_arn: &identity.arn,
            id: &identity.user_id,
        },
        PrincipalKind::Root => Principal::Root {
            account: ACCOUNT,
            arn: ROOT_ARN,
        },
        PrincipalKind::User => Principal::User {
            account: ACCOUNT,
            arn: credential.authority.arn(),
            name: &identity.name,
            id: &identity.principal_id,
        },
    }
}

/// All policies that apply to somebody and a resource with this policy.
pub(crate) fn policies_of<'a>(
    credential: &'a Credential,
    resource: Option<&'a PolicyDocument>,
) -> Policies<'a> {
    let session = credential.session_rights.as_deref();
    Policies {
        identity: &credential.authority.policies,
        boundary: credential.authority.boundary.as_ref(),
        resource,
        session: session.and_then(|rights| rights.policies.as_deref()),
    }
}

impl Credential {
    /// What cannot be read any more of what it may do; then it may do nothing.
    pub(crate) fn damaged(&self) -> Option<&str> {
        let of_session = self.session_rights.as_deref();
        let of_session = of_session.and_then(|rights| rights.damaged.as_deref());
        self.authority.damaged.as_deref().or(of_session)
    }

    /// What must be looked up before its policies can be evaluated.
    #[must_use]
    pub fn asks(&self) -> Asks {
        let of_session = self.session_rights.as_deref().map(SessionRights::asks);
        self.authority.asks().or(of_session.unwrap_or_default())
    }

    /// Every policy that may speak of what it does.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &PolicyDocument> {
        let session = self.session_rights.as_deref();
        let of_session = session.and_then(|rights| rights.policies.as_deref());
        let named = self.authority.policies.iter();
        named
            .chain(of_session.unwrap_or_default())
            .map(Arc::as_ref)
            .chain(&self.authority.boundary)
            .map(|policy| &policy.document)
    }

    /// The value of one of the principal's tags, whose key is in lower case: that of the session, if it has one.
    pub(crate) fn principal_tag(&self, key: &str) -> Values<'_> {
        let session = self.session_rights.as_deref();
        match session.map_or(Values::Absent, |rights| find(&rights.tags, key)) {
            Values::Absent => find(&self.authority.tags, key),
            found => found,
        }
    }

    /// The condition keys that follow from who signed, beside those that policies know by themselves.
    pub(crate) fn values(&self, key: &str) -> Option<Values<'_>> {
        let session = self.identity.session.as_ref();
        Some(match key {
            "aws:federatedprovider" => session
                .and_then(|session| session.federated_provider.as_deref())
                .into(),
            "aws:sourceidentity" => session
                .and_then(|session| session.source_identity.as_deref())
                .into(),
            "aws:tokenissuetime" => session.map_or(Values::Absent, |session| {
                Values::One(Value::Date(session.issued_at.unix().saturating_mul(1_000)))
            }),
            "countersign:registered" => self.identity.is_registered().into(),
            _ => self.principal_tag(key.strip_prefix("aws:principaltag/")?),
        })
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
    Ok(tags_given(fields, inquiry.operation).map_err(Fault::from)?)
}

#[cfg(test)]
mod tests;
