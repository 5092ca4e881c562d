//! Texts of a policy with wildcards and variables in them, and how they match.
//!
//! `*` stands for any run of characters, `?` for one character (not one byte), anywhere and across
//! `/`. There is no expression engine: the usual patterns, a prefix with a star, cost one comparison, and
//! text behind a star is looked for by its first byte. At worst a match costs the product of both lengths,
//! which `effort.rs` counts and ends.

use std::borrow::Cow;

use crate::effort::Metered;
use crate::error::{Fault, PolicyProblem, shown};
use crate::variable::{Placeholder, Variable};

/// The most wildcards of one text. An id of which nothing but its form is known has 32.
pub(crate) const MOST_WILDCARDS: usize = 64;

/// A compiled text of a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pattern {
    tokens: Box<[Token]>,
    variables: Box<[Variable]>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Literal(Box<str>),
    /// `*`
    Many,
    /// `?`
    One,
    /// The next of the variables.
    Variable(usize),
}

/// Which special signs a text may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Syntax {
    /// Whether `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// Whether `${…}` is replaced.
    pub(crate) variables: Variables,
}

/// Whether `${…}` is replaced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Variables {
    /// Not here.
    Forbidden { place: &'static str },
    /// Not in this version of the language.
    NeedVersion,
    /// Yes.
    Replaced,
}

impl Syntax {
    /// That of a resource's ARN before its fifth colon.
    pub(crate) const BEFORE_RESOURCE: Self = Self {
        wildcards: true,
        variables: Variables::Forbidden {
            place: "an ARN before its fifth colon",
        },
    };
}

impl Pattern {
    /// Compiles `text`, which stands at byte `at` of its document.
    pub(crate) fn compile(text: &str, syntax: Syntax, at: usize) -> Result<Self, Fault> {
        let mut tokens = Vec::new();
        let mut variables = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(inner) = rest.strip_prefix("${") {
                let (inner, after) = inner.split_once('}').ok_or_else(|| {
                    let variable = shown(rest);
                    Fault::new(at, PolicyProblem::VariableMalformed { variable })
                        .hint("`}` is missing; a literal `$` is written `${$}`")
                })?;
                match syntax.variables {
                    Variables::Replaced => {}
                    Variables::Forbidden { place } => {
                        return Err(Fault::new(at, PolicyProblem::VariableForbidden { place }));
                    }
                    Variables::NeedVersion => {
                        return Err(Fault::new(at, PolicyProblem::VariableNeedsVersion)
                            .hint("write `\"Version\": \"2012-10-17\"`"));
                    }
                }
                match Placeholder::read(inner, at)? {
                    Placeholder::Character(c) => literal.push(c),
                    Placeholder::Variable(variable) => {
                        flush(&mut literal, &mut tokens);
                        tokens.push(Token::Variable(variables.len()));
                        variables.push(variable);
                    }
                }
                rest = after;
                continue;
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            match c {
                '*' if syntax.wildcards => {
                    flush(&mut literal, &mut tokens);
                    // Two stars say no more than one, and cost more.
                    if tokens.last() != Some(&Token::Many) {
                        tokens.push(Token::Many);
                    }
                }
                '?' if syntax.wildcards => {
                    flush(&mut literal, &mut tokens);
                    tokens.push(Token::One);
                }
                _ => literal.push(c),
            }
        }
        flush(&mut literal, &mut tokens);
        let wildcards = tokens.iter().filter(|token| token.is_wildcard()).count();
        if wildcards > MOST_WILDCARDS {
            return Err(too_many_wildcards(text, at));
        }
        Ok(Self {
            tokens: tokens.into(),
            variables: variables.into(),
        })
    }

    /// The text, if it has neither wildcards nor variables.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &*self.tokens {
            [] => Some(""),
            [Token::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The literal text that every match begins with.
    pub(crate) fn literal_start(&self) -> &str {
        match self.tokens.first() {
            Some(Token::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether nothing but `*` stands here.
    pub(crate) fn is_star(&self) -> bool {
        matches!(&*self.tokens, [Token::Many])
    }

    /// The condition keys that its variables name.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| &*variable.key)
    }

    /// What stands for each variable; `None` if one has no value. Allocates only if there are any.
    fn resolve<'a>(&'a self, request: &Metered<'a>) -> Option<Vec<Cow<'a, str>>> {
        let resolve = |variable: &'a Variable| {
            let value = variable.resolve(request)?;
            // A value that is no text is written out.
            request.spend_on(value.len()).then_some(value)
        };
        self.variables.iter().map(resolve).collect()
    }

    /// Whether every variable has a value in this request.
    pub(crate) fn is_resolved(&self, request: &Metered<'_>) -> bool {
        self.variables.is_empty() || self.resolve(request).is_some()
    }

    /// Whether the text matches; a variable without a value matches nothing.
    pub(crate) fn matches(&self, subject: Subject<'_>, request: &Metered<'_>) -> bool {
        if let Some(text) = self.literal() {
            return request.spend_on(text.len()) && subject.is(text.as_bytes());
        }
        match self.resolve(request) {
            Some(values) => {
                let spend = |bytes| request.spend_on(bytes);
                matches(&self.tokens, &values, subject, spend)
            }
            None => false,
        }
    }

    /// Whether a short text matches a pattern that has no variables.
    pub(crate) fn matches_plain(&self, text: &str) -> bool {
        self.variables.is_empty() && matches(&self.tokens, &[], Subject::text(text), |_| true)
    }

    /// Whether the text equals the pattern but for case; for texts that have no wildcards.
    pub(crate) fn equals_ignoring_case(&self, text: &str, request: &Metered<'_>) -> bool {
        let Some(values) = self.resolve(request) else {
            return false;
        };
        let pieces = self.tokens.iter().map(|token| token.text(&values));
        let ours = pieces.flat_map(str::chars).flat_map(char::to_lowercase);
        // What is cut off here is no answer: an evaluation without steps has none.
        let ours = ours.take_while(|_| request.spend(1));
        ours.eq(text.chars().flat_map(char::to_lowercase))
    }
}

impl Token {
    fn text<'v>(&'v self, values: &'v [Cow<'_, str>]) -> &'v str {
        match self {
            Self::Literal(text) => text,
            Self::Variable(index) => values.get(*index).map_or("", |value| value),
            Self::Many | Self::One => "",
        }
    }

    fn is_wildcard(&self) -> bool {
        matches!(self, Self::Many | Self::One)
    }
}

