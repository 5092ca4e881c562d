//! PEM, as keys are handed around (RFC 7468): one block of standard base64 between two lines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The content of the one block in `text`, if it has this label. White space around and within it means nothing.
pub(crate) fn decode(text: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = text
        .trim()
        .strip_prefix(&format!("-----BEGIN {label}-----"))?
        .strip_suffix(&format!("-----END {label}-----"))?;
    let dense: String = body.split_ascii_whitespace().collect();
    let dense = Zeroizing::new(dense);
    STANDARD.decode(dense.as_bytes()).ok().map(Zeroizing::new)
}
