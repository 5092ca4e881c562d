//! Laws of redaction.

use countersign_audit::{LONGEST_TEXT, Text, redact};

/// Holds redaction to its laws: what is redacted twice is as what is redacted once, and no value of a
/// signature or token survives behind its name, whatever stands before.
///
/// # Panics
/// If a law is broken.
pub fn redaction(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        let text = Text::of_bytes(data, None);
        assert!(text.as_str().len() <= LONGEST_TEXT);
        return;
    };
    let once = redact(text, None);
    assert_eq!(redact(&once, None), once, "twice is more than once");
    let kept = Text::of(text);
    assert!(kept.as_str().len() <= LONGEST_TEXT);
    assert_eq!(Text::of(kept.as_str()), kept);
    for name in [
        "\n&X-Amz-Signature=",
        "\n&x%2Damz%2Dsecurity%2Dtoken=",
        "\nCookie: ",
    ] {
        let marked = format!("{text}{name}s3cr3tmarked0123");
        let out = redact(&marked, None);
        assert!(!out.contains("s3cr3tmarked0123"), "{out}");
    }
}
