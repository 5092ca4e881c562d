use super::{MAX_QUERY_PARAMETERS, Query};
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
