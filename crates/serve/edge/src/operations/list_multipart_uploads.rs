//! `ListMultipartUploads`: the uploads of a bucket that are under way.

use countersign_gate::Refusal;
use countersign_objects::{UploadId, UploadListRequest};
use countersign_s3::multipart::page_size;
use countersign_s3::xml::multipart::{UploadEntry, UploadList, list_uploads_document};
use countersign_s3::{Fault, Timestamp};
use http::request::Parts;

use super::list_buckets::OWNER;
use super::{Task, query_of, refuse_store};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Lists one page.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let query = query_of(parts)?;
    let filled = |name| query.first(name).filter(|text: &&str| !text.is_empty());
    let max = page_size(&query, "max-uploads")?;
    let encode_url = match filled("encoding-type") {
        None => false,
        Some("url") => true,
        Some(other) => {
            let sentence = "Invalid Encoding Method specified in Request";
            return Err(Fault::invalid_argument(sentence, "encoding-type", other).into());
        }
    };
    let key_marker = filled("key-marker");
    // Without a key, a marker of uploads says nothing (API reference).
    let upload_id_marker = filled("upload-id-marker").filter(|_| key_marker.is_some());
    let upload_id = upload_id_marker
        .map(|text| {
            UploadId::parse(text).ok_or_else(|| {
                let sentence = "Invalid uploadId marker";
                Refusal::from(Fault::invalid_argument(sentence, "upload-id-marker", text))
            })
        })
        .transpose()?;
    let request = UploadListRequest {
        prefix: filled("prefix").unwrap_or_default().to_owned(),
        delimiter: filled("delimiter").map(str::to_owned),
        key_marker: key_marker.map(str::to_owned),
        upload_id_marker: upload_id,
        max,
    };
    let page = edge
        .objects
        .list_uploads(&task.permit, &request)
        .await
        .map_err(|error| refuse_store(&error))?;
    let entries: Vec<UploadEntry<'_>> = page
        .uploads
        .iter()
        .map(|upload| UploadEntry {
            key: upload.key.as_str(),
            upload_id: upload.id.as_str(),
            initiator: &upload.initiator,
            storage_class: upload.attributes.storage_class.as_deref(),
            initiated: Timestamp::from_unix_ms(u64::try_from(upload.initiated_ms).unwrap_or(0)),
            checksum: upload
                .checksum
                .map(|chosen| (chosen.algorithm, chosen.kind)),
        })
        .collect();
    let bucket = task.permit.bucket().map(|bucket| bucket.name.as_str());
    let next = page.next.as_ref().map(|next| {
        let upload_id = next.upload_id.as_ref().map(UploadId::as_str);
        (next.key.as_str(), upload_id.unwrap_or_default())
    });
    Ok(answer::document(list_uploads_document(&UploadList {
        bucket: bucket.unwrap_or_default(),
        owner: OWNER,
        prefix: &request.prefix,
        delimiter: request.delimiter.as_deref(),
        key_marker: key_marker.unwrap_or_default(),
        upload_id_marker: upload_id_marker.unwrap_or_default(),
        max,
        encode_url,
        uploads: &entries,
        common_prefixes: &page.common_prefixes,
        next,
    })))
}
