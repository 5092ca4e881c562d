//! The values that are a number or a short text.
//!
//! Each value has one spelling: numbers have no sign, no leading zero and no other digits than ASCII's
//! (threat A18), so that no two readers can differ about one.

use std::num::NonZeroU32;

/// No value is longer, in bytes.
pub(super) const LONGEST: usize = 2_048;
const LONGEST_ID: usize = 64;
const LONGEST_SUBJECT: usize = 128;
const MOST_USES: u64 = 1_000_000;
/// Slower, a transfer cannot be told from one that stands still.
const SLOWEST: u64 = 1_024;
const FASTEST: u64 = 1_000_000_000_000;

/// A whole number in its one spelling.
pub(super) fn number(text: &str) -> Option<u64> {
    let is_canonical = match text.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_canonical.then(|| text.parse().ok()).flatten()
}

pub(super) fn id(text: &str) -> Option<&str> {
    let is_valid = (1..=LONGEST_ID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_valid.then_some(text)
}

/// A subject is shown and compared, so nothing in it may be invisible or change the direction of text.
pub(super) fn subject(text: &str) -> Option<&str> {
    let is_bounded = (1..=LONGEST_SUBJECT).contains(&text.chars().count());
    let is_trimmed = text.trim().len() == text.len();
    (is_bounded && is_trimmed && text.chars().all(is_printable)).then_some(text)
}

fn is_printable(character: char) -> bool {
    let is_hidden = matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{10ffff}'
    );
    // Of all white space, only the plain space can be told from nothing.
    let is_odd_space = character.is_whitespace() && character != ' ';
    !character.is_control() && !is_hidden && !is_odd_space
}

pub(super) fn rate(text: &str) -> Option<u64> {
    number(text).filter(|rate| (SLOWEST..=FASTEST).contains(rate))
}

pub(super) fn uses(text: &str) -> Option<NonZeroU32> {
    let number = number(text).filter(|uses| *uses <= MOST_USES)?;
    NonZeroU32::new(u32::try_from(number).ok()?)
}
