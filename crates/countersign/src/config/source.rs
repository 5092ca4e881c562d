//! The text of a configuration file, and where in it a thing stands.
//!
//! The TOML reader reports byte spans; people need a line and the full name of the key, such as
//! `limits.head_bytes`. Both are found here, for errors of the reader and for our own.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigError;
use super::raw::RawConfig;
use crate::suggestion::nearest;

/// A configuration file that was read; empty if none was named.
#[derive(Debug, Default)]
pub(super) struct Source {
    path: PathBuf,
    text: String,
}

/// A place in a configuration file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: PathBuf,
    /// The line, counted from one.
    pub(crate) line: usize,
}

impl Source {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            kind: error.kind(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }

    /// A source that was never a file.
    #[cfg(test)]
    pub(super) fn of(path: &str, text: &str) -> Self {
        Self {
            path: path.into(),
            text: text.to_owned(),
        }
    }

    /// Reads the text as a configuration.
    pub(super) fn parse(&self) -> Result<RawConfig, ConfigError> {
        toml::from_str(&self.text).map_err(|error| self.explain(&error))
    }

    /// The place of a key given by its path, `["limits", "head_bytes"]`; numbers index arrays.
    /// `None` if it is not in the file, so that its value came from elsewhere.
    pub(super) fn place_of(&self, path: &[&str]) -> Option<Place> {
        let table = DeTable::parse(&self.text).ok()?;
        find(table.get_ref(), path).map(|span| self.place(span.start))
    }

    /// Whether there is a file at all.
    pub(super) fn is_file(&self) -> bool {
        !self.path.as_os_str().is_empty()
    }

    /// `path` as seen from the directory of the file, unless it is absolute.
    pub(super) fn beside(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before
            .bytes()
            .filter(|b| *b == b'\n')
            .count()
            .saturating_add(1);
        Place {
            file: self.path.clone(),
            line,
        }
    }

    /// Turns an error of the reader into one with a place, a key and a hint.
    fn explain(&self, error: &toml::de::Error) -> ConfigError {
        let offset = error.span().map_or(0, |span| span.start);
        let place = self.place(offset);
        let mut quoted = error.message().split('`').skip(1).step_by(2);
        let key = self.key_at(offset);
        if error.message().starts_with("unknown field")
            && let Some(found) = quoted.next()
        {
            let hint = nearest(found, quoted).map(str::to_owned);
            return ConfigError::UnknownKey {
                at: place,
                key: key.unwrap_or(found.to_owned()),
                hint,
            };
        }
        let mut hint = None;
        if error.message().starts_with("unknown variant") {
            hint = quoted
                .next()
                .and_then(|found| nearest(found, quoted))
                .map(str::to_owned);
        }
        ConfigError::Malformed {
            at: place,
            key,
            message: one_line(error.message()),
            hint,
        }
    }

    fn key_at(&self, offset: usize) -> Option<String> {
        let table = DeTable::parse(&self.text).ok()?;
        let mut path = Vec::new();
        key_of(table.get_ref(), offset, &mut path).then(|| path.join("."))
    }
}

/// The reader's message in one line and without names of Rust types.
fn one_line(message: &str) -> String {
    let line = message
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(", ");
    line.replace("expected usize", "expected a whole number")
}

fn find(table: &DeTable<'_>, path: &[&str]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first)?;
    if rest.is_empty() {
        return Some(key.span());
    }
    match value.get_ref() {
        DeValue::Table(inner) => find(inner, rest),
        DeValue::Array(items) => {
            let (index, rest) = rest.split_first()?;
            let item = items.get(index.parse::<usize>().ok()?)?;
            match item.get_ref() {
                DeValue::Table(inner) if !rest.is_empty() => find(inner, rest),
                _ => Some(item.span()),
            }
        }
        _ => None,
    }
}

/// Finds the key at whose name or plain value `offset` is, and leaves its path.
fn key_of(table: &DeTable<'_>, offset: usize, path: &mut Vec<String>) -> bool {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        if key.span().contains(&offset) || value_holds(value, offset, path) {
            return true;
        }
        path.pop();
    }
    false
}

fn value_holds(value: &Spanned<DeValue<'_>>, offset: usize, path: &mut Vec<String>) -> bool {
    match value.get_ref() {
        DeValue::Table(inner) => key_of(inner, offset, path) || value.span().contains(&offset),
        DeValue::Array(items) => {
            items.iter().any(|item| value_holds(item, offset, path))
                || value.span().contains(&offset)
        }
        _ => value.span().contains(&offset),
    }
}
