//! `POST /v1/links` and `POST /v1/links:batch`.
//!
//! Each link of a batch is judged by itself; those that can be made are recorded together.

use std::num::NonZeroU32;

use countersign_state::{LinkRecord, Quota, Recorded, UnixMillis};
use http::StatusCode;

use super::prepare::{Prepared, prepare};
use crate::call::Call;
use crate::drawn::Drawn;
use crate::idempotency::Repeatable;
use crate::issuer::Shared;
use crate::problem::Problem;
use crate::wire::{BatchAnswer, BatchItem, BatchRequest, LinkAnswer, LinkRequest, Shape};
use crate::{body, refused, shares};

const MOST_AT_ONCE: usize = 100;

/// Makes one link.
///
/// # Errors
/// The [`Problem`] to answer with.
pub(crate) async fn one(issuer: &Shared, call: &Call) -> Result<LinkAnswer, Problem> {
    call.maker()?;
    let request: LinkRequest = body::json(&call.body)?;
    let mut made = make(issuer, call, std::slice::from_ref(&request)).await?;
    made.pop().unwrap_or_else(|| Err(Problem::internal()))
}

/// Makes many.
///
/// # Errors
/// The [`Problem`] to answer with, if none of them could be looked at or recorded.
pub(crate) async fn many(issuer: &Shared, call: &Call) -> Result<BatchAnswer, Problem> {
    call.maker()?;
    let batch: BatchRequest = body::json(&call.body)?;
    if !(1..=MOST_AT_ONCE).contains(&batch.links.len()) {
        let message = format!("a batch has 1 to {MOST_AT_ONCE} links");
        return Err(Problem::invalid("links", message));
    }
    if batch.links.iter().any(|link| link.role.is_some()) && !call.is_bearer {
        let message = "a role goes only with a bearer token";
        return Err(Problem::invalid("links", message));
    }
    // Each is up to thousands of URLs.
    if batch
        .links
        .iter()
        .any(|link| link.shape == Shape::Multipart)
    {
        let message = "a multipart upload is asked for by itself, not in a batch";
        return Err(Problem::invalid("links", message));
    }
    let made = make(issuer, call, &batch.links).await?;
    let item = |outcome| match outcome {
        Ok(link) => BatchItem {
            status: StatusCode::CREATED.as_u16(),
            link: Some(link),
            error: None,
        },
        Err(problem) => BatchItem {
            status: Problem::status(&problem).as_u16(),
            link: None,
            error: Some(problem.into_body()),
        },
    };
    Ok(BatchAnswer {
        results: made.into_iter().map(item).collect(),
    })
}

type Outcome = Result<LinkAnswer, Problem>;

async fn make(
    issuer: &Shared,
    call: &Call,
    requests: &[LinkRequest],
) -> Result<Vec<Outcome>, Problem> {
    // An answer that is repeated is signed again, so it counts as well.
    let principal_id = &*call.caller.identity().principal_id;
    let links = u32::try_from(requests.len()).ok().and_then(NonZeroU32::new);
    issuer
        .rates
        .take(principal_id, links.unwrap_or(NonZeroU32::MIN))?;
    let repeatable = Repeatable::of(call)?;
    if let Some(repeatable) = &repeatable
        && let Some(drawn) = repeatable.find(issuer, &call.request_id).await?
    {
        return Ok(repeat(issuer, call, requests, drawn).await);
    }
    let now = issuer.now();
    let mut drawn: Vec<Drawn> = requests.iter().map(|_| Drawn::at(now)).collect();
    let mut outcomes = Vec::with_capacity(requests.len());
    let mut records = Vec::with_capacity(requests.len());
    for (request, drawn) in requests.iter().zip(&mut drawn) {
        let outcome = first(issuer, call, request, drawn).await;
        let (outcome, record) = split(outcome);
        drawn.made = outcome.is_ok();
        outcomes.push(outcome);
        records.extend(record);
    }
    // What was not made is asked anew, and not remembered as refused.
    if outcomes.iter().all(Result::is_err) {
        return Ok(outcomes);
    }
    let recorded = record(issuer, call, &records, repeatable.as_ref(), &drawn).await;
    if !matches!(recorded, Ok(Recorded::New)) {
        give_up_shares(issuer, call, &outcomes).await;
    }
    let recorded = recorded?;
    match (recorded, repeatable) {
        // Somebody asked the same at the same time, and was faster.
        (
            Recorded::Repeated {
                request_digest,
                sealed_answer,
            },
            Some(repeatable),
        ) => {
            let drawn = repeatable.recall(request_digest, &sealed_answer)?;
            Ok(repeat(issuer, call, requests, drawn).await)
        }
        _ => Ok(outcomes),
    }
}

