//! `GetObjectAttributes`: what an object is, without its bytes.

use countersign_gate::Refusal;
use countersign_s3::object_attributes::{
    AskedAttributes, AttributePart, AttributesOfObject, object_attributes_document,
};
use countersign_s3::{Fault, Timestamp};
use http::HeaderValue;
use http::header::LAST_MODIFIED;
use http::request::Parts;

use super::versioned::{self, found_object};
use super::{Task, refuse_store, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Tells them.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let asked = with_fields(parts, task.is_presigned(), |_, _, fields| {
        Ok(AskedAttributes::of(fields).map_err(Fault::from)?)
    })?;
    let found = edge.objects.find(&task.permit).await;
    let object = found_object(found.map_err(|error| refuse_store(&error))?, &task.permit)?;
    let told: Vec<AttributePart<'_>> = object
        .parts()
        .iter()
        .map(|part| AttributePart {
            number: part.number,
            size: part.size,
            checksum: part.checksum.as_deref(),
        })
        .collect();
    let document = object_attributes_document(
        asked,
        &AttributesOfObject {
            etag: object.etag(),
            checksum: object.attributes().checksum.as_ref(),
            parts: &told,
            storage_class: object.attributes().storage_class.as_deref(),
            size: object.size(),
        },
    );
    let mut answer = answer::document(document);
    let headers = answer.headers_mut();
    let modified = Timestamp::from_unix_ms(u64::try_from(object.modified_ms()).unwrap_or(0));
    if let Ok(value) = HeaderValue::try_from(modified.http_date().to_string()) {
        headers.insert(LAST_MODIFIED, value);
    }
    versioned::tell(headers, &task.permit, object.version_id());
    Ok(answer)
}
