//! `PostObject`: the file of a browser's form becomes an object.
//!
//! The permit names the key and the sizes, the fields say what headers say of a PUT. The size is held
//! while the file comes (aws-semantics 4.4); an answer is what the form asks for, within what the
//! permit allows (4.3).
//!
//! INVARIANT: nothing is stored of a file that turns out other than its policy or its fields promise.

use std::sync::Arc;

use countersign_gate::{PermittedForm, Refusal};
use countersign_objects::{NewObject, Object, PutCondition, PutHints};
use countersign_request::RequestHead;
use countersign_s3::xml::post_response::post_response;
use countersign_s3::{
    ErrorCode, Fault, Fields, ObjectAttributes, Operation, PostForm, SuccessStatus, attributes_of,
    refuse_unsupported,
};
use countersign_sigv4::PayloadMode;
use countersign_sigv4::post_policy::SizeRange;
use http::header::{ETAG, LOCATION};
use http::{HeaderValue, StatusCode};

use super::body_promise::hashes_of;
use super::held::{Held, check_declared, condition_of};
use super::post_form::IncomingForm;
use super::put_object::refuse_commit;
use super::upload_body::{Digests, Promise, Received, Sink};
use super::{Task, refuse_store, versioned};
use crate::answer::{self, Answer};
use crate::edge::Edge;
use crate::transfer::Transfer;

/// Stores the file of a form.
///
/// # Errors
/// The refusal of a file that is not as promised, stalls or breaks off.
pub(crate) async fn perform(
    edge: &Arc<Edge>,
    task: &Task,
    form: &PostForm,
    incoming: &mut IncomingForm,
) -> Result<Answer, Refusal> {
    let permitted = task
        .permit
        .form()
        .ok_or_else(|| answer::internal("a form without its permit"))?;
    let (mut attributes, mut promise) = plan(form)?;
    promise.transfer = Transfer::of(&edge.revocations, &task.permit, task.endings);
    let sizes = SizeRange {
        min: permitted.sizes.min,
        max: permitted.sizes.max.min(edge.settings.limits.object_bytes),
    };
    let declared = attributes.content_type.as_deref();
    check_declared(&task.permit, None, declared)?;
    let mut upload = edge
        .objects
        .begin_put(&task.permit, PutHints::default())
        .map_err(|error| refuse_store(&error))?;
    let mut held = Held::new(edge, &task.permit, declared, &mut upload)?;
    let received = receive(incoming, &mut held, &mut promise, sizes).await?;
    held.end()?;
    attributes.checksum = Some(received.checksum);
    let new = NewObject {
        etag: received.etag,
        attributes,
        modified_ms: edge.clock.unix_ms(),
        condition: condition_of(&task.permit, PutCondition::None)?,
    };
    let stored = upload
        .commit(new)
        .await
        .map_err(|error| refuse_commit(&error, task))?;
    answer_to(task, permitted, form, &stored)
}

/// What the fields say of the object and its bytes. Nobody tells how long the file is.
fn plan(form: &PostForm) -> Result<(ObjectAttributes, Promise), Refusal> {
    let headers = form.headers().map_err(Fault::from)?;
    let fields = Fields::of_headers(RequestHead {
        method: "POST",
        path: "",
        query: "",
        headers: &headers,
    });
    refuse_unsupported(&fields, Operation::PostObject).map_err(Fault::from)?;
    let mut attributes = attributes_of(&fields, Operation::PostObject).map_err(Fault::from)?;
    if let Some(tags) = form.tags().map_err(Fault::from)? {
        attributes.tags = tags;
    }
    let (md5, checksum) = hashes_of(&fields)?;
    let promise = Promise {
        length: None,
        payload: PayloadMode::Unsigned,
        md5,
        checksum,
        algorithm: None,
        decoder: None,
        access_key_id: String::new(),
        transfer: None,
    };
    Ok((attributes, promise))
}

/// Streams the file into the upload, within its sizes.
async fn receive(
    incoming: &mut IncomingForm,
    upload: &mut impl Sink,
    promise: &mut Promise,
    sizes: SizeRange,
) -> Result<Received, Refusal> {
    let mut digests = Digests::new(promise);
    while let Some(piece) = incoming.next_piece().await? {
        promise.may_go_on()?;
        let total = upload.size().saturating_add(piece.len() as u64);
        if total > sizes.max {
            // AWS: for forms the sentence has no full stop, and does not say `object`.
            let fault = Fault::new(ErrorCode::EntityTooLarge)
                .saying("Your proposed upload exceeds the maximum allowed size")
                .with("ProposedSize", total.to_string())
                .with("MaxSizeAllowed", sizes.max.to_string());
            return Err(fault.into());
        }
        digests.update(&piece);
        upload.write(piece).await?;
    }
    if upload.size() < sizes.min {
        let fault = Fault::new(ErrorCode::EntityTooSmall)
            .with("ProposedSize", upload.size().to_string())
            .with("MinSizeAllowed", sizes.min.to_string());
        return Err(fault.into());
    }
    incoming.end().await?;
    digests.compare(promise, &[])
}

/// The answer that the form asks for: a page to go to, a document, or a status alone.
fn answer_to(
    task: &Task,
    permitted: &PermittedForm,
    form: &PostForm,
    stored: &Object,
) -> Result<Answer, Refusal> {
    let etag = stored.etag().quoted();
    let bucket = task.permit.bucket().map(|bucket| bucket.name.as_str());
    let bucket = bucket.unwrap_or_default();
    let key = task.permit.key().map(|key| key.as_str());
    let key = key.unwrap_or_default();
    let location = task.location.as_deref().unwrap_or_default();
    let (mut answer, location) = match (&permitted.redirect, form.success_status()) {
        (Some(redirect), _) => {
            let page = redirect.with_result(bucket, key, &etag);
            (answer::empty(StatusCode::SEE_OTHER), page)
        }
        (None, SuccessStatus::Created) => {
            let document = post_response(location, bucket, key, &etag);
            let mut answer = answer::document(document);
            *answer.status_mut() = StatusCode::CREATED;
            (answer, location.to_owned())
        }
        (None, SuccessStatus::NoContent) => {
            let answer = answer::empty(StatusCode::NO_CONTENT);
            (answer, location.to_owned())
        }
        (None, SuccessStatus::Ok) => (answer::empty(StatusCode::OK), location.to_owned()),
    };
    let has_empty_body = matches!(answer.status(), StatusCode::OK | StatusCode::SEE_OTHER);
    if has_empty_body {
        answer::set_length(&mut answer, 0);
    }
    let headers = answer.headers_mut();
    let etag = HeaderValue::try_from(etag).map_err(answer::internal)?;
    headers.insert(ETAG, etag);
    versioned::tell_written(headers, &task.permit, stored.version_id());
    // The object is stored: an odd host that the client sent must not turn that into an error.
    if let Ok(location) = HeaderValue::try_from(location) {
        headers.insert(LOCATION, location);
    }
    Ok(answer)
}
