//! `ListObjects` and `ListObjectsV2`: one page of a bucket, in the order of the keys' bytes.

use countersign_gate::Refusal;
use countersign_objects::{ListPage, ListRequest};
use countersign_s3::xml::list_objects::{
    ObjectEntry, ObjectList, list_objects_document, list_objects_v1_document,
};
use countersign_s3::{Fault, ListParameters, ListPosition, Operation, Timestamp};
use http::request::Parts;

use super::list_buckets::OWNER;
use super::{Task, query_of, refuse_store};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Lists one page.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let query = query_of(parts)?;
    let is_version_1 = task.permit.operation() == Operation::ListObjects;
    let parameters = if is_version_1 {
        ListParameters::of_version_1(&query)
    } else {
        ListParameters::of(&query)
    };
    let parameters = parameters.map_err(Fault::from)?;
    let start_after = match parameters.position() {
        ListPosition::Start => None,
        ListPosition::AfterKey(entry) | ListPosition::AfterPrefix(entry) => Some(entry.clone()),
    };
    let request = ListRequest {
        prefix: parameters.prefix.clone(),
        delimiter: parameters.delimiter.clone(),
        start_after,
        max_keys: parameters.max_keys,
    };
    let page = edge
        .objects
        .list(&task.permit, &request)
        .await
        .map_err(|error| refuse_store(&error))?;
    let entries: Vec<ObjectEntry<'_>> = page
        .objects
        .iter()
        .map(|object| ObjectEntry {
            key: object.key.as_str(),
            modified: Timestamp::from_unix_ms(u64::try_from(object.modified_ms).unwrap_or(0)),
            etag: &object.etag,
            size: object.size,
            storage_class: object.attributes.storage_class.as_deref(),
            checksum: object.attributes.checksum.as_ref(),
        })
        .collect();
    let bucket = task
        .permit
        .bucket()
        .map(|b| b.name.as_str())
        .unwrap_or_default();
    let next = next_position(&page);
    let list = ObjectList {
        bucket,
        parameters: &parameters,
        objects: &entries,
        common_prefixes: &page.common_prefixes,
        next: next.as_ref(),
        owner: OWNER,
    };
    Ok(answer::document(if is_version_1 {
        list_objects_v1_document(&list)
    } else {
        list_objects_document(&list)
    }))
}

/// Where the next page begins: behind the last entry of this one, which may be a prefix.
fn next_position(page: &ListPage) -> Option<ListPosition> {
    let last = page.next.clone()?;
    Some(if page.common_prefixes.last() == Some(&last) {
        ListPosition::AfterPrefix(last)
    } else {
        ListPosition::AfterKey(last)
    })
}
