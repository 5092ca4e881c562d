//! `CreateMultipartUpload`: the attributes and the checksum are settled here, for parts to come.

use countersign_gate::Refusal;
use countersign_objects::{NewUpload, UploadChecksum};
use countersign_s3::multipart::ChecksumPlan;
use countersign_s3::xml::multipart::initiate_document;
use countersign_s3::{Fault, attributes_of};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use super::upload_part::refuse_upload;
use super::{Task, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Begins an upload.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let (new, plan) = with_fields(parts, task.is_presigned(), |_, _, fields| {
        let plan = ChecksumPlan::of(fields).map_err(Fault::from)?;
        let new = NewUpload {
            attributes: attributes_of(fields, task.permit.operation()).map_err(Fault::from)?,
            checksum: plan.map(|plan| UploadChecksum {
                algorithm: plan.algorithm,
                kind: plan.kind,
            }),
            initiator: task.permit.identity().name.to_string(),
            initiated_ms: edge.clock.unix_ms(),
        };
        Ok((new, plan))
    })?;
    let created = edge.objects.create_upload(&task.permit, new).await;
    let upload_id = created.map_err(|error| refuse_upload(&error, task, ""))?;
    let bucket = task.permit.bucket().map(|bucket| bucket.name.as_str());
    let key = task.permit.key().map(|key| key.as_str());
    let document = initiate_document(
        bucket.unwrap_or_default(),
        key.unwrap_or_default(),
        upload_id.as_str(),
    );
    let mut answer = answer::document(document);
    if let Some(plan) = plan {
        for (name, value) in [
            ("x-amz-checksum-algorithm", plan.algorithm.name()),
            ("x-amz-checksum-type", plan.kind.name()),
        ] {
            let name = HeaderName::from_static(name);
            answer
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(answer)
}
