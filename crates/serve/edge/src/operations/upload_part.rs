//! `UploadPart` and `UploadPartCopy`: a part is stored as an object is, in a file of its own.

use bytes::Bytes;
use countersign_gate::Refusal;
use countersign_objects::{NewPart, PartUpload, UploadError, UploadId};
use countersign_s3::multipart::{ChecksumPlan, part_number};
use countersign_s3::xml::copy_result::copy_part_document;
use countersign_s3::{
    ChecksumHasher, ChecksumKind, ETag, ErrorCode, Fault, StoredChecksum, Timestamp, copied_extent,
};
use http::header::ETAG;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use hyper::body::Incoming;
use md5::{Digest as _, Md5};

use super::body_promise::promise_of;
use super::copy_object::{find_source, hold_conditions, tell_source};
use super::held::{Held, check_declared};
use super::put_object::add_checksum;
use super::upload_body::{self, Sink};
use super::{Task, query_of, refuse_store, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Which part of which upload a request is about.
struct Place {
    upload_id: UploadId,
    number: u16,
}

impl Sink for PartUpload {
    fn size(&self) -> u64 {
        Self::size(self)
    }

    async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        Self::write(self, bytes)
            .await
            .map_err(|error| refuse_store(&error))
    }
}

/// Stores a part.
pub(super) async fn perform(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let place = place_of(&task, parts)?;
    let plan = plan_of(edge, &task, &place).await?;
    let mut promise = with_fields(parts, task.is_presigned(), |head, _, fields| {
        promise_of(edge, &mut task, head, fields)
    })?;
    check_declared(&task.permit, promise.length, None)?;
    match (&promise.checksum, plan) {
        (Some(promised), Some(plan)) if promised.algorithm() != plan.algorithm => {
            return Err(Fault::new(ErrorCode::InvalidRequest)
                .saying(format!(
                    "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum \
                     Type: {}",
                    plan.algorithm.name().to_ascii_lowercase(),
                    promised.algorithm().name().to_ascii_lowercase()
                ))
                .into());
        }
        (None, plan) => promise.algorithm = plan.map(|plan| plan.algorithm),
        _ => {}
    }
    let mut upload = edge
        .objects
        .begin_part(&task.permit, &place.upload_id, place.number)
        .map_err(|error| refuse_store(&error))?;
    let idle = edge.settings.limits.body_idle_time;
    let counter = &edge.metrics.bytes_received;
    let mut held = Held::new(edge, &task.permit, None, &mut upload)?;
    let received = upload_body::receive(body, &mut held, promise, idle, counter).await?;
    held.end()?;
    let new = NewPart {
        etag: received.etag.clone(),
        checksum: Some(received.checksum.clone()),
        modified_ms: edge.clock.unix_ms(),
    };
    let stored = upload.commit(new).await;
    stored.map_err(|error| refuse_upload(&error, &task, place.upload_id.as_str()))?;
    let mut answer = answer::empty(StatusCode::OK);
    let headers = answer.headers_mut();
    let etag = HeaderValue::try_from(received.etag.quoted()).map_err(answer::internal)?;
    headers.insert(ETAG, etag);
    add_checksum(headers, Some(&received.checksum))?;
    // The type is that of the object, which is not made yet.
    headers.remove("x-amz-checksum-type");
    answer::set_length(&mut answer, 0);
    Ok(answer)
}

/// Stores a part with bytes of another object. Its tag is the MD5 of just these, so they are read.
pub(super) async fn copy(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let place = place_of(task, parts)?;
    let plan = plan_of(edge, task, &place)
        .await?
        .unwrap_or(ChecksumPlan::by_default());
    let source = find_source(edge, task).await?;
    let extent = with_fields(parts, task.is_presigned(), |_, _, fields| {
        hold_conditions(fields, &source)?;
        Ok(copied_extent(fields, source.size()).map_err(Fault::from)?)
    })?;
    let mut upload = edge
        .objects
        .begin_part(&task.permit, &place.upload_id, place.number)
        .map_err(|error| refuse_store(&error))?;
    let mut md5 = Md5::new();
    let mut hasher = ChecksumHasher::new(plan.algorithm);
    let mut reader = edge.objects.read(
        &source,
        extent.first..extent.first.saturating_add(extent.length),
    );
    while let Some(piece) = reader.next().await {
        let piece = piece.map_err(answer::internal)?;
        md5.update(&piece);
        hasher.update(&piece);
        Sink::write(&mut upload, piece).await?;
    }
    let digest: [u8; 16] = md5.finalize().into();
    let etag = ETag::of_md5(digest);
    let checksum = StoredChecksum {
        algorithm: plan.algorithm,
        value: hasher.finish(),
        kind: ChecksumKind::FullObject,
    };
    let modified_ms = edge.clock.unix_ms();
    let new = NewPart {
        etag: etag.clone(),
        checksum: Some(checksum.clone()),
        modified_ms,
    };
    let stored = upload.commit(new).await;
    stored.map_err(|error| refuse_upload(&error, task, place.upload_id.as_str()))?;
    let modified = Timestamp::from_unix_ms(u64::try_from(modified_ms).unwrap_or(0));
    let mut answer = answer::document(copy_part_document(&etag, modified, Some(&checksum)));
    tell_source(answer.headers_mut(), task, &source);
    Ok(answer)
}

fn place_of(task: &Task, parts: &Parts) -> Result<Place, Refusal> {
    let query = query_of(parts)?;
    Ok(Place {
        upload_id: upload_id_of(task, &query)?,
        number: part_number(query.first("partNumber").unwrap_or_default())?,
    })
}

/// The upload that a request is about.
pub(super) fn upload_id_of(
    task: &Task,
    query: &countersign_request::Query,
) -> Result<UploadId, Refusal> {
    let text = query.first("uploadId").unwrap_or_default();
    UploadId::parse(text).ok_or_else(|| refuse_upload(&UploadError::NoSuchUpload, task, text))
}

/// The checksum that the upload keeps, if one was chosen. The upload must be there.
async fn plan_of(edge: &Edge, task: &Task, place: &Place) -> Result<Option<ChecksumPlan>, Refusal> {
    let found = edge
        .objects
        .find_upload(&task.permit, &place.upload_id)
        .await;
    let upload = found.map_err(|error| refuse_upload(&error, task, place.upload_id.as_str()))?;
    Ok(upload.checksum.map(|chosen| ChecksumPlan {
        algorithm: chosen.algorithm,
        kind: chosen.kind,
    }))
}

/// The refusal of something about an upload.
pub(super) fn refuse_upload(error: &UploadError, task: &Task, upload_id: &str) -> Refusal {
    match error {
        UploadError::BucketGone { .. } => {
            let name = task.permit.bucket().map(|bucket| bucket.name.as_str());
            Fault::new(ErrorCode::NoSuchBucket)
                .with("BucketName", name.unwrap_or_default())
                .into()
        }
        UploadError::NoSuchUpload => Fault::new(ErrorCode::NoSuchUpload)
            .with("UploadId", upload_id)
            .into(),
        UploadError::Store(error) => refuse_store(error),
    }
}