/// A text with more wildcards than any has that is meant.
pub(crate) fn too_many_wildcards(text: &str, at: usize) -> Fault {
    let (pattern, limit) = (shown(text), MOST_WILDCARDS);
    Fault::new(at, PolicyProblem::WildcardsInText { pattern, limit })
}

fn flush(literal: &mut String, tokens: &mut Vec<Token>) {
    if !literal.is_empty() {
        tokens.push(Token::Literal(std::mem::take(literal).into()));
    }
}

/// Goes through the tokens; at a mismatch, gives the last `*` more. Each step is paid for, with the bytes that
/// it compares; what cannot be paid for matches nothing.
fn matches(
    tokens: &[Token],
    values: &[Cow<'_, str>],
    subject: Subject<'_>,
    spend: impl Fn(usize) -> bool,
) -> bool {
    let (mut token, mut at) = (0, 0);
    // Where to go on after the last star: its next token, and the byte at which that was tried.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let next = tokens.get(token);
        let piece = next.map_or("", |token| token.text(values)).as_bytes();
        if !spend(piece.len()) {
            return false;
        }
        let step = match next {
            None if at == subject.len() => return true,
            None => None,
            Some(Token::Many) => {
                token += 1;
                match tokens.get(token..) {
                    Some([]) | None => return true,
                    // Only one place is left for a last piece.
                    Some([last]) if !last.is_wildcard() => {
                        let last = last.text(values).as_bytes();
                        let start = subject.len().checked_sub(last.len());
                        let fits = |start| start >= at && subject.has_at(start, last);
                        return spend(last.len()) && start.is_some_and(fits);
                    }
                    Some(_) => {}
                }
                retry = Some((token, at));
                continue;
            }
            Some(Token::One) => subject.char_at(at),
            Some(_) => subject.has_at(at, piece).then_some(piece.len()),
        };
        if let Some(width) = step {
            at += width;
            token += 1;
            continue;
        }
        let Some((after_star, from)) = &mut retry else {
            return false;
        };
        let Some(width) = subject.char_at(*from) else {
            return false;
        };
        *from += width;
        let piece = tokens.get(*after_star).map_or("", |t| t.text(values));
        if let Some(first) = piece.as_bytes().first() {
            let Some(skipped) = subject.distance_to(*from, *first) else {
                return false;
            };
            if !spend(skipped) {
                return false;
            }
            *from += skipped;
        }
        token = *after_star;
        at = *from;
    }
}

/// The text that is matched, in up to three pieces, so that `bucket/key` need not be put together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pieces: [&'a [u8]; 3],
}

impl<'a> Subject<'a> {
    pub(crate) fn text(text: &'a str) -> Self {
        Self {
            pieces: [text.as_bytes(), &[], &[]],
        }
    }

    pub(crate) fn object(bucket: &'a str, key: &'a str) -> Self {
        Self {
            pieces: [bucket.as_bytes(), b"/", key.as_bytes()],
        }
    }

    fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    fn is(&self, text: &[u8]) -> bool {
        text.len() == self.len() && self.has_at(0, text)
    }

    /// Whether `text` stands at byte `at`.
    fn has_at(&self, at: usize, mut text: &[u8]) -> bool {
        let mut skip = at;
        for piece in self.pieces {
            let Some(piece) = piece.get(skip..) else {
                skip -= piece.len();
                continue;
            };
            skip = 0;
            let common = piece.len().min(text.len());
            if piece.get(..common) != text.get(..common) {
                return false;
            }
            text = text.get(common..).unwrap_or_default();
            if text.is_empty() {
                return true;
            }
        }
        text.is_empty() && skip == 0
    }

    /// How far behind byte `at` the next such byte is; `None` if there is none.
    fn distance_to(&self, at: usize, byte: u8) -> Option<usize> {
        let (mut skip, mut passed) = (at, 0);
        for piece in self.pieces {
            let Some(piece) = piece.get(skip..) else {
                skip -= piece.len();
                continue;
            };
            skip = 0;
            match piece.iter().position(|b| *b == byte) {
                Some(distance) => return Some(passed + distance),
                None => passed += piece.len(),
            }
        }
        None
    }

    /// How many bytes the character at byte `at` has; `None` at the end.
    fn char_at(&self, at: usize) -> Option<usize> {
        let mut skip = at;
        for piece in self.pieces {
            match piece.get(skip) {
                Some(lead) => {
                    return Some(match lead {
                        0..=0x7f => 1,
                        0x80..=0xdf => 2,
                        0xe0..=0xef => 3,
                        0xf0..=0xff => 4,
                    });
                }
                None => skip -= piece.len(),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
