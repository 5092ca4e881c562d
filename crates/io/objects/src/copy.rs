//! Copying an object without copying its bytes.
//!
//! A small body is written to its new row. Files get a second name ([`Duplicates`]), each part of an
//! object that was uploaded in parts its own, so such a copy keeps parts and ETag. The rest is a put.

use std::sync::Arc;

use bytes::Bytes;
use countersign_s3::{ObjectAttributes, VersionId};

use crate::duplicate::Duplicates;
use crate::object::Body;
use crate::part::{ObjectPart, PartedBody};
use crate::place::Target;
use crate::put::Put;
use crate::store::{Shared, in_the_pool};
use crate::temporary::FileClaim;
use crate::{CommitError, Object, ObjectId, PutCondition, StoreError, failpoint};

/// What is copied, and what is different about the copy.
#[derive(Clone, Debug)]
pub struct NewCopy {
    /// The object to copy. It may be replaced meanwhile; the copy is of this one.
    pub source: Arc<Object>,
    /// The attributes of the copy, less the tags; none for those of the source. Without a checksum
    /// among them the source's stays.
    pub attributes: Option<ObjectAttributes>,
    /// The tags of the copy; none for those of the source.
    pub tags: Option<Vec<(String, String)>>,
    /// The instant to record, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: i64,
    /// What the key must hold for the copy to be stored.
    pub condition: PutCondition,
}

/// A body under its new id.
struct NewBody {
    id: ObjectId,
    body: Body,
    claims: Vec<FileClaim>,
}

/// Copies an object to a place.
pub(crate) async fn copy(
    store: &Arc<Shared>,
    target: Target,
    new: NewCopy,
) -> Result<Arc<Object>, CommitError> {
    let NewCopy {
        source,
        attributes,
        tags,
        modified_ms,
        condition,
    } = new;
    let attributes = attributes_of_copy(source.attributes(), attributes, tags);
    let same_checksum = attributes.checksum == source.attributes().checksum;
    let (size, etag) = (source.size(), source.etag().clone());
    let NewBody { id, body, claims } = in_the_pool(store, move |store| {
        second_body(store, &source, same_checksum)
    })
    .await?;
    failpoint::reached("before-row");
    let object = Object {
        id,
        version_id: VersionId::null(),
        size,
        etag,
        modified_ms,
        attributes,
        body,
    };
    let put = Put {
        target,
        object,
        claims,
        condition,
    };
    store.writer.perform(put).await
}

fn attributes_of_copy(
    source: &ObjectAttributes,
    attributes: Option<ObjectAttributes>,
    tags: Option<Vec<(String, String)>>,
) -> ObjectAttributes {
    let mut copied = attributes.unwrap_or_else(|| source.clone());
    if copied.checksum.is_none() {
        copied.checksum.clone_from(&source.checksum);
    }
    copied.tags = tags.unwrap_or_else(|| source.tags.clone());
    copied
}

/// Gives a body a second home. The parts' checksums stay only with the checksum they belong to.
fn second_body(
    store: &Shared,
    source: &Object,
    with_checksums: bool,
) -> Result<NewBody, StoreError> {
    let mut duplicates = Duplicates::default();
    let (id, body) = match &source.body {
        Body::Memory(bytes) => (store.ids.object(), Body::Memory(Bytes::clone(bytes))),
        Body::File(file) => {
            let id = duplicates.add(store, source.id, Some(file))?;
            let path = store.layout.object(id);
            let same = file.try_clone();
            let same = same.map_err(|error| StoreError::file("open", &path, &error))?;
            (id, Body::File(same))
        }
        Body::Parts(body) => {
            let mut parts = Vec::with_capacity(body.parts().len());
            for part in body.parts() {
                parts.push(ObjectPart {
                    file: duplicates.add(store, part.file, None)?,
                    checksum: part.checksum.clone().filter(|_| with_checksums),
                    ..*part
                });
            }
            let id = store.ids.object();
            (id, Body::Parts(PartedBody::new(parts, store.pins.pin(id))))
        }
    };
    let claims = duplicates.finish(store)?;
    Ok(NewBody { id, body, claims })
}

#[cfg(test)]
pub(crate) mod tests;
