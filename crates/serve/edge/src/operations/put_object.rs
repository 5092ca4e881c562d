//! `PutObject`: everything that can be refused is refused before the first byte of the body.
//!
//! With `Expect: 100-continue` that also saves the client from sending it: the interim answer goes
//! out when the body is first asked for, and it is asked for only after the permit and this plan.

use std::sync::Arc;

use countersign_gate::Refusal;
use countersign_objects::{CommitError, NewObject, Object, PutCondition, PutHints};
use countersign_s3::{
    ErrorCode, Fault, Fields, ObjectAttributes, StoredChecksum, WriteCondition, attributes_of,
};
use http::header::ETAG;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper::body::Incoming;

use super::body_promise::promise_of;
use super::held::{Held, check_declared, condition_of, refuse_overwriting};
use super::upload_body::{self, Promise};
use super::{Task, no_such_key, refuse_store, versioned, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// What is known of an upload before its body.
struct Plan {
    attributes: ObjectAttributes,
    condition: PutCondition,
    promise: Promise,
}

/// Stores a body.
pub(super) async fn perform(
    edge: &Arc<Edge>,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let Plan {
        mut attributes,
        condition,
        promise,
    } = plan(edge, &mut task, parts)?;
    let hints = PutHints {
        content_length: promise.length,
    };
    let mut upload = edge
        .objects
        .begin_put(&task.permit, hints)
        .map_err(|error| refuse_store(&error))?;
    let idle = edge.settings.limits.body_idle_time;
    let counter = &edge.metrics.bytes_received;
    let declared = attributes.content_type.as_deref();
    let mut held = Held::new(edge, &task.permit, declared, &mut upload)?;
    let received = upload_body::receive(body, &mut held, promise, idle, counter).await?;
    held.end()?;
    attributes.checksum = Some(received.checksum);
    let new = NewObject {
        etag: received.etag,
        attributes,
        modified_ms: edge.clock.unix_ms(),
        condition,
    };
    let stored = upload
        .commit(new)
        .await
        .map_err(|error| refuse_commit(&error, &task))?;

    stored_answer(&task, &stored)
}

/// The answer to a body that was stored: tag, version and checksum.
pub(super) fn stored_answer(task: &Task, stored: &Object) -> Result<Answer, Refusal> {
    let mut answer = answer::empty(StatusCode::OK);
    let headers = answer.headers_mut();
    let etag = HeaderValue::try_from(stored.etag().quoted()).map_err(answer::internal)?;
    headers.insert(ETAG, etag);
    versioned::tell_written(headers, &task.permit, stored.version_id());
    add_checksum(headers, stored.attributes().checksum.as_ref())?;
    answer::set_length(&mut answer, 0);
    Ok(answer)
}

/// Tells a checksum in the headers of its algorithm and type.
pub(super) fn add_checksum(
    headers: &mut HeaderMap,
    checksum: Option<&StoredChecksum>,
) -> Result<(), Refusal> {
    for (name, value) in checksum.into_iter().flat_map(StoredChecksum::headers) {
        let value = HeaderValue::from_str(value).map_err(answer::internal)?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(())
}

fn plan(edge: &Edge, task: &mut Task, parts: &Parts) -> Result<Plan, Refusal> {
    with_fields(parts, task.is_presigned(), |head, _, fields| {
        let promise = promise_of(edge, task, head, fields)?;
        let attributes = attributes_of(fields, task.permit.operation()).map_err(Fault::from)?;
        let declared = attributes.content_type.as_deref();
        check_declared(&task.permit, promise.length, declared)?;
        Ok(Plan {
            promise,
            attributes,
            condition: condition_of(&task.permit, put_condition(fields)?)?,
        })
    })
}

/// The condition of a write (`If-Match`, `If-None-Match`).
///
/// # Errors
/// The refusal of a condition that S3 does not take.
pub(super) fn put_condition(fields: &Fields<'_>) -> Result<PutCondition, Refusal> {
    Ok(match WriteCondition::of_put(fields).map_err(Fault::from)? {
        WriteCondition::None => PutCondition::None,
        WriteCondition::IfAbsent => PutCondition::IfAbsent,
        WriteCondition::IfMatch(etag) => PutCondition::IfMatch(etag),
    })
}

/// The refusal of a body that was not stored.
pub(super) fn refuse_commit(error: &CommitError, task: &Task) -> Refusal {
    match error {
        CommitError::BucketGone { .. } => {
            let name = task
                .permit
                .bucket()
                .map(|b| b.name.as_str())
                .unwrap_or_default();
            Refusal::from(Fault::new(ErrorCode::NoSuchBucket).with("BucketName", name))
        }
        CommitError::Changed => versioned::changed(),
        CommitError::PreconditionFailed { current: None } => no_such_key(&task.permit),
        CommitError::PreconditionFailed { current: Some(_) } => refuse_overwriting(&task.permit)
            .unwrap_or_else(|| {
                let fault = Fault::new(ErrorCode::PreconditionFailed);
                let reason = "the object is not in the state that the request requires";
                Refusal::new(fault, reason)
            }),
        CommitError::Store(error) => refuse_store(error),
    }
}
