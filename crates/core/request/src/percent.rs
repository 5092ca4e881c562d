//! Percent-encoding as S3 uses it.
//!
//! Unreserved bytes are `A-Z a-z 0-9 - _ . ~` (RFC 3986, section 2.3) and are never encoded; every
//! other byte becomes `%XX` with upper-case hexadecimal digits. In a path `/` stays literal, in a
//! query it becomes `%2F`. A raw `+` is a plus in a path and a space in a query (no SDK sends one).
//!
//! INVARIANT: decoding what [`encode_into`] wrote gives the input back, byte for byte.

use crate::PercentError;

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

/// How many bytes at the start of `text` stand for themselves.
#[inline]
pub(crate) fn literal_run(text: &[u8], component: Component) -> usize {
    let end = text.iter().position(|&b| !is_literal(b, component));
    end.unwrap_or(text.len())
}

/// Whether `text` begins with an escape that [`encode_into`] could have written: upper-case digits,
/// for a byte that needs them.
#[inline]
pub(crate) fn begins_with_canonical_escape(text: &[u8], component: Component) -> bool {
    let upper = |digit: &u8| matches!(digit, b'0'..=b'9' | b'A'..=b'F');
    text.get(1..3)
        .is_some_and(|digits| digits.iter().all(upper))
        && escaped_byte(text, 0).is_some_and(|byte| !is_literal(byte, component))
}

/// Appends the percent-encoding of `bytes` to `out`.
pub fn encode_into(bytes: &[u8], component: Component, out: &mut Vec<u8>) {
    let mut rest = bytes;
    loop {
        let literal = literal_run(rest, component);
        let (run, tail) = rest.split_at(literal);
        out.extend_from_slice(run);
        let Some((&byte, after)) = tail.split_first() else {
            return;
        };
        push_escape(byte, out);
        rest = after;
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
    let mut out = Vec::with_capacity(text.len());
    encode_into(text.as_bytes(), component, &mut out);
    // Encoded text is ASCII, so this never takes the replacement path.
    String::from_utf8_lossy(&out).into_owned()
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
    let special = |&b: &u8| b == b'%' || (b == b'+' && component == Component::Query);
    let mut at = 0usize;
    while let Some(rest) = raw.get(at..) {
        let run = rest.iter().position(special).unwrap_or(rest.len());
        out.extend_from_slice(rest.get(..run).unwrap_or_default());
        match rest.get(run) {
            None => return Ok(()),
            Some(b'+') => {
                out.push(b' ');
                at += run + 1;
            }
            Some(_) => {
                out.push(
                    escaped_byte(rest, run).ok_or(PercentError::BrokenEscape { at: at + run })?,
                );
                at += run + 3;
            }
        }
    }
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
    let mut at = 0usize;
    while let Some(rest) = raw.get(at..) {
        let literal = literal_run(rest, component);
        let (run, tail) = rest.split_at(literal);
        out.extend_from_slice(run);
        match tail.first() {
            None => return Ok(()),
            Some(b'%') => {
                let byte = escaped_byte(rest, literal)
                    .ok_or(PercentError::BrokenEscape { at: at + literal })?;
                if is_literal(byte, component) {
                    out.push(byte);
                } else {
                    push_escape(byte, out);
                }
                at += literal + 3;
            }
            Some(&byte) => {
                let meant = if byte == b'+' && component == Component::Query {
                    b' '
                } else {
                    byte
                };
                push_escape(meant, out);
                at += literal + 1;
            }
        }
    }
    Ok(())
}

#[inline]
fn push_escape(byte: u8, out: &mut Vec<u8>) {
    let digit = |nibble: u8| UPPER_HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
    out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
}

#[inline]
fn escaped_byte(text: &[u8], percent_at: usize) -> Option<u8> {
    let high = hex_digit(*text.get(percent_at + 1)?)?;
    let low = hex_digit(*text.get(percent_at + 2)?)?;
    Some(high << 4 | low)
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
