//! `ListParts`: what has come of an upload so far.

use countersign_gate::Refusal;
use countersign_s3::multipart::page_size;
use countersign_s3::xml::multipart::{PartEntry, PartList, list_parts_document};
use countersign_s3::{Fault, Timestamp};
use http::request::Parts;

use super::list_buckets::OWNER;
use super::upload_part::{refuse_upload, upload_id_of};
use super::{Task, query_of};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Lists one page.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let query = query_of(parts)?;
    let upload_id = upload_id_of(task, &query)?;
    let max = page_size(&query, "max-parts")?;
    let after = marker(query.first("part-number-marker").unwrap_or_default())?;
    let listed = edge
        .objects
        .list_parts(&task.permit, &upload_id, Some(after), max)
        .await;
    let page = listed.map_err(|error| refuse_upload(&error, task, upload_id.as_str()))?;
    let entries: Vec<PartEntry<'_>> = page
        .parts
        .iter()
        .map(|part| PartEntry {
            number: part.number,
            modified: Timestamp::from_unix_ms(u64::try_from(part.modified_ms).unwrap_or(0)),
            etag: &part.etag,
            size: part.size,
            checksum: part.checksum.as_ref(),
        })
        .collect();
    let bucket = task.permit.bucket().map(|bucket| bucket.name.as_str());
    Ok(answer::document(list_parts_document(&PartList {
        bucket: bucket.unwrap_or_default(),
        key: page.upload.key.as_str(),
        upload_id: upload_id.as_str(),
        initiator: &page.upload.initiator,
        owner: OWNER,
        storage_class: page.upload.attributes.storage_class.as_deref(),
        checksum: page
            .upload
            .checksum
            .map(|chosen| (chosen.algorithm, chosen.kind)),
        after,
        max,
        parts: &entries,
        next: page.next,
    })))
}

/// The number that a page begins behind; none is zero.
fn marker(text: &str) -> Result<u16, Refusal> {
    if text.is_empty() {
        return Ok(0);
    }
    let number: Option<i32> = text.parse().ok().filter(|number| *number >= 0);
    let number = number.ok_or_else(|| {
        let sentence = "Argument part-number-marker must be an integer between 0 and 2147483647";
        Refusal::from(Fault::invalid_argument(
            sentence,
            "part-number-marker",
            text,
        ))
    })?;
    Ok(u16::try_from(number).unwrap_or(u16::MAX))
}
