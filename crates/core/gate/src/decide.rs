//! The decision: permit or refusal, from what is known, with no I/O and no clock.
//!
//! The order matters. Cheap refusals come first (threat L1); the time window comes before the
//! signature, as with S3; what the operator forbids comes after it, so that guardrails are
//! explained only to holders of a good signature, and so are the signer's own restrictions; and whether a bucket exists is told last, to
//! somebody who may know (threat F8).

use std::sync::Arc;

use countersign_s3::{BucketName, ErrorCode, Fault, ObjectKey, Operation};
use countersign_sigv4::post_policy::PostPolicy;
use countersign_sigv4::verify::{Verified, Workspace};
use countersign_sigv4::{AmzDate, AnyClaim, Placement};

use crate::authenticate::authenticate;
use crate::authorization::{Known, authorize};
use crate::form::SentForm;
use crate::presigned::check_presigned;
use crate::refusal::anonymous;
use crate::restriction::restrictions_of;
use crate::revocation::check_revoked;
use crate::{
    Authorized, BucketPolicy, BucketRef, Credential, Guardrails, Identity, Inquiry, LinkId,
    ObjectPlace, PermittedForm, PresignedUse, Refusal, Restrictions, RevocationFacts, SourceRef,
    TagQuestion, Transport, form, lifetime,
};

/// What was decided, unless it is a refusal.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every request ends in the large one, which so stays off the heap"
)]
pub enum Decided {
    /// It is permitted.
    Permitted(Authorized),
    /// It depends on the tags of objects: look them up, and ask again.
    TagsNeeded(Box<TagQuestion>),
}

/// Decides upon one request.
///
/// # Errors
/// The [`Refusal`] to answer with.
pub fn decide(
    inquiry: &Inquiry<'_>,
    guardrails: &Guardrails,
    region: &str,
    workspace: &mut Workspace,
) -> Result<Decided, Refusal> {
    check_transport(inquiry, guardrails)?;
    let claim = inquiry.claim.ok_or_else(anonymous)?;
    form::check_version(claim, guardrails)?;
    let sent_form = form::sent(inquiry, claim)?;
    lifetime::check_window(claim, &date_as_sent(inquiry), guardrails, inquiry.now)?;
    let (credential, verified) = authenticate(inquiry, claim, guardrails, region, workspace)?;
    let (permitted_form, policy) = match &sent_form {
        Some(sent) => {
            let (permitted, policy) = form::check(inquiry, claim, sent, credential, guardrails)?;
            (Some(permitted), Some(policy))
        }
        None => (None, None),
    };
    check_path(inquiry, sent_form.as_ref(), guardrails)?;
    if let AnyClaim::V4(claim) = claim
        && let Placement::Query { expires_s } = claim.placement
    {
        check_presigned(
            inquiry,
            claim,
            expires_s,
            credential,
            verified.payload,
            guardrails,
        )?;
    }
    let restrictions = check_restrictions(inquiry, claim, policy.as_ref())?;
    let key = match sent_form {
        Some(sent) => Some(sent.key),
        None => inquiry.address.key.clone(),
    };
    let link = match claim.placement() {
        Placement::Header => None,
        Placement::PostForm | Placement::Query { .. } => Some(link_of(
            &credential.identity,
            restrictions.as_deref(),
            &verified,
        )),
    };
    let identity = &*credential.identity;
    if link.is_none() && identity.session.is_some() {
        check_revoked(inquiry.revocations, &RevocationFacts::of_session(identity))?;
    }
    if link.is_some() {
        let facts = RevocationFacts {
            link,
            access_key_id: claim.access_key_id(),
            principal_id: &identity.principal_id,
            subject: restrictions.as_deref().and_then(Restrictions::subject),
            bucket: inquiry.bucket.map(|bucket| &bucket.name),
            key: key.as_ref().map(ObjectKey::as_str),
            signed_at: claim.date(),
            session_issued_at: identity.session_issued_at(),
            is_registered: identity.is_registered(),
        };
        check_revoked(inquiry.revocations, &facts)?;
        // What is revoked for an object is revoked for copies of it as well.
        if let Some(source) = inquiry.source {
            let of_source = RevocationFacts {
                bucket: source.bucket.map(|bucket| &bucket.name),
                key: Some(source.key.as_str()),
                ..facts
            };
            check_revoked(inquiry.revocations, &of_source)?;
        }
    }
    if let Some(question) = tags_needed(inquiry, credential, key.as_ref()) {
        return Ok(Decided::TagsNeeded(Box::new(question)));
    }
    // Declared is what the signer wrote; how long it really lives may be less.
    let form_ends_at = permitted_form.as_ref().map(|form| form.expires_at);
    let url_ends_at = claim.v4().and_then(lifetime::end_of_url);
    let ends_at = form_ends_at.or(url_ends_at);
    let granted = authorize(
        inquiry,
        &Known {
            claim,
            credential,
            verified: &verified,
            restrictions: restrictions.as_deref(),
            key: key.as_ref().map(ObjectKey::as_str),
            link,
            declared_ttl_s: ends_at.map(|end| lifetime::declared_s(claim, end)),
            region,
        },
    )?;
    let bucket = require_bucket(inquiry, granted.waits_for_body())?;
    let source = require_source(inquiry)?;
    // INVARIANT: nothing outlives the credential that signed it (threat B6).
    let until = |end: AmzDate| credential.ends_at().map_or(end, |last| end.min(last));
    let presigned = url_ends_at.map(|end| PresignedUse {
        expires_at: until(end),
        fingerprint: verified.fingerprint,
    });
    let permitted_form = permitted_form.map(|form| PermittedForm {
        expires_at: until(form.expires_at),
        ..form
    });
    Ok(Decided::Permitted(Authorized {
        operation: inquiry.operation,
        bucket: bucket.cloned(),
        new_bucket: new_bucket(inquiry),
        key,
        version: inquiry.query.first("versionId").map(Box::from),
        source,
        identity: Arc::clone(&credential.identity),
        payload: verified.payload,
        presigned,
        form: permitted_form,
        restrictions,
        link,
        may_list: granted.may_list,
        may_list_source: granted.may_list_source,
        deletes: granted.deletes,
        tagging: granted.tagging,
        existing_tags: inquiry.existing_tags.cloned(),
        signed_at: claim.date(),
    }))
}

