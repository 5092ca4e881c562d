use countersign_request::percent::{Component, encode_into};
use countersign_request::{Header, Query, RequestHead};
use proptest::prelude::*;

use super::{CanonicalParts, CanonicalRequest, LeftOut, PathRule, fold_spaces_into};
use crate::SignedHeaders;

fn build(path: &str, query: &str, rule: PathRule) -> String {
    let headers = [Header {
        name: "host",
        value: b"h",
    }];
    let head = RequestHead {
        method: "GET",
        path,
        query,
        headers: &headers,
    };
    let query = Query::of(query).unwrap();
    let parts = CanonicalParts {
        head: &head,
        method: "GET",
        query: &query,
        left_out: LeftOut::Signature,
        signed_headers: SignedHeaders::parse("host").unwrap(),
        payload: "UNSIGNED-PAYLOAD",
        path_rule: rule,
    };
    let mut canonical = CanonicalRequest::default();
    String::from_utf8(canonical.build(&parts).unwrap().to_vec()).unwrap()
}

fn line(text: &str, at: usize) -> &str {
    text.split('\n').nth(at).unwrap()
}

#[test]
fn s3_paths_are_decoded_and_encoded_once_and_never_normalised() {
    for (raw, canonical) in [
        ("/b/a%2fb", "/b/a/b"),
        ("/b/a%252Fb", "/b/a%252Fb"),
        ("/b//a/./../", "/b//a/./../"),
        ("/b/a+b", "/b/a%2Bb"),
        ("/b/-_.~!*'()", "/b/-_.~%21%2A%27%28%29"),
        ("", "/"),
    ] {
        assert_eq!(line(&build(raw, "", PathRule::S3), 1), canonical, "{raw}");
    }
}

#[test]
fn generic_paths_are_encoded_again() {
    let rule = PathRule::Generic { normalize: true };
    for (raw, canonical) in [
        ("/a%20b", "/a%2520b"),
        ("/a/../b//", "/b/"),
        ("/./", "/"),
        ("/a/..", "/"),
    ] {
        assert_eq!(line(&build(raw, "", rule), 1), canonical, "{raw}");
    }
}

#[test]
fn the_query_is_sorted_by_encoded_name_then_value_without_the_signature() {
    let text = build(
        "/",
        "b=2&b=1&B=&a%2Db=x+y&X-Amz-Signature=s&a-=1&a=1",
        PathRule::S3,
    );
    assert_eq!(line(&text, 2), "B=&a=1&a-=1&a-b=x%20y&b=1&b=2");
}

#[test]
fn white_space_in_header_values_is_folded() {
    let mut out = Vec::new();
    fold_spaces_into(b"  a   \"b \t c\"\r\n d ", &mut out);
    assert_eq!(out, b"a \"b c\" d");
}

/// The canonical query by AWS's words: decode, encode each name and value, sort, join.
fn canonical_query_by_definition(query: &str) -> String {
    let query = Query::of(query).unwrap();
    let encoded = |text: &str| {
        let mut out = Vec::new();
        encode_into(text.as_bytes(), Component::Query, &mut out);
        String::from_utf8(out).unwrap()
    };
    let mut pairs: Vec<_> = query
        .pairs()
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort();
    let items: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
    items.join("&")
}

proptest! {
    #[test]
    fn a_copied_query_is_the_one_that_decoding_encoding_and_sorting_gives(
        items in proptest::collection::vec("(X-Amz-Signature=b|[ab]{0,2}(=([ab]|%2F|%2f|%41|\\+|/|=){0,2})?)", 0..8),
    ) {
        let query = items.join("&");
        let text = build("/", &query, PathRule::S3);
        prop_assert_eq!(line(&text, 2), canonical_query_by_definition(&query));
    }
}
