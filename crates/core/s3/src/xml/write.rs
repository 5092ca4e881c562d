//! Writing XML 1.0.
//!
//! INVARIANT: whatever text is given, the document is well-formed: markup is escaped and characters
//! that XML 1.0 cannot hold become U+FFFD.

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A document being written. Element names come from this crate, text from anybody.
///
/// ```
/// use countersign_s3::xml::XmlWriter;
/// let mut xml = XmlWriter::new();
/// xml.element("Error", |xml| xml.text("Message", "a < b"));
/// assert!(xml.finish().ends_with("<Error><Message>a &lt; b</Message></Error>"));
/// ```
#[derive(Clone, Debug)]
pub struct XmlWriter {
    out: String,
}

impl XmlWriter {
    /// A document with nothing but its declaration.
    #[must_use]
    pub fn new() -> Self {
        Self {
            out: DECLARATION.to_owned(),
        }
    }

    /// Writes an element around what `content` writes.
    pub fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.open(name, None);
        content(self);
        self.close(name);
    }

    /// Writes the root element in S3's namespace around what `content` writes.
    pub fn root(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.open(name, Some(super::NAMESPACE));
        content(self);
        self.close(name);
    }

    /// Writes an element that holds text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.open(name, None);
        self.escape(text);
        self.close(name);
    }

    /// Writes an element that holds text, if there is any.
    pub fn optional_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// Writes the user who is given something in an access list.
    pub fn grantee(&mut self, id: &str, display_name: Option<&str>) {
        self.out.push_str(
            "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xsi:type=\"CanonicalUser\">",
        );
        self.text("ID", id);
        self.optional_text("DisplayName", display_name);
        self.close("Grantee");
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

    /// The whole document.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn open(&mut self, name: &str, namespace: Option<&str>) {
        self.out.push('<');
        self.out.push_str(name);
        if let Some(namespace) = namespace {
            self.out.push_str(" xmlns=\"");
            self.escape(namespace);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

impl Default for XmlWriter {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether XML 1.0 can hold the character (its production `Char`).
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
        && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests;
