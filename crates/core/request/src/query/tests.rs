use proptest::prelude::*;

use super::{MAX_QUERY_PARAMETERS, Query};
use crate::percent::{self, Component};
use crate::{PercentError, QueryError};

fn pairs(raw: &str) -> Vec<(String, String)> {
    let query = Query::of(raw).unwrap();
    query
        .pairs()
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect()
}

#[test]
fn pairs_keep_order_and_duplicates() {
    let expected: Vec<(String, String)> = [("b", "1"), ("a", ""), ("b", "=2")]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec();
    assert_eq!(pairs("b=1&a&&b==2"), expected);
}

#[test]
fn names_are_decoded_before_anyone_compares_them() {
    let query = Query::of("%58-Amz-Expires=1&x-amz-expires=2").unwrap();
    assert_eq!(query.first("X-Amz-Expires"), Some("1"));
    assert_eq!(query.occurrences_ignoring_case("X-Amz-Expires"), 2);
}

#[test]
fn utf8_split_over_two_parameters_is_refused() {
    let expected = QueryError::Percent {
        index: 0,
        source: PercentError::NotUtf8,
    };
    assert_eq!(Query::of("a=%C3&%BC=b").unwrap_err(), expected);
}

#[test]
fn l2_a_query_of_endless_parameters_is_refused() {
    let raw = "a&".repeat(MAX_QUERY_PARAMETERS + 1);
    let expected = QueryError::TooManyParameters {
        limit: MAX_QUERY_PARAMETERS,
    };
    assert_eq!(Query::of(&raw).unwrap_err(), expected);
}

#[test]
fn a_query_can_be_parsed_into_again() {
    let mut query = Query::of("a=1&b=2").unwrap();
    query.parse("c=3").unwrap();
    assert_eq!(query.pairs().collect::<Vec<_>>(), [("c", "3")]);
    assert!(query.parse("%").is_err());
    assert!(query.is_empty());
}

#[test]
fn raw_places_point_at_what_was_sent() {
    let raw = "a%20b=c%2Fd&e";
    let query = Query::of(raw).unwrap();
    let raws: Vec<_> = query
        .located_pairs()
        .map(|(_, _, n, v)| (&raw[n], &raw[v]))
        .collect();
    assert_eq!(raws, [("a%20b", "c%2Fd"), ("e", "")]);
}

#[test]
fn only_what_an_encoder_would_write_is_called_canonical() {
    for raw in ["", "a=", "a%20b=%2F&&c=", "-_.~=~", "%25="] {
        assert!(Query::of(raw).unwrap().is_canonically_spelled(), "{raw}");
    }
    for raw in [
        "a", "a+b=", "%2f=", "%41=", "a=b=c", "a/b", "a=\u{fc}", "a=:", "%2D",
    ] {
        assert!(!Query::of(raw).unwrap().is_canonically_spelled(), "{raw}");
    }
}

/// The pairs by the plain definition: cut at `&`, then at the first `=`, then decode.
fn pairs_by_definition(raw: &str) -> Result<Vec<(String, String)>, QueryError> {
    let items = raw.split('&').filter(|item| !item.is_empty());
    let decoded = |(index, item): (usize, &str)| {
        let (name, value) = item.split_once('=').unwrap_or((item, ""));
        let decode = |text| {
            percent::decode(text, Component::Query)
                .map_err(|source| QueryError::Percent { index, source })
        };
        Ok((decode(name)?, decode(value)?))
    };
    items.enumerate().map(decoded).collect()
}

proptest! {
    #[test]
    fn one_look_over_the_bytes_finds_what_the_definition_says(raw in "([a-c~&=+%/\u{fc}]|%2[0-9A-Fa-f]|%C3%BC){0,24}") {
        let found = Query::of(&raw);
        let expected = pairs_by_definition(&raw);
        match found {
            Err(error) => prop_assert_eq!(Err(error), expected),
            Ok(query) => {
                let pairs: Vec<_> = query.pairs().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
                prop_assert_eq!(Ok(pairs), expected);
                prop_assert_eq!(query.raw(), raw.as_str());
                let respelled = query.located_pairs().any(|(_, _, name, value)| {
                    name.end == value.start || [name, value].into_iter().any(|place| {
                        let mut canonical = Vec::new();
                        percent::canonicalize_into(&raw.as_bytes()[place.clone()], Component::Query, &mut canonical).unwrap();
                        canonical != raw.as_bytes()[place]
                    })
                });
                prop_assert_eq!(query.is_canonically_spelled(), !respelled);
            }
        }
    }
}
