//! The answers of `ListObjects`, in both versions.

use std::borrow::Cow;

use countersign_request::percent::{self, Component};

use super::XmlWriter;
use super::list_buckets::Owner;
use crate::{ETag, ListParameters, ListPosition, StoredChecksum, Timestamp};

/// One object of the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ObjectEntry<'a> {
    /// Its key.
    pub key: &'a str,
    /// When it was put.
    pub modified: Timestamp,
    /// Its tag.
    pub etag: &'a ETag,
    /// Its size in bytes.
    pub size: u64,
    /// Its class; none means `STANDARD`.
    pub storage_class: Option<&'a str>,
    /// The checksum kept with it.
    pub checksum: Option<&'a StoredChecksum>,
}

/// A page of objects, with all that the document tells.
#[derive(Clone, Copy, Debug)]
pub struct ObjectList<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// What was asked.
    pub parameters: &'a ListParameters,
    /// The objects.
    pub objects: &'a [ObjectEntry<'a>],
    /// The common prefixes.
    pub common_prefixes: &'a [String],
    /// Where the next page begins, if there is one.
    pub next: Option<&'a ListPosition>,
    /// The owner of the objects, told if it was asked for.
    pub owner: Owner<'a>,
}

/// Writes the document of the first version. It tells where the next page begins only where keys were
/// cut, because otherwise the last key says it.
#[must_use]
pub fn list_objects_v1_document(list: &ObjectList<'_>) -> String {
    let asked = list.parameters;
    let mut xml = XmlWriter::new();
    xml.root("ListBucketResult", |xml| {
        xml.text("Name", list.bucket);
        xml.text("Prefix", &list.shown(&asked.prefix));
        let marker = asked.start_after.as_deref().unwrap_or_default();
        xml.text("Marker", &list.shown(marker));
        if let Some(delimiter) = &asked.delimiter {
            let last = list.next.and_then(ListPosition::text);
            xml.optional_text("NextMarker", last.map(|last| list.shown(last)).as_deref());
            xml.text("MaxKeys", &asked.max_keys.to_string());
            xml.text("Delimiter", &list.shown(delimiter));
        } else {
            xml.text("MaxKeys", &asked.max_keys.to_string());
        }
        list.write_rest(xml);
    });
    xml.finish()
}

/// Writes the document of the second version.
#[must_use]
pub fn list_objects_document(list: &ObjectList<'_>) -> String {
    let asked = list.parameters;
    let mut xml = XmlWriter::new();
    xml.root("ListBucketResult", |xml| {
        xml.text("Name", list.bucket);
        xml.text("Prefix", &list.shown(&asked.prefix));
        if let Some(key) = &asked.start_after {
            xml.text("StartAfter", &list.shown(key));
        }
        xml.optional_text("ContinuationToken", asked.continuation_token.as_deref());
        xml.optional_text(
            "NextContinuationToken",
            list.next.map(ListPosition::token).as_deref(),
        );
        let entries = list
            .objects
            .len()
            .saturating_add(list.common_prefixes.len());
        xml.text("KeyCount", &entries.to_string());
        xml.text("MaxKeys", &asked.max_keys.to_string());
        if let Some(delimiter) = &asked.delimiter {
            xml.text("Delimiter", &list.shown(delimiter));
        }
        list.write_rest(xml);
    });
    xml.finish()
}

impl ObjectList<'_> {
    fn write_rest(&self, xml: &mut XmlWriter) {
        xml.optional_text("EncodingType", self.parameters.encode_url.then_some("url"));
        xml.text(
            "IsTruncated",
            if self.next.is_some() { "true" } else { "false" },
        );
        for object in self.objects {
            xml.element("Contents", |xml| self.write_object(object, xml));
        }
        for prefix in self.common_prefixes {
            xml.element("CommonPrefixes", |xml| {
                xml.text("Prefix", &self.shown(prefix));
            });
        }
    }

    fn write_object(&self, object: &ObjectEntry<'_>, xml: &mut XmlWriter) {
        xml.text("Key", &self.shown(object.key));
        xml.text("LastModified", &object.modified.iso_date().to_string());
        xml.text("ETag", &object.etag.quoted());
        if let Some(checksum) = object.checksum {
            xml.text("ChecksumAlgorithm", checksum.algorithm.name());
            xml.text("ChecksumType", checksum.kind.name());
        }
        xml.text("Size", &object.size.to_string());
        if self.parameters.fetch_owner {
            self.owner.write(xml);
        }
        xml.text("StorageClass", object.storage_class.unwrap_or("STANDARD"));
    }

    /// The text as it stands in the document. Encoded, it survives characters that XML cannot hold;
    /// a slash stays a slash, as in S3's own answers.
    fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.parameters.encode_url {
            Cow::Owned(percent::encode(text, Component::Path))
        } else {
            Cow::Borrowed(text)
        }
    }
}

#[cfg(test)]
mod tests;
