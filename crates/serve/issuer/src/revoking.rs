//! `POST /v1/revocations`: everything of a kind that was signed up to an instant is over.

use countersign_gate::{Revocation, RevocationTarget};
use countersign_policy::Resource;
use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, AmzDate, LONGEST_EXPIRES_S};
use countersign_state::{RoleName, StateError, UserName};

use crate::call::Call;
use crate::issuer::Shared;
use crate::problem::Problem;
use crate::wire::{RevocationAnswer, RevocationRequest, TargetRequest};
use crate::{authorizing, body, instant, refused};

/// How far apart clocks are thought to be at least, in seconds.
const LEAST_SKEW_S: i64 = 15 * 60;
const ACTION: &str = "countersign:CreateRevocation";

/// Writes a revocation.
///
/// # Errors
/// 400 for a target that makes no sense, 403 if no policy allows it, 404 for one that is not there.
pub(crate) async fn create(issuer: &Shared, call: &Call) -> Result<RevocationAnswer, Problem> {
    let request: RevocationRequest = body::json(&call.body)?;
    check_allowed(call, &request.target)?;
    let target = target(issuer, call, &request.target).await?;
    let now = issuer.now();
    let signed_until = match &request.signed_until {
        None => last_date(
            &target,
            now,
            i64::from(issuer.options.guardrails.clock_skew_s),
        ),
        Some(text) => instant::parse(text)
            .filter(|date| *date <= now)
            .ok_or_else(|| {
                let message =
                    "write an instant in UTC such as 2026-12-24T18:00:00Z, not later than now";
                Problem::invalid("signed_until", message)
            })?,
    };
    let now_ms = issuer.now_ms();
    let revocation = Revocation {
        target,
        signed_until,
        ends_transfers: request.end_transfers,
        made_at_ms: now_ms,
        expires_at_ms: kept_until_ms(signed_until.plus_seconds(i64::from(LONGEST_EXPIRES_S))),
    };
    if revocation.expires_at_ms <= now_ms {
        let message = "everything that was signed until then is over by itself";
        return Err(Problem::invalid("signed_until", message));
    }
    let written = issuer.directory.state().revoke(&revocation).await;
    let serial = written.map_err(|error| refused::by_state(&error, &call.request_id))?;
    tracing::info!(request_id = call.request_id, serial, "revoked");
    Ok(RevocationAnswer {
        serial,
        signed_until: signed_until.iso8601(),
        kept_until: instant::of_ms(revocation.expires_at_ms),
    })
}

/// The end of what ends then, on a clock that is behind, in milliseconds since 1970.
pub(crate) fn kept_until_ms(end: AmzDate) -> i64 {
    end.unix()
        .saturating_add(LEAST_SKEW_S)
        .saturating_mul(1_000)
}

/// The last date that what is signed by now may bear: a signer may have dated links ahead, a holder cannot.
fn last_date(target: &RevocationTarget, now: AmzDate, skew_s: i64) -> AmzDate {
    match target {
        RevocationTarget::AccessKey(_)
        | RevocationTarget::Sessions { .. }
        | RevocationTarget::User { .. } => now.plus_seconds(skew_s),
        RevocationTarget::Link(_)
        | RevocationTarget::Object { .. }
        | RevocationTarget::Prefix { .. }
        | RevocationTarget::Subject(_) => now,
    }
}

fn check_allowed(call: &Call, target: &TargetRequest) -> Result<(), Problem> {
    // Who may revoke one object may not revoke all that begin like it: the star is matched by a star alone.
    let below = match target {
        TargetRequest::Prefix(prefix) => format!("{}*", prefix.prefix),
        _ => String::new(),
    };
    let resource = match target {
        TargetRequest::Object(object) => Resource::Object {
            bucket: &object.bucket,
            key: &object.key,
        },
        TargetRequest::Prefix(prefix) if prefix.prefix.is_empty() => Resource::Bucket {
            bucket: &prefix.bucket,
        },
        TargetRequest::Prefix(prefix) => Resource::Object {
            bucket: &prefix.bucket,
            key: &below,
        },
        _ => Resource::Service,
    };
    authorizing::authorize(call, ACTION, resource, &authorizing::nothing)
}

