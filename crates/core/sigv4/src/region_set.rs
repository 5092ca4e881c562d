//! The region set of a SigV4A signature: comma-separated regions, `*` as wildcard.
//!
//! `X-Amz-Region-Set`, AWS "SigV4A": a pattern such as `eu-*` covers every region it matches.

/// Whether `set` names `region`, directly or by a pattern with at most a few `*`.
pub(crate) fn covers(set: &str, region: &str) -> bool {
    set.split(',')
        .map(str::trim)
        .any(|pattern| matches(pattern, region))
}

fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_set_covers_what_its_patterns_match() {
        for (set, region, expected) in [
            ("*", "us-east-1", true),
            ("us-east-1", "us-east-1", true),
            ("us-east-1", "us-east-11", false),
            ("us-east-1,eu-*", "eu-west-1", true),
            ("us-east-1, eu-*", "eu-west-1", true),
            ("eu-*-1", "eu-west-2", false),
            ("eu-*-1", "eu-west-1", true),
            ("", "us-east-1", false),
            ("us-*-*", "us-east-1", true),
        ] {
            assert_eq!(covers(set, region), expected, "{set} {region}");
        }
    }
}
