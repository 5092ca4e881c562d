//! The answer of `GetBucketLocation`.

use super::XmlWriter;

/// Writes the document. A bucket in `us-east-1` has an empty location, by old custom.
#[must_use]
pub fn location_document(region: &str) -> String {
    let mut xml = XmlWriter::new();
    let constraint = if region == "us-east-1" { "" } else { region };
    xml.root("LocationConstraint", |xml| xml.escape(constraint));
    xml.finish()
}

#[cfg(test)]
mod tests;
