//! `DeleteObjects`: up to a thousand in one request and one transaction, each judged by itself.
//!
//! Judging a key takes as long as the policies that speak of it demand, so after a few of them the other
//! requests on this thread get their turn.

use countersign_gate::{Deletion, Refusal};
use countersign_objects::{DeleteError, DeleteOne, Deleted};
use countersign_s3::xml::delete_objects::{
    DeleteEntry, DeleteOutcome, DeleteRequest, MAX_DELETE_BYTES, delete_result_document,
};
use countersign_s3::{ErrorCode, Fault, TagCondition, VersionId, Versioning};
use http::request::Parts;
use hyper::body::Incoming;

use super::body_promise::hashes_of;
use super::document::read_document;
use super::{Task, refuse_store, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// How many keys are judged before others get their turn: at 50,000 steps of a policy each, some milliseconds.
const KEYS_A_TURN: usize = 8;

/// Deletes them.
pub(super) async fn perform(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    require_integrity(&task, parts)?;
    let document = read_document(edge, &mut task, parts, body, MAX_DELETE_BYTES).await?;
    let request = DeleteRequest::read(&document).map_err(Fault::from)?;
    let judge = |entry| deletion(edge, &task, entry);
    let judged: Vec<Result<DeleteOne, Fault>> = in_turns(&request.objects, judge).await;
    // Who may delete here is told that there is no such bucket; nobody else is (threat F8).
    let no_bucket = |fault: &&Fault| fault.code() == ErrorCode::NoSuchBucket;
    if let Some(fault) = judged
        .iter()
        .filter_map(|one| one.as_ref().err())
        .find(no_bucket)
    {
        return Err(fault.clone().into());
    }
    let wanted: Vec<DeleteOne> = judged
        .iter()
        .filter_map(|one| one.as_ref().ok())
        .cloned()
        .collect();
    let done = if wanted.is_empty() {
        Vec::new()
    } else {
        edge.objects
            .delete_many(&task.permit, wanted, task.now_ms)
            .await
            .map_err(|error| refuse_store(&error))?
    };
    let versioning = task.permit.bucket().map(|bucket| bucket.versioning);
    let keeps_versions = versioning.is_some_and(|v| v != Versioning::Unversioned);
    let mut done = done.iter();
    let outcomes: Vec<DeleteOutcome<'_>> = request
        .objects
        .iter()
        .zip(judged)
        .map(|(entry, judged)| match judged {
            Err(fault) => failed(entry, fault),
            Ok(_) => match done.next() {
                Some(Ok(deleted)) => told(entry, deleted, keeps_versions),
                Some(Err(error)) => failed(entry, fault_of(error)),
                None => failed(entry, Fault::new(ErrorCode::InternalError)),
            },
        })
        .collect();
    Ok(answer::document(delete_result_document(
        &outcomes,
        request.quiet,
    )))
}

/// What `map` makes of each item; after every few of them, others get their turn.
async fn in_turns<'a, T, U>(items: &'a [T], mut map: impl FnMut(&'a T) -> U) -> Vec<U> {
    let mut mapped = Vec::with_capacity(items.len());
    for turn in items.chunks(KEYS_A_TURN) {
        if !mapped.is_empty() {
            tokio::task::yield_now().await;
        }
        mapped.extend(turn.iter().map(&mut map));
    }
    mapped
}

/// A body that deletes must prove that it came whole (aws-semantics 2.4), by what it is then held to.
fn require_integrity(task: &Task, parts: &Parts) -> Result<(), Refusal> {
    let hashes = with_fields(parts, task.is_presigned(), |_, _, fields| hashes_of(fields))?;
    if let (None, None) = hashes {
        return Err(Fault::new(ErrorCode::InvalidRequest)
            .saying("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
            .into());
    }
    Ok(())
}

fn deletion(edge: &Edge, task: &Task, entry: &DeleteEntry) -> Result<DeleteOne, Fault> {
    let key = entry.object_key()?;
    let rights = task.permit.deletes().ok_or(ErrorCode::InternalError);
    let tag = entry.condition.etag.as_ref().map(TagCondition::as_header);
    let deletion = Deletion {
        key: key.as_str(),
        version: entry.version_id.as_deref(),
        if_match: tag.as_deref(),
    };
    rights
        .map_err(Fault::new)?
        .require(&deletion, edge.revocations.known().as_deref())
        .map_err(|refusal| refusal.fault().clone())?;
    if key.has_dot_segments() && !edge.settings.guardrails.dot_segments {
        return Err(Fault::new(ErrorCode::InvalidURI));
    }
    let version = entry
        .version_id
        .as_deref()
        .map(|text| {
            VersionId::parse(text).ok_or_else(|| {
                Fault::new(ErrorCode::NoSuchVersion).saying(
                    "The version ID specified in the request does not match an existing version.",
                )
            })
        })
        .transpose()?;
    Ok(DeleteOne {
        key,
        version,
        condition: entry.condition.clone(),
    })
}

fn told<'a>(
    entry: &'a DeleteEntry,
    deleted: &'a Deleted,
    keeps_versions: bool,
) -> DeleteOutcome<'a> {
    let marker = deleted.version_id.as_ref().map(VersionId::as_str);
    DeleteOutcome::Deleted {
        key: &entry.key,
        version_id: entry.version_id.as_deref(),
        delete_marker: marker.filter(|_| deleted.delete_marker && keeps_versions),
    }
}

fn failed(entry: &DeleteEntry, fault: Fault) -> DeleteOutcome<'_> {
    DeleteOutcome::Failed {
        key: &entry.key,
        version_id: entry.version_id.as_deref(),
        fault,
    }
}

fn fault_of(error: &DeleteError) -> Fault {
    match error {
        DeleteError::BucketGone { .. } => Fault::new(ErrorCode::NoSuchBucket),
        // Where a policy asks for tags, many at once are refused before.
        DeleteError::Changed => Fault::new(ErrorCode::ServiceUnavailable),
        DeleteError::PreconditionFailed { current: None, .. } => Fault::new(ErrorCode::NoSuchKey),
        DeleteError::PreconditionFailed { refused, .. } => Fault::from(*refused),
        DeleteError::Store(_) => Fault::new(ErrorCode::InternalError),
    }
}

#[cfg(test)]
mod tests;
