//! Object attributes as the index keeps them: JSON, or nothing where there is nothing to say.

use countersign_s3::ObjectAttributes;

use crate::StoreError;

/// Writes attributes for the index.
pub(crate) fn to_text(attributes: &ObjectAttributes) -> Result<String, StoreError> {
    if *attributes == ObjectAttributes::default() {
        return Ok(String::new());
    }
    serde_json::to_string(attributes).map_err(|error| unreadable(&error))
}

/// Reads attributes from the index.
pub(crate) fn of_text(text: &str) -> Result<ObjectAttributes, StoreError> {
    if text.is_empty() {
        return Ok(ObjectAttributes::default());
    }
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Database {
        message: format!("object attributes: {error}"),
    }
}
