use proptest::prelude::*;

use super::{Component, canonicalize_into, decode, decode_into, encode, encode_into};
use crate::PercentError;

fn canonical(raw: &str, component: Component) -> String {
    let mut out = Vec::new();
    canonicalize_into(raw.as_bytes(), component, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn everything_outside_the_unreserved_set_is_escaped_in_upper_case() {
    assert_eq!(encode("-_.~!*'()", Component::Path), "-_.~%21%2A%27%28%29");
    assert_eq!(
        encode("a:b@c,d;e$f", Component::Path),
        "a%3Ab%40c%2Cd%3Be%24f"
    );
    assert_eq!(encode("\t\u{7f}", Component::Query), "%09%7F");
}

#[test]
fn canonical_form_forgets_how_a_byte_was_spelled() {
    assert_eq!(canonical("a%2fb", Component::Path), "a/b");
    assert_eq!(canonical("a/b", Component::Query), "a%2Fb");
    assert_eq!(canonical("%41%2b+", Component::Path), "A%2B%2B");
    assert_eq!(canonical("%41%2b+", Component::Query), "A%2B%20");
}

#[test]
fn a_broken_escape_is_refused_where_it_stands() {
    for (raw, at) in [("a%", 1), ("a%2", 1), ("%zz", 0), ("ab%2.", 2)] {
        assert_eq!(
            decode(raw, Component::Path),
            Err(PercentError::BrokenEscape { at }),
            "{raw}"
        );
    }
    assert_eq!(
        decode("%c0%af", Component::Path),
        Err(PercentError::NotUtf8)
    );
}

proptest! {
    #[test]
    fn canonical_form_is_decoding_then_encoding(raw in "([a-c~&=+%/\u{fc}]|%2[0-9A-Fa-f]|%C3%BC|%4[1-9]){0,40}") {
        for component in [Component::Path, Component::Query] {
            let (mut decoded, mut expected, mut found) = (Vec::new(), Vec::new(), Vec::new());
            let outcome = decode_into(raw.as_bytes(), component, &mut decoded);
            encode_into(&decoded, component, &mut expected);
            prop_assert_eq!(canonicalize_into(raw.as_bytes(), component, &mut found), outcome);
            if outcome.is_ok() {
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn text_and_its_bytes_are_encoded_alike(text in "([a-z]{0,40}\\PC{0,8}){0,4}") {
        for component in [Component::Path, Component::Query] {
            let mut bytes = Vec::new();
            encode_into(text.as_bytes(), component, &mut bytes);
            let encoded = encode(&text, component);
            prop_assert_eq!(encoded.as_bytes(), bytes);
        }
    }

    #[test]
    fn decoding_gives_back_every_byte_that_was_encoded(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for component in [Component::Path, Component::Query] {
            let (mut encoded, mut decoded) = (Vec::new(), Vec::new());
            encode_into(&bytes, component, &mut encoded);
            prop_assert_eq!(decode_into(&encoded, component, &mut decoded), Ok(()));
            prop_assert_eq!(&decoded, &bytes);
        }
    }
}
