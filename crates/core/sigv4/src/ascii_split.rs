//! Cutting short texts at an ASCII byte.
//!
//! COST: `str::split` sets up a searcher for every piece, which showed in the profile of verifying;
//! the pieces of a scope or of a list of signed headers are a few bytes, so a plain loop will do.

/// The pieces of `text` between the bytes `at`, as `text.split(char::from(at))` gives them.
///
/// INVARIANT: `at` is ASCII, so that every cut lies between two characters.
#[inline]
pub(crate) fn ascii_split(text: &str, at: u8) -> impl Iterator<Item = &str> {
    debug_assert!(at.is_ascii(), "a cut inside a character");
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let cut = text.bytes().position(|byte| byte == at);
        rest = cut.and_then(|cut| text.get(cut + 1..));
        text.get(..cut.unwrap_or(text.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::ascii_split;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_are_those_of_str_split(text in "[a;/\u{fc}]{0,12}") {
            for at in [b';', b'/'] {
                let expected: Vec<&str> = text.split(char::from(at)).collect();
                prop_assert_eq!(ascii_split(&text, at).collect::<Vec<_>>(), expected);
            }
        }
    }
}
