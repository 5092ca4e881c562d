//! The documents of multipart uploads.

use std::borrow::Cow;

use countersign_request::percent::{self, Component};
use thiserror::Error;

use super::list_buckets::Owner;
use super::{Element, Limits, XmlError, XmlWriter, read};
use crate::multipart::{AskedPart, ChecksumPlanError, MAX_PART_NUMBER};
use crate::{ChecksumAlgorithm, ChecksumKind, ETag, ErrorCode, Fault, StoredChecksum, Timestamp};

/// The largest document that completes an upload: ten thousand parts, each with a tag and a checksum.
pub const MAX_COMPLETE_BYTES: usize = 4 << 20;

/// Why a document that completes an upload was refused.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CompleteRequestError {
    /// It is another document, or names no part, a part incompletely, or one thing of a part twice.
    #[error("the document does not name parts by number and tag")]
    Shape,
    /// It tells a checksum of a part by an algorithm that is not offered.
    #[error("a checksum of a part is by an algorithm that is not offered")]
    UnsupportedAlgorithm,
    /// It is no acceptable XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// Reads the parts that an upload is to be completed with, in the order they are named.
///
/// # Errors
/// [`CompleteRequestError`].
pub fn read_complete(body: &[u8]) -> Result<Vec<AskedPart>, CompleteRequestError> {
    let limits = Limits {
        bytes: MAX_COMPLETE_BYTES,
        depth: 4,
        elements: 8 * usize::from(MAX_PART_NUMBER) + 1,
    };
    let root = read(body, limits)?;
    // QUIRK: some clients write the name of the answer instead.
    if !matches!(
        root.name.as_str(),
        "CompleteMultipartUpload" | "CompletedMultipartUpload"
    ) {
        return Err(CompleteRequestError::Shape);
    }
    let parts: Vec<AskedPart> = root
        .children
        .iter()
        .map(asked_part)
        .collect::<Result<_, _>>()?;
    if parts.is_empty() {
        return Err(CompleteRequestError::Shape);
    }
    Ok(parts)
}

/// INVARIANT: no checksum that the request tells of a part is passed over. A part has one.
fn asked_part(element: &Element) -> Result<AskedPart, CompleteRequestError> {
    if element.name != "Part" {
        return Err(CompleteRequestError::Shape);
    }
    let mut number = None;
    let mut etag = None;
    let mut checksum = None;
    for child in &element.children {
        let text = child.only_text().ok_or(CompleteRequestError::Shape)?.trim();
        let slot_was_free = match child.name.as_str() {
            "PartNumber" => number.replace(text).is_none(),
            "ETag" => etag.replace(ETag::parse(text)).is_none(),
            name if name.starts_with("Checksum") => match algorithm_of(name) {
                _ if text.is_empty() => true,
                None => return Err(CompleteRequestError::UnsupportedAlgorithm),
                Some(algorithm) => checksum.replace((algorithm, text.to_owned())).is_none(),
            },
            // QUIRK: some clients copy parts from a list, with size and date.
            _ => true,
        };
        if !slot_was_free {
            return Err(CompleteRequestError::Shape);
        }
    }
    let number = number
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok());
    Ok(AskedPart {
        number: number.ok_or(CompleteRequestError::Shape)?,
        etag: etag.ok_or(CompleteRequestError::Shape)?,
        checksum,
    })
}

fn algorithm_of(element: &str) -> Option<ChecksumAlgorithm> {
    ChecksumAlgorithm::ALL
        .into_iter()
        .find(|algorithm| algorithm.element() == element)
}

/// Writes the answer of `CreateMultipartUpload`.
#[must_use]
pub fn initiate_document(bucket: &str, key: &str, upload_id: &str) -> String {
    let mut xml = XmlWriter::new();
    xml.root("InitiateMultipartUploadResult", |xml| {
        xml.text("Bucket", bucket);
        xml.text("Key", key);
        xml.text("UploadId", upload_id);
    });
    xml.finish()
}

/// Writes the answer of `CompleteMultipartUpload`.
#[must_use]
pub fn complete_document(
    location: &str,
    bucket: &str,
    key: &str,
    etag: &ETag,
    checksum: Option<&StoredChecksum>,
) -> String {
    let mut xml = XmlWriter::new();
    xml.root("CompleteMultipartUploadResult", |xml| {
        xml.text("Location", location);
        xml.text("Bucket", bucket);
        xml.text("Key", key);
        xml.text("ETag", &etag.quoted());
        if let Some(checksum) = checksum {
            xml.text(checksum.algorithm.element(), &checksum.value);
            xml.text("ChecksumType", checksum.kind.name());
        }
    });
    xml.finish()
}

/// One part of a list.
#[derive(Clone, Copy, Debug)]
pub struct PartEntry<'a> {
    /// Its number.
    pub number: u16,
    /// When it was stored.
    pub modified: Timestamp,
    /// Its tag.
    pub etag: &'a ETag,
    /// Its size in bytes.
    pub size: u64,
    /// Its checksum.
    pub checksum: Option<&'a StoredChecksum>,
}

/// A page of parts, with all that the document tells.
#[derive(Clone, Copy, Debug)]
pub struct PartList<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The key.
    pub key: &'a str,
    /// The upload.
    pub upload_id: &'a str,
    /// The name of who began it.
    pub initiator: &'a str,
    /// Who owns what will be.
    pub owner: Owner<'a>,
    /// The class it will have.
    pub storage_class: Option<&'a str>,
    /// The checksum that was chosen when it was created.
    pub checksum: Option<(ChecksumAlgorithm, ChecksumKind)>,
    /// The number that the page begins behind.
    pub after: u16,
    /// The most parts of the page.
    pub max: usize,
    /// The parts.
    pub parts: &'a [PartEntry<'a>],
    /// The number that the next page begins behind, if there is one.
    pub next: Option<u16>,
}

