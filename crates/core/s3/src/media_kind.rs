//! What a body really is, by its first bytes, for the few types that browsers may show in place.
//!
//! Whoever uploads names the type, and the name may lie: HTML called `image/png` is still HTML to a
//! reader that looks (threat E2). So a download is shown in place only if the name is on a short
//! list *and* the first bytes agree. The signatures are those of the WHATWG MIME Sniffing Standard,
//! sections 6 and 7, and of ISO/IEC 14496-12 for `ftyp`.
//!
//! INVARIANT: nothing that a browser could run is on the list, whatever it is called.

/// How many bytes from the beginning of a body are looked at.
pub const BEGINNING_BYTES: usize = 64;

/// Whether a body of this declared type, beginning with these bytes, may be shown in place by a
/// browser instead of being saved.
#[must_use]
pub fn may_be_shown(content_type: &str, beginning: &[u8]) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is = |name: &str| essence.eq_ignore_ascii_case(name);
    if is("text/plain") {
        return is_text(beginning);
    }
    let begins = |signature: &[u8]| beginning.starts_with(signature);
    let riff = |form: &[u8]| begins(b"RIFF") && beginning.get(8..12) == Some(form);
    let brand_of = |brands: &[&[u8]]| {
        beginning.get(4..8) == Some(b"ftyp")
            && beginning
                .get(8..12)
                .is_some_and(|brand| brands.contains(&brand))
    };
    if is("audio/mpeg") {
        return begins(b"ID3") || matches!(beginning, [0xff, second, ..] if second & 0xe6 == 0xe2);
    }
    if is("audio/ogg") {
        return begins(b"OggS\0");
    }
    if is("audio/wav") {
        return riff(b"WAVE");
    }
    if is("image/avif") {
        return brand_of(&[b"avif", b"avis"]);
    }
    if is("image/bmp") {
        return begins(b"BM");
    }
    if is("image/gif") {
        return begins(b"GIF87a") || begins(b"GIF89a");
    }
    if is("image/jpeg") {
        return begins(b"\xff\xd8\xff");
    }
    if is("image/png") {
        return begins(b"\x89PNG\r\n\x1a\n");
    }
    if is("image/webp") {
        return riff(b"WEBP");
    }
    if is("video/mp4") {
        return brand_of(&[
            b"avc1", b"dash", b"iso2", b"iso4", b"iso5", b"iso6", b"isom", b"mp41", b"mp42",
            b"M4V ",
        ]);
    }
    is("video/webm") && begins(b"\x1a\x45\xdf\xa3")
}

/// Whether the bytes are text: none of those that the sniffing standard calls binary.
fn is_text(beginning: &[u8]) -> bool {
    !beginning
        .iter()
        .any(|byte| matches!(byte, 0x00..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f))
}

#[cfg(test)]
mod tests;
