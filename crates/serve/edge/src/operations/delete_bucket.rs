//! `DeleteBucket`, which must be empty.
//!
//! Two stores must agree. The object store closes the bucket first: from then on no upload that is
//! still running can leave an object behind. Then the state forgets the name. A crash between the
//! two leaves a bucket that can only be deleted again.

use countersign_gate::Refusal;
use countersign_objects::CloseError;
use countersign_s3::{ErrorCode, Fault};
use countersign_state::StateError;
use http::StatusCode;

use super::{Task, refuse_store};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Deletes a bucket.
pub(super) async fn perform(edge: &Edge, task: &Task) -> Result<Answer, Refusal> {
    let bucket = task
        .permit
        .bucket()
        .ok_or_else(|| answer::internal("permit without bucket"))?;
    let refuse = |code| Refusal::from(Fault::new(code).with("BucketName", bucket.name.as_str()));
    match edge.objects.close_bucket(&task.permit).await {
        Ok(()) => {}
        Err(CloseError::NotEmpty { .. }) => return Err(refuse(ErrorCode::BucketNotEmpty)),
        Err(CloseError::Store(error)) => return Err(refuse_store(&error)),
    }
    match edge
        .directory
        .state()
        .delete_bucket(&bucket.name, bucket.id)
        .await
    {
        Ok(()) => edge.directory.invalidate(),
        Err(StateError::NoSuchBucket { .. }) => return Err(refuse(ErrorCode::NoSuchBucket)),
        Err(error) => return Err(answer::without_state(&error)),
    }
    Ok(answer::empty(StatusCode::NO_CONTENT))
}
