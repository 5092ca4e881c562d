//! `GetObjectTagging`, `PutObjectTagging` and `DeleteObjectTagging`, of the current or a named version.

use countersign_gate::Refusal;
use countersign_objects::TagError;
use countersign_s3::xml::tagging::{read_tagging, tagging_document};
use countersign_s3::{Fault, MAX_OBJECT_TAGS, VersionId};
use http::StatusCode;
use http::request::Parts;
use hyper::body::Incoming;

use super::document::{CONFIGURATION_BYTES, read_document};
use super::versioned::{self, found_object, refuse_missing};
use super::{Task, refuse_store};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Tells the tags.
pub(super) async fn get(edge: &Edge, task: &Task) -> Result<Answer, Refusal> {
    let found = edge.objects.find(&task.permit).await;
    let object = found_object(found.map_err(|error| refuse_store(&error))?, &task.permit)?;
    let mut answer = answer::document(tagging_document(&object.attributes().tags));
    versioned::tell(answer.headers_mut(), &task.permit, object.version_id());
    Ok(answer)
}

/// Replaces the tags.
pub(super) async fn put(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let document = read_document(edge, &mut task, parts, body, CONFIGURATION_BYTES).await?;
    let tags = read_tagging(&document, MAX_OBJECT_TAGS).map_err(Fault::from)?;
    if let Some(rights) = task.permit.tagging() {
        rights.require(&tags)?;
    }
    set(edge, &task, tags, StatusCode::OK).await
}

/// Removes all tags.
pub(super) async fn delete(edge: &Edge, task: &Task) -> Result<Answer, Refusal> {
    set(edge, task, Vec::new(), StatusCode::NO_CONTENT).await
}

async fn set(
    edge: &Edge,
    task: &Task,
    tags: Vec<(String, String)>,
    status: StatusCode,
) -> Result<Answer, Refusal> {
    let set = edge.objects.set_tags(&task.permit, tags).await;
    let version = set.map_err(|error| refuse(error, task))?;
    Ok(answer_with(status, task, &version))
}

fn answer_with(status: StatusCode, task: &Task, version: &VersionId) -> Answer {
    let mut answer = answer::empty(status);
    versioned::tell(answer.headers_mut(), &task.permit, version);
    if status == StatusCode::OK {
        answer::set_length(&mut answer, 0);
    }
    answer
}

fn refuse(error: TagError, task: &Task) -> Refusal {
    use countersign_objects::Found;
    let key = task
        .permit
        .key()
        .map(|key| key.as_str())
        .unwrap_or_default();
    let found = match error {
        TagError::Absent => Found::Absent,
        TagError::Changed => Found::Changed,
        TagError::NoSuchVersion => Found::NoSuchVersion,
        TagError::DeleteMarker { .. } => return versioned::unchangeable_marker(),
        TagError::Store(error) => return refuse_store(&error),
    };
    let (version, may_list) = (task.permit.version(), task.permit.may_list());
    match refuse_missing(found, key, version, may_list) {
        Err(refusal) => refusal,
        Ok(_) => answer::internal("nothing was found and it was an object"),
    }
}
