//! A policy document as it was written, and the place where it is wrong.

use std::io::{self, Write};
use std::path::Path;

use countersign_policy::{PolicyDocument, PolicyKind, PolicyParseError, Position};
use thiserror::Error;

use crate::command::{CommandError, input};
use crate::render::terminal;

/// How many characters of a line are shown on each side of the place.
const AROUND: usize = 50;

/// A document that was read, and where it comes from.
pub(in crate::command) struct Written {
    source: String,
    text: String,
}

/// A document that is not taken.
#[derive(Debug, Error)]
#[error("{source_name}: {error}")]
pub(crate) struct RefusedDocument {
    source_name: String,
    /// Why.
    pub(super) error: PolicyParseError,
    /// Where.
    pub(crate) excerpt: Excerpt,
}

/// The line of a document in which something is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Excerpt {
    /// Where it is wrong.
    pub(crate) position: Position,
    /// So much of the line as is shown.
    line: String,
    /// How many characters of that stand before the place.
    before: usize,
}

impl Written {
    /// Reads a file, or standard input if it is `-`.
    pub(in crate::command) fn read(file: &Path) -> Result<Self, CommandError> {
        let source = match file == Path::new("-") {
            true => "standard input".to_owned(),
            false => file.display().to_string(),
        };
        let text = input::file_or_piped(file)?;
        Ok(Self { source, text })
    }

    /// A document that is stored.
    pub(super) fn stored(source: String, text: String) -> Self {
        Self { source, text }
    }

    /// The document.
    pub(in crate::command) fn text(&self) -> &str {
        &self.text
    }

    /// Where it comes from.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Takes it, or says where it is wrong.
    pub(in crate::command) fn parse(
        &self,
        kind: PolicyKind,
    ) -> Result<PolicyDocument, Box<RefusedDocument>> {
        PolicyDocument::parse(&self.text, kind).map_err(|error| self.refused(error))
    }

    /// What is wrong with it, with the place.
    pub(super) fn refused(&self, error: PolicyParseError) -> Box<RefusedDocument> {
        Box::new(RefusedDocument {
            source_name: self.source.clone(),
            excerpt: Excerpt::of(&self.text, error.position),
            error,
        })
    }
}

impl Excerpt {
    fn of(text: &str, position: Position) -> Self {
        let line = text.split('\n').nth(position.line.saturating_sub(1));
        let line: Vec<char> = line.unwrap_or_default().trim_end().chars().collect();
        let at = position.column.saturating_sub(1).min(line.len());
        let from = at.saturating_sub(AROUND);
        let to = at.saturating_add(AROUND).min(line.len());
        // Every character takes one place, so that the caret stands under the right one.
        let shown = |c: &char| {
            let is_harmless = terminal::shown(c.encode_utf8(&mut [0; 4])).chars().count() == 1;
            if is_harmless { *c } else { ' ' }
        };
        Self {
            position,
            line: line
                .get(from..to)
                .unwrap_or_default()
                .iter()
                .map(shown)
                .collect(),
            before: at.saturating_sub(from),
        }
    }

    /// Writes the line, and a caret under the place.
    ///
    /// # Errors
    /// Whatever the output says.
    pub(crate) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let number = self.position.line.to_string();
        let margin = " ".repeat(number.len());
        let indent = " ".repeat(self.before);
        writeln!(out, "  {number} | {}", self.line)?;
        writeln!(
            out,
            "  {margin} | {indent}{}",
            terminal::styled(terminal::BAD, "^")
        )
    }
}
