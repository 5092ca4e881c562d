use super::{MAX_KEY_BYTES, ObjectKey, ObjectKeyError};

#[test]
fn a_key_is_kept_exactly_as_given() {
    for key in [
        "a//b",
        "./a",
        "../a",
        "a/../b",
        "/lead",
        "trail/",
        "ü—😀",
        "a\\b",
        "tab\tx",
        "%2F",
    ] {
        assert_eq!(ObjectKey::parse(key).unwrap().as_str(), key);
    }
}

#[test]
fn the_limit_counts_bytes_not_characters() {
    assert!(ObjectKey::parse(&"ü".repeat(MAX_KEY_BYTES / 2)).is_ok());
    let long = "ü".repeat(MAX_KEY_BYTES / 2 + 1);
    assert_eq!(
        ObjectKey::parse(&long),
        Err(ObjectKeyError::TooLong { bytes: 1026 })
    );
}

#[test]
fn a7_nul_and_nothing_are_no_keys() {
    assert_eq!(ObjectKey::parse("a\0b"), Err(ObjectKeyError::Nul { at: 1 }));
    assert_eq!(ObjectKey::parse(""), Err(ObjectKeyError::Empty));
}

#[test]
fn a7_dot_segments_are_seen_wherever_they_stand() {
    for key in [".", "..", "./a", "a/..", "a/./b", "/../"] {
        assert!(ObjectKey::parse(key).unwrap().has_dot_segments(), "{key}");
    }
    for key in ["...", "a.b", ".a", "a..", "a/.b/..c"] {
        assert!(!ObjectKey::parse(key).unwrap().has_dot_segments(), "{key}");
    }
}
