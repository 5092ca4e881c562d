//! Policy documents on their way in and out.
//!
//! INVARIANT: no document is stored that the gate would not understand. It is kept as it was put.

use countersign_aws_query::Xml;
use countersign_policy::{PolicyDocument, PolicyKind};
use countersign_request::percent::{Component, encode};

use crate::refused::Refused;

/// Refuses a document that is no policy of this kind, with its place and a hint.
pub(crate) fn check(document: &str, kind: PolicyKind) -> Result<(), Refused> {
    PolicyDocument::parse(document, kind)?;
    Ok(())
}

/// Writes a document as AWS does: percent-encoded by RFC 3986.
pub(crate) fn write(xml: &mut Xml, name: &str, document: &str) {
    xml.text(name, &encode(document, Component::Query));
}
