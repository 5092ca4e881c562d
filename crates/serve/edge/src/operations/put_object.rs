//! `PutObject`: everything that can be refused is refused before the first byte of the body.
//!
//! With `Expect: 100-continue` that also saves the client from sending it: the interim answer goes
//! out when the body is first asked for, and it is asked for only after the permit and this plan.

use std::sync::Arc;

use countersign_gate::Refusal;
use countersign_objects::{CommitError, NewObject, PutCondition, PutHints};
use countersign_request::RequestHead;
use countersign_s3::{
    ContentMd5, ErrorCode, ExpectedChecksum, Fault, Fields, ObjectAttributes, WriteCondition,
    attributes_of,
};
use countersign_sigv4::PayloadMode;
use countersign_sigv4::chunked::{ChunkedDecoder, Framing};
use http::header::ETAG;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use hyper::body::Incoming;

use super::upload_body::{self, Promise};
use super::{Task, no_such_key, query_of, refuse_store};
use crate::answer::{self, Answer};
use crate::edge::Edge;
use crate::head;

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
    body: Incoming,
) -> Result<Answer, Refusal> {
    let Plan {
        mut attributes,
        condition,
        promise,
    } = plan(edge, &mut task, parts)?;
    let hints = PutHints {
        content_length: Some(promise.length),
    };
    let mut upload = edge
        .objects
        .begin_put(&task.permit, hints)
        .map_err(|error| refuse_store(&error))?;
    let idle = edge.settings.limits.body_idle_time;
    let counter = &edge.metrics.bytes_received;
    let received = upload_body::receive(body, &mut upload, promise, idle, counter).await?;
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

    let mut answer = answer::empty(StatusCode::OK);
    let headers = answer.headers_mut();
    headers.insert(
        ETAG,
        HeaderValue::try_from(stored.etag().quoted()).map_err(answer::internal)?,
    );
    for (name, value) in stored
        .attributes()
        .checksum
        .iter()
        .flat_map(|c| c.headers())
    {
        let value = HeaderValue::from_str(value).map_err(answer::internal)?;
        headers.insert(HeaderName::from_static(name), value);
    }
    answer::set_length(&mut answer, 0);
    Ok(answer)
}

fn plan(edge: &Edge, task: &mut Task, parts: &Parts) -> Result<Plan, Refusal> {
    let headers = head::plain_headers_of(parts);
    let head = head::request_head(parts, &headers);
    let query = query_of(parts)?;
    let fields = match task.permit.presigned() {
        Some(_) => Fields::of_presigned(head, &query).map_err(Fault::from)?,
        None => Fields::of_headers(head),
    };
    let payload = task.permit.payload();
    let length = body_length(&head, payload, edge.settings.limits.object_bytes)?;
    let attributes = attributes_of(&fields).map_err(Fault::from)?;
    let condition = match WriteCondition::of_put(&fields).map_err(Fault::from)? {
        WriteCondition::None => PutCondition::None,
        WriteCondition::IfAbsent => PutCondition::IfNoneMatchAny,
        WriteCondition::IfMatch(etag) => PutCondition::IfMatch(etag),
        WriteCondition::IfPresent => {
            return Err(Fault::new(ErrorCode::NotImplemented)
                .with("Header", "If-Match")
                .into());
        }
    };
    let md5 = fields
        .single("content-md5")
        .map_err(Fault::from)?
        .map(ContentMd5::parse)
        .transpose()
        .map_err(Fault::from)?;
    let checksum = ExpectedChecksum::of(&fields).map_err(Fault::from)?;
    let decoder = payload.is_streaming().then(|| {
        let trailers = payload.has_trailer().then(|| declared_trailers(&head));
        let signature = task.streaming.take();
        ChunkedDecoder::new(Framing {
            signature,
            trailers,
            decoded_length: length,
        })
    });
    let access_key_id = task.permit.identity().access_key_id.as_str().to_owned();
    let promise = Promise {
        length,
        payload,
        md5,
        checksum,
        decoder,
        access_key_id,
    };
    Ok(Plan {
        attributes,
        condition,
        promise,
    })
}

/// The body's length without framing; it must be told (411), and be within bounds.
fn body_length(head: &RequestHead<'_>, payload: PayloadMode, limit: u64) -> Result<u64, Refusal> {
    let name = if payload.is_streaming() {
        "x-amz-decoded-content-length"
    } else {
        "content-length"
    };
    let text = head.header_text(name).ok_or_else(|| {
        Refusal::new(
            Fault::new(ErrorCode::MissingContentLength),
            "body length is not told",
        )
    })?;
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let length: u64 = text.parse().ok().filter(|_| digits).ok_or_else(|| {
        let sentence = "The body length must be a number of bytes.";
        Refusal::from(Fault::invalid_argument(sentence, name, text))
    })?;
    if length > limit {
        let fault = Fault::new(ErrorCode::EntityTooLarge)
            .with("ProposedSize", length.to_string())
            .with("MaxSizeAllowed", limit.to_string());
        return Err(Refusal::from(fault));
    }
    Ok(length)
}

fn declared_trailers(head: &RequestHead<'_>) -> Vec<String> {
    let text = head.header_text("x-amz-trailer").unwrap_or_default();
    let names = text.split(',').map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty()).take(8).collect()
}

fn refuse_commit(error: &CommitError, task: &Task) -> Refusal {
    match error {
        CommitError::BucketGone { .. } => {
            let name = task
                .permit
                .bucket()
                .map(|b| b.name.as_str())
                .unwrap_or_default();
            Refusal::from(Fault::new(ErrorCode::NoSuchBucket).with("BucketName", name))
        }
        CommitError::PreconditionFailed { current: None } => no_such_key(&task.permit),
        CommitError::PreconditionFailed { current: Some(_) } => {
            let fault = Fault::new(ErrorCode::PreconditionFailed);
            Refusal::new(
                fault,
                "the object is not in the state that the request requires",
            )
        }
        CommitError::Store(error) => refuse_store(error),
    }
}
