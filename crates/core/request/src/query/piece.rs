//! One name or value as it stands in a raw query: where it ends and how it is spelled.
//!
//! A name ends at `=` or `&`, a value at `&` alone. The same look over the bytes finds whether
//! anything must be decoded, and whether the spelling already is S3's canonical one, so that neither
//! decoding nor encoding is paid for where nothing would change.
//!
//! INVARIANT: a piece called canonical is equal, byte for byte, to its canonical encoding.

use std::ops::Range;

use crate::percent::{self, Component};

/// A name or a value, not decoded.
pub(super) struct Piece {
    /// Where it lies in the raw query.
    pub(super) raw: Range<usize>,
    /// Whether it holds an escape or a plus, so that it must be decoded.
    pub(super) escaped: bool,
    /// Whether it is spelled as S3's canonical query spells it.
    pub(super) canonical: bool,
}

impl Piece {
    /// The name that begins at `start`.
    #[inline]
    pub(super) fn name(query: &[u8], start: usize) -> Self {
        Self::until(query, start, |b| matches!(b, b'=' | b'&'))
    }

    /// The value of `name`; empty, at the end of the name, if there is no `=`.
    #[inline]
    pub(super) fn value_after(query: &[u8], name: &Self) -> Self {
        let end = name.raw.end;
        match query.get(end) {
            Some(b'=') => Self::until(query, end + 1, |b| b == b'&'),
            _ => Self {
                raw: end..end,
                escaped: false,
                canonical: true,
            },
        }
    }

    #[inline]
    fn until(query: &[u8], start: usize, ends: impl Fn(u8) -> bool) -> Self {
        let mut piece = Self {
            raw: start..start,
            escaped: false,
            canonical: true,
        };
        while let Some(rest) = query.get(piece.raw.end..) {
            let literal = percent::literal_run(rest, Component::Query);
            piece.raw.end += literal;
            let Some((&byte, _)) = rest.get(literal..).and_then(<[u8]>::split_first) else {
                break;
            };
            if ends(byte) {
                break;
            }
            let tail = rest.get(literal..).unwrap_or_default();
            piece.escaped |= matches!(byte, b'%' | b'+');
            piece.canonical &=
                byte == b'%' && percent::begins_with_canonical_escape(tail, Component::Query);
            piece.raw.end += 1;
        }
        piece
    }
}
