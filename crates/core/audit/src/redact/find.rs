//! Where the secrets of a text are.
//!
//! One pass over the view. At each byte that can stand between a name and its value the name is read
//! backwards; at each byte that begins a secret with a look of its own the rest is compared.
//!
//! INVARIANT: an end that was escaped more often than its beginning is no end: `a%26b` is one value.

use std::ops::Range;

use super::names::{Extent, LONGEST, extent_after, fold, is_of_name, may_end_name};
use super::view::View;

/// How many blanks, quotes and brackets may stand between a name and what separates it from its value.
const SLACK: usize = 16;
/// What the session tokens of AWS begin with.
const TOKENS: [&[u8]; 3] = [b"iqojb3jpz2lu", b"fwogzxivyxdz", b"fqogzxivyxdz"];
const SCHEMES: [&[u8]; 4] = [b"basic", b"bearer", b"digest", b"negotiate"];

/// What was found.
pub(super) struct Found {
    /// The places of secrets, in order, none within another.
    pub(super) places: Vec<Range<usize>>,
    /// Whether no secret was quoted, or ran into another: taking them out leaves the rest as it reads.
    pub(super) is_simple: bool,
}

/// Finds the secrets of a text.
///
/// Every byte is looked at, also within secrets: what follows an empty value may be a name itself.
pub(super) fn secrets(view: &View<'_>) -> Found {
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut is_simple = true;
    let mut ends = Ends::default();
    let mut next = 0;
    while let Some(at) = view.next_telling(next) {
        next = at + 1;
        let covered = places.last().is_some_and(|last| at < last.end);
        let follows = |byte: u8| {
            view.byte(next)
                .is_some_and(|b| b.eq_ignore_ascii_case(&byte))
        };
        let secret = match view.byte(at).unwrap_or_default() {
            b'=' | b':' | b'>' | b'(' | b',' | b'\n' | b' ' | b'+' | b'\t' => {
                after_name(view, at, &mut ends).or_else(|| user_info(view, at))
            }
            _ if covered => None,
            b'/' if follows(b'_') => share(view, at),
            b'-' if follows(b'-') => private_key(view, at),
            b'e' | b'E' if follows(b'y') => token(view, at, &mut ends.run),
            b'f' | b'F' if follows(b'w') || follows(b'q') => token(view, at, &mut ends.run),
            b'i' | b'I' if follows(b'q') => token(view, at, &mut ends.run),
            _ => None,
        };
        let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
            continue;
        };
        match places.last_mut() {
            Some(last) if secret.start <= last.end => {
                // Within the other, it changes nothing.
                is_simple &= secret.end <= last.end;
                last.end = last.end.max(secret.end);
            }
            _ => places.push(secret),
        }
    }
    is_simple &= !ends.known.iter().any(|((_, quote, _), _)| quote.is_some());
    Found { places, is_simple }
}

/// The secret behind a separator, if a name of one stands before it.
fn after_name(view: &View<'_>, at: usize, ends: &mut Ends) -> Option<Range<usize>> {
    let separator = view.byte(at)?;
    let before = at.checked_sub(1).and_then(|before| view.byte(before))?;
    // COST: most separators stand behind a letter that no such name ends with.
    if is_of_name(before) && !may_end_name(before) {
        return None;
    }
    let name = Name::before(view, at)?;
    let blank = matches!(separator, b' ' | b'+' | b'\t');
    let extent = if blank && SCHEMES.contains(&name.folded()) {
        Extent::Word
    } else {
        let counts = match separator {
            // Arguments of programs: `--password abc`.
            b' ' | b'\t' => name.is_option,
            // Pairs in lists, fields of forms and of HAR files have their names quoted.
            b',' | b'\n' => name.is_quoted,
            b'+' => false,
            _ => true,
        };
        extent_after(name.folded()).filter(|_| counts)?
    };
    let beginning = Beginning::behind(view, at, name.is_quoted);
    let mut end = ends.after(view, &beginning, extent);
    // Blanks before the end of a line are none of the value.
    while end > beginning.at && matches!(view.byte(end - 1), Some(b' ' | b'\t')) {
        end -= 1;
    }
    Some(beginning.at..end)
}

