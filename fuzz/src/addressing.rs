//! Laws of host and path.
//!
//! What is signed must be what is addressed (threat A7), so the one canonical form of a path decides
//! about bucket and key, however the path was spelled.

use countersign_request::percent::{Component, canonicalize_into, encode};
use countersign_s3::{Addressing, MAX_KEY_BYTES};

/// Holds addressing to its laws: bucket and key read back as they are written, in any spelling with
/// the same canonical form, and a key is never empty, too long, or cut by a NUL.
///
/// An input is two lines, host and path.
///
/// # Panics
/// If a law is broken.
pub fn addressing(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (host, path) = text.split_once('\n').unwrap_or(("127.0.0.1:9000", text));
    let addressing = Addressing::new(["s3.example.com", "files.example.com:8443"]);
    let Ok(address) = addressing.resolve(host, path) else {
        return;
    };
    assert!(address.bucket.is_some() || address.key.is_none());
    if let Some(key) = &address.key {
        assert!(!key.as_bytes().is_empty() && key.as_bytes().len() <= MAX_KEY_BYTES);
        assert!(!key.as_bytes().contains(&0));
    }

    let mut canonical = Vec::new();
    if canonicalize_into(path.as_bytes(), Component::Path, &mut canonical).is_ok() {
        let canonical = String::from_utf8_lossy(&canonical).into_owned();
        assert_eq!(addressing.resolve(host, &canonical).as_ref(), Ok(&address));
    }

    // A host may put anything where the bucket's name stands; only a valid name fits into a path.
    let (Ok(Some(bucket)), Some(key)) = (address.bucket_name(), &address.key) else {
        return;
    };
    let spelled = |part: &str| encode(part, Component::Path);
    let written = format!("/{}/{}", spelled(bucket.as_str()), spelled(key.as_str()));
    let Ok(again) = addressing.resolve("127.0.0.1:9000", &written) else {
        unreachable!("what was addressed once can be addressed again");
    };
    assert_eq!(again.key, address.key);
    assert_eq!(again.bucket, address.bucket);
}
