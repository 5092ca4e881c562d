//! `DeleteObject`: gone afterwards, whether or not it was there.

use countersign_gate::Refusal;
use countersign_objects::{DeleteCondition, DeleteError};
use countersign_s3::{ErrorCode, Fault};
use http::StatusCode;
use http::request::Parts;

use super::{Task, check_version, query_of, refuse_store};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Deletes an object.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    check_version(&task.permit, &query_of(parts)?)?;
    for condition in [
        "if-match",
        "x-amz-if-match-last-modified-time",
        "x-amz-if-match-size",
    ] {
        if parts.headers.contains_key(condition) {
            return Err(Fault::new(ErrorCode::NotImplemented)
                .with("Header", condition)
                .into());
        }
    }
    edge.objects
        .delete(&task.permit, DeleteCondition::default(), task.now_ms)
        .await
        .map_err(|error| refuse_delete(&error))?;
    Ok(answer::empty(StatusCode::NO_CONTENT))
}

fn refuse_delete(error: &DeleteError) -> Refusal {
    match error {
        DeleteError::BucketGone { .. } => Fault::new(ErrorCode::NoSuchBucket).into(),
        DeleteError::PreconditionFailed { .. } => Fault::new(ErrorCode::PreconditionFailed).into(),
        DeleteError::Store(error) => refuse_store(error),
    }
}
