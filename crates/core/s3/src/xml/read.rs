//! Reading small XML documents from anybody.
//!
//! Requests carry elements and text, nothing else, so nothing else is read: a document type, a
//! processing instruction or an entity beyond the five of XML itself is refused, and bytes, depth
//! and number of elements are bounded before anything is kept. Namespaces are dropped, because
//! clients write S3's or none.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use thiserror::Error;

use super::write::is_xml_char;
use crate::{ErrorCode, Fault};

/// How much a document may hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The largest document, in bytes.
    pub bytes: usize,
    /// How deep elements may nest.
    pub depth: usize,
    /// How many elements there may be.
    pub elements: usize,
}

/// One element with its text and children.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Element {
    /// The name without its namespace prefix.
    pub name: String,
    /// All text directly inside, joined.
    pub text: String,
    /// The elements directly inside, in order.
    pub children: Vec<Self>,
}

/// Why a document was refused.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum XmlError {
    /// It is no well-formed document with one root.
    #[error("the document is not well-formed")]
    Malformed,
    /// It holds something other than elements and text.
    #[error("the document holds a document type, processing instruction or unknown entity")]
    Forbidden,
    /// It is not UTF-8.
    #[error("the document is not valid utf-8")]
    NotUtf8,
    /// It has too many elements, or they nest too deep.
    #[error("the document has too many or too deep elements")]
    TooComplex,
    /// It is too long.
    #[error("the document has more than {limit} bytes")]
    TooLong {
        /// The largest number accepted.
        limit: usize,
    },
}

impl Default for Limits {
    /// Enough for every configuration document S3 has.
    fn default() -> Self {
        Self {
            bytes: 64 * 1024,
            depth: 16,
            elements: 2048,
        }
    }
}

impl Element {
    /// The text of an element that holds nothing else; with elements inside, it could be read in more
    /// than one way.
    #[must_use]
    pub fn only_text(&self) -> Option<&str> {
        self.children.is_empty().then_some(self.text.as_str())
    }

    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Reads a document and returns its root.
///
/// # Errors
/// [`XmlError`] if it is malformed, forbidden or too large.
pub fn read(document: &[u8], limits: Limits) -> Result<Element, XmlError> {
    if document.len() > limits.bytes {
        return Err(XmlError::TooLong {
            limit: limits.bytes,
        });
    }
    let text = std::str::from_utf8(document).map_err(|_| XmlError::NotUtf8)?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut tree = Tree {
        limits,
        elements: 0,
        open: Vec::new(),
        root: None,
    };
    loop {
        match reader.read_event().map_err(|_| XmlError::Malformed)? {
            Event::Start(tag) => tree.open(tag.local_name().as_ref())?,
            Event::Empty(tag) => {
                tree.open(tag.local_name().as_ref())?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.text(&text.xml10_content())?,
            Event::CData(text) => tree.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                tree.text(resolved(&reference)?.encode_utf8(&mut buffer))?;
            }
            Event::Comment(_) | Event::Decl(_) => {}
            Event::DocType(_) | Event::PI(_) => return Err(XmlError::Forbidden),
            Event::Eof => return tree.finish(),
        }
    }
}

fn resolved(reference: &BytesRef<'_>) -> Result<char, XmlError> {
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|_| XmlError::Malformed)?
    {
        return if is_xml_char(character) {
            Ok(character)
        } else {
            Err(XmlError::Malformed)
        };
    }
    match &*reference.xml10_content() {
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "gt" => Ok('>'),
        "lt" => Ok('<'),
        "quot" => Ok('"'),
        _ => Err(XmlError::Forbidden),
    }
}

/// The elements read so far: those still open, outermost first, and the root once it is closed.
struct Tree {
    limits: Limits,
    elements: usize,
    open: Vec<Element>,
    root: Option<Element>,
}

impl Tree {
    fn open(&mut self, name: &str) -> Result<(), XmlError> {
        if self.root.is_some() {
            return Err(XmlError::Malformed);
        }
        self.elements += 1;
        if self.elements > self.limits.elements || self.open.len() == self.limits.depth {
            return Err(XmlError::TooComplex);
        }
        self.open.push(Element {
            name: name.to_owned(),
            ..Element::default()
        });
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(XmlError::Malformed),
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), XmlError> {
        let mut element = self.open.pop().ok_or(XmlError::Malformed)?;
        if !element.children.is_empty() && element.text.trim().is_empty() {
            // Only the white space between elements.
            element.text.clear();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, XmlError> {
        if !self.open.is_empty() {
            return Err(XmlError::Malformed);
        }
        self.root.ok_or(XmlError::Malformed)
    }
}

impl From<XmlError> for Fault {
    fn from(error: XmlError) -> Self {
        match error {
            XmlError::TooLong { limit } => Self::new(ErrorCode::MaxMessageLengthExceeded)
                .with("MaxMessageLengthBytes", limit.to_string()),
            _ => Self::new(ErrorCode::MalformedXML),
        }
    }
}

#[cfg(test)]
mod tests;
