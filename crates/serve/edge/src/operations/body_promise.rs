//! What the head of an upload promises about its body: length, hashes, framing.
//!
//! The same for a whole object and for a part of one (aws-semantics 1.2.5, 3.2 to 3.4).

use countersign_gate::Refusal;
use countersign_request::RequestHead;
use countersign_s3::{ContentMd5, ErrorCode, ExpectedChecksum, Fault, Fields};
use countersign_sigv4::PayloadMode;
use countersign_sigv4::chunked::{ChunkedDecoder, Framing};

use super::Task;
use super::upload_body::Promise;
use crate::edge::Edge;
use crate::transfer::Transfer;

/// The hashes that a body must turn out to have.
pub(super) type Hashes = (Option<ContentMd5>, Option<ExpectedChecksum>);

/// Reads the promise of a body that is stored. The chunk signatures of a streamed body are taken out
/// of the task.
///
/// # Errors
/// The refusal of a promise that is malformed, missing or too large.
pub(super) fn promise_of(
    edge: &Edge,
    task: &mut Task,
    head: &RequestHead<'_>,
    fields: &Fields<'_>,
) -> Result<Promise, Refusal> {
    let limit = edge.settings.limits.object_bytes;
    let length = told_length(head, task.permit.payload())?.ok_or_else(|| {
        Refusal::new(
            Fault::new(ErrorCode::MissingContentLength),
            "body length is not told",
        )
    })?;
    if length > limit {
        let fault = Fault::new(ErrorCode::EntityTooLarge)
            .with("ProposedSize", length.to_string())
            .with("MaxSizeAllowed", limit.to_string());
        return Err(Refusal::from(fault));
    }
    let transfer = Transfer::of(&edge.revocations, &task.permit, task.endings);
    let promise = with_length(Some(length), task, head, hashes_of(fields)?);
    Ok(Promise {
        transfer,
        ..promise
    })
}

/// Reads the promise of a small document with these hashes, whose length may be untold.
///
/// # Errors
/// The refusal of a promise that is malformed or too large.
pub(super) fn promise_of_document(
    limit: usize,
    task: &mut Task,
    head: &RequestHead<'_>,
    hashes: Hashes,
) -> Result<Promise, Refusal> {
    let length = told_length(head, task.permit.payload())?;
    if length.is_some_and(|length| length > limit as u64) {
        return Err(document_too_long(limit));
    }
    Ok(with_length(length, task, head, hashes))
}

/// The refusal of a document over its limit.
pub(super) fn document_too_long(limit: usize) -> Refusal {
    let fault = Fault::new(ErrorCode::MaxMessageLengthExceeded)
        .with("MaxMessageLengthBytes", limit.to_string());
    Refusal::new(fault, "document is too long")
}

fn with_length(
    length: Option<u64>,
    task: &mut Task,
    head: &RequestHead<'_>,
    (md5, checksum): Hashes,
) -> Promise {
    let payload = task.permit.payload();
    let decoder = payload.is_streaming().then(|| {
        let trailers = payload.has_trailer().then(|| declared_trailers(head));
        let signature = task.streaming.take();
        ChunkedDecoder::new(Framing {
            signature,
            trailers,
            decoded_length: length.unwrap_or(0),
        })
    });
    let access_key_id = task.permit.identity().access_key_id.as_str().to_owned();
    Promise {
        length,
        payload,
        md5,
        checksum,
        algorithm: None,
        decoder,
        access_key_id,
        transfer: None,
    }
}

/// The hashes that the fields of an upload promise.
///
/// # Errors
/// The refusal of a promise that is malformed or cannot be checked.
pub(super) fn hashes_of(fields: &Fields<'_>) -> Result<Hashes, Refusal> {
    let checksum = ExpectedChecksum::of(fields).map_err(Fault::from)?;
    Ok((md5_in(fields)?, checksum))
}

/// The hashes that are promised of a document whose head tells the checksum of an object.
///
/// # Errors
/// As [`hashes_of`].
pub(super) fn hashes_beside_object(fields: &Fields<'_>) -> Result<Hashes, Refusal> {
    let checksum = ExpectedChecksum::announced(fields).map_err(Fault::from)?;
    Ok((md5_in(fields)?, checksum))
}

fn md5_in(fields: &Fields<'_>) -> Result<Option<ContentMd5>, Refusal> {
    let text = fields.single("content-md5").map_err(Fault::from)?;
    Ok(text
        .map(ContentMd5::parse)
        .transpose()
        .map_err(Fault::from)?)
}

/// The body's length without framing, if it is told. With framing it must be.
fn told_length(head: &RequestHead<'_>, payload: PayloadMode) -> Result<Option<u64>, Refusal> {
    let name = if payload.is_streaming() {
        "x-amz-decoded-content-length"
    } else {
        "content-length"
    };
    let Some(text) = head.header_text(name) else {
        return if payload.is_streaming() {
            Err(Fault::new(ErrorCode::MissingContentLength).into())
        } else {
            Ok(None)
        };
    };
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let length = text.parse().ok().filter(|_| digits).ok_or_else(|| {
        let sentence = "The body length must be a number of bytes.";
        Refusal::from(Fault::invalid_argument(sentence, name, text))
    })?;
    Ok(Some(length))
}

fn declared_trailers(head: &RequestHead<'_>) -> Vec<String> {
    let text = head.header_text("x-amz-trailer").unwrap_or_default();
    let names = text.split(',').map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty()).take(8).collect()
}
