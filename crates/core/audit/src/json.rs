//! Events as JSON, in their one spelling (docs/specs/audit.md, section 2).
//!
//! INVARIANT: what is written is one line without control characters, and without anything that is
//! invisible, changes the direction of text or opens an element of HTML (threats I2, I7).
//! INVARIANT: an event that was written is read back equal, unless it was too long for a record and had to be cut.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::Formatter;
use thiserror::Error;

use crate::AuditEvent;
use crate::record::LONGEST_RECORD;

/// The most bytes of an event: what stands around it in a record takes less than the rest.
const LONGEST_EVENT: usize = LONGEST_RECORD - 512;
/// To what texts are cut in an event that is too long.
const SHORT_TEXT: usize = 1_024;

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

    /// Writes an event in the place of the one before. If it is longer than a record can be, which takes a client that means
    /// it, its texts are cut to 1,024 bytes.
    pub fn set(&mut self, event: &AuditEvent<'_>) {
        self.0.clear();
        write_json(event, &mut self.0);
        if self.0.len() > LONGEST_EVENT {
            self.0 = shortened(&self.0, event);
        }
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

/// The event with every text cut. Every escape takes six bytes at most, so it fits.
fn shortened(json: &[u8], event: &AuditEvent<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let value = serde_json::from_slice(json).map(|mut value: Value| {
        cut_texts(&mut value);
        value.to_string()
    });
    let short = value.unwrap_or_default();
    match AuditEvent::read_json(short.as_bytes()) {
        Ok(short) => write_json(&short, &mut out),
        // What was written is read back, so this is never needed; if it were, the least is said.
        Err(_) => write_json(&AuditEvent::new(event.kind, event.at, ""), &mut out),
    }
    out
}

fn cut_texts(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > SHORT_TEXT => {
            text.truncate(text.floor_char_boundary(SHORT_TEXT));
            text.push_str("\n[cut]");
        }
        Value::Array(values) => values.iter_mut().for_each(cut_texts),
        Value::Object(members) => members.values_mut().for_each(cut_texts),
        _ => {}
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
