//! `CopyObject`: another object with the same bytes, without copying them.
//!
//! The gate has permitted source and target together; here the source is found, its conditions are
//! held, and the copy gets the source's attributes or, by directive, its own.

use std::sync::Arc;

use countersign_gate::Refusal;
use countersign_objects::{NewCopy, Object};
use countersign_s3::xml::copy_result::copy_object_document;
use countersign_s3::{
    Directive, ErrorCode, Fault, Fields, ObjectAttributes, SourceConditions, Timestamp,
    attributes_of,
};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use super::put_object::{put_condition, refuse_commit};
use super::versioned::{self, refuse_missing};
use super::{Task, refuse_store, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

const TO_ITSELF: &str = "This copy request is illegal because it is trying to copy an object to \
                         itself without changing the object's metadata, storage class, website \
                         redirect location or encryption attributes.";

/// Copies.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let source = find_source(edge, task).await?;
    let new = with_fields(parts, task.is_presigned(), |_, _, fields| {
        hold_conditions(fields, &source)?;
        plan(edge, task, fields, &source)
    })?;
    let copied = edge
        .objects
        .copy(&task.permit, new)
        .await
        .map_err(|error| refuse_commit(&error, task))?;
    let modified = Timestamp::from_unix_ms(u64::try_from(copied.modified_ms()).unwrap_or(0));
    let checksum = copied.attributes().checksum.as_ref();
    let mut answer = answer::document(copy_object_document(copied.etag(), modified, checksum));
    let headers = answer.headers_mut();
    versioned::tell_written(headers, &task.permit, copied.version_id());
    tell_source(headers, task, &source);
    Ok(answer)
}

/// Tells which version was copied, where the source's bucket keeps versions.
pub(super) fn tell_source(headers: &mut http::HeaderMap, task: &Task, source: &Object) {
    let versioning = task.permit.source().map(|source| source.bucket.versioning);
    let told = versioning.is_some_and(|v| v != countersign_s3::Versioning::Unversioned);
    if told && let Ok(value) = HeaderValue::from_str(source.version_id().as_str()) {
        headers.insert(
            HeaderName::from_static("x-amz-copy-source-version-id"),
            value,
        );
    }
}

/// Finds what the permit lets a copy read.
pub(super) async fn find_source(edge: &Edge, task: &Task) -> Result<Arc<Object>, Refusal> {
    let source = task.permit.source();
    let source = source.ok_or_else(|| answer::internal("a copy without a source"))?;
    let found = edge
        .objects
        .find_source(&task.permit)
        .await
        .map_err(|error| refuse_store(&error))?;
    let is_marker = matches!(found, countersign_objects::Found::DeleteMarker { .. });
    let (key, version) = (source.key.as_str(), source.version.as_deref());
    let may_list = task.permit.may_list_source();
    refuse_missing(found, key, version, may_list).map_err(|refusal| {
        if is_marker && source.version.is_some() {
            return Fault::new(ErrorCode::InvalidRequest)
                .saying("The source of a copy request may not specifically refer to a delete marker by version id.")
                .into();
        }
        refusal
    })
}

/// Holds the source to the conditions of the request.
pub(super) fn hold_conditions(fields: &Fields<'_>, source: &Object) -> Result<(), Refusal> {
    let conditions = SourceConditions::of(fields).map_err(Fault::from)?;
    let modified = Timestamp::from_unix_ms(u64::try_from(source.modified_ms()).unwrap_or(0));
    conditions
        .check(source.etag(), modified)
        .map_err(|failed| Fault::from(failed).into())
}

fn plan(
    edge: &Edge,
    task: &Task,
    fields: &Fields<'_>,
    source: &Arc<Object>,
) -> Result<NewCopy, Refusal> {
    let metadata = Directive::for_metadata(fields).map_err(Fault::from)?;
    let tagging = Directive::for_tags(fields).map_err(Fault::from)?;
    let own = attributes_of(fields, task.permit.operation()).map_err(Fault::from)?;
    if let Some(to_itself) = task.permit.source()
        && to_itself.bucket.id == task.permit.bucket().map_or(to_itself.bucket.id, |b| b.id)
        && Some(&to_itself.key) == task.permit.key()
        && to_itself.version.is_none()
        && metadata == Directive::Copy
        && own.storage_class.is_none()
        && own.website_redirect_location.is_none()
    {
        return Err(Fault::new(ErrorCode::InvalidRequest)
            .saying(TO_ITSELF)
            .into());
    }
    let tags = (tagging == Directive::Replace).then(|| own.tags.clone());
    let attributes = match metadata {
        Directive::Replace => Some(own),
        // Class and redirect are the request's in any case (API reference).
        Directive::Copy => Some(ObjectAttributes {
            storage_class: own.storage_class,
            website_redirect_location: own.website_redirect_location,
            checksum: None,
            ..source.attributes().clone()
        }),
    };
    Ok(NewCopy {
        source: Arc::clone(source),
        attributes,
        tags,
        modified_ms: edge.clock.unix_ms(),
        condition: put_condition(fields)?,
    })
}
