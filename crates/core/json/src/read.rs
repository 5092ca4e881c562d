//! The reader: RFC 8259, with every freedom it leaves closed.
//!
//! INVARIANT: recursion is no deeper than [`MAX_DEPTH`]; whatever is read here, `serde_json` reads alike.

use std::borrow::Cow;

use crate::error::{JsonError, JsonProblem};

/// How deep arrays and objects may lie in each other. An IAM policy needs seven, one of CloudFront five.
pub const MAX_DEPTH: usize = 12;

/// A value and the byte at which it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// The byte of the text at which it begins.
    pub at: usize,
    /// The value.
    pub value: Value<'t>,
}

/// A JSON value. Numbers stay as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// `[…]`
    Array(Vec<Node<'t>>),
    /// `true` or `false`
    Bool(bool),
    /// `null`
    Null,
    /// A number, as written.
    Number(&'t str),
    /// `{…}`, in the order written; no name occurs twice.
    Object(Vec<Member<'t>>),
    /// A string, its escapes undone.
    String(Cow<'t, str>),
}

/// A name and its value in an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'t> {
    /// The byte of the text at which the name begins.
    pub at: usize,
    /// The name, its escapes undone.
    pub name: Cow<'t, str>,
    /// The value.
    pub node: Node<'t>,
}

/// Reads one JSON value that is all of `text`.
///
/// # Errors
/// [`JsonError`] if it is not JSON, nested too deeply, or a name occurs twice in an object.
pub fn read(text: &str) -> Result<Node<'_>, JsonError> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    let node = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.expected("the end of the document"));
    }
    Ok(node)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Result<Node<'t>, JsonError> {
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => Value::Object(self.object(depth)?),
            Some(b'[') => Value::Array(self.array(depth)?),
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.expected("a value")),
        };
        Ok(Node { at, value })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'t>>, JsonError> {
        self.descend(depth)?;
        let mut members = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(members);
        }
        loop {
            self.skip_space();
            let at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.expected("a name in double quotes"));
            }
            let name = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.expected("`:`"));
            }
            self.skip_space();
            let node = self.value(depth + 1)?;
            members.push(Member { at, name, node });
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `}`"));
            }
        }
        refuse_repeated_names(&members)?;
        Ok(members)
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Node<'t>>, JsonError> {
        self.descend(depth)?;
        let mut nodes = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(nodes);
        }
        loop {
            self.skip_space();
            nodes.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(nodes);
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `]`"));
            }
        }
    }

    /// Steps into an array or object, if that is not too deep.
    fn descend(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth >= MAX_DEPTH {
            return Err(JsonError::new(
                self.at,
                JsonProblem::TooDeep { limit: MAX_DEPTH },
            ));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'t, str>, JsonError> {
        self.at += 1;
        let mut unescaped: Option<String> = None;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest
                .bytes()
                .position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f))
                .ok_or_else(|| JsonError::new(self.text.len(), not_json("`\"`")))?;
            let piece = rest.get(..plain).unwrap_or_default();
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(piece),
                        Some(text) => Cow::Owned(text + piece),
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(piece);
                    text.push(self.escape()?);
                }
                _ => return Err(self.expected("no control character in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let at = self.at;
        self.at += 1;
        let escaped = self.peek();
        self.at += 1;
        Ok(match escaped {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(at),
            _ => return Err(JsonError::new(at, not_json("an escape that JSON knows"))),
        })
    }

    /// The character of `\uXXXX`, or of a pair of surrogates.
    fn unicode_escape(&mut self, at: usize) -> Result<char, JsonError> {
        let lone = || JsonError::new(at, not_json("four hexadecimal digits of a whole character"));
        let first = self.hex4().ok_or_else(lone)?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(lone);
        }
        if !(self.take(b'\\') && self.take(b'u')) {
            return Err(lone());
        }
        let second = self.hex4().ok_or_else(lone)?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone());
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(lone)
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Result<&'t str, JsonError> {
        let from = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(self.text.get(from..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.expected("a digit"));
        }
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.expected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expected(&self, expected: &'static str) -> JsonError {
        let error = JsonError::new(self.at, not_json(expected));
        match self.peek() {
            Some(b'}' | b']') if self.follows_a_comma() => {
                error.hint("JSON has no comma after the last element")
            }
            Some(b'/' | b'#') => error.hint("JSON has no comments"),
            Some(b'\'') => error.hint("JSON quotes with `\"`"),
            _ => error,
        }
    }

    fn follows_a_comma(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.trim_end().ends_with(',')
    }
}

fn not_json(expected: &'static str) -> JsonProblem {
    JsonProblem::NotJson { expected }
}

/// Refuses an object with a name that occurs twice; the second place is the one that is told.
fn refuse_repeated_names(members: &[Member<'_>]) -> Result<(), JsonError> {
    // COST: most objects have a member or two, and then nothing needs to be sorted or allocated.
    match members {
        [] | [_] => return Ok(()),
        [one, other] if one.name != other.name => return Ok(()),
        _ => {}
    }
    let mut names: Vec<(&str, usize)> = members.iter().map(|m| (&*m.name, m.at)).collect();
    names.sort_unstable();
    let repeated = names.windows(2).filter_map(|pair| match pair {
        [(one, _), (other, at)] if one == other => Some((*at, *other)),
        _ => None,
    });
    match repeated.min() {
        None => Ok(()),
        Some((at, name)) => Err(JsonError::new(
            at,
            JsonProblem::NameRepeated { name: name.into() },
        )),
    }
}

#[cfg(test)]
mod tests;
