//! A text as whoever reads it would see it: every escape undone, with the way back to where it stood.
//!
//! Undone are percent-encoding (also `%u0041`), escapes of JSON and of program text (`\u0041`, `\x41`, `\"`) and the
//! character references of HTML, again and again, as long as there is something to undo and at most
//! [`ROUNDS`] times. Each byte keeps the round it came from: an `&` that was written `%26` ends no value that
//! began with a plain `=`. The two letters beyond ASCII that fold into it (U+017F, U+212A) are folded.
//!
//! INVARIANT: bytes of the view lie in the order of the text, and each knows its place there.

use std::ops::Range;

/// How often escapes are undone. Each round costs one pass, and no reader goes that far.
const ROUNDS: u8 = 8;

/// A byte as it is read.
#[derive(Clone, Copy, Debug)]
struct Unit {
    byte: u8,
    round: u8,
    start: usize,
    end: usize,
}

/// A text with its escapes undone.
#[derive(Debug)]
pub(super) struct View<'t> {
    text: &'t [u8],
    /// Empty if there was nothing to undo: then the text is the view.
    units: Vec<Unit>,
}

impl<'t> View<'t> {
    /// Reads a text.
    pub(super) fn of(text: &'t str) -> Self {
        let text = text.as_bytes();
        let mut view = Self {
            text,
            units: Vec::new(),
        };
        if !hides_something(text) {
            return view;
        }
        view.units = plain(text);
        for round in 1..=ROUNDS {
            let Some(units) = undone(&view.units, round) else {
                break;
            };
            view.units = units;
        }
        view
    }

    /// Whether the text has nothing to undo: it is what it looks like.
    pub(super) fn is_plain(&self) -> bool {
        self.units.is_empty()
    }

    /// The byte at this place of the view.
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        if self.units.is_empty() {
            return self.text.get(at).copied();
        }
        self.units.get(at).map(|unit| unit.byte)
    }

    /// The next place, from this on, whose byte can stand behind the name of a secret, or begin one.
    pub(super) fn next_telling(&self, from: usize) -> Option<usize> {
        let found = if self.units.is_empty() {
            let rest = self.text.get(from..)?;
            rest.iter().position(|byte| is_one_of(&TELLING, *byte))
        } else {
            let rest = self.units.get(from..)?;
            rest.iter().position(|unit| is_one_of(&TELLING, unit.byte))
        };
        found.map(|at| from + at)
    }

    /// In which round it came to light; zero for what was plain.
    pub(super) fn round(&self, at: usize) -> u8 {
        self.units.get(at).map_or(0, |unit| unit.round)
    }

    /// How long the view is.
    pub(super) fn len(&self) -> usize {
        if self.units.is_empty() {
            self.text.len()
        } else {
            self.units.len()
        }
    }

    /// Where the text has what the view has there. Empty for an empty range.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        if self.units.is_empty() {
            return range;
        }
        let last = range.end.checked_sub(1).filter(|last| *last >= range.start);
        let start = self.units.get(range.start).map(|unit| unit.start);
        let end = last.and_then(|last| self.units.get(last));
        match (start, end) {
            (Some(start), Some(end)) => start..end.end,
            _ => 0..0,
        }
    }
}

/// Which bytes are among these.
const fn table(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        #[expect(
            clippy::indexing_slicing,
            reason = "a byte is below the table's length"
        )]
        {
            table[bytes[at] as usize] = true;
        }
        at += 1;
    }
    table
}

/// Separators, and the first bytes of what is a secret by its look.
const TELLING: [bool; 256] = table(b"=:>(,\n +\t/-eEfFiI");
/// The first bytes of escapes, and of letters that fold into ASCII.
const ESCAPING: [bool; 256] = table(&[b'%', b'&', b'\\', 0xC5, 0xE2]);

fn is_one_of(table: &[bool; 256], byte: u8) -> bool {
    table.get(usize::from(byte)).copied().unwrap_or(false)
}

