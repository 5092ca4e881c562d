//! Wildcards within one section of a resource.
//!
//! INVARIANT: only the last `*` is ever gone back to, so a comparison takes at most pattern times text steps.

/// Whether `pattern` covers all of `text`: `*` is any number of characters, `?` is one, `\?` is a question mark.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.as_bytes(), text.as_bytes());
    // What follows the last star, and the text that it has not taken yet.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', after @ ..] = pattern {
            star = Some((after, text));
            pattern = after;
        } else if let Some(rest) = step(pattern, text) {
            (pattern, text) = rest;
        } else if pattern.is_empty() && text.is_empty() {
            return true;
        } else if let Some((after, [_, left @ ..])) = star {
            star = Some((after, left));
            (pattern, text) = (after, left);
        } else {
            return false;
        }
    }
}

/// Takes one character off both, if they agree on it.
fn step<'p, 't>(pattern: &'p [u8], text: &'t [u8]) -> Option<(&'p [u8], &'t [u8])> {
    let (found, text) = text.split_first()?;
    match pattern {
        [b'\\', literal, pattern @ ..] if literal == found => Some((pattern, text)),
        [b'?', pattern @ ..] => Some((pattern, text)),
        [literal, pattern @ ..] if literal == found && *literal != b'\\' => Some((pattern, text)),
        _ => None,
    }
}

/// Whether a pattern covers more than one text.
pub(super) fn has_wildcard(pattern: &str) -> bool {
    pattern.replace("\\?", "").contains(['*', '?'])
}
