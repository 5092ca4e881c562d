//! Laws of the parameters of a listing.

use countersign_request::Query;
use countersign_s3::multipart::{MAX_PART_NUMBER, page_size, part_number};
use countersign_s3::{ListParameters, ListPosition, MAX_PAGE, VersionListParameters};

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
    if let Ok(number) = part_number(raw) {
        assert!((1..=MAX_PART_NUMBER).contains(&number));
    }
    let Ok(query) = Query::of(raw) else { return };
    for parameters in [
        ListParameters::of(&query),
        ListParameters::of_version_1(&query),
    ]
    .into_iter()
    .flatten()
    {
        page(&parameters);
    }
    for name in ["max-parts", "max-uploads"] {
        assert!(page_size(&query, name).is_ok_and(|size| size <= MAX_PAGE) || query.has(name));
    }
    if let Ok(parameters) = VersionListParameters::of(&query) {
        assert!(parameters.max_keys <= MAX_PAGE);
        assert_ne!(parameters.delimiter.as_deref(), Some(""));
        assert!(parameters.key_marker.is_some() || parameters.version_id_marker.is_none());
    }
}

fn page(parameters: &ListParameters) {
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
