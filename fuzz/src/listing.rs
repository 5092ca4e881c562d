//! Laws of the parameters of a listing.

use countersign_request::Query;
use countersign_s3::{ListParameters, ListPosition, MAX_PAGE};

/// Holds listings to their laws: a page is bounded, begins behind where it was asked to, and its
/// token leads back to the same place.
///
/// # Panics
/// If a law is broken.
pub fn listing(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    if let Some(position) = ListPosition::of_token(raw) {
        assert_eq!(ListPosition::of_token(&position.token()), Some(position));
    }
    let Ok(query) = Query::of(raw) else { return };
    let Ok(parameters) = ListParameters::of(&query) else {
        return;
    };
    assert!(parameters.max_keys <= MAX_PAGE);
    assert_ne!(parameters.delimiter.as_deref(), Some(""));
    let first = parameters.first_candidate();
    assert!(first.as_slice() >= parameters.prefix.as_bytes());
    if let ListPosition::AfterKey(key) = parameters.position() {
        assert!(first.as_slice() > key.as_bytes());
    }
    let position = parameters.position().clone();
    assert_eq!(ListPosition::of_token(&position.token()), Some(position));
}
