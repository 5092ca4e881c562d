//! How bodies of a type begin.
//!
//! Left out are types that are used for what they are not: Windows calls a CSV file
//! `application/vnd.ms-excel` where Excel is installed.

/// Brands of ISO base media files that are MP4 (ISO/IEC 14496-12, and the registry at mp4ra.org).
const MP4: &[&[u8; 4]] = &[
    b"3gp4", b"3gp5", b"3gp6", b"M4A ", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"avc1", b"dash",
    b"f4v ", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"isom", b"mp41", b"mp42", b"mp71",
];
const HEIF: &[&[u8; 4]] = &[
    b"heic", b"heim", b"heis", b"heix", b"hevc", b"hevm", b"hevs", b"hevx", b"mif1", b"msf1",
];

/// Whether a body beginning with these bytes is of this type, given in lower case without parameters;
/// `None` if it is not known how that type begins.
pub(super) fn of_type(essence: &str, beginning: &[u8]) -> Option<bool> {
    let begins = |signature: &[u8]| beginning.starts_with(signature);
    let any_of = |signatures: &[&[u8]]| signatures.iter().any(|signature| begins(signature));
    let holds = |at: usize, text: &[u8; 4]| beginning.get(at..at + 4) == Some(text);
    let riff = |form| begins(b"RIFF") && holds(8, form);
    let brand =
        |brands: &[&[u8; 4]]| holds(4, b"ftyp") && brands.iter().any(|brand| holds(8, brand));
    let is_zip = || any_of(&[b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"]);
    let is_ebml = || begins(b"\x1a\x45\xdf\xa3");
    Some(match essence {
        "application/gzip" | "application/x-gzip" => begins(b"\x1f\x8b\x08"),
        "application/pdf" => begins(b"%PDF-"),
        "application/rtf" | "text/rtf" => begins(b"{\\rtf"),
        "application/vnd.rar" | "application/x-rar-compressed" => begins(b"Rar!\x1a\x07"),
        "application/wasm" => begins(b"\0asm"),
        "application/x-7z-compressed" => begins(b"7z\xbc\xaf\x27\x1c"),
        "application/x-bzip2" => begins(b"BZh"),
        "application/x-xz" => begins(b"\xfd7zXZ\0"),
        "application/zip" | "application/x-zip-compressed" => is_zip(),
        "application/zstd" => begins(b"\x28\xb5\x2f\xfd"),
        "audio/aac" => {
            begins(b"ADIF") || matches!(beginning, [0xff, second, ..] if second & 0xf6 == 0xf0)
        }
        "audio/aiff" | "audio/x-aiff" => {
            begins(b"FORM") && (holds(8, b"AIFF") || holds(8, b"AIFC"))
        }
        "audio/flac" | "audio/x-flac" => begins(b"fLaC"),
        "audio/midi" => begins(b"MThd"),
        "audio/mpeg" => {
            begins(b"ID3") || matches!(beginning, [0xff, second, ..] if second & 0xe6 == 0xe2)
        }
        "audio/mp4" | "audio/x-m4a" | "video/mp4" | "video/x-m4v" => brand(MP4),
        "audio/ogg" | "video/ogg" | "application/ogg" => begins(b"OggS\0"),
        "audio/vnd.wave" | "audio/wav" | "audio/wave" | "audio/x-wav" => riff(b"WAVE"),
        "audio/webm" | "video/webm" | "video/x-matroska" => is_ebml(),
        "font/collection" => begins(b"ttcf"),
        "font/otf" => begins(b"OTTO"),
        "font/ttf" => any_of(&[b"\0\x01\0\0", b"true"]),
        "font/woff" => begins(b"wOFF"),
        "font/woff2" => begins(b"wOF2"),
        "image/apng" | "image/png" => begins(b"\x89PNG\r\n\x1a\n"),
        "image/avif" => brand(&[b"avif", b"avis"]),
        "image/bmp" => begins(b"BM"),
        "image/gif" => any_of(&[b"GIF87a", b"GIF89a"]),
        "image/heic" | "image/heif" => brand(HEIF),
        "image/jpeg" | "image/jpg" => begins(b"\xff\xd8\xff"),
        "image/jxl" => any_of(&[b"\xff\x0a", b"\0\0\0\x0cJXL "]),
        "image/tiff" => any_of(&[b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]),
        "image/vnd.microsoft.icon" | "image/x-icon" => begins(b"\0\0\x01\0"),
        "image/webp" => riff(b"WEBP"),
        "video/mpeg" => any_of(&[b"\0\0\x01\xba", b"\0\0\x01\xb3"]),
        "video/quicktime" => {
            brand(&[b"qt  "])
                || [b"moov", b"mdat", b"wide", b"free"]
                    .iter()
                    .any(|atom| holds(4, atom))
        }
        "video/x-msvideo" => riff(b"AVI "),
        "application/javascript"
        | "application/json"
        | "application/x-ndjson"
        | "application/yaml" => is_text(beginning),
        "application/xml" | "text/xml" => begins_like_markup(beginning),
        _ if essence.ends_with("+xml") => begins_like_markup(beginning),
        _ if essence.starts_with("text/") || essence.ends_with("+json") => is_text(beginning),
        _ if essence.ends_with("+zip")
            || essence.starts_with("application/vnd.oasis.opendocument.")
            || essence.starts_with("application/vnd.openxmlformats-officedocument.") =>
        {
            is_zip()
        }
        _ => return None,
    })
}

/// Whether the bytes are text: none of those that the sniffing standard calls binary.
fn is_text(beginning: &[u8]) -> bool {
    !beginning
        .iter()
        .any(|byte| matches!(byte, 0x00..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f))
}

/// Whether the first thing in it is a `<`, behind white space and marks of byte order, in UTF-8 or
/// UTF-16.
pub(super) fn begins_like_markup(beginning: &[u8]) -> bool {
    let passed_over = |byte: &u8| {
        matches!(
            byte,
            b'\t' | b'\n' | 0x0c | b'\r' | b' ' | 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff
        )
    };
    beginning.iter().find(|byte| !passed_over(byte)) == Some(&b'<')
}
