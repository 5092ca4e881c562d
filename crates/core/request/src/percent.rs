//! Percent-encoding as S3 uses it.
//!
//! Unreserved bytes are `A-Z a-z 0-9 - _ . ~` (RFC 3986, section 2.3) and are never encoded; every
//! other byte becomes `%XX` with upper-case hexadecimal digits. In a path `/` stays literal, in a
//! query it becomes `%2F`. A raw `+` is a plus in a path and a space in a query (no SDK sends one).
//!
//! INVARIANT: decoding what [`encode_into`] wrote gives the input back, byte for byte.

use crate::PercentError;
use crate::specials::Specials;

/// Which part of a request target is being read or written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Component {
    /// `/` is kept, a raw `+` means plus.
    Path,
    /// `/` is encoded, a raw `+` means space.
    Query,
}

const LITERAL_IN_PATH: u8 = 1;
const LITERAL_IN_QUERY: u8 = 2;

/// For each byte, the components in which it stands for itself.
const LITERAL_IN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0usize;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop stops at 255")]
        let b = byte as u8;
        let components = match b {
            b'/' => LITERAL_IN_PATH,
            b'-' | b'_' | b'.' | b'~' => LITERAL_IN_PATH | LITERAL_IN_QUERY,
            _ if b.is_ascii_alphanumeric() => LITERAL_IN_PATH | LITERAL_IN_QUERY,
            _ => 0,
        };
        #[expect(
            clippy::indexing_slicing,
            reason = "byte is below 256, the table's length"
        )]
        {
            table[byte] = components;
        }
        byte += 1;
    }
    table
};

/// The length from which a text is looked at in blocks.
const LONG: usize = 32;

const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Says whether `byte` stands for itself in encoded text of this component.
#[inline]
#[must_use]
pub fn is_literal(byte: u8, component: Component) -> bool {
    let wanted = match component {
        Component::Path => LITERAL_IN_PATH,
        Component::Query => LITERAL_IN_QUERY,
    };
    let components = LITERAL_IN.get(usize::from(byte)).copied();
    components.unwrap_or(0) & wanted != 0
}

/// Whether `text` begins with an escape that [`encode_into`] could have written: upper-case digits,
/// for a byte that needs them.
#[inline]
pub(crate) fn begins_with_canonical_escape(text: &[u8], component: Component) -> bool {
    let upper = |digit: &u8| matches!(digit, b'0'..=b'9' | b'A'..=b'F');
    matches!(text, [b'%', high, low, ..] if upper(high) && upper(low))
        && escaped_byte(text).is_some_and(|byte| !is_literal(byte, component))
}

/// Appends the percent-encoding of `bytes` to `out`.
#[inline]
pub fn encode_into(bytes: &[u8], component: Component, out: &mut Vec<u8>) {
    let mut rest = bytes;
    loop {
        let special = first_special(rest, component);
        let (literal, tail) = rest.split_at(special.unwrap_or(rest.len()));
        out.extend_from_slice(literal);
        let Some((&byte, after)) = tail.split_first() else {
            return;
        };
        push_escape(byte, out);
        rest = after;
    }
}

/// Appends the percent-encoding of `text` to `out`: as [`encode_into`], where text stays text.
#[inline]
pub fn encode_text_into(text: &str, component: Component, out: &mut String) {
    let mut rest = text;
    loop {
        let special = first_special(rest.as_bytes(), component);
        let Some((literal, tail)) = special.and_then(|at| rest.split_at_checked(at)) else {
            out.push_str(rest);
            return;
        };
        out.push_str(literal);
        let mut characters = tail.chars();
        let character = characters.next().unwrap_or_default();
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            out.extend(escape(byte).map(char::from));
        }
        rest = characters.as_str();
    }
}

