//! CloudFront's base64: that of RFC 4648, section 4, with `-`, `_` and `~` for `+`, `=` and `/`.
//!
//! It is not the alphabet of section 5 ("base64url"), where `_` stands for `/`.
//!
//! INVARIANT: a sequence of bytes has one spelling. Missing or surplus padding, bits that mean nothing, white
//! space and the letters of other alphabets are refused (threat K5).

use base64::Engine as _;
use base64::alphabet::{Alphabet, Symbol};
use base64::engine::general_purpose::{GeneralPurpose, PAD};

const SYMBOLS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~";

static ENGINE: GeneralPurpose = {
    let Some(padding) = Symbol::new(b'_') else {
        panic!("`_` is a symbol")
    };
    match Alphabet::new_with_padding(SYMBOLS, padding) {
        Ok(alphabet) => GeneralPurpose::new(&alphabet, PAD),
        Err(_) => panic!("64 different symbols"),
    }
};

/// Writes bytes as CloudFront wants them in a URL or a cookie.
///
/// ```
/// use countersign_cloudfront::alphabet;
/// assert_eq!(alphabet::encode(&[0xfb, 0xff, 0xff, 0xfe]), "-~~~~g__");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// Reads what [`encode`] wrote; `None` for anything else.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

#[cfg(test)]
mod tests;
