//! The operations: what is done with a permit, one file for each.
//!
//! Every operation that the recognizer knows and this list does not is answered 501 by its name, so
//! nothing is ever mistaken for another operation.

mod abort_multipart_upload;
mod body_promise;
mod bucket_configuration;
mod bucket_policy;
mod complete_multipart_upload;
mod copy_object;
mod create_bucket;
mod create_multipart_upload;
mod delete_bucket;
mod delete_object;
mod delete_objects;
mod document;
mod download_headers;
mod get_bucket_location;
mod get_object;
mod get_object_attributes;
mod head_bucket;
mod held;
pub(crate) mod landing_page;
mod list_buckets;
mod list_multipart_uploads;
mod list_object_versions;
mod list_objects;
mod list_parts;
mod object_tagging;
pub(crate) mod post_form;
pub(crate) mod post_object;
mod put_object;
mod upload_body;
mod upload_part;
mod versioned;

use std::sync::Arc;

use countersign_gate::{Authorized, Refusal};
use countersign_objects::StoreError;
use countersign_request::{Query, RequestHead};
use countersign_s3::{ErrorCode, Fault, Fields, Operation};
use countersign_sigv4::chunked::StreamingSignature;
use http::request::Parts;
use hyper::body::Incoming;

use crate::answer::{self, Answer};
use crate::edge::Edge;
use crate::head;
use crate::reading::Reading;
use crate::redeeming::Counted;

/// Something permitted that is yet to be done.
pub(crate) struct Task {
    pub(crate) permit: Authorized,
    pub(crate) streaming: Option<StreamingSignature>,
    pub(crate) now_ms: i64,
    /// The URL at which the object will be, for operations that tell it.
    pub(crate) location: Option<String>,
    /// What of it must be counted.
    pub(crate) counted: Option<Counted>,
    /// Whether the landing page is to be shown instead of the object.
    pub(crate) shows_page: bool,
    /// The revocations that had ended transfers when the permit was given.
    pub(crate) endings: u64,
    /// Whether the bucket has cross-origin rules, so that what is read depends on the page that asks.
    pub(crate) has_rules: bool,
}

impl Task {
    /// What must be counted, if the task is a use as a whole: a download is one by what it sends.
    pub(crate) fn counted_as_a_whole(&self) -> Option<Counted> {
        self.counted
            .filter(|_| self.permit.operation() != Operation::GetObject)
    }

    fn moment(&self) -> Moment {
        Moment {
            now_ms: self.now_ms,
            endings: self.endings,
        }
    }

    /// Whether the request is a use of a presigned URL, whose query may hold headers.
    fn is_presigned(&self) -> bool {
        self.permit.presigned().is_some()
    }
}

/// When something was decided.
#[derive(Clone, Copy, Debug)]
struct Moment {
    now_ms: i64,
    /// The revocations that had ended transfers by then.
    endings: u64,
}

/// Whether the answer says at which URL the object is.
pub(crate) const fn tells_location(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CompleteMultipartUpload | Operation::PostObject
    )
}

/// Answers what memory alone can answer: reads of an object whose index entry is at hand.
///
/// # Errors
/// The refusal, where memory suffices to know it.
pub(crate) fn answer_from_memory(
    edge: &Edge,
    permit: &Authorized,
    reading: &Reading<'_>,
    fields: &Fields<'_>,
    now_ms: i64,
    endings: u64,
) -> Result<Option<Answer>, Refusal> {
    if !matches!(
        permit.operation(),
        Operation::GetObject | Operation::HeadObject
    ) {
        return Ok(None);
    }
    let Some(object) = edge.objects.peek(permit) else {
        return Ok(None);
    };
    let moment = Moment { now_ms, endings };
    get_object::answer(edge, permit, &object, reading.query, fields, moment).map(Some)
}

