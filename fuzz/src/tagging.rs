//! Laws of the `x-amz-tagging` header.

use countersign_request::percent::{Component, encode};
use countersign_s3::parse_tagging;

/// Holds tags to their laws: at most ten, each key once, and they read back as they are written.
///
/// # Panics
/// If a law is broken.
pub fn tagging(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(tags) = parse_tagging(value) else {
        return;
    };
    assert!(tags.len() <= 10);
    for (key, _) in &tags {
        assert_eq!(tags.iter().filter(|(other, _)| other == key).count(), 1);
        assert!(!key.is_empty() && !key.to_ascii_lowercase().starts_with("aws:"));
    }
    let written: Vec<String> = tags
        .iter()
        .map(|(key, value)| {
            let text = |part| encode(part, Component::Query);
            format!("{}={}", text(key), text(value))
        })
        .collect();
    assert_eq!(parse_tagging(&written.join("&")), Ok(tags));
}