/// The tags that must be looked up before the policies can be asked.
fn tags_needed(
    inquiry: &Inquiry<'_>,
    credential: &Credential,
    key: Option<&ObjectKey>,
) -> Option<TagQuestion> {
    if inquiry.existing_tags.is_some() {
        return None;
    }
    let asks = |policy: Option<&Arc<BucketPolicy>>| {
        let of_bucket = policy.map(|policy| policy.asks()).unwrap_or_default();
        credential.asks().or(of_bucket).existing_tags
    };
    let place = |bucket: Option<&BucketRef>, key: &ObjectKey, version: Option<&str>| {
        Some(ObjectPlace {
            bucket: bucket?.clone(),
            key: key.clone(),
            version: version.map(Box::from),
        })
    };
    let target = key
        .filter(|_| asks(inquiry.bucket_policy))
        .and_then(|key| place(inquiry.bucket, key, inquiry.query.first("versionId")));
    let source = inquiry
        .source
        .filter(|source| asks(source.bucket_policy))
        .and_then(|source| place(source.bucket, source.key, source.version));
    (target.is_some() || source.is_some()).then_some(TagQuestion { target, source })
}

/// The id of the link, by what was verified and never by how it is spelled (threats A6, D11).
fn link_of(
    identity: &Identity,
    restrictions: Option<&Restrictions>,
    verified: &Verified,
) -> LinkId {
    match restrictions.and_then(Restrictions::id) {
        Some(name) => LinkId::named(&identity.principal_id, name),
        None => LinkId::signed(&identity.access_key_id, &verified.fingerprint),
    }
}

