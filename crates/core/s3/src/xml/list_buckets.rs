//! The answer of `ListBuckets`.

use super::XmlWriter;
use crate::{BucketListParameters, BucketName, ListPosition, Timestamp};

/// One bucket of the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketEntry {
    /// Its name.
    pub name: BucketName,
    /// When it was created.
    pub created: Timestamp,
    /// Where it is.
    pub region: String,
}

/// Who owns what is listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Owner<'a> {
    /// The canonical user id.
    pub id: &'a str,
    /// The name shown, if there is one.
    pub display_name: Option<&'a str>,
}

impl Owner<'_> {
    pub(super) fn write(&self, xml: &mut XmlWriter) {
        xml.element("Owner", |xml| {
            xml.text("ID", self.id);
            xml.optional_text("DisplayName", self.display_name);
        });
    }
}

/// Writes the document for one page of buckets.
#[must_use]
pub fn list_buckets_document(
    owner: Owner<'_>,
    parameters: &BucketListParameters,
    buckets: &[BucketEntry],
    next: Option<&ListPosition>,
) -> String {
    let mut xml = XmlWriter::new();
    xml.root("ListAllMyBucketsResult", |xml| {
        owner.write(xml);
        xml.element("Buckets", |xml| {
            for bucket in buckets {
                xml.element("Bucket", |xml| {
                    xml.text("Name", bucket.name.as_str());
                    xml.text("CreationDate", &bucket.created.iso_date().to_string());
                    xml.text("BucketRegion", &bucket.region);
                });
            }
        });
        xml.optional_text(
            "ContinuationToken",
            next.map(ListPosition::token).as_deref(),
        );
        xml.optional_text("Prefix", parameters.prefix.as_deref());
    });
    xml.finish()
}

#[cfg(test)]
mod tests;
