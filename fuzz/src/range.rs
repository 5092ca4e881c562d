//! Laws of the `Range` header.

use countersign_s3::ByteRange;

/// Holds ranges to their laws: whatever is answered lies within the object and is not empty, and a
/// range reads back as it is written.
///
/// # Panics
/// If a law is broken.
pub fn range(data: &[u8]) {
    let Ok(header) = std::str::from_utf8(data) else {
        return;
    };
    let Some(range) = ByteRange::parse(header) else {
        return;
    };
    assert_eq!(ByteRange::parse(&range.to_string()), Some(range));
    let written = data.len() as u64;
    for size in [0, 1, 2, written, 1 << 32, u64::MAX - 1, u64::MAX] {
        let Ok(extent) = range.resolve(size) else {
            continue;
        };
        assert!(extent.length >= 1);
        assert!(extent.first < size);
        assert!(extent.length <= size - extent.first);
        assert!(extent.content_range(size).starts_with("bytes "));
    }
}