/// Whether undoing escapes could bring a name, a separator or another escape to light.
///
/// COST: a presigned URL has escapes of `/` and `;` in it, and they hide nothing. Most texts end here.
fn hides_something(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| is_one_of(&ESCAPING, *byte)) {
        rest = rest.get(at..).unwrap_or_default();
        let hides = match rest {
            [b'%', high, low, ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => !is_harmless(high * 16 + low),
                _ => matches!(high, b'u' | b'U'),
            },
            // The rest of a reference is looked at when it is undone.
            [b'&', next, ..] => matches!(next, b'#') || reference(rest).is_some(),
            [b'\\', ..] => true,
            _ => folded(rest).is_some(),
        };
        if hides {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// Bytes that are no part of a name or an escape, no separator and no end of one.
fn is_harmless(byte: u8) -> bool {
    matches!(byte, b'/' | b';' | b',' | b'*' | b'+' | b'!' | b'~' | b'$')
        || byte >= 0xC6 && byte != 0xE2
}

fn plain(text: &[u8]) -> Vec<Unit> {
    let unit = |(at, byte): (usize, &u8)| Unit {
        byte: *byte,
        round: 0,
        start: at,
        end: at + 1,
    };
    text.iter().enumerate().map(unit).collect()
}

/// One round more; none if there was nothing to undo.
fn undone(units: &[Unit], round: u8) -> Option<Vec<Unit>> {
    let bytes: Vec<u8> = units.iter().map(|unit| unit.byte).collect();
    let mut out = Vec::with_capacity(units.len());
    let mut found = false;
    let mut at = 0;
    while let (Some(unit), Some(rest)) = (units.get(at), bytes.get(at..)) {
        let Some((character, length)) = escape(rest) else {
            out.push(*unit);
            at += 1;
            continue;
        };
        found = true;
        let end = units.get(at + length - 1).map_or(unit.end, |last| last.end);
        let mut buffer = [0; 4];
        for byte in character.bytes(&mut buffer) {
            out.push(Unit {
                byte: *byte,
                round,
                start: unit.start,
                end,
            });
        }
        at += length;
    }
    found.then_some(out)
}

/// What an escape stands for.
enum Escaped {
    Byte(u8),
    Character(char),
}

impl Escaped {
    fn bytes<'b>(&self, buffer: &'b mut [u8; 4]) -> &'b [u8] {
        match *self {
            Self::Byte(byte) => {
                *buffer = [byte, 0, 0, 0];
                buffer.get(..1).unwrap_or_default()
            }
            Self::Character(character) => character.encode_utf8(buffer).as_bytes(),
        }
    }
}

/// The escape that `text` begins with: what it stands for, and how many bytes it has (one at least).
fn escape(text: &[u8]) -> Option<(Escaped, usize)> {
    match text {
        [b'%', b'u' | b'U', digits @ ..] => hexadecimal(digits, 4).map(|c| (c, 6)),
        [b'%', high, low, ..] => Some((Escaped::Byte(digit(*high)? * 16 + digit(*low)?), 3)),
        [b'\\', b'u' | b'U', b'{', digits @ ..] => {
            let length = digits.iter().position(|byte| *byte == b'}')?;
            hexadecimal(digits, length).map(|c| (c, length + 4))
        }
        [b'\\', b'u' | b'U', digits @ ..] => hexadecimal(digits, 4).map(|c| (c, 6)),
        [b'\\', b'x' | b'X', digits @ ..] => hexadecimal(digits, 2).map(|c| (c, 4)),
        [b'\\', b'n', ..] => Some((Escaped::Byte(b'\n'), 2)),
        [b'\\', b'r', ..] => Some((Escaped::Byte(b'\r'), 2)),
        [b'\\', b't', ..] => Some((Escaped::Byte(b'\t'), 2)),
        [b'\\', byte @ (b'"' | b'\'' | b'\\' | b'/'), ..] => Some((Escaped::Byte(*byte), 2)),
        [b'&', ..] => reference(text),
        _ => folded(text),
    }
}

/// The letters beyond ASCII that are ASCII once they are folded.
fn folded(text: &[u8]) -> Option<(Escaped, usize)> {
    match text {
        [0xC5, 0xBF, ..] => Some((Escaped::Byte(b's'), 2)),
        [0xE2, 0x84, 0xAA, ..] => Some((Escaped::Byte(b'k'), 3)),
        _ => None,
    }
}

/// The references of HTML and XML to characters that matter here, by number or name.
fn reference(text: &[u8]) -> Option<(Escaped, usize)> {
    const NAMES: [(&[u8], u8); 14] = [
        (b"amp", b'&'),
        (b"apos", b'\''),
        (b"bsol", b'\\'),
        (b"colon", b':'),
        (b"dash", b'-'),
        (b"equals", b'='),
        (b"gt", b'>'),
        (b"hyphen", b'-'),
        (b"lowbar", b'_'),
        (b"lpar", b'('),
        (b"lt", b'<'),
        (b"percnt", b'%'),
        (b"period", b'.'),
        (b"quot", b'"'),
    ];
    let inner = text.get(1..)?;
    let length = inner.iter().take(10).position(|byte| *byte == b';')?;
    let inner = inner.get(..length)?;
    let whole = length + 2;
    match inner {
        [b'#', b'x' | b'X', digits @ ..] => hexadecimal(digits, digits.len()).map(|c| (c, whole)),
        [b'#', digits @ ..] => {
            let digits = std::str::from_utf8(digits).ok()?;
            let number = digits.parse().ok().and_then(char::from_u32)?;
            Some((Escaped::Character(number), whole))
        }
        _ => {
            let lower = inner.to_ascii_lowercase();
            let named = NAMES.iter().find(|(name, _)| *name == lower.as_slice());
            named.map(|(_, byte)| (Escaped::Byte(*byte), whole))
        }
    }
}

fn hexadecimal(digits: &[u8], length: usize) -> Option<Escaped> {
    if length == 0 || length > 6 {
        return None;
    }
    let number = digits
        .get(..length)?
        .iter()
        .try_fold(0u32, |number, byte| {
            Some(number * 16 + u32::from(digit(*byte)?))
        })?;
    char::from_u32(number).map(Escaped::Character)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