/// A mistyped name is refused: a revocation that concerns nothing would deceive.
async fn target(
    issuer: &Shared,
    call: &Call,
    asked: &TargetRequest,
) -> Result<RevocationTarget, Problem> {
    let failed = |error: StateError| refused::by_state(&error, &call.request_id);
    let missing = |what: &str| Problem::not_found(format!("there is no such {what}"));
    let state = issuer.directory.state();
    Ok(match asked {
        TargetRequest::AccessKey(id) => {
            let id = AccessKeyId::new(id.as_str());
            let found = state.find_access_key(&id).await.map_err(failed)?;
            RevocationTarget::AccessKey(found.ok_or_else(|| missing("access key"))?.id)
        }
        TargetRequest::Link(id) => {
            let parsed = id.parse();
            RevocationTarget::Link(
                parsed.map_err(|error| Problem::invalid("target.link", format!("{error}")))?,
            )
        }
        TargetRequest::Object(object) => RevocationTarget::Object {
            bucket: bucket(issuer, call, &object.bucket).await?,
            key: object.key.as_str().into(),
        },
        TargetRequest::Prefix(prefix) => RevocationTarget::Prefix {
            bucket: bucket(issuer, call, &prefix.bucket).await?,
            prefix: prefix.prefix.as_str().into(),
        },
        TargetRequest::Sessions(who) => RevocationTarget::Sessions {
            principal_id: principal(issuer, call, who).await?,
        },
        TargetRequest::Subject(subject) => RevocationTarget::Subject(subject.as_str().into()),
        TargetRequest::User(name) => {
            let name = UserName::parse(name)
                .map_err(|error| Problem::invalid("target.user", error.to_string()))?;
            let user = state.find_user(&name).await.map_err(failed)?;
            RevocationTarget::User {
                user_id: user.ok_or_else(|| missing("user"))?.unique_id.into(),
            }
        }
    })
}

async fn bucket(issuer: &Shared, call: &Call, name: &str) -> Result<BucketName, Problem> {
    let parsed =
        BucketName::parse(name).map_err(|error| Problem::invalid("target", error.to_string()))?;
    let found = issuer.directory.state().find_bucket(&parsed).await;
    let found = found.map_err(|error| refused::by_state(&error, &call.request_id))?;
    let found = found.ok_or_else(|| Problem::not_found("there is no such bucket"))?;
    Ok(found.name)
}

/// The lasting id of a user or role, by that id or the end of an ARN: `user/NAME`, `role/NAME`.
async fn principal(issuer: &Shared, call: &Call, who: &str) -> Result<Box<str>, Problem> {
    let state = issuer.directory.state();
    let failed = |error: StateError| refused::by_state(&error, &call.request_id);
    let missing = || Problem::not_found("there is no such user or role");
    let path = who.rsplit_once("::").map_or(who, |(_, path)| path);
    let path = path.split_once(':').map_or(path, |(_, path)| path);
    let last = path.rsplit('/').next().unwrap_or_default();
    let id = if path.starts_with("role/") {
        let name = RoleName::parse(last).map_err(|_| missing())?;
        state
            .find_role(&name)
            .await
            .map_err(failed)?
            .map(|role| role.unique_id)
    } else if path.starts_with("user/") {
        let name = UserName::parse(last).map_err(|_| missing())?;
        state
            .find_user(&name)
            .await
            .map_err(failed)?
            .map(|user| user.unique_id)
    } else {
        let found = state.find_principal(who).await.map_err(failed)?;
        found.map(|record| record.principal.unique_id().to_owned())
    };
    id.map(Into::into).ok_or_else(missing)
}
