//! The XML documents of S3.
//!
//! One writer and one reader serve all of them; each document has a file of its own with the shape
//! that the S3 API reference gives it.

pub mod bucket_configuration;
pub mod bucket_cors;
pub mod copy_result;
pub mod create_bucket;
pub mod delete_objects;
pub mod list_buckets;
pub mod list_objects;
pub mod location;
pub mod multipart;
pub mod post_response;
mod read;
pub mod tagging;
mod write;

pub use read::{Element, Limits, XmlError, read};
pub use write::XmlWriter;

/// The namespace of S3's documents.
pub const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