/// Carries out a task.
///
/// # Errors
/// The refusal to answer with.
pub(crate) async fn perform(
    edge: &Arc<Edge>,
    task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    match task.permit.operation() {
        Operation::AbortMultipartUpload => {
            abort_multipart_upload::perform(edge, &task, parts).await
        }
        Operation::CompleteMultipartUpload => {
            complete_multipart_upload::perform(edge, task, parts, body).await
        }
        Operation::CopyObject => copy_object::perform(edge, &task, parts).await,
        Operation::CreateBucket => create_bucket::perform(edge, task, parts, body).await,
        Operation::CreateMultipartUpload => {
            create_multipart_upload::perform(edge, &task, parts).await
        }
        Operation::DeleteBucket => delete_bucket::perform(edge, &task).await,
        Operation::DeleteObject => delete_object::perform(edge, &task, parts).await,
        Operation::DeleteObjectTagging => object_tagging::delete(edge, &task).await,
        Operation::DeleteObjects => delete_objects::perform(edge, task, parts, body).await,
        Operation::GetBucketLocation => Ok(get_bucket_location::answer(edge)),
        Operation::GetObject | Operation::HeadObject => {
            get_object::perform(edge, &task, parts).await
        }
        Operation::GetObjectAttributes => get_object_attributes::perform(edge, &task, parts).await,
        Operation::GetObjectTagging => object_tagging::get(edge, &task).await,
        Operation::HeadBucket => Ok(head_bucket::answer(edge)),
        Operation::ListBuckets => list_buckets::perform(edge, parts).await,
        Operation::ListMultipartUploads => {
            list_multipart_uploads::perform(edge, &task, parts).await
        }
        Operation::ListObjectVersions => list_object_versions::perform(edge, &task, parts).await,
        Operation::ListObjects | Operation::ListObjectsV2 => {
            list_objects::perform(edge, &task, parts).await
        }
        Operation::ListParts => list_parts::perform(edge, &task, parts).await,
        Operation::PutObjectTagging => object_tagging::put(edge, task, parts, body).await,
        Operation::PutObject => put_object::perform(edge, task, parts, body).await,
        Operation::UploadPart => upload_part::perform(edge, task, parts, body).await,
        Operation::UploadPartCopy => upload_part::copy(edge, &task, parts).await,
        configuration if bucket_configuration::knows(configuration) => {
            bucket_configuration::perform(edge, task, parts, body).await
        }
        other => Err(Refusal::new(
            Fault::new(ErrorCode::NotImplemented).saying(format!(
                "The operation {} is not implemented by this server.",
                other.name()
            )),
            "operation is not implemented",
        )),
    }
}

/// Parses the query of a request that was understood before.
fn query_of(parts: &Parts) -> Result<Query, Refusal> {
    Query::of(parts.uri.query().unwrap_or_default())
        .map_err(|error| crate::reading::refuse_query(error, parts.uri.path()))
}

/// Reads what an operation needs from the head of a permitted request: its fields, hoisted ones among
/// them where the permit is of a presigned URL.
///
/// # Errors
/// The refusal of `read`, or of a header that differs from its hoisted twin.
fn with_fields<T>(
    parts: &Parts,
    is_presigned: bool,
    read: impl FnOnce(&RequestHead<'_>, &Query, &Fields<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let headers = head::plain_headers_of(parts);
    let head = head::request_head(parts, &headers);
    let query = query_of(parts)?;
    let fields = if is_presigned {
        Fields::of_presigned(head, &query).map_err(Fault::from)?
    } else {
        Fields::of_headers(head)
    };
    read(&head, &query, &fields)
}

/// The refusal of a store in trouble.
fn refuse_store(error: &StoreError) -> Refusal {
    match error {
        StoreError::DiskFull => Refusal::new(
            Fault::new(ErrorCode::ServiceUnavailable),
            "no space left for objects",
        ),
        other => answer::internal(other),
    }
}

/// The bucket and key of a permit for an object.
fn no_such_key(permit: &Authorized) -> Refusal {
    let key = permit.key().map(|key| key.as_str()).unwrap_or_default();
    Refusal::from(Fault::new(ErrorCode::NoSuchKey).with("Key", key))
}
