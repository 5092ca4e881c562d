//! The document of a bucket's cross-origin rules.
//!
//! Source: `PutBucketCors` in the S3 API reference. What it leaves open, as an element twice, is refused.
//!
//! INVARIANT: rules that are read can be written, kept and read again. Escaped, a text may be six times
//! as long as it was sent, so the length that counts is that of the document as it is written.

use thiserror::Error;

use super::{Element, Limits, XmlError, XmlWriter, read};
use crate::cors::{CorsConfiguration, CorsError, CorsRule};
use crate::{ErrorCode, Fault};

/// Why a document was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CorsDocumentError {
    /// The rules are none that S3 takes.
    #[error(transparent)]
    Rules(#[from] CorsError),
    /// It is another document.
    #[error("the document does not hold cross-origin rules")]
    Shape,
    /// It is no acceptable XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// Reads the document.
///
/// # Errors
/// [`CorsDocumentError`].
pub fn read_cors(body: &[u8]) -> Result<CorsConfiguration, CorsDocumentError> {
    let root = read(body, Limits::default())?;
    if root.name != "CORSConfiguration" {
        return Err(CorsDocumentError::Shape);
    }
    let rules: Option<Vec<CorsRule>> = root.children.iter().map(rule).collect();
    let configuration = CorsConfiguration::new(rules.ok_or(CorsDocumentError::Shape)?)?;
    let limit = Limits::default().bytes;
    if cors_document(&configuration).len() > limit {
        return Err(XmlError::TooLong { limit }.into());
    }
    Ok(configuration)
}

fn rule(element: &Element) -> Option<CorsRule> {
    if element.name != "CORSRule" {
        return None;
    }
    let mut rule = CorsRule::default();
    for child in &element.children {
        let text = child.only_text()?.trim().to_owned();
        match child.name.as_str() {
            "AllowedHeader" => rule.allowed_headers.push(text),
            "AllowedMethod" => rule.allowed_methods.push(text),
            "AllowedOrigin" => rule.allowed_origins.push(text),
            "ExposeHeader" => rule.expose_headers.push(text),
            "ID" if rule.id.is_none() => rule.id = Some(text),
            "MaxAgeSeconds" if rule.max_age_s.is_none() => {
                rule.max_age_s = Some(text.parse().ok()?);
            }
            _ => return None,
        }
    }
    Some(rule)
}

/// Writes the document.
#[must_use]
pub fn cors_document(configuration: &CorsConfiguration) -> String {
    let mut xml = XmlWriter::new();
    xml.root("CORSConfiguration", |xml| {
        for rule in configuration.rules() {
            xml.element("CORSRule", |xml| {
                xml.optional_text("ID", rule.id.as_deref());
                for (name, texts) in [
                    ("AllowedHeader", &rule.allowed_headers),
                    ("AllowedMethod", &rule.allowed_methods),
                    ("AllowedOrigin", &rule.allowed_origins),
                    ("ExposeHeader", &rule.expose_headers),
                ] {
                    texts.iter().for_each(|text| xml.text(name, text));
                }
                xml.optional_text(
                    "MaxAgeSeconds",
                    rule.max_age_s.map(|s| s.to_string()).as_deref(),
                );
            });
        }
    });
    xml.finish()
}

impl From<CorsDocumentError> for Fault {
    fn from(error: CorsDocumentError) -> Self {
        match error {
            CorsDocumentError::Rules(error) => error.into(),
            CorsDocumentError::Shape => Self::new(ErrorCode::MalformedXML),
            CorsDocumentError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
