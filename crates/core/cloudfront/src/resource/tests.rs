use proptest::prelude::*;

use super::*;
use crate::testing::vectors;

#[test]
fn k1_resources_cover_what_the_vectors_say() {
    for vector in vectors("resources.jsonl") {
        let resource = Resource::parse(vector["resource"].as_str().unwrap());
        let found = match &resource {
            Err(_) => Some("malformed"),
            Ok(resource) => {
                let asked = AskedUrl::parse(vector["url"].as_str().unwrap()).unwrap();
                resource.cover(&asked).map(|cover| match cover {
                    QueryCover::Literal => "literal",
                    QueryCover::Wildcard => "wildcard",
                })
            }
        };
        assert_eq!(found, vector["cover"].as_str(), "{vector}");
    }
}

#[test]
fn k1_an_escaped_question_mark_is_no_backslash_and_a_wildcard() {
    assert!(matches(r"a\?b", "a?b"));
    for text in ["ab", "axb", r"a\b", r"a\?b", r"a\xb"] {
        assert!(!matches(r"a\?b", text), "{text}");
    }
}

#[test]
fn k1_resources_that_name_nothing_are_known() {
    for text in [
        "*",
        "**",
        "*://*",
        "*://*/*",
        "https://*",
        "https://*/*",
        "https://*.*/*",
        "*/*\\?*",
        "https://?*/?*",
    ] {
        assert!(Resource::parse(text).unwrap().is_unbounded(), "{text}");
    }
    for text in [
        "https://*/a*",
        "https://a/*",
        "*://*.example.com",
        "*.mp4",
        "*/x",
        "*/*\\?a",
    ] {
        assert!(!Resource::parse(text).unwrap().is_unbounded(), "{text}");
    }
}

#[test]
fn resources_are_bounded() {
    let limit = MAX_WILDCARDS;
    let stars = |count| format!("https://example.com/{}", "a*".repeat(count));
    assert!(Resource::parse(&stars(limit)).is_ok());
    assert_eq!(
        Resource::parse(&stars(limit + 1)),
        Err(ResourceError::Wildcards { limit })
    );
    let limit = MAX_BYTES;
    let long = format!("https://example.com/{}", "a".repeat(limit));
    assert_eq!(
        Resource::parse(&long),
        Err(ResourceError::TooLong { limit })
    );
}

/// The rule as it is said: try every length for every star.
fn matches_slowly(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            (0..=text.len()).any(|taken| matches_slowly(rest, &text[taken..]))
        }
        ([b'\\', literal, rest @ ..], [found, text @ ..]) => {
            literal == found && matches_slowly(rest, text)
        }
        ([b'?', rest @ ..], [_, text @ ..]) => matches_slowly(rest, text),
        ([literal, rest @ ..], [found, text @ ..]) => {
            literal == found && matches_slowly(rest, text)
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn k1_wildcards_match_as_the_rule_says(pattern in r"([ab*?]|\\\?){0,8}", text in r"[ab?\\]{0,8}") {
        prop_assert_eq!(matches(&pattern, &text), matches_slowly(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn k1_a_resource_without_wildcards_covers_its_own_url_only(
        path in "[a-z/]{0,6}", query in proptest::option::of("[a-z=&]{0,6}"),
        other_path in "[a-z/]{0,6}", other_query in proptest::option::of("[a-z=&]{0,6}"),
    ) {
        let url = |path: &str, query: &Option<String>| match query {
            Some(query) => format!("https://example.com/{path}?{query}"),
            None => format!("https://example.com/{path}"),
        };
        let signed = url(&path, &query);
        let other = url(&other_path, &other_query);
        let resource = Resource::parse(&signed.replace('?', "\\?")).unwrap();
        prop_assert_eq!(resource.cover(&AskedUrl::parse(&signed).unwrap()), Some(QueryCover::Literal));
        prop_assert_eq!(resource.cover(&AskedUrl::parse(&other).unwrap()).is_some(), signed == other);
    }

    #[test]
    fn k1_no_wildcard_reaches_from_the_path_into_a_query(
        pattern in "[a*?]{0,6}a", path in "[a-c]{0,4}", query in "[a-c]{0,4}",
    ) {
        // Neither a star at the end nor a question mark to begin the query: then a query is never covered.
        let resource = Resource::parse(&format!("https://example.com/{}", pattern.replace('?', "b"))).unwrap();
        let asked = AskedUrl::parse(&format!("https://example.com/{path}?{query}")).unwrap();
        prop_assert_eq!(resource.cover(&asked), None);
    }
}
