//! Reading the small XML body of a request.
//!
//! A document is held to everything its head promises, as an object is: the signed hash, MD5 and
//! checksums in headers and trailers, aws-chunked framing. It is read whole, so it is bounded.

use bytes::Bytes;
use countersign_gate::Refusal;
use http::request::Parts;
use hyper::body::Incoming;

use super::body_promise::{document_too_long, promise_of_document};
use super::upload_body::{self, Sink};
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
        promise_of_document(limit, task, head, fields)
    })?;
    let mut collected = Collected {
        bytes: Vec::new(),
        limit,
    };
    let idle = edge.settings.limits.body_idle_time;
    let counter = &edge.metrics.bytes_received;
    upload_body::receive(body, &mut collected, promise, idle, counter).await?;
    Ok(collected.bytes)
}