/// Percent-encodes `text` into a new string.
///
/// ```
/// use countersign_request::percent::{Component, encode};
/// assert_eq!(encode("a b/ü", Component::Path), "a%20b/%C3%BC");
/// assert_eq!(encode("a b/ü", Component::Query), "a%20b%2F%C3%BC");
/// ```
#[must_use]
pub fn encode(text: &str, component: Component) -> String {
    let mut out = String::with_capacity(text.len());
    encode_text_into(text, component, &mut out);
    out
}

/// Appends the bytes that `raw` stands for to `out`.
///
/// # Errors
/// [`PercentError::BrokenEscape`] if a `%` lacks its two digits; `out` then holds a partial result.
pub fn decode_into(
    raw: &[u8],
    component: Component,
    out: &mut Vec<u8>,
) -> Result<(), PercentError> {
    let mut done = 0usize;
    for at in Specials::of(raw, component) {
        let rest = raw.get(at..).unwrap_or_default();
        let (byte, len) = match rest.first() {
            Some(b'%') => (
                escaped_byte(rest).ok_or(PercentError::BrokenEscape { at })?,
                3,
            ),
            Some(b'+') if component == Component::Query => (b' ', 1),
            _ => continue,
        };
        out.extend_from_slice(raw.get(done..at).unwrap_or_default());
        out.push(byte);
        done = at + len;
    }
    out.extend_from_slice(raw.get(done..).unwrap_or_default());
    Ok(())
}

/// Decodes `raw` into a new string.
///
/// # Errors
/// [`PercentError`] for a broken escape or for bytes that are not UTF-8.
pub fn decode(raw: &str, component: Component) -> Result<String, PercentError> {
    let mut out = Vec::with_capacity(raw.len());
    decode_into(raw.as_bytes(), component, &mut out)?;
    String::from_utf8(out).map_err(|_| PercentError::NotUtf8)
}

/// Appends the canonical encoding of what `raw` stands for: decoded, then encoded once.
///
/// This is the rule for S3's canonical URI and for each name and value of the canonical query, in
/// one pass and without a buffer between.
///
/// # Errors
/// [`PercentError::BrokenEscape`]; the result is not checked to be UTF-8.
pub fn canonicalize_into(
    raw: &[u8],
    component: Component,
    out: &mut Vec<u8>,
) -> Result<(), PercentError> {
    let mut done = 0usize;
    for at in Specials::of(raw, component) {
        let rest = raw.get(at..).unwrap_or_default();
        if begins_with_canonical_escape(rest, component) {
            continue;
        }
        out.extend_from_slice(raw.get(done..at).unwrap_or_default());
        let (byte, len) = match rest.first().copied() {
            Some(b'%') => (
                escaped_byte(rest).ok_or(PercentError::BrokenEscape { at })?,
                3,
            ),
            Some(b'+') if component == Component::Query => (b' ', 1),
            byte => (byte.unwrap_or_default(), 1),
        };
        if is_literal(byte, component) {
            out.push(byte);
        } else {
            push_escape(byte, out);
        }
        done = at + len;
    }
    out.extend_from_slice(raw.get(done..).unwrap_or_default());
    Ok(())
}

/// Where the first byte lies that does not stand for itself.
#[inline]
fn first_special(bytes: &[u8], component: Component) -> Option<usize> {
    // COST: a path is looked at in blocks; for a region or a key id that is more than a plain loop.
    if bytes.len() < LONG {
        bytes.iter().position(|&b| !is_literal(b, component))
    } else {
        Specials::of(bytes, component).next()
    }
}

#[inline]
fn push_escape(byte: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&escape(byte));
}

#[inline]
fn escape(byte: u8) -> [u8; 3] {
    let digit = |nibble: u8| UPPER_HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
    [b'%', digit(byte >> 4), digit(byte & 15)]
}

/// The byte that the escape at the start of `text` stands for.
#[inline]
fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [_, high, low, ..] = *text else {
        return None;
    };
    Some(hex_digit(high)? << 4 | hex_digit(low)?)
}

#[inline]
fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