/// Refuses plain HTTP before anything else, and never redirects it: the credential is already out.
fn check_transport(inquiry: &Inquiry<'_>, guardrails: &Guardrails) -> Result<(), Refusal> {
    if inquiry.transport != Transport::Plain || guardrails.plain_http {
        return Ok(());
    }
    let refusal = Refusal::denied(
        "This server answers over HTTPS only. A URL used over plain HTTP has been seen by others: \
         make a new one.",
    );
    Err(if inquiry.claim.is_some() {
        refusal.exposing_the_signature()
    } else {
        refusal
    })
}

fn date_as_sent(inquiry: &Inquiry<'_>) -> String {
    let header = |name| inquiry.head.header_text(name);
    match inquiry.claim.map(AnyClaim::placement) {
        Some(Placement::Header) => header("x-amz-date")
            .or_else(|| header("date"))
            .unwrap_or_default()
            .to_owned(),
        _ => String::new(),
    }
}

/// Dot segments are legal in keys, and every proxy on the way resolves them to another key (threat A7).
fn check_path(
    inquiry: &Inquiry<'_>,
    form: Option<&SentForm<'_>>,
    guardrails: &Guardrails,
) -> Result<(), Refusal> {
    let has_dots =
        inquiry.address.has_dot_segments() || form.is_some_and(|form| form.key.has_dot_segments());
    if guardrails.dot_segments || !has_dots {
        return Ok(());
    }
    let fault = Fault::new(ErrorCode::InvalidURI)
        .saying(
            "This server refuses keys with `.` or `..` segments: clients and proxies rewrite them.",
        )
        .with("URI", inquiry.head.path);
    Err(Refusal::new(fault, "key has dot segments"))
}

/// What the signer forbids, as far as it can be known without state and before any byte moves.
fn check_restrictions(
    inquiry: &Inquiry<'_>,
    claim: &AnyClaim<'_>,
    policy: Option<&PostPolicy>,
) -> Result<Option<Box<Restrictions>>, Refusal> {
    let restrictions = restrictions_of(inquiry, claim, policy)?;
    if let Some(restrictions) = &restrictions {
        restrictions.check_fit(inquiry.operation)?;
        restrictions.check_client(inquiry.client, inquiry.country, inquiry.now)?;
    }
    Ok(restrictions)
}

/// The bucket must exist, except to be created; a name against the rules cannot. Where the body decides
/// what is allowed, whether the bucket exists is told after that, to somebody who may know (threat F8).
fn require_bucket<'a>(
    inquiry: &Inquiry<'a>,
    waits_for_body: bool,
) -> Result<Option<&'a BucketRef>, Refusal> {
    let Some(name) = inquiry.address.bucket.as_deref() else {
        return Ok(None);
    };
    if inquiry.operation == Operation::CreateBucket || waits_for_body {
        return Ok(inquiry.bucket);
    }
    if let Some(bucket) = inquiry.bucket {
        return Ok(Some(bucket));
    }
    Err(no_bucket(name))
}

/// The refusal of a bucket that is not there.
pub(crate) fn no_bucket(name: &str) -> Refusal {
    let code = match BucketName::parse(name) {
        Ok(_) => ErrorCode::NoSuchBucket,
        Err(_) => ErrorCode::InvalidBucketName,
    };
    Refusal::from(Fault::new(code).with("BucketName", name))
}

/// A copy is a read of its source as well: both must be permitted, by the one who signed
/// (threat A2). Without a source in the permit nothing can be copied.
fn require_source(inquiry: &Inquiry<'_>) -> Result<Option<SourceRef>, Refusal> {
    let Some(source) = inquiry.source else {
        return Ok(None);
    };
    let bucket = source.bucket.ok_or_else(|| no_bucket(source.bucket_name))?;
    Ok(Some(SourceRef {
        bucket: bucket.clone(),
        key: source.key.clone(),
        version: source.version.map(Box::from),
    }))
}

fn new_bucket(inquiry: &Inquiry<'_>) -> Option<Box<str>> {
    let creates = inquiry.operation == Operation::CreateBucket;
    inquiry
        .address
        .bucket
        .as_deref()
        .filter(|_| creates)
        .map(Box::from)
}

#[cfg(test)]
mod tests;