/// A name, folded.
struct Name {
    /// Its letters, from the last to the first as they are read, then turned around.
    letters: [u8; LONGEST],
    length: usize,
    is_quoted: bool,
    is_option: bool,
}

impl Name {
    /// The name that ends before this place.
    fn before(view: &View<'_>, at: usize) -> Option<Self> {
        let mut end = at;
        let mut is_quoted = false;
        while let Some(byte) = end.checked_sub(1).and_then(|last| view.byte(last)) {
            match byte {
                b'"' | b'\'' | b'`' => is_quoted = true,
                b' ' | b'\t' | b'\r' | b'\n' | b']' | b')' | b'\\' => {}
                _ => break,
            }
            end -= 1;
            if at - end > SLACK {
                return None;
            }
        }
        let mut name = Self {
            letters: [0; LONGEST],
            length: 0,
            is_quoted,
            is_option: false,
        };
        let mut start = end;
        while let Some(byte) = start.checked_sub(1).and_then(|last| view.byte(last)) {
            if !is_of_name(byte) || name.length == LONGEST {
                break;
            }
            start -= 1;
            if let (Some(letter), Some(place)) = (fold(byte), name.letters.get_mut(name.length)) {
                *place = letter;
                name.length += 1;
            }
        }
        // An escape that was left alone, because it hides nothing, ends a name like what it stands for.
        let escaped = start.checked_sub(1).and_then(|last| view.byte(last)) == Some(b'%');
        if escaped && end - start > 2 {
            name.length = name.length.saturating_sub(2);
        }
        name.letters.get_mut(..name.length)?.reverse();
        name.is_option = view.byte(start) == Some(b'-') && view.byte(start + 1) == Some(b'-');
        (name.length > 0).then_some(name)
    }

    fn folded(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }
}

/// Where a value begins, and how.
struct Beginning {
    at: usize,
    round: u8,
    quote: Option<u8>,
}

impl Beginning {
    /// Behind the separator at this place, and behind more separators, blanks, what wraps the value (`Some("…")`)
    /// and the name of the field that it stands in (`"value":`).
    fn behind(view: &View<'_>, separator: usize, breaks: bool) -> Self {
        let mut beginning = Self {
            at: separator + 1,
            round: view.round(separator),
            quote: None,
        };
        for _ in 0..4 * SLACK {
            let Some(byte) = view.byte(beginning.at) else {
                break;
            };
            match byte {
                b'"' | b'\'' | b'`' => {
                    let closes = beginning.quote == Some(byte);
                    beginning.quote = (!closes).then_some(byte);
                    beginning.round = view.round(beginning.at);
                }
                b'\r' | b'\n' if breaks => {}
                b' ' | b'\t' | b'=' | b'>' | b':' | b',' | b'(' | b'[' | b'{' | b'\\' => {}
                _ => {
                    let Some(length) = wrapping(view, beginning.at) else {
                        break;
                    };
                    beginning.at += length - 1;
                    beginning.quote = None;
                }
            }
            beginning.at += 1;
        }
        beginning
    }
}

/// What counts as an end: the round of the value, its quotation mark, its extent.
type Kind = (u8, Option<u8>, Extent);

/// The ends that were found, by what counts as one.
///
/// COST: between the beginning and the end of a value there is no other end of its kind, so however many
/// names stand in a text, it is read through once for each kind.
#[derive(Default)]
struct Ends {
    known: Vec<(Kind, Range<usize>)>,
    /// Where the run ends that was looked at last as a token.
    run: usize,
}

impl Ends {
    /// Where the value ends that begins so.
    fn after(&mut self, view: &View<'_>, beginning: &Beginning, extent: Extent) -> usize {
        let kind = (beginning.round, beginning.quote, extent);
        let known = self.known.iter_mut().find(|(known, _)| *known == kind);
        if let Some((_, range)) = &known
            && range.contains(&beginning.at)
        {
            return range.end;
        }
        let mut end = beginning.at;
        while let Some(byte) = view.byte(end) {
            if view.round(end) <= beginning.round && ends(view, end, byte, beginning.quote, extent)
            {
                break;
            }
            end += 1;
        }
        let range = beginning.at..end;
        match known {
            Some((_, known)) => *known = range,
            None => self.known.push((kind, range)),
        }
        end
    }
}

