//! A signature, and the only way to compare two.
//!
//! INVARIANT: HMAC signatures are compared as bytes in constant time (threat A12). There is no
//! `PartialEq`, so nothing can compare them by accident.

use std::fmt;

use subtle::{Choice, ConstantTimeEq};

/// The 32 bytes of an HMAC-SHA256 signature.
#[derive(Clone, Copy)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Wraps 32 computed bytes.
    #[inline]
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 lower-case hexadecimal digits; `None` for anything else.
    #[inline]
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decode_lower_hex(text.as_bytes()).map(Self)
    }

    /// The bytes, for naming state after a *verified* signature (threat A6).
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 digits as sent on the wire.
    #[inline]
    #[must_use]
    pub fn to_hex(&self) -> HexDigest {
        HexDigest::of(&self.0)
    }

    /// Compares in time that does not depend on where the two differ.
    #[inline]
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        // COST: eight bytes at a time, because `subtle` pays an optimisation barrier a comparison.
        let (ours, theirs) = (self.0.as_chunks::<8>().0, other.0.as_chunks::<8>().0);
        let mut same = Choice::from(1);
        for (a, b) in ours.iter().zip(theirs) {
            same &= u64::from_ne_bytes(*a).ct_eq(&u64::from_ne_bytes(*b));
        }
        same.into()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}

/// 32 bytes as 64 lower-case hexadecimal digits, without allocation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HexDigest([u8; 64]);

impl HexDigest {
    /// Writes `bytes` as digits.
    #[inline]
    #[must_use]
    pub fn of(bytes: &[u8; 32]) -> Self {
        let mut digits = [0u8; 64];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *pair = [lower_digit(byte >> 4), lower_digit(byte & 15)];
        }
        Self(digits)
    }

    /// The digits as text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The digits as bytes.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

/// Reads exactly 64 lower-case hexadecimal digits.
pub(crate) fn decode_lower_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.try_into().ok()?;
    // COST: without branches on the digits, so that the compiler can take many at once.
    let mut bytes = [0u8; 32];
    let mut bad = 0u8;
    for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let (high, low) = (lower_value(*high), lower_value(*low));
        bad |= high | low;
        *byte = high << 4 | (low & 15);
    }
    (bad < 16).then_some(bytes)
}

#[inline]
fn lower_digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' - 10 + nibble
    }
}

/// The value of a digit; 16 or more for what is none.
#[inline]
fn lower_value(digit: u8) -> u8 {
    let decimal = digit.wrapping_sub(b'0');
    let letter = digit.wrapping_sub(b'a');
    if decimal < 10 {
        decimal
    } else if letter < 6 {
        letter + 10
    } else {
        u8::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::{Signature, decode_lower_hex};

    const HEX: &str = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    #[test]
    fn a12_signatures_compare_as_bytes_and_only_whole() {
        let ours = Signature::parse(HEX).unwrap();
        assert!(ours.matches(&Signature::parse(HEX).unwrap()));
        for bit in 0..256usize {
            let mut bytes = *ours.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!ours.matches(&Signature::from_bytes(bytes)), "bit {bit}");
        }
        assert_eq!(ours.to_hex().as_str(), HEX);
    }

    #[test]
    fn a_byte_is_a_digit_exactly_if_it_is_a_lower_case_one() {
        for byte in 0..=u8::MAX {
            let mut text = *b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
            for at in [0, 1, 62, 63] {
                text[at] = byte;
            }
            let value = char::from(byte)
                .to_digit(16)
                .filter(|_| !byte.is_ascii_uppercase());
            let parsed = decode_lower_hex(&text);
            assert_eq!(
                parsed.map(|bytes| (bytes[0], bytes[31])),
                value.map(|v| {
                    let v = u8::try_from(v).unwrap();
                    (v << 4 | v, v << 4 | v)
                }),
                "{byte:#x}"
            );
        }
    }

    #[test]
    fn only_sixty_four_lower_case_digits_are_a_signature() {
        let spoiled = format!("{}g", &HEX[..63]);
        for text in [
            "",
            &HEX[..63],
            &HEX.to_uppercase(),
            &spoiled,
            &format!("{HEX}0"),
        ] {
            assert!(Signature::parse(text).is_none(), "{text}");
        }
    }
}
