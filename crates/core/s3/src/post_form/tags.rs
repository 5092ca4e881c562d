//! The field `tagging`: object tags as an XML document.
//!
//! What is no XML is refused; a document of another shape means no tags, as with S3 (aws-semantics
//! 4.4). The rules for keys and values are those of any document of tags.

use super::PostFormError;
use crate::metadata::{MAX_OBJECT_TAGS, tags_of_document};
use crate::xml::{Element, Limits, read as read_xml};

/// The tags of a document; none if it is of another shape.
pub(super) fn read(document: &str) -> Result<Option<Vec<(String, String)>>, PostFormError> {
    let root =
        read_xml(document.as_bytes(), Limits::default()).map_err(|_| PostFormError::TagsNotXml)?;
    let Some(tags) = tags_of(&root) else {
        return Ok(None);
    };
    Ok(Some(tags_of_document(&tags, MAX_OBJECT_TAGS)?))
}

fn tags_of(root: &Element) -> Option<Vec<(&str, &str)>> {
    let set = root.child("TagSet").filter(|_| root.name == "Tagging")?;
    set.children
        .iter()
        .map(|tag| {
            let text = |name| tag.child(name).map(|element| element.text.as_str());
            let pair = (text("Key")?, text("Value")?);
            (tag.name == "Tag").then_some(pair)
        })
        .collect()
}

#[cfg(test)]
mod tests;
