//! What commands say that change one thing with a name.

use std::io::{self, Write};

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::render::Report;
use crate::render::terminal::shown;

/// A thing that was changed: in JSON an object of its kind and name, and the change.
pub(super) struct Changed {
    /// In JSON, such as `role`.
    kind: &'static str,
    /// For people, such as `Role`.
    words: &'static str,
    name: String,
    change: &'static str,
    /// What to know or do next; for people.
    note: Option<&'static str>,
}

impl Changed {
    pub(super) fn new(
        kind: &'static str,
        words: &'static str,
        name: impl ToString,
        change: &'static str,
    ) -> Self {
        Self {
            kind,
            words,
            name: name.to_string(),
            change,
            note: None,
        }
    }

    /// With something to know or to do next.
    pub(super) fn with(self, note: &'static str) -> Self {
        Self {
            note: Some(note),
            ..self
        }
    }
}

impl Serialize for Changed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.kind, &self.name)?;
        map.serialize_entry("change", self.change)?;
        map.end()
    }
}

impl Report for Changed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { words, change, .. } = self;
        writeln!(out, "{words} {} {change}", shown(&self.name))?;
        self.note.map_or(Ok(()), |note| writeln!(out, "{note}"))
    }
}
