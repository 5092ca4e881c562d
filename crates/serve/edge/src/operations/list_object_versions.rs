//! `ListObjectVersions`: every version and delete marker of a bucket, newest first within a key.

use countersign_gate::Refusal;
use countersign_objects::VersionListRequest;
use countersign_s3::xml::list_versions::{
    VersionContent, VersionEntry, VersionList, list_versions_document,
};
use countersign_s3::{Fault, Timestamp, VersionListParameters};
use http::request::Parts;

use super::list_buckets::OWNER;
use super::{Task, query_of, refuse_store};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Lists one page.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let parameters = VersionListParameters::of(&query_of(parts)?).map_err(Fault::from)?;
    let request = VersionListRequest {
        prefix: parameters.prefix.clone(),
        delimiter: parameters.delimiter.clone(),
        key_marker: parameters.key_marker.clone(),
        version_id_marker: parameters.version_id_marker.clone(),
        max: parameters.max_keys,
    };
    let page = edge
        .objects
        .list_versions(&task.permit, &request)
        .await
        .map_err(|error| refuse_store(&error))?;
    let versions: Vec<VersionEntry<'_>> = page
        .versions
        .iter()
        .map(|version| VersionEntry {
            key: version.key.as_str(),
            version_id: version.version_id.as_str(),
            is_latest: version.is_latest,
            modified: Timestamp::from_unix_ms(u64::try_from(version.modified_ms).unwrap_or(0)),
            content: version.content.as_ref().map(|content| VersionContent {
                etag: &content.etag,
                size: content.size,
                storage_class: content.attributes.storage_class.as_deref(),
                checksum: content.attributes.checksum.as_ref(),
            }),
        })
        .collect();
    let bucket = task.permit.bucket().map(|bucket| bucket.name.as_str());
    let next = page.next.as_ref().map(|next| {
        let version = next.version_id.as_ref().map(|version| version.as_str());
        (next.key.as_str(), version)
    });
    Ok(answer::document(list_versions_document(&VersionList {
        bucket: bucket.unwrap_or_default(),
        parameters: &parameters,
        owner: OWNER,
        versions: &versions,
        common_prefixes: &page.common_prefixes,
        next,
    })))
}
