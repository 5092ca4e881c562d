//! ARNs, compared section by section.
//!
//! "Amazon Resource Names" and "ARN condition operators": six sections between colons, the last of which
//! may have colons of its own. Each section of a pattern is held against its own section, so a wildcard
//! in one never reaches into the next.

use crate::effort::Metered;
use crate::error::{Fault, PolicyProblem, shown};
use crate::pattern::{Pattern, Subject, Syntax, Variables};

/// A compiled ARN of a condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ArnPattern {
    sections: [Pattern; 6],
}

impl ArnPattern {
    pub(crate) fn compile(text: &str, syntax: Syntax, at: usize) -> Result<Self, Fault> {
        let [a, b, c, d, e, f] = sections(text).ok_or_else(|| malformed(text, at))?;
        if a != "arn" || f.is_empty() {
            return Err(malformed(text, at));
        }
        let compile = |section| Pattern::compile(section, syntax, at);
        Ok(Self {
            sections: [
                compile(a)?,
                compile(b)?,
                compile(c)?,
                compile(d)?,
                compile(e)?,
                compile(f)?,
            ],
        })
    }

    /// The ARN of a resource: variables are replaced behind the fifth colon only.
    pub(crate) fn of_resource(
        sections: [&str; 6],
        variables: Variables,
        at: usize,
    ) -> Result<Self, Fault> {
        let [a, b, c, d, e, name] = sections;
        let fixed = |section| Pattern::compile(section, Syntax::BEFORE_RESOURCE, at);
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        Ok(Self {
            sections: [
                fixed(a)?,
                fixed(b)?,
                fixed(c)?,
                fixed(d)?,
                fixed(e)?,
                Pattern::compile(name, syntax, at)?,
            ],
        })
    }

    pub(crate) fn matches(&self, text: &str, request: &Metered<'_>) -> bool {
        let mut theirs = text.splitn(6, ':');
        let alike = self.sections.iter().all(|ours| {
            theirs
                .next()
                .is_some_and(|section| ours.matches(Subject::text(section), request))
        });
        alike && theirs.next().is_none()
    }

    /// Whether all its variables have a value in this request.
    pub(crate) fn is_resolved(&self, request: &Metered<'_>) -> bool {
        self.sections.iter().all(|one| one.is_resolved(request))
    }

    pub(crate) fn sections(&self) -> &[Pattern; 6] {
        &self.sections
    }
}

pub(crate) fn malformed(text: &str, at: usize) -> Fault {
    let fault = Fault::new(at, PolicyProblem::ArnMalformed { arn: shown(text) });
    match text {
        "*" => fault.hint("any ARN is `arn:*:*:*:*:*`"),
        _ => fault,
    }
}

/// The six sections of an ARN; colons inside of `${…}` do not part them.
pub(crate) fn sections(text: &str) -> Option<[&str; 6]> {
    let mut cuts = [0; 5];
    let mut found = 0;
    let mut in_variable = false;
    let mut before = '\0';
    for (at, c) in text.char_indices() {
        match c {
            '{' if before == '$' => in_variable = true,
            '}' => in_variable = false,
            ':' if !in_variable => {
                if let Some(cut) = cuts.get_mut(found) {
                    *cut = at;
                    found += 1;
                }
            }
            _ => {}
        }
        before = c;
    }
    if found < cuts.len() {
        return None;
    }
    let [a, b, c, d, e] = cuts;
    Some([
        text.get(..a)?,
        text.get(a + 1..b)?,
        text.get(b + 1..c)?,
        text.get(c + 1..d)?,
        text.get(d + 1..e)?,
        text.get(e + 1..)?,
    ])
}

#[cfg(test)]
mod tests;
