//! The answer of `ListObjectVersions`.

use super::XmlWriter;
use super::list_buckets::Owner;
use super::multipart::shown;
use crate::{ETag, StoredChecksum, Timestamp, VersionListParameters};

/// One version or delete marker of the list.
#[derive(Clone, Copy, Debug)]
pub struct VersionEntry<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its id.
    pub version_id: &'a str,
    /// Whether it is the newest of its key.
    pub is_latest: bool,
    /// When it was stored.
    pub modified: Timestamp,
    /// What it holds; none for a delete marker.
    pub content: Option<VersionContent<'a>>,
}

/// What a version holds.
#[derive(Clone, Copy, Debug)]
pub struct VersionContent<'a> {
    /// Its tag.
    pub etag: &'a ETag,
    /// Its size in bytes.
    pub size: u64,
    /// Its class; none means `STANDARD`.
    pub storage_class: Option<&'a str>,
    /// The checksum kept with it.
    pub checksum: Option<&'a StoredChecksum>,
}

/// A page of versions, with all that the document tells.
#[derive(Clone, Copy, Debug)]
pub struct VersionList<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// What was asked.
    pub parameters: &'a VersionListParameters,
    /// Who owns everything.
    pub owner: Owner<'a>,
    /// Versions and delete markers, in order.
    pub versions: &'a [VersionEntry<'a>],
    /// The common prefixes.
    pub common_prefixes: &'a [String],
    /// Key and version behind which the next page begins, if there is one.
    pub next: Option<(&'a str, Option<&'a str>)>,
}

/// Writes the document.
#[must_use]
pub fn list_versions_document(list: &VersionList<'_>) -> String {
    let asked = list.parameters;
    let shown = |text| shown(text, asked.encode_url);
    let mut xml = XmlWriter::new();
    xml.root("ListVersionsResult", |xml| {
        xml.text("Name", list.bucket);
        xml.text("Prefix", &shown(&asked.prefix));
        xml.text(
            "KeyMarker",
            &shown(asked.key_marker.as_deref().unwrap_or_default()),
        );
        let marker = asked.version_id_marker.as_ref().map(|id| id.as_str());
        xml.text("VersionIdMarker", marker.unwrap_or_default());
        if let Some((key, version)) = list.next {
            xml.text("NextKeyMarker", &shown(key));
            xml.optional_text("NextVersionIdMarker", version);
        }
        xml.text("MaxKeys", &asked.max_keys.to_string());
        if let Some(delimiter) = &asked.delimiter {
            xml.text("Delimiter", &shown(delimiter));
        }
        xml.optional_text("EncodingType", asked.encode_url.then_some("url"));
        xml.text(
            "IsTruncated",
            if list.next.is_some() { "true" } else { "false" },
        );
        for version in list.versions {
            let name = if version.content.is_some() {
                "Version"
            } else {
                "DeleteMarker"
            };
            xml.element(name, |xml| {
                xml.text("Key", &shown(version.key));
                xml.text("VersionId", version.version_id);
                xml.text("IsLatest", if version.is_latest { "true" } else { "false" });
                xml.text("LastModified", &version.modified.iso_date().to_string());
                if let Some(content) = version.content {
                    xml.text("ETag", &content.etag.quoted());
                    if let Some(checksum) = content.checksum {
                        xml.text("ChecksumAlgorithm", checksum.algorithm.name());
                        xml.text("ChecksumType", checksum.kind.name());
                    }
                    xml.text("Size", &content.size.to_string());
                    xml.text("StorageClass", content.storage_class.unwrap_or("STANDARD"));
                }
                list.owner.write(xml);
            });
        }
        for prefix in list.common_prefixes {
            xml.element("CommonPrefixes", |xml| xml.text("Prefix", &shown(prefix)));
        }
    });
    xml.finish()
}

#[cfg(test)]
mod tests;
