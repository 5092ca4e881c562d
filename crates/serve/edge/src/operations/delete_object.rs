//! `DeleteObject`: gone afterwards, whether or not it was there.

use countersign_gate::Refusal;
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
        .delete(&task.permit)
        .await
        .map_err(|error| refuse_store(&error))?;
    Ok(answer::empty(StatusCode::NO_CONTENT))
}
