//! `AbortMultipartUpload`: the parts go, and no part can come any more.

use countersign_gate::Refusal;
use http::StatusCode;
use http::request::Parts;

use super::upload_part::{refuse_upload, upload_id_of};
use super::{Task, query_of};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Aborts an upload.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let upload_id = upload_id_of(task, &query_of(parts)?)?;
    let aborted = edge.objects.abort_upload(&task.permit, &upload_id).await;
    aborted.map_err(|error| refuse_upload(&error, task, upload_id.as_str()))?;
    Ok(answer::empty(StatusCode::NO_CONTENT))
}
