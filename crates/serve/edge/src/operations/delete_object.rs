//! `DeleteObject`: gone afterwards, whether or not it was there.
//!
//! Where the bucket keeps versions, a delete without a version only hides the object behind a delete
//! marker; with a version, exactly that one goes for good.

use countersign_gate::Refusal;
use countersign_objects::{DeleteError, Deleted};
use countersign_s3::{DeleteCondition, ErrorCode, Fault, VersionId};
use http::StatusCode;
use http::request::Parts;

use super::{Task, no_such_key, refuse_store, versioned, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Deletes an object or a version.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    if let Some(version) = task
        .permit
        .version()
        .filter(|v| VersionId::parse(v).is_none())
    {
        let sentence = "Invalid version id specified";
        return Err(Fault::invalid_argument(sentence, "versionId", version).into());
    }
    let condition = with_fields(parts, task.is_presigned(), |_, _, fields| {
        Ok(DeleteCondition::of(fields).map_err(Fault::from)?)
    })?;
    let deleted = edge
        .objects
        .delete(&task.permit, condition, task.now_ms)
        .await
        .map_err(|error| refuse(&error, task))?;
    Ok(answer_of(task, &deleted))
}

fn answer_of(task: &Task, deleted: &Deleted) -> Answer {
    let mut answer = answer::empty(StatusCode::NO_CONTENT);
    if let Some(version) = &deleted.version_id {
        versioned::tell(answer.headers_mut(), &task.permit, version);
    }
    if deleted.delete_marker {
        versioned::tell_marker(answer.headers_mut());
    }
    answer
}

fn refuse(error: &DeleteError, task: &Task) -> Refusal {
    match error {
        DeleteError::BucketGone { .. } => Fault::new(ErrorCode::NoSuchBucket).into(),
        DeleteError::Changed => versioned::changed(),
        DeleteError::PreconditionFailed { current: None, .. } => no_such_key(&task.permit),
        DeleteError::PreconditionFailed { refused, .. } => Fault::from(*refused).into(),
        DeleteError::Store(error) => refuse_store(error),
    }
}
