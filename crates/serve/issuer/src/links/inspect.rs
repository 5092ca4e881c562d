//! `GET /v1/links/{id}`: what is known of one link. Never its URL, which was answered once and is kept nowhere.
//!
//! INVARIANT: what is somebody else's is answered as if it were not there, unless a policy lets the caller see it.

use countersign_gate::{LinkId, RevocationFacts};
use countersign_policy::Resource;
use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, AmzDate};
use countersign_state::{LinkRecord, LinkUse, Share};
use serde_json::Value;

use crate::authorizing;
use crate::call::Call;
use crate::instant;
use crate::issuer::Shared;
use crate::problem::Problem;
use crate::refused;
use crate::wire::{LinkRecordAnswer, UsesAnswer};

/// A link or a share that was made.
pub(crate) enum Known {
    Link(LinkRecord),
    Share(Share),
}

/// Answers what is known of a link.
///
/// # Errors
/// 404 if there is none that the caller may see.
pub(crate) async fn one(
    issuer: &Shared,
    call: &Call,
    id: &str,
) -> Result<LinkRecordAnswer, Problem> {
    let (link, known) = find(issuer, call, id, "countersign:GetLink").await?;
    let uses = issuer.directory.state().find_link_use(link).await;
    let uses = uses.map_err(|error| refused::by_state(&error, &call.request_id))?;
    let mut answer = match &known {
        Known::Link(record) => of_record(record),
        Known::Share(share) => of_share(share),
    };
    let revoked = match &known {
        Known::Link(record) => is_revoked(issuer, record)?,
        Known::Share(share) => share.revoked_at.is_some(),
    };
    let ended = match &known {
        Known::Link(record) => record.expires_at.0 < issuer.now_ms(),
        Known::Share(share) => !share.is_live_at(countersign_state::UnixMillis(issuer.now_ms())),
    };
    answer.revoked = Some(revoked);
    answer.live = Some(!revoked && !ended);
    answer.uses = match &known {
        Known::Link(_) => uses.as_ref().map(of_uses),
        Known::Share(share) => Some(UsesAnswer {
            used: share.opens,
            limit: share.max_opens,
            network: None,
            first_at: None,
            last_at: None,
        }),
    };
    Ok(answer)
}

/// Finds a link that the caller may do this with.
pub(crate) async fn find(
    issuer: &Shared,
    call: &Call,
    id: &str,
    action: &str,
) -> Result<(LinkId, Known), Problem> {
    let nothing = || Problem::not_found("there is no such link, or it is not yours");
    let link: LinkId = id.parse().map_err(|_| nothing())?;
    let state = issuer.directory.state();
    let failed = |error| refused::by_state(&error, &call.request_id);
    let known = match state.find_link(link).await.map_err(failed)? {
        Some(record) => Known::Link(record),
        None => match state.find_share_by_id(link).await.map_err(failed)? {
            Some(share) => Known::Share(share),
            None => return Err(nothing()),
        },
    };
    let (owner, bucket, key) = match &known {
        Known::Link(record) => (&record.principal_id, &record.bucket, &record.key),
        Known::Share(share) => (&share.principal_id, &share.bucket, &share.key),
    };
    let allowed = authorizing::authorize(
        call,
        action,
        Resource::Object { bucket, key },
        &authorizing::nothing,
    );
    let is_own = **owner == *call.caller.identity().principal_id;
    match allowed {
        Ok(()) => Ok((link, known)),
        Err(problem) if is_own => Err(problem),
        Err(_) => Err(nothing()),
    }
}

/// Whether this node knows that the link is revoked, by whatever it would be known by at its use.
fn is_revoked(issuer: &Shared, record: &LinkRecord) -> Result<bool, Problem> {
    let Some(known) = issuer.revocations().known() else {
        return Err(Problem::unavailable());
    };
    let bucket = BucketName::parse(&record.bucket).ok();
    // The keys that links are signed with are not revoked one by one.
    let access_key_id = AccessKeyId::new("");
    let facts = RevocationFacts {
        link: Some(record.link),
        access_key_id: access_key_id.as_str(),
        principal_id: &record.principal_id,
        subject: record.subject.as_deref(),
        bucket: bucket.as_ref(),
        key: Some(&record.key),
        signed_at: Some(AmzDate::from_unix(record.created_at.0.div_euclid(1_000))),
        session_issued_at: None,
        is_registered: true,
    };
    Ok(known.find(&facts).is_some())
}

/// What is known, from the record.
pub(crate) fn of_record(record: &LinkRecord) -> LinkRecordAnswer {
    LinkRecordAnswer {
        id: record.link.to_string(),
        name: Some(record.name.clone()),
        principal: record.principal_arn.clone(),
        subject: record.subject.clone(),
        verb: record.verb.clone(),
        shape: record.shape.clone(),
        bucket: record.bucket.clone(),
        key: record.key.clone(),
        created_at: instant::of_ms(record.created_at.0),
        expires_at: instant::of_ms(record.expires_at.0),
        restrictions: as_json(&record.restrictions),
        live: None,
        revoked: None,
        uses: None,
    }
}

/// What is known, from a share.
pub(crate) fn of_share(share: &Share) -> LinkRecordAnswer {
    LinkRecordAnswer {
        id: share.id.to_string(),
        name: None,
        principal: share.principal_arn.clone(),
        subject: share.subject.clone(),
        verb: "get".to_owned(),
        shape: "share".to_owned(),
        bucket: share.bucket.clone(),
        key: share.key.clone(),
        created_at: instant::of_ms(share.created_at.0),
        expires_at: instant::of_ms(share.expires_at.0),
        restrictions: crate::shares::spec::restrictions_of(&share.spec),
        live: None,
        revoked: None,
        uses: None,
    }
}

fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn of_uses(uses: &LinkUse) -> UsesAnswer {
    UsesAnswer {
        used: uses.used,
        limit: uses.limit,
        network: uses.bound.map(|network| network.to_string()),
        first_at: Some(instant::of_ms(uses.first_at.0)),
        last_at: Some(instant::of_ms(uses.last_at.0)),
    }
}
