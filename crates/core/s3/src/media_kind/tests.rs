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