/// Writes the answer of `ListParts`.
#[must_use]
pub fn list_parts_document(list: &PartList<'_>) -> String {
    let mut xml = XmlWriter::new();
    xml.root("ListPartsResult", |xml| {
        xml.text("Bucket", list.bucket);
        xml.text("Key", list.key);
        xml.text("UploadId", list.upload_id);
        xml.element("Initiator", |xml| {
            xml.text("ID", list.owner.id);
            xml.text("DisplayName", list.initiator);
        });
        list.owner.write(xml);
        xml.text("StorageClass", list.storage_class.unwrap_or("STANDARD"));
        xml.text("PartNumberMarker", &list.after.to_string());
        let last = list.next.or(list.parts.last().map(|part| part.number));
        // Not on an empty page: the JavaScript SDK goes on from any marker, and a 0 would begin again.
        if let Some(last) = last {
            xml.text("NextPartNumberMarker", &last.to_string());
        }
        xml.text("MaxParts", &list.max.to_string());
        xml.text("IsTruncated", truth(list.next.is_some()));
        if let Some((algorithm, kind)) = list.checksum {
            xml.text("ChecksumAlgorithm", algorithm.name());
            xml.text("ChecksumType", kind.name());
        }
        for part in list.parts {
            xml.element("Part", |xml| {
                xml.text("PartNumber", &part.number.to_string());
                xml.text("LastModified", &part.modified.iso_date().to_string());
                xml.text("ETag", &part.etag.quoted());
                xml.text("Size", &part.size.to_string());
                if let Some(checksum) = part.checksum {
                    xml.text(checksum.algorithm.element(), &checksum.value);
                }
            });
        }
    });
    xml.finish()
}

/// One upload of a list.
#[derive(Clone, Copy, Debug)]
pub struct UploadEntry<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its id.
    pub upload_id: &'a str,
    /// The name of who began it.
    pub initiator: &'a str,
    /// The class it will have.
    pub storage_class: Option<&'a str>,
    /// When it was begun.
    pub initiated: Timestamp,
    /// The checksum that was chosen when it was created.
    pub checksum: Option<(ChecksumAlgorithm, ChecksumKind)>,
}

/// A page of uploads, with all that the document tells.
#[derive(Clone, Copy, Debug)]
pub struct UploadList<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// Who owns what will be.
    pub owner: Owner<'a>,
    /// Only keys that begin with this.
    pub prefix: &'a str,
    /// Where keys are cut into common prefixes.
    pub delimiter: Option<&'a str>,
    /// Where the page begins.
    pub key_marker: &'a str,
    /// Behind which upload of that key.
    pub upload_id_marker: &'a str,
    /// The most entries of the page.
    pub max: usize,
    /// Whether keys are percent-encoded.
    pub encode_url: bool,
    /// The uploads.
    pub uploads: &'a [UploadEntry<'a>],
    /// The common prefixes.
    pub common_prefixes: &'a [String],
    /// Key and upload behind which the next page begins, if there is one.
    pub next: Option<(&'a str, &'a str)>,
}

/// Writes the answer of `ListMultipartUploads`.
#[must_use]
pub fn list_uploads_document(list: &UploadList<'_>) -> String {
    let shown = |text| shown(text, list.encode_url);
    let mut xml = XmlWriter::new();
    xml.root("ListMultipartUploadsResult", |xml| {
        xml.text("Bucket", list.bucket);
        xml.text("KeyMarker", &shown(list.key_marker));
        xml.text("UploadIdMarker", list.upload_id_marker);
        if let Some((key, upload_id)) = list.next {
            xml.text("NextKeyMarker", &shown(key));
            xml.text("NextUploadIdMarker", upload_id);
        }
        xml.text("Prefix", &shown(list.prefix));
        if let Some(delimiter) = list.delimiter {
            xml.text("Delimiter", &shown(delimiter));
        }
        xml.optional_text("EncodingType", list.encode_url.then_some("url"));
        xml.text("MaxUploads", &list.max.to_string());
        xml.text("IsTruncated", truth(list.next.is_some()));
        for upload in list.uploads {
            xml.element("Upload", |xml| {
                xml.text("Key", &shown(upload.key));
                xml.text("UploadId", upload.upload_id);
                xml.element("Initiator", |xml| {
                    xml.text("ID", list.owner.id);
                    xml.text("DisplayName", upload.initiator);
                });
                list.owner.write(xml);
                xml.text("StorageClass", upload.storage_class.unwrap_or("STANDARD"));
                xml.text("Initiated", &upload.initiated.iso_date().to_string());
                if let Some((algorithm, kind)) = upload.checksum {
                    xml.text("ChecksumAlgorithm", algorithm.name());
                    xml.text("ChecksumType", kind.name());
                }
            });
        }
        for prefix in list.common_prefixes {
            xml.element("CommonPrefixes", |xml| xml.text("Prefix", &shown(prefix)));
        }
    });
    xml.finish()
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// The text as it stands in a list: encoded where the client asked for that.
pub(super) fn shown(text: &str, encode_url: bool) -> Cow<'_, str> {
    if encode_url {
        Cow::Owned(percent::encode(text, Component::Path))
    } else {
        Cow::Borrowed(text)
    }
}

impl From<CompleteRequestError> for Fault {
    fn from(error: CompleteRequestError) -> Self {
        match error {
            CompleteRequestError::Shape => Self::new(ErrorCode::MalformedXML),
            CompleteRequestError::UnsupportedAlgorithm => {
                ChecksumPlanError::unsupported_algorithm()
            }
            CompleteRequestError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
