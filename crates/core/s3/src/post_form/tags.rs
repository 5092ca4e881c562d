//! The field `tagging`: object tags as an XML document.
//!
//! What is no XML is refused; a document of another shape means no tags, as with S3 (aws-semantics
//! 4.4). The rules for keys and values are those of the `x-amz-tagging` header.

use countersign_request::percent::{Component, encode};

use super::PostFormError;
use crate::xml::{Element, Limits, read as read_xml};
use crate::{TaggingError, parse_tagging};

/// The tags of a document; none if it is of another shape.
pub(super) fn read(document: &str) -> Result<Option<Vec<(String, String)>>, PostFormError> {
    let root =
        read_xml(document.as_bytes(), Limits::default()).map_err(|_| PostFormError::TagsNotXml)?;
    let Some(tags) = tags_of(&root) else {
        return Ok(None);
    };
    if let Some(key) = repeated_key(&tags) {
        let key = key.to_owned();
        return Err(TaggingError::InvalidTag { key }.into());
    }
    let pair = |(key, value): &(&str, &str)| {
        let text = |part| encode(part, Component::Query);
        format!("{}={}", text(key), text(value))
    };
    let query: Vec<String> = tags.iter().map(pair).collect();
    Ok(Some(parse_tagging(&query.join("&"))?))
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

fn repeated_key<'a>(tags: &[(&'a str, &'a str)]) -> Option<&'a str> {
    let mut before: Vec<&str> = Vec::with_capacity(tags.len());
    for (key, _) in tags {
        if before.contains(key) {
            return Some(key);
        }
        before.push(key);
    }
    None
}

#[cfg(test)]
mod tests;
