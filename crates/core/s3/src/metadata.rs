//! Object attributes: from the fields of a PUT, and back to the headers of a GET.
//!
//! Source: "Working with object metadata" in the S3 user guide. System headers are ASCII; user
//! metadata may be UTF-8, at most 2 KiB of names and values together, and is answered in RFC 2047
//! form when it is not ASCII, as S3 does.
//!
//! INVARIANT: no value read here holds a control character, so none can split a response head.

mod storage_class;
mod tagging;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::fields::text;
use crate::{CopySourceError, ErrorCode, Fault, FieldError, Fields, ObjectAttributes, Operation};

pub use storage_class::StorageClassError;
pub(crate) use tagging::tags_of_document;
pub use tagging::{MAX_OBJECT_TAGS, TaggingError, parse_tagging, tags_given};

/// The most bytes that names and values of user metadata may have together.
pub const MAX_METADATA_BYTES: usize = 2048;

const META_PREFIX: &str = "x-amz-meta-";
const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// Why the attributes of an object could not be taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum MetadataError {
    /// A directive of a copy cannot be taken.
    #[error(transparent)]
    Directive(#[from] CopySourceError),
    /// A field could not be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The name of user metadata is no header name.
    #[error("`{name}` is no name for metadata")]
    Name {
        /// The whole name.
        name: String,
    },
    /// A system header holds more than ASCII.
    #[error("the value of `{name}` is not ascii")]
    NotAscii {
        /// The header.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// The storage class is unknown or not offered.
    #[error(transparent)]
    StorageClass(#[from] StorageClassError),
    /// The tags cannot be taken.
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    /// User metadata is too large.
    #[error("{bytes} bytes of user metadata are more than 2048")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
}

/// Reads the attributes that a write gives its object, all but the checksum.
///
/// # Errors
/// [`MetadataError`] with the first that cannot be taken.
pub fn attributes_of(
    fields: &Fields<'_>,
    operation: Operation,
) -> Result<ObjectAttributes, MetadataError> {
    Ok(ObjectAttributes {
        content_type: ascii(
            "content-type",
            fields.single("content-type")?.map(Cow::Borrowed),
        )?,
        content_encoding: content_encoding(fields)?,
        content_language: ascii("content-language", fields.list("content-language")?)?,
        content_disposition: ascii(
            "content-disposition",
            fields.single("content-disposition")?.map(Cow::Borrowed),
        )?,
        cache_control: ascii("cache-control", fields.list("cache-control")?)?,
        expires: ascii("expires", fields.single("expires")?.map(Cow::Borrowed))?,
        website_redirect_location: ascii(
            "x-amz-website-redirect-location",
            fields
                .single("x-amz-website-redirect-location")?
                .map(Cow::Borrowed),
        )?,
        storage_class: storage_class::parse(fields.single("x-amz-storage-class")?)?,
        user_metadata: user_metadata(fields)?,
        checksum: None,
        tags: tags_given(fields, operation)?,
    })
}

/// The headers that a GET or HEAD answers from an object's attributes: all but the checksum, which
/// only goes to who asks for it. The values hold no control characters.
pub fn response_headers(
    attributes: &ObjectAttributes,
) -> impl Iterator<Item = (Cow<'static, str>, Cow<'_, str>)> {
    let content_type = attributes
        .content_type
        .as_deref()
        .unwrap_or(DEFAULT_CONTENT_TYPE);
    let system = [
        ("content-type", Some(content_type)),
        ("content-encoding", attributes.content_encoding.as_deref()),
        ("content-language", attributes.content_language.as_deref()),
        (
            "content-disposition",
            attributes.content_disposition.as_deref(),
        ),
        ("cache-control", attributes.cache_control.as_deref()),
        ("expires", attributes.expires.as_deref()),
        (
            "x-amz-website-redirect-location",
            attributes.website_redirect_location.as_deref(),
        ),
        ("x-amz-storage-class", attributes.storage_class.as_deref()),
    ];
    let system = system
        .into_iter()
        .filter_map(|(name, value)| Some((Cow::Borrowed(name), Cow::Borrowed(value?))));
    let user = attributes
        .user_metadata
        .iter()
        .map(|(name, value)| (Cow::Owned(format!("{META_PREFIX}{name}")), printable(value)));
    let tag_count = (!attributes.tags.is_empty()).then(|| {
        (
            Cow::Borrowed("x-amz-tagging-count"),
            Cow::Owned(attributes.tags.len().to_string()),
        )
    });
    system.chain(user).chain(tag_count)
}

fn ascii(name: &'static str, value: Option<Cow<'_, str>>) -> Result<Option<String>, MetadataError> {
    match value {
        None => Ok(None),
        Some(value) if value.is_empty() => Ok(None),
        Some(value) if value.is_ascii() => Ok(Some(value.into_owned())),
        Some(value) => Err(MetadataError::NotAscii {
            name,
            value: value.into_owned(),
        }),
    }
}

/// The content encoding without `aws-chunked`, which only framed the upload.
fn content_encoding(fields: &Fields<'_>) -> Result<Option<String>, MetadataError> {
    let Some(value) = ascii("content-encoding", fields.list("content-encoding")?)? else {
        return Ok(None);
    };
    let is_framing = |coding: &str| coding.trim().eq_ignore_ascii_case("aws-chunked");
    if !value.split(',').any(is_framing) {
        return Ok(Some(value));
    }
    let kept: Vec<&str> = value
        .split(',')
        .filter(|c| !is_framing(c))
        .map(str::trim)
        .collect();
    Ok((!kept.is_empty()).then(|| kept.join(",")))
}

fn user_metadata(fields: &Fields<'_>) -> Result<Vec<(String, String)>, MetadataError> {
    let mut metadata: Vec<(String, String)> = Vec::new();
    let mut bytes = 0usize;
    for (name, value) in fields.amz() {
        let lower = name.to_ascii_lowercase();
        let Some(short) = lower.strip_prefix(META_PREFIX) else {
            continue;
        };
        if short.is_empty() || !short.bytes().all(is_token_byte) {
            return Err(MetadataError::Name { name: lower });
        }
        let value = text(name, value)?;
        bytes = bytes.saturating_add(value.len());
        // AWS: a header sent several times is one entry, its values joined with commas.
        match metadata.iter_mut().find(|(known, _)| known == short) {
            Some((_, known)) => {
                bytes = bytes.saturating_add(1);
                known.push(',');
                known.push_str(value);
            }
            None => {
                bytes = bytes.saturating_add(short.len());
                metadata.push((short.to_owned(), value.to_owned()));
            }
        }
    }
    if bytes > MAX_METADATA_BYTES {
        return Err(MetadataError::TooLarge { bytes });
    }
    Ok(metadata)
}

/// Whether a byte may stand in a header name (RFC 9110, section 5.6.2).
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn printable(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("=?UTF-8?B?{}?=", STANDARD.encode(value)))
}

impl From<MetadataError> for Fault {
    fn from(error: MetadataError) -> Self {
        let sentence = error.to_string();
        match error {
            MetadataError::Directive(error) => error.into(),
            MetadataError::Field(error) => error.into(),
            MetadataError::Name { name } => Self::invalid_argument(sentence, &name, ""),
            MetadataError::NotAscii { name, value } => {
                Self::invalid_argument("Header value cannot be represented in ASCII.", name, value)
            }
            MetadataError::StorageClass(error) => error.into(),
            MetadataError::Tagging(error) => error.into(),
            MetadataError::TooLarge { bytes } => Self::new(ErrorCode::MetadataTooLarge)
                .with("Size", bytes.to_string())
                .with("MaxSizeAllowed", MAX_METADATA_BYTES.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
