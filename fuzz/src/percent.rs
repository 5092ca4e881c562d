//! Laws of percent-encoding.

use countersign_request::percent::{Component, canonicalize_into, decode_into, encode_into};

/// Holds percent-encoding to its laws: decoding undoes encoding, and canonicalising is decoding
/// followed by encoding, and changes nothing the second time.
///
/// # Panics
/// If a law is broken.
pub fn percent(data: &[u8]) {
    for component in [Component::Path, Component::Query] {
        let mut encoded = Vec::new();
        encode_into(data, component, &mut encoded);
        assert!(encoded.is_ascii());
        let mut back = Vec::new();
        assert_eq!(decode_into(&encoded, component, &mut back), Ok(()));
        assert_eq!(back, data);

        let (mut decoded, mut canonical) = (Vec::new(), Vec::new());
        let decodes = decode_into(data, component, &mut decoded);
        assert_eq!(canonicalize_into(data, component, &mut canonical), decodes);
        if decodes.is_ok() {
            let mut expected = Vec::new();
            encode_into(&decoded, component, &mut expected);
            assert_eq!(canonical, expected);
            let mut twice = Vec::new();
            assert_eq!(canonicalize_into(&canonical, component, &mut twice), Ok(()));
            assert_eq!(twice, canonical);
        }
    }
}
