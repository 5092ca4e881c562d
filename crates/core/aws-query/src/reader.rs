//! Taking an action's parameters from a call.
//!
//! A reader goes on after a violation, as AWS does, so that one answer names them all: `2 validation errors detected: Value
//! '…' at 'userName' failed to satisfy constraint: Member must …; Value …`.
//!
//! INVARIANT: what was read comes out of [`crate::QueryRequest::read`] only if there was no violation and no fault.

use std::ops::RangeInclusive;

use crate::Fault;
use crate::shape::{self, Shape};
use crate::structure::Structure;

/// The most violations that a message names.
const MOST_NAMED: usize = 20;

/// What is wrong with a call so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The first thing that makes it no call at all.
    fault: Option<Fault>,
    violations: Vec<String>,
}

impl Findings {
    pub(crate) fn outcome<T>(self, read: T) -> Result<T, Fault> {
        match (self.fault, self.violations.len()) {
            (Some(fault), _) => Err(fault),
            (None, 0) => Ok(read),
            (None, count) => {
                let plural = if count == 1 { "" } else { "s" };
                let named = self.violations.get(..MOST_NAMED);
                let named = named.unwrap_or(&self.violations).join("; ");
                Err(Fault::validation(format!(
                    "{count} validation error{plural} detected: {named}"
                )))
            }
        }
    }
}

/// Reads the parameters of a call, or of a member of one of its lists.
///
/// What a method gives for a parameter that violates its shape is of no use and never gets out.
#[derive(Debug)]
pub struct Reader<'r, 'f> {
    of: Structure<'r>,
    findings: &'f mut Findings,
}

impl<'r, 'f> Reader<'r, 'f> {
    pub(crate) const fn new(of: Structure<'r>, findings: &'f mut Findings) -> Self {
        Self { of, findings }
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str, shape: &Shape) -> &'r str {
        let text = self.optional(name, shape);
        if text.is_none() {
            self.violated("Value null", name, "Member must not be null");
        }
        text.unwrap_or_default()
    }

    /// A text that may be left out.
    pub fn optional(&mut self, name: &str, shape: &Shape) -> Option<&'r str> {
        let text = self.of.text(name);
        let text = self.sound(text).flatten()?;
        for violation in shape.violations(text) {
            self.violated(&shape.shown(text), name, &violation);
        }
        Some(text)
    }

    /// A whole number that may be left out.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let text = self.of.text(name);
        let text = self.sound(text).flatten()?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            let text = shape::shown(text);
            self.faulty(Fault::malformed(format!("{text} of {name} is no integer")));
            return None;
        }
        // A number beyond 64 bits is beyond the range as well.
        let beyond = if digits.len() == text.len() {
            i64::MAX
        } else {
            i64::MIN
        };
        let number = text.parse::<i64>().unwrap_or(beyond);
        if number < i64::from(*range.start()) {
            let least = shape::at_least("value", range.start());
            self.violated(&shape::shown(text), name, &least);
        } else if number > i64::from(*range.end()) {
            let most = shape::at_most("value", range.end());
            self.violated(&shape::shown(text), name, &most);
        }
        u32::try_from(number).ok()
    }

    /// `true` or `false`, which may be left out.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        let text = self.of.text(name);
        match self.sound(text).flatten()? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let text = shape::shown(other);
                self.faulty(Fault::malformed(format!("{text} of {name} is no boolean")));
                None
            }
        }
    }

    /// The members of a list of texts, each of the shape; `None` if the list is not there. An empty list is one.
    pub fn texts(
        &mut self,
        name: &str,
        count: RangeInclusive<usize>,
        shape: &Shape,
    ) -> Option<Vec<&'r str>> {
        let texts = self.of.texts(name);
        let texts = self.sound(texts).flatten()?;
        self.counted(name, texts.len(), &count);
        for (number, text) in (1..).zip(&texts) {
            for violation in shape.violations(text) {
                let place = format!("{name}.{number}.member");
                self.violated(&shape.shown(text), &place, &violation);
            }
        }
        Some(texts)
    }

    /// The members of a list of structures, each read by `read`; `None` if the list is not there. An empty list is one.
    pub fn list<T>(
        &mut self,
        name: &str,
        count: RangeInclusive<usize>,
        mut read: impl FnMut(&mut Reader<'r, '_>) -> T,
    ) -> Option<Vec<T>> {
        let members = self.of.members(name);
        let members = self.sound(members).flatten()?;
        self.counted(name, members.len(), &count);
        let read = members
            .into_iter()
            .map(|of| read(&mut Reader::new(of, self.findings)))
            .collect();
        Some(read)
    }

    /// Adds a violation that only the action knows: `Value 'x' at 'roleArn' failed to satisfy constraint: …`.
    pub fn violation(&mut self, name: &str, text: &str, constraint: &str) {
        self.violated(&shape::shown(text), name, constraint);
    }

    fn counted(&mut self, name: &str, count: usize, range: &RangeInclusive<usize>) {
        if count < *range.start() {
            let least = shape::at_least("length", range.start());
            self.violated("Value", name, &least);
        } else if count > *range.end() {
            let most = shape::at_most("length", range.end());
            self.violated("Value", name, &most);
        }
    }

    fn violated(&mut self, value: &str, name: &str, constraint: &str) {
        let place = self.of.label(name);
        self.findings.violations.push(format!(
            "{value} at '{place}' failed to satisfy constraint: {constraint}"
        ));
    }

    fn sound<T>(&mut self, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.faulty(fault)).ok()
    }

    fn faulty(&mut self, fault: Fault) {
        self.findings.fault.get_or_insert(fault);
    }
}

#[cfg(test)]
mod tests;
