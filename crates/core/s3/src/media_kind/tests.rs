use super::may_be_shown;

const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";

#[test]
fn what_it_is_called_and_what_it_is_must_agree() {
    let mp4 = b"\0\0\0\x18ftypmp42\0\0\0\0";
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0";
    let webp = b"RIFF\x10\0\0\0WEBPVP8 ";
    let wav = b"RIFF\x10\0\0\0WAVEfmt ";
    let kinds: [(&str, &[u8]); 13] = [
        ("audio/mpeg", b"ID3\x04"),
        ("audio/mpeg", &[0xff, 0xfb, 0x90]),
        ("audio/ogg", b"OggS\0\x02"),
        ("audio/wav", wav),
        ("image/avif", avif),
        ("image/bmp", b"BM\x36"),
        ("image/gif", b"GIF89a\x01"),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("image/png", b"\x89PNG\r\n\x1a\n\0"),
        ("image/webp", webp),
        ("text/plain", "grüße".as_bytes()),
        ("video/mp4", mp4),
        ("video/webm", b"\x1a\x45\xdf\xa3\x01"),
    ];
    for (name, beginning) in kinds {
        assert!(may_be_shown(name, beginning), "{name}");
        let charset = format!("{}; charset=utf-8", name.to_uppercase());
        assert!(may_be_shown(&charset, beginning), "{charset}");
        for (other, bytes) in kinds {
            // Any bytes may be text in some encoding; shown as text they do no harm.
            if other != name && name != "text/plain" {
                assert!(!may_be_shown(name, bytes), "{other} called {name}");
            }
        }
    }
}

#[test]
fn e2_a_page_is_not_shown_as_an_image() {
    for name in [
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
        "video/webm",
    ] {
        assert!(!may_be_shown(name, HTML), "{name}");
        assert!(!may_be_shown(name, b""), "{name}");
    }
}

#[test]
fn e3_nothing_that_runs_is_shown_whatever_its_bytes() {
    for name in [
        "application/pdf",
        "application/xhtml+xml",
        "image/svg+xml",
        "multipart/related",
        "text/html",
        "text/xml",
        "",
    ] {
        for beginning in [HTML, b"\x89PNG\r\n\x1a\n", b"plain"] {
            assert!(!may_be_shown(name, beginning), "{name}");
        }
    }
    assert!(!may_be_shown("text/plain", b"MZ\x90\0\x03"));
}

#[test]
fn e2_an_upload_is_held_to_its_declared_type() {
    let agree: &[(&str, &[u8])] = &[
        ("application/json", b"{\"a\":1}"),
        ("application/octet-stream", HTML),
        ("application/pdf", b"%PDF-1.7\n"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04\x14\0",
        ),
        ("application/x-unknown", b"\x01\x02"),
        ("application/x-unknown", b""),
        ("audio/aac", &[0xff, 0xf1, 0x50]),
        ("image/heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
        (
            "image/svg+xml",
            b"\xef\xbb\xbf<?xml version=\"1.0\"?><svg/>",
        ),
        ("image/x-portable-pixmap", b"P3\n1 1\n255\n0 0 0\n"),
        ("text/csv", b"a,b\n1,2\n"),
        ("text/html", HTML),
        ("text/plain", b"<html> is how a page begins"),
        ("text/plain", b""),
        ("video/mp4", b"\0\0\0\x20ftypiso5\0\0\0\0"),
        ("video/quicktime", b"\0\0\0\x14ftypqt  \0\0\0\0"),
    ];
    for (name, beginning) in agree {
        assert!(super::may_be_of_type(name, beginning), "{name}");
    }
    let utf16 = [0xff, 0xfe, b'<', 0, b's', 0, b'v', 0, b'g', 0];
    for name in [
        "application/pdf",
        "application/x-unknown",
        "application/zip",
        "audio/mpeg",
        "font/woff2",
        "image/png",
        "image/x-unknown",
        "video/mp4",
        "nonsense",
        "",
    ] {
        for lie in [
            HTML,
            b" \r\n\t<svg onload=alert(1)>",
            b"\xef\xbb\xbf<script>",
            &utf16,
        ] {
            assert!(!super::may_be_of_type(name, lie), "{name}: {lie:?}");
        }
    }
    for name in [
        "application/pdf",
        "image/png",
        "image/jpeg",
        "video/mp4",
        "application/zip",
    ] {
        assert!(!super::may_be_of_type(name, b""), "{name}");
        assert!(!super::may_be_of_type(name, b"plain text"), "{name}");
    }
    assert!(!super::may_be_of_type("text/plain", b"MZ\x90\0\x03"));
    assert!(!super::may_be_of_type("image/svg+xml", b"alert(1)"));
}
