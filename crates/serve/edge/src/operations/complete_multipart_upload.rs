//! `CompleteMultipartUpload`: the parts become the object, and who asks again gets the same answer.

use countersign_gate::Refusal;
use countersign_objects::{
    CompleteError, CompletedUpload, Completion, PartPage, UploadError, UploadId, UploadInfo,
    UploadedPart,
};
use countersign_s3::multipart::{
    AskedPart, AssembleError, Assembled, ChecksumPlan, MIN_PART_BYTES, Promised, StoredPart,
    assemble, require_checksums,
};
use countersign_s3::xml::multipart::{MAX_COMPLETE_BYTES, complete_document, read_complete};
use countersign_s3::{ChecksumAlgorithm, ChecksumKind, ErrorCode, Fault};
use http::request::Parts;
use hyper::body::Incoming;

use super::document::read_document_of_parts;
use super::held::{check_beginning, check_declared, condition_of, refuse_overwriting};
use super::put_object::put_condition;
use super::upload_part::{refuse_upload, upload_id_of};
use super::{Task, no_such_key, query_of, refuse_store, versioned, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Completes an upload.
pub(super) async fn perform(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let upload_id = upload_id_of(&task, &query_of(parts)?)?;
    let (promised, condition) = with_fields(parts, task.is_presigned(), |_, _, fields| {
        let promised = Promised::of(fields).map_err(Fault::from)?;
        Ok((
            promised,
            condition_of(&task.permit, put_condition(fields)?)?,
        ))
    })?;
    let document = read_document_of_parts(edge, &mut task, parts, body, MAX_COMPLETE_BYTES).await?;
    let asked = read_complete(&document).map_err(Fault::from)?;
    let listed = edge
        .objects
        .list_parts(&task.permit, &upload_id, None, usize::MAX)
        .await;
    let page = match listed {
        Ok(page) => page,
        Err(UploadError::NoSuchUpload) => {
            return answer_again(edge, &task, &upload_id).await;
        }
        Err(error) => return Err(refuse_upload(&error, &task, upload_id.as_str())),
    };
    let Assembled {
        etag,
        checksum,
        chosen,
    } = assembled(&page, &asked, &promised)
        .map_err(|error| refuse_parts(error, upload_id.as_str()))?;
    let chosen: Vec<&UploadedPart> = chosen.iter().filter_map(|at| page.parts.get(*at)).collect();
    hold(edge, &task, &page.upload, &chosen).await?;
    let files = chosen.iter().map(|part| (part.number, part.file)).collect();
    let completion = Completion {
        parts: files,
        etag,
        checksum,
        modified_ms: edge.clock.unix_ms(),
        condition,
    };
    let completed = edge
        .objects
        .complete_upload(&task.permit, &upload_id, completion)
        .await
        .map_err(|error| refuse(&error, &task, upload_id.as_str()))?;
    Ok(answer_with(&task, &completed))
}

/// Holds the object that the parts make to the restrictions of the link: its size, and its type, by
/// what it was declared to be when the upload began and by the first bytes of the first part.
async fn hold(
    edge: &Edge,
    task: &Task,
    upload: &UploadInfo,
    chosen: &[&UploadedPart],
) -> Result<(), Refusal> {
    let permit = &task.permit;
    let size = chosen
        .iter()
        .fold(0_u64, |size, part| size.saturating_add(part.size));
    let declared = upload.attributes.content_type.as_deref();
    check_declared(permit, Some(size), declared)?;
    let is_typed = permit.restrictions().is_some_and(|r| r.types().is_some());
    if let (true, Some(declared), Some(first)) = (is_typed, declared, chosen.first()) {
        let beginning = edge
            .objects
            .beginning_of_part(permit, first)
            .await
            .map_err(|error| refuse_store(&error))?;
        check_beginning(declared, &beginning)?;
    }
    Ok(())
}

fn assembled(
    page: &PartPage,
    asked: &[AskedPart],
    promised: &Promised,
) -> Result<Assembled, AssembleError> {
    let created = page.upload.checksum.map(|chosen| ChecksumPlan {
        algorithm: chosen.algorithm,
        kind: chosen.kind,
    });
    if let Some(created) = created {
        require_checksums(asked, created)?;
    }
    let stored: Vec<StoredPart<'_>> = page
        .parts
        .iter()
        .map(|part| StoredPart {
            number: part.number,
            size: part.size,
            etag: &part.etag,
            checksum: part.checksum.as_ref(),
        })
        .collect();
    let plan = created.unwrap_or_else(|| plan_of_parts(&stored));
    assemble(&stored, asked, plan, promised, MIN_PART_BYTES)
}

/// Where nothing was chosen, the parts may all have come with a checksum of one kind.
fn plan_of_parts(parts: &[StoredPart<'_>]) -> ChecksumPlan {
    let algorithm = parts
        .first()
        .and_then(|part| part.checksum)
        .map(|c| c.algorithm);
    match algorithm {
        None | Some(ChecksumAlgorithm::Crc64nvme) => ChecksumPlan::by_default(),
        Some(algorithm) => ChecksumPlan {
            algorithm,
            kind: ChecksumKind::Composite,
        },
    }
}

/// Answers who asks again for an upload that is complete.
async fn answer_again(edge: &Edge, task: &Task, upload_id: &UploadId) -> Result<Answer, Refusal> {
    let completed = edge
        .objects
        .find_completed(&task.permit, upload_id)
        .await
        .map_err(|error| refuse_store(&error))?;
    match completed {
        Some(completed) => Ok(answer_with(task, &completed)),
        None => Err(refuse_upload(
            &UploadError::NoSuchUpload,
            task,
            upload_id.as_str(),
        )),
    }
}

fn answer_with(task: &Task, completed: &CompletedUpload) -> Answer {
    let bucket = task.permit.bucket().map(|bucket| bucket.name.as_str());
    let key = task.permit.key().map(|key| key.as_str());
    let document = complete_document(
        task.location.as_deref().unwrap_or_default(),
        bucket.unwrap_or_default(),
        key.unwrap_or_default(),
        &completed.etag,
        completed.checksum.as_ref(),
    );
    let mut answer = answer::document(document);
    versioned::tell_written(answer.headers_mut(), &task.permit, &completed.version_id);
    answer
}

fn refuse_parts(error: AssembleError, upload_id: &str) -> Refusal {
    let named = matches!(
        error,
        AssembleError::Part { .. } | AssembleError::Order { .. }
    );
    let fault = Fault::from(error);
    if named {
        fault.with("UploadId", upload_id).into()
    } else {
        fault.into()
    }
}

fn refuse(error: &CompleteError, task: &Task, upload_id: &str) -> Refusal {
    match error {
        CompleteError::BucketGone { bucket } => refuse_upload(
            &UploadError::BucketGone { bucket: *bucket },
            task,
            upload_id,
        ),
        CompleteError::Changed => versioned::changed(),
        CompleteError::NoSuchUpload => refuse_upload(&UploadError::NoSuchUpload, task, upload_id),
        CompleteError::NoParts => Fault::new(ErrorCode::MalformedXML).into(),
        CompleteError::PartChanged { number } => Fault::new(ErrorCode::InvalidPart)
            .with("PartNumber", number.to_string())
            .with("UploadId", upload_id)
            .into(),
        CompleteError::PreconditionFailed { current: None } => no_such_key(&task.permit),
        CompleteError::PreconditionFailed { current: Some(_) } => refuse_overwriting(&task.permit)
            .unwrap_or_else(|| Fault::new(ErrorCode::PreconditionFailed).into()),
        CompleteError::Store(error) => refuse_store(error),
    }
}
