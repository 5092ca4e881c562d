//! Laws that every parser of hostile input must keep, for any bytes.
//!
//! One function per parser. Each takes bytes as an attacker might send them and panics if a law is
//! broken: that the parser itself does not panic is only the first. The same functions run in two
//! ways: `cargo test` replays the files in `corpus/` with many mutations of them, always the same
//! ones; `cargo fuzz run <target>` in `libfuzzer/` searches for new inputs, guided by coverage.
//!
//! INVARIANT: a function here depends on its input alone, so every failure can be repeated.

mod addressing;
mod audit_record;
mod authorization;
mod aws_chunked;
mod aws_query;
mod bucket_documents;
mod cloudfront;
mod copy;
mod cors;
mod documents;
mod header_fields;
mod identity_token;
mod listing;
mod percent;
mod policy;
mod post_form;
mod post_policy;
mod presigned_query;
mod query;
mod range;
mod recognize;
mod redact;
mod restrictions;
mod session_token;
mod tagging;
mod wire;
mod xml;

pub use addressing::addressing;
pub use audit_record::audit_record;
pub use authorization::authorization;
pub use aws_chunked::aws_chunked;
pub use aws_query::aws_query;
pub use bucket_documents::bucket_documents;
pub use cloudfront::{cloudfront_alphabet, cloudfront_claim, cloudfront_policy};
pub use copy::copy;
pub use cors::cors;
pub use documents::documents;
pub use header_fields::header_fields;
pub use identity_token::identity_token;
pub use listing::listing;
pub use percent::percent;
pub use policy::policy;
pub use post_form::post_form;
pub use post_policy::post_policy;
pub use presigned_query::presigned_query;
pub use query::query;
pub use range::range;
pub use recognize::recognize;
pub use redact::redaction;
pub use restrictions::restrictions;
pub use session_token::session_token;
pub use tagging::tagging;
pub use xml::xml;

#[cfg(test)]
mod tests;
