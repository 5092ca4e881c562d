//! The answer of `PostObject` to a form that asks for status 201.

use super::XmlWriter;

/// Writes the document. `etag` is in its quotes, as S3 writes it here.
#[must_use]
pub fn post_response(location: &str, bucket: &str, key: &str, etag: &str) -> String {
    let mut xml = XmlWriter::new();
    xml.element("PostResponse", |xml| {
        xml.text("Location", location);
        xml.text("Bucket", bucket);
        xml.text("Key", key);
        xml.text("ETag", etag);
    });
    xml.finish()
}

#[cfg(test)]
mod tests;