/// Ends the shares of an answer that nobody gets: their addresses would live on, unknown, and count for the quota.
async fn give_up_shares(issuer: &Shared, call: &Call, outcomes: &[Outcome]) {
    let made = outcomes.iter().flatten();
    for share in made.filter(|link| link.shape == Shape::Share) {
        shares::create::give_up(issuer, call, &share.id).await;
    }
}

/// A link that nobody asked for before.
async fn first(
    issuer: &Shared,
    call: &Call,
    request: &LinkRequest,
    drawn: &mut Drawn,
) -> Result<Made, Problem> {
    if request.role.is_some() && !call.is_bearer {
        let message = "a role goes only with a bearer token; for a signed call assume it first";
        return Err(Problem::invalid("role", message));
    }
    // One call is one role: a link that names another must not come out with the rights of this one.
    if let Some(role) = &request.role
        && call.role != Some(crate::bearer::role_arn(Some(role))?)
    {
        let message = "the call has another role: name one in `X-Countersign-Role`, and ask for links of others apart";
        return Err(Problem::invalid("role", message));
    }
    if let Some(subject) = &request.subject {
        let principal_id = &*call.caller.identity().principal_id;
        issuer.rates.take_for(principal_id, subject)?;
    }
    let made = again(issuer, call, request, drawn).await?;
    if let Made::Share(share, answer) = made {
        shares::create::keep(issuer, call, &share).await?;
        return Ok(Made::Share(share, answer));
    }
    Ok(made)
}

/// What one request led to.
enum Made {
    Link(Box<Prepared>),
    Share(Box<countersign_state::Share>, Box<LinkAnswer>),
}

async fn again(
    issuer: &Shared,
    call: &Call,
    request: &LinkRequest,
    drawn: &mut Drawn,
) -> Result<Made, Problem> {
    if request.shape == Shape::Share {
        let (share, answer) = shares::create::prepare(issuer, call, request, drawn).await?;
        return Ok(Made::Share(Box::new(share), Box::new(answer)));
    }
    let prepared = prepare(issuer, call, request, drawn).await?;
    Ok(Made::Link(Box::new(prepared)))
}

fn split(made: Result<Made, Problem>) -> (Outcome, Option<LinkRecord>) {
    match made {
        Ok(Made::Link(prepared)) => (Ok(prepared.answer), Some(prepared.record)),
        Ok(Made::Share(_, answer)) => (Ok(*answer), None),
        Err(problem) => (Err(problem), None),
    }
}

async fn record(
    issuer: &Shared,
    call: &Call,
    records: &[LinkRecord],
    repeatable: Option<&Repeatable>,
    drawn: &[Drawn],
) -> Result<Recorded, Problem> {
    if records.is_empty() && repeatable.is_none() {
        return Ok(Recorded::New);
    }
    let now_ms = issuer.now_ms();
    let ends_ms = records.iter().map(|record| record.expires_at.0).max();
    let answer = repeatable
        .map(|repeatable| repeatable.remember(drawn, now_ms, ends_ms.unwrap_or(i64::MAX)));
    let quota = Quota {
        live_links: issuer.options.live_links,
    };
    let state = issuer.directory.state();
    let recorded = state
        .record_links(records, quota, answer.as_ref(), UnixMillis(now_ms))
        .await;
    recorded.map_err(|error| refused::by_state(&error, &call.request_id))
}

async fn repeat(
    issuer: &Shared,
    call: &Call,
    requests: &[LinkRequest],
    drawn: Vec<Drawn>,
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(requests.len());
    for (request, mut drawn) in requests.iter().zip(drawn) {
        if !drawn.made {
            let message = "this link could not be made at first; ask with a new `Idempotency-Key`";
            outcomes.push(Err(Problem::conflict(message)));
            continue;
        }
        let made = again(issuer, call, request, &mut drawn).await;
        outcomes.push(split(made).0);
    }
    outcomes
}
