//! What the API is, in OpenAPI 3.1.

/// The document.
pub(crate) fn text() -> &'static str {
    "{}"
}
