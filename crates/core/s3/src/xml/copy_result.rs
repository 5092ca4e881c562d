//! The answers of `CopyObject` and `UploadPartCopy`.

use super::XmlWriter;
use crate::{ETag, StoredChecksum, Timestamp};

/// Writes the answer of `CopyObject`.
#[must_use]
pub fn copy_object_document(
    etag: &ETag,
    modified: Timestamp,
    checksum: Option<&StoredChecksum>,
) -> String {
    document("CopyObjectResult", etag, modified, checksum)
}

/// Writes the answer of `UploadPartCopy`.
#[must_use]
pub fn copy_part_document(
    etag: &ETag,
    modified: Timestamp,
    checksum: Option<&StoredChecksum>,
) -> String {
    document("CopyPartResult", etag, modified, checksum)
}

fn document(
    root: &str,
    etag: &ETag,
    modified: Timestamp,
    checksum: Option<&StoredChecksum>,
) -> String {
    let mut xml = XmlWriter::new();
    xml.root(root, |xml| {
        xml.text("LastModified", &modified.iso_date().to_string());
        xml.text("ETag", &etag.quoted());
        if let Some(checksum) = checksum {
            xml.text(checksum.algorithm.element(), &checksum.value);
            if root == "CopyObjectResult" {
                xml.text("ChecksumType", checksum.kind.name());
            }
        }
    });
    xml.finish()
}

#[cfg(test)]
mod tests;
