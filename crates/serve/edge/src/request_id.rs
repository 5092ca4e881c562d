//! Request ids: sixteen upper-case letters and digits, as S3's.
//!
//! They join an answer to its log line, so they must be unique, not secret: a generator per thread,
//! seeded by the operating system, costs a few nanoseconds and no system call.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// Crockford's alphabet: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

thread_local! {
    static GENERATOR: Cell<u64> = Cell::new(RandomState::new().build_hasher().finish() | 1);
}

/// The id of one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RequestId([u8; 16]);

impl RequestId {
    /// The next id.
    pub(crate) fn next() -> Self {
        let mut bits = u128::from(next_u64()) << 64 | u128::from(next_u64());
        let mut id = [b'0'; 16];
        for place in &mut id {
            *place = usize::try_from(bits & 31)
                .ok()
                .and_then(|index| ALPHABET.get(index).copied())
                .unwrap_or(b'0');
            bits >>= 5;
        }
        Self(id)
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The id as a header value.
    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).unwrap_or(HeaderValue::from_static("0"))
    }
}

/// The id of this process, told in `x-amz-id-2`.
#[derive(Clone, Debug)]
pub(crate) struct HostId(HeaderValue);

impl HostId {
    /// A new id.
    pub(crate) fn new() -> Self {
        let bytes: Vec<u8> = (0..6).flat_map(|_| next_u64().to_be_bytes()).collect();
        let text = STANDARD.encode(bytes);
        Self(HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("0")))
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The id as a header value.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// SplitMix64: every seed gives a sequence without repetition for 2⁶⁴ steps.
fn next_u64() -> u64 {
    GENERATOR.with(|state| {
        let seed = state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        state.set(seed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

#[cfg(test)]
mod tests {
    use super::RequestId;

    #[test]
    fn ids_are_sixteen_letters_and_digits_and_do_not_repeat() {
        let ids: std::collections::HashSet<String> = (0..10_000)
            .map(|_| RequestId::next().as_str().to_owned())
            .collect();
        assert_eq!(ids.len(), 10_000);
        let valid = |id: &String| {
            id.len() == 16
                && id
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        assert!(ids.iter().all(valid));
    }
}
