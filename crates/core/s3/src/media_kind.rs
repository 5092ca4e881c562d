//! What a body really is, by its first bytes.
//!
//! Whoever uploads names the type, and the name may lie: HTML called `image/png` is still HTML to a
//! reader that looks (threat E2). So a download is shown in place only if the name is on a short
//! list *and* the first bytes agree, and an upload that may only be of some types is held to both as
//! well. The signatures are those of the WHATWG MIME Sniffing Standard, sections 6 and 7, of
//! ISO/IEC 14496-12 for `ftyp`, and of the formats' own specifications.
//!
//! INVARIANT: nothing that a browser could run may be shown, whatever it is called.

mod signature;

use signature::{begins_like_markup, of_type};

/// How many bytes from the beginning of a body are looked at.
pub const BEGINNING_BYTES: usize = 64;

/// The types that browsers may show in place.
const SHOWN: [&str; 12] = [
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
    "video/webm",
];

/// Whether a body of this declared type, beginning with these bytes, may be shown in place by a
/// browser instead of being saved.
#[must_use]
pub fn may_be_shown(content_type: &str, beginning: &[u8]) -> bool {
    let essence = essence_of(content_type);
    let shown = SHOWN
        .into_iter()
        .find(|shown| shown.eq_ignore_ascii_case(essence));
    shown.is_some_and(|shown| of_type(shown, beginning) == Some(true))
}

/// Whether a body that begins with these bytes, or is no longer than them, can be of this declared
/// type.
///
/// Types whose beginning is known must begin so. Of the others only one thing is known: unless it is
/// bytes of any kind (`application/octet-stream`), what is not markup does not begin like markup.
#[must_use]
pub fn may_be_of_type(content_type: &str, beginning: &[u8]) -> bool {
    let essence = essence_of(content_type).to_ascii_lowercase();
    of_type(&essence, beginning)
        .unwrap_or_else(|| essence == "application/octet-stream" || !begins_like_markup(beginning))
}

/// The type without its parameters.
fn essence_of(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests;
