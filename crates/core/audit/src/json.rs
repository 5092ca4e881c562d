//! Events as JSON, in their one spelling (docs/specs/audit.md, section 2).
//!
//! INVARIANT: what is written is one line without control characters, and without anything that is
//! invisible, changes the direction of text or opens an element of HTML (threats I2, I7).
//! INVARIANT: an event that was written is read back equal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;
use thiserror::Error;

use crate::AuditEvent;

/// An event as the chain takes it: made here, so it is one line of valid JSON. Its memory can be used again.
#[derive(Clone, Debug)]
pub struct EventJson(Vec<u8>);

/// A text is no event.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("no event: {reason} at byte {at}")]
pub struct EventError {
    /// What is wrong with it, without anything of its content.
    pub reason: &'static str,
    /// Where, counted from 1.
    pub at: usize,
}

impl EventJson {
    /// Writes an event.
    #[must_use]
    pub fn of(event: &AuditEvent<'_>) -> Self {
        let mut json = Self(Vec::with_capacity(1_024));
        json.set(event);
        json
    }

    /// Writes an event in the place of the one before.
    pub fn set(&mut self, event: &AuditEvent<'_>) {
        self.0.clear();
        write_json(event, &mut self.0);
    }

    /// Its bytes, without an end of line.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<'a> AuditEvent<'a> {
    /// Appends the event and an end of line: JSON Lines.
    pub fn write_json_line(&self, out: &mut Vec<u8>) {
        write_json(self, out);
        out.push(b'\n');
    }

    /// Reads an event. Texts are redacted by the rule of today, also if they were written by an earlier one.
    ///
    /// # Errors
    /// If the bytes are not one JSON object, a member is unknown, stands twice or has a value it cannot have.
    pub fn read_json(json: &'a [u8]) -> Result<Self, EventError> {
        serde_json::from_slice(json).map_err(|error| EventError {
            reason: match error.classify() {
                serde_json::error::Category::Data => "a member that it cannot have",
                serde_json::error::Category::Eof => "it ends too early",
                _ => "not JSON",
            },
            at: error.column(),
        })
    }
}

/// Appends a value in the one spelling.
pub(crate) fn write_json(value: &impl Serialize, out: &mut Vec<u8>) {
    let mut serializer = serde_json::Serializer::with_formatter(out, OneSpelling);
    // What is written here has no maps with keys that are no texts, and memory takes every byte.
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "{written:?}");
}

/// JSON without white space, and with more escaped than must be.
struct OneSpelling;

impl Formatter for OneSpelling {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = first_suspect(rest) {
            let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
            writer.write_all(before.as_bytes())?;
            let mut characters = tail.chars();
            let Some(character) = characters.next() else {
                return Ok(());
            };
            if is_escaped(character) {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                writer.write_all(character.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// The first byte that may begin something to be escaped.
fn first_suspect(text: &str) -> Option<usize> {
    text.bytes().position(|byte| byte >= 0x7F || byte == b'<')
}

/// Whether a character is escaped that JSON would let stand.
fn is_escaped(character: char) -> bool {
    matches!(
        character,
        '<' | '\u{7F}'..='\u{9F}'
            | '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFF0}'..='\u{FFFF}'
            | '\u{E0000}'..
    )
}

#[cfg(test)]
mod tests;
