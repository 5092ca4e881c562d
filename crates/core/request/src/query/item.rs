//! One item of a raw query, between two `&`: a name, and behind the first `=` a value.
//!
//! The same look over the bytes finds where each ends, whether anything must be decoded, and whether
//! the spelling already is S3's canonical one, so that neither decoding nor encoding is paid for
//! where nothing would change.
//!
//! INVARIANT: an item of which neither piece is called respelled is equal, byte for byte, to its
//! canonical encoding.

use std::ops::Range;

use crate::percent::{self, Component};

/// A name or a value, not decoded.
#[derive(Default)]
pub(super) struct Piece {
    /// Where it lies in the raw query.
    pub(super) raw: Range<usize>,
    /// Whether it holds an escape or a plus, so that it must be decoded.
    pub(super) escaped: bool,
    /// Whether it is spelled in another way than S3's canonical query spells it.
    pub(super) respelled: bool,
}

/// An item whose end is not known yet.
pub(super) struct Item {
    name: Piece,
    /// The value, once there was an `=`.
    value: Option<Piece>,
}

impl Item {
    #[inline]
    pub(super) fn starting_at(at: usize) -> Self {
        Self {
            name: Piece::starting_at(at),
            value: None,
        }
    }

    /// Notes a byte that is neither literal nor the end of the item: the first byte of `tail`.
    #[inline]
    pub(super) fn note(&mut self, at: usize, tail: &[u8]) {
        match (&mut self.value, tail.first()) {
            (value @ None, Some(b'=')) => {
                self.name.raw.end = at;
                *value = Some(Piece::starting_at(at + 1));
            }
            (Some(piece), _) => piece.note(tail),
            (None, _) => self.name.note(tail),
        }
    }

    /// Name and value; without an `=` the value is empty, at the end of the name.
    #[inline]
    pub(super) fn ending_at(self, at: usize) -> (Piece, Piece) {
        let Self { mut name, value } = self;
        let mut value = value.unwrap_or_else(|| {
            name.raw.end = at;
            // The canonical spelling of an item has its `=`.
            name.respelled = true;
            Piece::starting_at(at)
        });
        value.raw.end = at;
        (name, value)
    }
}

impl Piece {
    #[inline]
    fn starting_at(at: usize) -> Self {
        Self {
            raw: at..at,
            ..Self::default()
        }
    }

    #[inline]
    fn note(&mut self, tail: &[u8]) {
        self.escaped |= matches!(tail.first(), Some(b'%' | b'+'));
        self.respelled |= !percent::begins_with_canonical_escape(tail, Component::Query);
    }
}
