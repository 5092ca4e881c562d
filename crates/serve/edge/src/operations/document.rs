//! Reading the small XML body of a request.
//!
//! A document is held to everything its head promises, as an object is: the signed hash, MD5 and
//! checksums in headers and trailers, aws-chunked framing. It is read whole, so it is bounded.

use bytes::Bytes;
use countersign_gate::Refusal;
use http::request::Parts;
use hyper::body::Incoming;

use super::body_promise::{
    document_too_long, hashes_beside_object, hashes_of, promise_of_document,
};
use super::upload_body::{self, Promise, Sink};
use super::{Task, with_fields};
use crate::edge::Edge;

/// The largest configuration document read.
pub(super) const CONFIGURATION_BYTES: usize = 64 * 1024;

/// A document as far as it came.
struct Collected {
    bytes: Vec<u8>,
    limit: usize,
}

impl Sink for Collected {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        if self.bytes.len().saturating_add(bytes.len()) > self.limit {
            return Err(document_too_long(self.limit));
        }
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }
}

/// Reads the document of a request, at most `limit` bytes of it.
///
/// # Errors
/// The refusal of a body that is too long, stalls, or is not as promised.
pub(super) async fn read_document(
    edge: &Edge,
    task: &mut Task,
    parts: &Parts,
    body: &mut Incoming,
    limit: usize,
) -> Result<Vec<u8>, Refusal> {
    let promise = with_fields(parts, task.is_presigned(), |head, _, fields| {
        promise_of_document(limit, task, head, hashes_of(fields)?)
    })?;
    read_promised(edge, promise, body, limit).await
}

/// Reads the document that completes an upload. The checksum in its head, header or hoisted parameter,
/// is that of the object, so the document is not held to it; to one in its trailer it is.
///
/// # Errors
/// As [`read_document`].
pub(super) async fn read_document_of_parts(
    edge: &Edge,
    task: &mut Task,
    parts: &Parts,
    body: &mut Incoming,
    limit: usize,
) -> Result<Vec<u8>, Refusal> {
    let promise = with_fields(parts, task.is_presigned(), |head, _, fields| {
        promise_of_document(limit, task, head, hashes_beside_object(fields)?)
    })?;
    read_promised(edge, promise, body, limit).await
}

async fn read_promised(
    edge: &Edge,
    promise: Promise,
    body: &mut Incoming,
    limit: usize,
) -> Result<Vec<u8>, Refusal> {
    let mut collected = Collected {
        bytes: Vec::new(),
        limit,
    };
    let idle = edge.settings.limits.body_idle_time;
    let counter = &edge.metrics.bytes_received;
    upload_body::receive(body, &mut collected, promise, idle, counter).await?;
    Ok(collected.bytes)
}
