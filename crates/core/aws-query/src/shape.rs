//! What a parameter may be, and AWS's words for what it is not.

use std::borrow::Cow;

/// The most characters of a value that a message repeats.
const LONGEST_ECHO: usize = 1_024;

/// A rule for the characters of a text: AWS's regular expression for it, which is shown, and the same in code.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// The expression, as AWS prints it.
    pub shown: &'static str,
    /// Whether a text satisfies it.
    pub holds: fn(&str) -> bool,
}

/// What a parameter's text may be: its length in characters, and its pattern or its values.
///
/// ```
/// use countersign_aws_query::{Pattern, Shape};
/// const NAME: Shape = Shape::text(1, 64).of(Pattern {
///     shown: "[\\w+=,.@-]+",
///     holds: |text| text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)),
/// });
/// assert!(NAME.violations("alice").is_empty());
/// assert_eq!(NAME.violations("a b"), ["Member must satisfy regular expression pattern: [\\w+=,.@-]+"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    least: usize,
    most: usize,
    pattern: Option<Pattern>,
    values: Option<&'static [&'static str]>,
    secret: bool,
}

impl Shape {
    /// Any text of `least` to `most` characters.
    #[must_use]
    pub const fn text(least: usize, most: usize) -> Self {
        Self {
            least,
            most,
            pattern: None,
            values: None,
            secret: false,
        }
    }

    /// One of a few words.
    #[must_use]
    pub const fn one_of(values: &'static [&'static str]) -> Self {
        let mut shape = Self::text(0, usize::MAX);
        shape.values = Some(values);
        shape
    }

    /// The same, of a pattern.
    #[must_use]
    pub const fn of(mut self, pattern: Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The same, whose value no message repeats: tokens, documents.
    #[must_use]
    pub const fn unshown(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Every constraint that a text does not satisfy, as AWS says it.
    #[must_use]
    pub fn violations(&self, text: &str) -> Vec<String> {
        let length = text.chars().count();
        let mut found = Vec::new();
        if length < self.least {
            found.push(at_least("length", &self.least));
        }
        if length > self.most {
            found.push(at_most("length", &self.most));
        }
        if let Some(pattern) = self.pattern.filter(|pattern| !(pattern.holds)(text)) {
            let shown = pattern.shown;
            found.push(format!(
                "Member must satisfy regular expression pattern: {shown}"
            ));
        }
        if let Some(values) = self.values.filter(|values| !values.contains(&text)) {
            let values = values.join(", ");
            found.push(format!("Member must satisfy enum value set: [{values}]"));
        }
        found
    }

    /// `Value 'a b'`, or `Value` where it is not to be shown.
    pub(crate) fn shown(&self, text: &str) -> Cow<'static, str> {
        if self.secret {
            return Cow::Borrowed("Value");
        }
        shown(text).into()
    }
}

/// `Value 'a b'`, cut where it is very long.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_ECHO) {
        None => format!("Value '{text}'"),
        Some((end, _)) => format!("Value '{}…'", text.get(..end).unwrap_or_default()),
    }
}

pub(crate) fn at_least(what: &str, least: &dyn std::fmt::Display) -> String {
    format!("Member must have {what} greater than or equal to {least}")
}

pub(crate) fn at_most(what: &str, most: &dyn std::fmt::Display) -> String {
    format!("Member must have {what} less than or equal to {most}")
}