/// The length of a word that wraps a value and is none: `Some(`, or the field `value"`.
fn wrapping(view: &View<'_>, start: usize) -> Option<usize> {
    let length = (0..LONGEST)
        .take_while(|at| view.byte(start + at).is_some_and(is_of_name))
        .count();
    let next = view.byte(start + length);
    let is_call = next == Some(b'(') && length > 0;
    let is_field = matches!(next, Some(b'"' | b'\''))
        && length == b"value".len()
        && begins(view, start, b"value");
    (is_call || is_field).then_some(length + 1)
}

/// Whether a value ends before this byte.
fn ends(view: &View<'_>, at: usize, byte: u8, quote: Option<u8>, extent: Extent) -> bool {
    if let Some(quote) = quote {
        return byte == quote;
    }
    match (extent, byte) {
        (_, b'\n' | b'\r') => true,
        (Extent::Line, _) => matches!(byte, b'"' | b'`'),
        (Extent::Word, b',' | b';') => view.byte(at + 1).is_none_or(|next| next == b' '),
        (Extent::Word, _) => matches!(
            byte,
            b' ' | b'\t' | b'&' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b')' | b']' | b'}'
        ),
    }
}

/// Who somebody says to be in a URL: `://user:password@`.
fn user_info(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    if !begins(view, at, b"://") {
        return None;
    }
    let start = at + 3;
    let mut last = None;
    let mut end = start;
    while let Some(byte) = view.byte(end) {
        match byte {
            b'/' | b'?' | b'#' | b' ' | b'"' | b'\'' | b'<' | b'>' | b'\n' => break,
            b'@' => last = Some(end),
            _ => {}
        }
        end += 1;
    }
    last.map(|end| start..end)
}

/// The token of a share: `/_share/…`.
fn share(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    const SHARE: &[u8] = b"/_share/";
    begins(view, at, SHARE).then(|| {
        let start = at + SHARE.len();
        start..end_of(view, start, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.' | b'=' | b'+')
        })
    })
}

/// A private key as text: `-----BEGIN … PRIVATE KEY-----`.
fn private_key(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    const BEGIN: &[u8] = b"-----begin ";
    const END: &[u8] = b"-----end ";
    const KEY: &[u8] = b"private key";
    if !begins(view, at, BEGIN) {
        return None;
    }
    let of_label = |byte: u8| byte == b' ' || byte.is_ascii_alphanumeric();
    let label = end_of(view, at + BEGIN.len(), of_label);
    let named = label.checked_sub(KEY.len())?;
    if !begins(view, named, KEY) || !begins(view, label, b"-----") {
        return None;
    }
    let end = (label..view.len()).find(|at| begins(view, *at, END));
    let end = end.map(|end| {
        let dashes = end_of(view, end + END.len(), of_label);
        end_of(view, dashes, |byte| byte == b'-')
    });
    Some(at..end.unwrap_or(view.len()))
}

/// A JSON web token, or a session token of AWS. `run` is where the run ended that was looked at last: what
/// begins within it has no more in it than the whole.
fn token(view: &View<'_>, at: usize, run: &mut usize) -> Option<Range<usize>> {
    let before = at.checked_sub(1).and_then(|before| view.byte(before));
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let is_jwt = begins(view, at, b"eyj") && at >= *run;
    let is_session = TOKENS.iter().any(|token| begins(view, at, token));
    if !is_jwt && !is_session {
        return None;
    }
    let end = end_of(view, at, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'+' | b'/' | b'%')
    });
    *run = end;
    let dots = (at..end).filter(|at| view.byte(*at) == Some(b'.')).count();
    (is_session || dots >= 2).then_some(at..end)
}

/// Where the bytes end that `goes_on` takes.
fn end_of(view: &View<'_>, start: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    let mut end = start;
    while view.byte(end).is_some_and(&goes_on) {
        end += 1;
    }
    end
}

/// Whether this stands here, without regard to case. `wanted` is in lower case.
fn begins(view: &View<'_>, at: usize, wanted: &[u8]) -> bool {
    let mut bytes = wanted.iter().enumerate();
    bytes.all(|(index, byte)| {
        view.byte(at + index)
            .map(|found| found.to_ascii_lowercase())
            == Some(*byte)
    })
}
