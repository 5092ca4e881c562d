//! Key templates: where an upload goes is said by the caller's code, and never by whoever uploads.
//!
//! `uploads/{subject}/{uuid}.{ext}` has literal text and placeholders. What fills a placeholder cannot leave its
//! place: it has no slash and is no dot segment, a subject fills a whole segment, and two placeholders never touch
//! (threat C1). The literal text is printable ASCII, so there is nothing to normalize: what looks the same is the same.
//!
//! INVARIANT: a key made from a template has the template's segments, neither more nor fewer.

use std::collections::BTreeMap;

use countersign_s3::{ObjectKey, ObjectKeyError};
use thiserror::Error;

/// The longest template, in bytes.
const LONGEST: usize = 1_024;
const LONGEST_VALUE: usize = 128;
const LONGEST_EXTENSION: usize = 16;
/// The most placeholders; more have no use and cost work.
const MOST_PLACEHOLDERS: usize = 16;

/// A template, read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct KeyTemplate {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Extension,
    Literal(String),
    Subject,
    Uuid,
    Variable(String),
}

/// What fills the placeholders.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filling<'a> {
    pub(crate) extension: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    /// Made by the server.
    pub(crate) uuid: &'a str,
    pub(crate) variables: &'a BTreeMap<String, String>,
}

/// Why a template makes no key.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum TemplateError {
    #[error("placeholders must have literal text between them")]
    Adjacent,
    #[error("a key made from it has a segment that is empty, `.` or `..`")]
    DotSegment,
    #[error("the extension must be 1 to 16 letters and digits")]
    Extension,
    #[error(transparent)]
    Key(ObjectKeyError),
    #[error(
        "the literal text may have printable ASCII only, without braces, backslashes and dollar signs"
    )]
    Literal,
    #[error("nothing is given for `{{{name}}}`")]
    Missing { name: String },
    #[error("it has more than 16 placeholders or 1024 bytes")]
    TooLong,
    #[error("an upload needs `{{uuid}}`, which the server fills in")]
    NoUuid,
    #[error("`{{subject}}` must fill a whole segment, between slashes")]
    SubjectNotSegment,
    #[error(
        "the subject cannot be part of a key: it must have letters, digits and `_@.+-` only, and not begin with a dot"
    )]
    Subject,
    #[error(
        "a brace is not closed, or what it holds is no name of lower-case letters, digits and underscores"
    )]
    Unclosed,
    #[error("variable `{name}` is given but not in the template")]
    Unused { name: String },
    #[error("variable `{name}` must be 1 to 128 letters, digits, hyphens and underscores")]
    Variable { name: String },
}

impl KeyTemplate {
    /// Reads a template.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > LONGEST || text.matches('{').count() > MOST_PLACEHOLDERS {
            return Err(TemplateError::TooLong);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (literal, tail) = match rest.split_once('{') {
                None => (rest, None),
                Some((literal, tail)) => (literal, Some(tail)),
            };
            if !literal.is_empty() {
                check_literal(literal)?;
                parts.push(Part::Literal(literal.to_owned()));
            }
            let Some(tail) = tail else { break };
            if literal.is_empty() && !parts.is_empty() {
                return Err(TemplateError::Adjacent);
            }
            let (name, after) = tail.split_once('}').ok_or(TemplateError::Unclosed)?;
            parts.push(placeholder(name)?);
            rest = after;
        }
        let template = Self { parts };
        template.check_subject()?;
        Ok(template)
    }

    /// Whether the server adds something that nobody else can know.
    pub(crate) fn has_uuid(&self) -> bool {
        self.parts.contains(&Part::Uuid)
    }

    /// Makes a key.
    pub(crate) fn fill(&self, filling: &Filling<'_>) -> Result<ObjectKey, TemplateError> {
        if let Some(name) = self.unused(filling.variables) {
            return Err(TemplateError::Unused { name });
        }
        let mut key = String::new();
        for part in &self.parts {
            match part {
                Part::Extension => key.push_str(extension(filling.extension)?),
                Part::Literal(text) => key.push_str(text),
                Part::Subject => key.push_str(subject(filling.subject)?),
                Part::Uuid => key.push_str(filling.uuid),
                Part::Variable(name) => key.push_str(variable(name, filling.variables)?),
            }
        }
        if has_odd_segment(&key) {
            return Err(TemplateError::DotSegment);
        }
        ObjectKey::parse(&key).map_err(TemplateError::Key)
    }

    /// A subject is somebody's own room: `a` and `ab` must not share the beginning of one.
    fn check_subject(&self) -> Result<(), TemplateError> {
        let ends_segment = |part: Option<&Part>| {
            part.is_none_or(|part| matches!(part, Part::Literal(text) if text.ends_with('/')))
        };
        let begins_segment = |part: Option<&Part>| {
            part.is_none_or(|part| matches!(part, Part::Literal(text) if text.starts_with('/')))
        };
        for (at, part) in self.parts.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| self.parts.get(before));
            let is_whole = ends_segment(before) && begins_segment(self.parts.get(at + 1));
            if *part == Part::Subject && !is_whole {
                return Err(TemplateError::SubjectNotSegment);
            }
        }
        Ok(())
    }

    fn unused(&self, variables: &BTreeMap<String, String>) -> Option<String> {
        let is_named = |name: &str| {
            let named = |part: &Part| matches!(part, Part::Variable(known) if known == name);
            self.parts.iter().any(named)
        };
        variables.keys().find(|name| !is_named(name)).cloned()
    }
}

fn placeholder(name: &str) -> Result<Part, TemplateError> {
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    match name {
        "ext" => Ok(Part::Extension),
        "subject" => Ok(Part::Subject),
        "uuid" => Ok(Part::Uuid),
        _ if is_name => Ok(Part::Variable(name.to_owned())),
        _ => Err(TemplateError::Unclosed),
    }
}

fn check_literal(text: &str) -> Result<(), TemplateError> {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b"}\\$".contains(&byte);
    if text.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(TemplateError::Literal)
    }
}

/// Whether a key has a segment that somebody on the way may fold away.
fn has_odd_segment(key: &str) -> bool {
    key.split('/')
        .any(|segment| matches!(segment, "" | "." | ".."))
}

fn is_word(text: &str) -> bool {
    (1..=LONGEST_VALUE).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn extension(given: Option<&str>) -> Result<&str, TemplateError> {
    let given = given.ok_or_else(|| TemplateError::Missing {
        name: "ext".to_owned(),
    })?;
    let is_good = (1..=LONGEST_EXTENSION).contains(&given.len())
        && given.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_good.then_some(given).ok_or(TemplateError::Extension)
}

/// A subject is taken as it is or not at all: two that were made alike would share a room.
fn subject(given: Option<&str>) -> Result<&str, TemplateError> {
    let given = given.ok_or_else(|| TemplateError::Missing {
        name: "subject".to_owned(),
    })?;
    let is_good = (1..=LONGEST_VALUE).contains(&given.len())
        && !given.starts_with('.')
        && given
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_@.+-".contains(&byte));
    is_good.then_some(given).ok_or(TemplateError::Subject)
}

fn variable<'a>(
    name: &str,
    variables: &'a BTreeMap<String, String>,
) -> Result<&'a str, TemplateError> {
    let name = || name.to_owned();
    let given = variables
        .get(name().as_str())
        .ok_or_else(|| TemplateError::Missing { name: name() })?;
    let is_good = is_word(given);
    is_good
        .then_some(given.as_str())
        .ok_or_else(|| TemplateError::Variable { name: name() })
}

#[cfg(test)]
mod tests;
