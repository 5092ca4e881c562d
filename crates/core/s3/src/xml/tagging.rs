//! The document of tags, of an object and of a bucket alike.

use thiserror::Error;

use super::{Element, Limits, XmlError, XmlWriter, read};
use crate::metadata::tags_of_document;
use crate::{ErrorCode, Fault, TaggingError};

/// The most tags of a bucket.
pub const MAX_BUCKET_TAGS: usize = 50;

/// Why a document of tags was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum TaggingDocumentError {
    /// It is no document of tags.
    #[error("the document does not hold tags")]
    Shape,
    /// A tag breaks the rules.
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    /// It is no acceptable XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// Reads a document with at most `most` tags; keys are distinct.
///
/// # Errors
/// [`TaggingDocumentError`] with the first rule that is broken.
pub fn read_tagging(
    body: &[u8],
    most: usize,
) -> Result<Vec<(String, String)>, TaggingDocumentError> {
    let root = read(body, Limits::default())?;
    let set = match (root.name.as_str(), root.children.as_slice()) {
        ("Tagging", [set]) if set.name == "TagSet" => set,
        _ => return Err(TaggingDocumentError::Shape),
    };
    tags_of(&set.children, most)
}

/// Reads the elements of a set of tags.
///
/// # Errors
/// As [`read_tagging`].
pub(super) fn tags_of(
    elements: &[Element],
    most: usize,
) -> Result<Vec<(String, String)>, TaggingDocumentError> {
    let pairs: Option<Vec<(&str, &str)>> = elements.iter().map(key_and_value).collect();
    let pairs = pairs.ok_or(TaggingDocumentError::Shape)?;
    Ok(tags_of_document(&pairs, most)?)
}

fn key_and_value(tag: &Element) -> Option<(&str, &str)> {
    if tag.name != "Tag" || tag.children.len() != 2 {
        return None;
    }
    Some((
        tag.child("Key")?.only_text()?,
        tag.child("Value")?.only_text()?,
    ))
}

/// Writes the document, with the tags by key: S3 promises no order, so let it be always the same.
#[must_use]
pub fn tagging_document(tags: &[(String, String)]) -> String {
    let mut tags: Vec<_> = tags.iter().collect();
    tags.sort_unstable();
    let mut xml = XmlWriter::new();
    xml.root("Tagging", |xml| {
        xml.element("TagSet", |xml| {
            for (key, value) in tags {
                xml.element("Tag", |xml| {
                    xml.text("Key", key);
                    xml.text("Value", value);
                });
            }
        });
    });
    xml.finish()
}

impl From<TaggingDocumentError> for Fault {
    fn from(error: TaggingDocumentError) -> Self {
        match error {
            TaggingDocumentError::Shape => Self::new(ErrorCode::MalformedXML),
            TaggingDocumentError::Tagging(error) => error.into(),
            TaggingDocumentError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
