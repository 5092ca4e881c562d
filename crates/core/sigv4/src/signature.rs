//! A signature, and the only way to compare two.
//!
//! INVARIANT: HMAC signatures are compared as bytes in constant time (threat A12). There is no
//! `PartialEq`, so nothing can compare them by accident.

use std::fmt;

use subtle::ConstantTimeEq;

/// The 32 bytes of an HMAC-SHA256 signature.
#[derive(Clone, Copy)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Wraps 32 computed bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 lower-case hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decode_lower_hex(text.as_bytes()).map(Self)
    }

    /// The bytes, for naming state after a *verified* signature (threat A6).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 digits as sent on the wire.
    #[must_use]
    pub fn to_hex(&self) -> HexDigest {
        HexDigest::of(&self.0)
    }

    /// Compares in time that does not depend on where the two differ.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
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
    #[must_use]
    pub fn of(bytes: &[u8; 32]) -> Self {
        let mut digits = [0u8; 64];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *pair = [lower_digit(byte >> 4), lower_digit(byte & 15)];
        }
        Self(digits)
    }

    /// The digits as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The digits as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

/// Reads exactly 64 lower-case hexadecimal digits.
pub(crate) fn decode_lower_hex(text: &[u8]) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0u8; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = lower_value(*high)? << 4 | lower_value(*low)?;
    }
    Some(bytes)
}

#[inline]
fn lower_digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + (nibble - 10)
    }
}

#[inline]
fn lower_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Signature;

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
