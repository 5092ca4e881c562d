use super::{Component, canonicalize_into, decode, encode};
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
