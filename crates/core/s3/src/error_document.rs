//! The document an error is answered with.
//!
//! `Code` and `Message` first, AWS's extra elements in their order, `RequestId` and `HostId` last,
//! and no namespace ("REST error responses", and recorded answers).

use crate::Fault;
use crate::xml::XmlWriter;

/// The content type of an error document.
pub const ERROR_CONTENT_TYPE: &str = "application/xml";

/// Writes the document for a fault.
///
/// ```
/// use countersign_s3::{ErrorCode, Fault, error_document};
/// let fault = Fault::new(ErrorCode::NoSuchKey).with("Key", "a&b");
/// let document = error_document(&fault, "4442587FB7D0A2F9", "host");
/// assert!(document.contains("<Code>NoSuchKey</Code>"));
/// assert!(document.contains("<Key>a&amp;b</Key><RequestId>4442587FB7D0A2F9</RequestId>"));
/// ```
#[must_use]
pub fn error_document(fault: &Fault, request_id: &str, host_id: &str) -> String {
    let mut xml = XmlWriter::new();
    xml.element("Error", |xml| {
        xml.text("Code", fault.code().as_str());
        xml.text("Message", fault.message());
        for (name, value) in fault.fields() {
            xml.text(name, value);
        }
        xml.text("RequestId", request_id);
        xml.text("HostId", host_id);
    });
    xml.finish()
}

#[cfg(test)]
mod tests;
