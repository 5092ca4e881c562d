//! Writing answers.
//!
//! The writer is a dozen lines of our own for the reason that S3's is: quick-xml's writes to anything that may fail, and
//! leaves characters that XML cannot hold to the caller. quick-xml reads what is written here in the tests.
//!
//! INVARIANT: whatever text is given, the document is well-formed: markup is escaped and characters that XML 1.0 cannot
//! hold become U+FFFD.

use crate::request_id::RequestId;

/// The content type of answers and of refusals.
pub const CONTENT_TYPE: &str = "text/xml";

/// An XML document being written. Element names come from the service, text from anybody.
#[derive(Clone, Debug, Default)]
pub struct Xml {
    out: String,
}

impl Xml {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Writes an element around what `content` writes.
    pub fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.tag(&["<", name, ">"]);
        content(self);
        self.tag(&["</", name, ">"]);
    }

    /// Writes an element that holds text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.element(name, |xml| xml.escape(text));
    }

    /// Writes an element that holds text, if there is any.
    pub fn optional_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// Writes an element that holds a number.
    pub fn number(&mut self, name: &str, number: u64) {
        self.text(name, &number.to_string());
    }

    /// Writes an element that holds `true` or `false`.
    pub fn boolean(&mut self, name: &str, value: bool) {
        self.text(name, if value { "true" } else { "false" });
    }

    /// Writes a list: an element with a `member` around what `member` writes for each item.
    pub fn list<I: IntoIterator>(
        &mut self,
        name: &str,
        items: I,
        mut member: impl FnMut(&mut Self, I::Item),
    ) {
        self.element(name, |xml| {
            for item in items {
                xml.element("member", |xml| member(xml, item));
            }
        });
    }

    /// Writes a list of texts.
    pub fn texts<T: AsRef<str>>(&mut self, name: &str, texts: impl IntoIterator<Item = T>) {
        self.list(name, texts, |xml, text| xml.escape(text.as_ref()));
    }

    /// Writes bare text inside the element that is open.
    pub fn escape(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                // A literal carriage return would be read back as a line feed.
                '\r' => self.out.push_str("&#13;"),
                c if is_xml_char(c) => self.out.push(c),
                _ => self.out.push('\u{fffd}'),
            }
        }
    }

    pub(crate) fn root(&mut self, name: &str, namespace: &str, content: impl FnOnce(&mut Self)) {
        self.tag(&["<", name, " xmlns=\""]);
        self.escape(namespace);
        self.tag(&["\">"]);
        content(self);
        self.tag(&["</", name, ">"]);
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    fn tag(&mut self, pieces: &[&str]) {
        self.out.extend(pieces.iter().copied());
    }
}

/// Whether XML 1.0 can hold the character (its production `Char`).
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
        && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// The answer to a call: `<XResponse xmlns="…"><XResult>…</XResult><ResponseMetadata>…`.
///
/// ```
/// use countersign_aws_query::{Answer, RequestId};
/// let answer = Answer::of(|xml| xml.text("Account", "000000000000"));
/// let id = RequestId::from_random([0; 16]);
/// let document = answer.document("GetAccessKeyInfo", "https://sts.amazonaws.com/doc/2011-06-15/", &id);
/// assert!(document.contains("<GetAccessKeyInfoResult><Account>000000000000</Account></GetAccessKeyInfoResult>"));
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    /// The content of the result element, if the action has a result.
    result: Option<Xml>,
}

impl Answer {
    /// The answer of an action that has a result, with what `content` writes in it.
    #[must_use]
    pub fn of(content: impl FnOnce(&mut Xml)) -> Self {
        let mut result = Xml::new();
        content(&mut result);
        Self {
            result: Some(result),
        }
    }

    /// The answer of an action that has no result.
    #[must_use]
    pub const fn done() -> Self {
        Self { result: None }
    }

    /// The document, for the action and in the service's namespace.
    #[must_use]
    pub fn document(&self, action: &str, namespace: &str, request_id: &RequestId) -> String {
        let mut xml = Xml::new();
        xml.root(&format!("{action}Response"), namespace, |xml| {
            if let Some(result) = &self.result {
                xml.element(&format!("{action}Result"), |xml| {
                    xml.out.push_str(&result.out);
                });
            }
            xml.element("ResponseMetadata", |xml| {
                xml.text("RequestId", request_id.as_str());
            });
        });
        xml.finish()
    }
}

#[cfg(test)]
mod tests;
