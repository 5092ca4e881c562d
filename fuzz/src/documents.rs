//! Laws of the documents that complete an upload, delete objects and tag them.

use countersign_s3::multipart::{
    AskedPart, AssembleError, ChecksumPlan, MAX_PART_NUMBER, Promised, StoredPart, assemble,
};
use countersign_s3::xml::delete_objects::{
    DeleteOutcome, DeleteRequest, MAX_DELETES, delete_result_document,
};
use countersign_s3::xml::multipart::read_complete;
use countersign_s3::xml::tagging::{read_tagging, tagging_document};
use countersign_s3::xml::{Limits, read};
use countersign_s3::{ChecksumKind, StoredChecksum};

/// More than any answer to one of these documents needs.
const WIDE: Limits = Limits {
    bytes: usize::MAX,
    depth: 16,
    elements: 8 * MAX_DELETES,
};

/// Holds the documents to their laws: what they name is bounded and is what is answered, and parts make
/// an object only in ascending order.
///
/// # Panics
/// If a law is broken.
pub fn documents(data: &[u8]) {
    if let Ok(asked) = read_complete(data) {
        assert!(!asked.is_empty());
        parts(&asked);
    }
    if let Ok(request) = DeleteRequest::read(data) {
        deletions(&request);
    }
    for most in [10, 50] {
        if let Ok(tags) = read_tagging(data, most) {
            tagging(tags, most);
        }
    }
}

/// Where the parts are those that were stored, they make an object if and only if they ascend.
fn parts(asked: &[AskedPart]) {
    let mut all = asked.to_vec();
    all.sort_by_key(|part| part.number);
    all.dedup_by_key(|part| part.number);
    let checksums: Vec<Option<StoredChecksum>> = all.iter().map(kept).collect();
    let stored: Vec<StoredPart<'_>> = all
        .iter()
        .zip(&checksums)
        .map(|(part, checksum)| StoredPart {
            number: part.number,
            size: u64::from(part.number),
            etag: &part.etag,
            checksum: checksum.as_ref(),
        })
        .collect();
    let numbers = asked.iter().map(|part| part.number);
    let ascends = numbers.is_sorted_by(|a, b| a < b)
        && all
            .iter()
            .all(|part| (1..=MAX_PART_NUMBER).contains(&part.number));
    let plan = ChecksumPlan::by_default();
    match assemble(&stored, asked, plan, &Promised::default(), 0) {
        Ok(made) => {
            assert!(ascends && made.chosen.len() == asked.len());
            assert!(made.chosen.is_sorted_by(|a, b| a < b));
            let end = format!("-{}", asked.len());
            assert!(made.etag.as_str().ends_with(&end));
            again(&stored, asked, &made.checksum);
        }
        Err(AssembleError::Order { .. }) => assert!(!ascends),
        Err(other) => {
            // The same tag may be told of a part twice with different checksums.
            let differ = |part: &AskedPart| !all.contains(part);
            assert!(
                matches!(other, AssembleError::Part { .. }) && asked.iter().any(differ),
                "{other:?}"
            );
        }
    }
}

/// The checksum that was made can be promised, and no other size than the true one.
fn again(stored: &[StoredPart<'_>], asked: &[AskedPart], made: &Option<StoredChecksum>) {
    let plan = ChecksumPlan::by_default();
    let size = stored.iter().map(|part| part.size).sum();
    let mut promised = Promised {
        checksum: made.clone().map(|made| (made.algorithm, made.value)),
        kind: Some(plan.kind),
        size: Some(size),
    };
    assert!(assemble(stored, asked, plan, &promised, 0).is_ok());
    promised.size = Some(size + 1);
    assert!(assemble(stored, asked, plan, &promised, 0).is_err());
}

fn kept(part: &AskedPart) -> Option<StoredChecksum> {
    let (algorithm, value) = part.checksum.clone()?;
    let kind = ChecksumKind::FullObject;
    Some(StoredChecksum {
        algorithm,
        value,
        kind,
    })
}

/// Every object that is named is answered, under its key.
fn deletions(request: &DeleteRequest) {
    assert!((1..=MAX_DELETES).contains(&request.objects.len()));
    let outcomes: Vec<DeleteOutcome<'_>> = request
        .objects
        .iter()
        .map(|entry| DeleteOutcome::Deleted {
            key: &entry.key,
            version_id: entry.version_id.as_deref(),
            delete_marker: None,
        })
        .collect();
    let Ok(told) = read(delete_result_document(&outcomes, false).as_bytes(), WIDE) else {
        unreachable!("what is written is well-formed");
    };
    assert_eq!(told.children.len(), request.objects.len());
    for (told, entry) in told.children.iter().zip(&request.objects) {
        let key = told.child("Key").map(|key| key.text.as_str());
        assert!(!entry.key.is_empty());
        assert_eq!(key, Some(writable(&entry.key).as_str()));
    }
    let quiet = read(delete_result_document(&outcomes, true).as_bytes(), WIDE);
    assert!(quiet.is_ok_and(|quiet| quiet.children.is_empty()));
}

/// The text as the writer puts it down: what XML cannot hold is replaced.
fn writable(text: &str) -> String {
    let unwritable = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    text.replace(unwritable, "\u{fffd}")
}

/// Tags are bounded, each key is there once, and they read back as they are written.
fn tagging(mut tags: Vec<(String, String)>, most: usize) {
    assert!(tags.len() <= most);
    let document = tagging_document(&tags);
    tags.sort();
    assert!(tags.is_sorted_by(|(a, _), (b, _)| a < b));
    for (key, _) in &tags {
        assert!(!key.is_empty() && !key.to_ascii_lowercase().starts_with("aws:"));
    }
    assert_eq!(read_tagging(document.as_bytes(), most), Ok(tags));
}
