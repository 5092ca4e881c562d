//! SHA-256 and HMAC-SHA256 of texts that lie whole in memory.
//!
//! FIPS 180-4 and RFC 2104 over the block function of `sha2`. A streaming hasher copies its input
//! through a block buffer and an HMAC copies two such hashers for every message; here whole blocks
//! are hashed where they lie, and a key is nothing but the two states after its pads.
//!
//! COST: the HMAC of a string to sign of 133 bytes takes 0.20 µs instead of 0.25 (SHA-NI).
//!
//! INVARIANT: equal to `sha2::Sha256` and `hmac::Hmac` for every input; the tests hold it to them.

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

const BLOCK: usize = 64;
/// The bytes of the last block that the padding leaves to the message.
const ROOM_BEFORE_LENGTH: usize = BLOCK - 8 - 1;

type State = [u32; 8];

/// The state before any block (FIPS 180-4, section 5.3.3).
const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The SHA-256 of `message`.
#[must_use]
pub fn digest(message: &[u8]) -> [u8; 32] {
    finish(INITIAL, 0, message)
}

/// An HMAC-SHA256 key with both pads absorbed; wiped from memory when dropped (threat F7).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AbsorbedKey {
    inner: State,
    outer: State,
}

impl AbsorbedKey {
    /// Absorbs a key of any length.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let hashed;
        let key = if key.len() > BLOCK {
            hashed = digest(key);
            hashed.as_slice()
        } else {
            key
        };
        Self {
            inner: after_pad(key, 0x36),
            outer: after_pad(key, 0x5c),
        }
    }

    /// The HMAC of `message` under this key.
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        finish(self.outer, 1, &finish(self.inner, 1, message))
    }
}

fn after_pad(key: &[u8], pad: u8) -> State {
    let mut block = [pad; BLOCK];
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    let mut state = INITIAL;
    compress256(&mut state, &[block]);
    block.zeroize();
    state
}

/// Hashes the rest of a message, of which `state` holds `blocks_before` blocks already.
#[inline]
fn finish(mut state: State, blocks_before: u64, rest: &[u8]) -> [u8; 32] {
    let (whole, tail) = rest.as_chunks::<BLOCK>();
    compress256(&mut state, whole);

    let mut padded = [[0u8; BLOCK]; 2];
    let bytes = padded.as_flattened_mut();
    if let Some((message, [first_after, ..])) = bytes.split_at_mut_checked(tail.len()) {
        message.copy_from_slice(tail);
        *first_after = 0x80;
    }
    let used = if tail.len() <= ROOM_BEFORE_LENGTH {
        1
    } else {
        2
    };
    // The length in bits is defined modulo 2^64.
    let bits = (blocks_before * 64)
        .wrapping_add(rest.len() as u64)
        .wrapping_mul(8);
    let last = padded.get_mut(..used).unwrap_or_default();
    if let Some(length) = last.as_flattened_mut().last_chunk_mut() {
        *length = bits.to_be_bytes();
    }
    compress256(&mut state, last);

    let mut out = [0u8; 32];
    for (to, word) in out.as_chunks_mut().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
    out
}

#[cfg(test)]
mod tests;
