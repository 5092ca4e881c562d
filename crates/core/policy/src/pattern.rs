//! Texts of a policy with wildcards and variables in them, and how they match.
//!
//! `*` stands for any run of characters, `?` for one character (not one byte), anywhere and across
//! `/`. There is no expression engine: a match costs at most the product of both lengths, and the usual
//! patterns, a prefix with a star, cost one comparison.

use std::borrow::Cow;

use crate::error::{Fault, PolicyProblem, shown};
use crate::request::Request;
use crate::variable::{Placeholder, Variable};

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
    fn resolve<'a>(&'a self, request: &Request<'a>) -> Option<Vec<Cow<'a, str>>> {
        self.variables.iter().map(|v| v.resolve(request)).collect()
    }

    /// Whether every variable has a value in this request.
    pub(crate) fn is_resolved(&self, request: &Request<'_>) -> bool {
        self.variables.is_empty() || self.resolve(request).is_some()
    }

    /// Whether the text matches; a variable without a value matches nothing.
    pub(crate) fn matches(&self, subject: Subject<'_>, request: &Request<'_>) -> bool {
        if let Some(text) = self.literal() {
            return subject.is(text.as_bytes());
        }
        match self.resolve(request) {
            Some(values) => matches(&self.tokens, &values, subject),
            None => false,
        }
    }

    /// Whether the text matches a pattern that has no variables.
    pub(crate) fn matches_plain(&self, text: &str) -> bool {
        self.variables.is_empty() && matches(&self.tokens, &[], Subject::text(text))
    }

    /// Whether the text equals the pattern but for case; for texts that have no wildcards.
    pub(crate) fn equals_ignoring_case(&self, text: &str, request: &Request<'_>) -> bool {
        let Some(values) = self.resolve(request) else {
            return false;
        };
        let pieces = self.tokens.iter().map(|token| token.text(&values));
        let ours = pieces.flat_map(str::chars).flat_map(char::to_lowercase);
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
}

fn flush(literal: &mut String, tokens: &mut Vec<Token>) {
    if !literal.is_empty() {
        tokens.push(Token::Literal(std::mem::take(literal).into()));
    }
}

/// Goes through the tokens; at a mismatch, gives the last `*` one character more.
fn matches(tokens: &[Token], values: &[Cow<'_, str>], subject: Subject<'_>) -> bool {
    let (mut token, mut at) = (0, 0);
    // Where to go on after the last star: its next token, and the byte at which that is tried next.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match tokens.get(token) {
            None if at == subject.len() => return true,
            None => None,
            Some(Token::Many) => {
                token += 1;
                match tokens.get(token..) {
                    Some([]) | None => return true,
                    // Only one place is left for a last piece.
                    Some([last @ (Token::Literal(_) | Token::Variable(_))]) => {
                        let last = last.text(values).as_bytes();
                        let start = subject.len().checked_sub(last.len());
                        return start
                            .is_some_and(|start| start >= at && subject.has_at(start, last));
                    }
                    Some(_) => {}
                }
                retry = Some((token, at));
                continue;
            }
            Some(Token::One) => subject.char_at(at),
            Some(piece) => {
                let piece = piece.text(values).as_bytes();
                subject.has_at(at, piece).then_some(piece.len())
            }
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
