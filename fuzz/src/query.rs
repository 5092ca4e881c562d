//! Laws of the query parser.

use countersign_request::Query;
use countersign_request::percent::{Component, decode, encode};

/// Holds the query parser to its laws: pairs survive being written and read again, a used parser
/// reads as a fresh one does, and the places it names hold what it decoded.
///
/// # Panics
/// If a law is broken.
pub fn query(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    let mut reused = Query::of("left=over&from=before").unwrap_or_default();
    let again = reused.parse(raw);
    let Ok(query) = Query::of(raw) else {
        assert!(again.is_err() && reused.is_empty());
        return;
    };
    let pairs: Vec<(&str, &str)> = query.pairs().collect();
    assert!(again.is_ok());
    assert!(reused.pairs().eq(pairs.iter().copied()));
    assert_eq!(query.len(), pairs.len());

    for (name, value, raw_name, raw_value) in query.located_pairs() {
        let spelled = |place| raw.get(place).map(|text| decode(text, Component::Query));
        assert_eq!(spelled(raw_name), Some(Ok(name.to_owned())));
        assert_eq!(spelled(raw_value), Some(Ok(value.to_owned())));
        assert!(query.has(name) && query.first(name).is_some());
        assert!(query.occurrences_ignoring_case(name) >= 1);
    }

    let written: Vec<String> = pairs
        .iter()
        .map(|(name, value)| {
            let text = |part| encode(part, Component::Query);
            format!("{}={}", text(name), text(value))
        })
        .collect();
    let Ok(reread) = Query::of(&written.join("&")) else {
        unreachable!("what was encoded can be decoded");
    };
    assert!(reread.pairs().eq(pairs.iter().copied()));
}
