//! Tags: the `x-amz-tagging` header, which is a URL query, and the rules for tags wherever they stand.
//!
//! Rules from "Categorizing your objects using tags": at most ten tags, keys distinct, 1 to 128
//! characters, values to 256, letters, digits, spaces and `+ - = . _ : / @`; `aws:` is reserved.
//!
//! INVARIANT: the tags that policies are asked about are those that are stored: [`tags_given`] says both,
//! and a header that an operation does not apply gives none (threat E6).

use countersign_request::Query;
use thiserror::Error;

use super::MetadataError;
use crate::{Directive, ErrorCode, Fault, Fields, Operation};

/// The most tags of an object.
pub const MAX_OBJECT_TAGS: usize = 10;
const MAX_KEY_CHARS: usize = 128;
const MAX_VALUE_CHARS: usize = 256;
/// In any case, so that no key can pass for one of AWS's.
const RESERVED: &str = "aws:";

/// Why tags could not be taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum TaggingError {
    /// The header is no URL query, or names a key twice.
    #[error("tags are not encoded as a query without duplicates")]
    Encoding {
        /// The header's value.
        value: String,
    },
    /// A key breaks the rules.
    #[error("tag `{key}` is not valid")]
    InvalidTag {
        /// The key.
        key: String,
    },
    /// A value breaks the rules.
    #[error("the value of tag `{key}` is not valid")]
    InvalidValue {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// A key is there twice.
    #[error("tag `{key}` is there twice")]
    Repeated {
        /// The key.
        key: String,
    },
    /// A key begins as only those of AWS do.
    #[error("tag `{key}` is reserved")]
    Reserved {
        /// The key.
        key: String,
    },
    /// There are too many.
    #[error("{count} tags are more than {most}")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
}

/// The tags that a request gives an object by its `x-amz-tagging`: of the operations that apply it, a copy
/// only if it says so.
///
/// # Errors
/// [`MetadataError`] if the header, or the directive of a copy, cannot be taken.
pub fn tags_given(
    fields: &Fields<'_>,
    operation: Operation,
) -> Result<Vec<(String, String)>, MetadataError> {
    let applies = match operation {
        Operation::CopyObject => Directive::for_tags(fields)? == Directive::Replace,
        Operation::CreateMultipartUpload | Operation::PutObject => true,
        _ => false,
    };
    if !applies {
        return Ok(Vec::new());
    }
    let tags = fields.single("x-amz-tagging")?.map(parse_tagging);
    Ok(tags.transpose()?.unwrap_or_default())
}

/// Reads the value of the header.
pub fn parse_tagging(value: &str) -> Result<Vec<(String, String)>, TaggingError> {
    let encoding = || TaggingError::Encoding {
        value: value.to_owned(),
    };
    let query = Query::of(value).map_err(|_| encoding())?;
    let mut tags: Vec<(String, String)> = Vec::with_capacity(query.len());
    for (key, value) in query.pairs() {
        if tags.iter().any(|(known, _)| known == key) {
            return Err(encoding());
        }
        check_tag(key, value)?;
        tags.push((key.to_owned(), value.to_owned()));
    }
    check_count(tags.len(), MAX_OBJECT_TAGS)?;
    Ok(tags)
}

/// Takes the tags of a document, wherever it stands: at most `most`, each by the rules, no key twice.
///
/// # Errors
/// [`TaggingError`] with the first rule that is broken.
pub(crate) fn tags_of_document(
    pairs: &[(&str, &str)],
    most: usize,
) -> Result<Vec<(String, String)>, TaggingError> {
    check_count(pairs.len(), most)?;
    let mut tags: Vec<(String, String)> = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        check_tag(key, value)?;
        if tags.iter().any(|(known, _)| known == key) {
            let key = (*key).to_owned();
            return Err(TaggingError::Repeated { key });
        }
        tags.push(((*key).to_owned(), (*value).to_owned()));
    }
    Ok(tags)
}

/// Holds one tag to the rules.
fn check_tag(key: &str, value: &str) -> Result<(), TaggingError> {
    let owned = str::to_owned;
    if is_reserved(key) {
        return Err(TaggingError::Reserved { key: owned(key) });
    }
    if key.is_empty() || !is_tag_text(key, MAX_KEY_CHARS) {
        return Err(TaggingError::InvalidTag { key: owned(key) });
    }
    if !is_tag_text(value, MAX_VALUE_CHARS) {
        return Err(TaggingError::InvalidValue {
            key: owned(key),
            value: owned(value),
        });
    }
    Ok(())
}

/// Holds their number to the limit.
fn check_count(count: usize, most: usize) -> Result<(), TaggingError> {
    if count > most {
        return Err(TaggingError::TooMany { count, most });
    }
    Ok(())
}

fn is_reserved(key: &str) -> bool {
    let beginning = key.get(..RESERVED.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(RESERVED))
}

fn is_tag_text(text: &str, most_chars: usize) -> bool {
    text.chars().count() <= most_chars && text.chars().all(is_tag_char)
}

fn is_tag_char(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c)
}

impl From<TaggingError> for Fault {
    fn from(error: TaggingError) -> Self {
        match error {
            TaggingError::Encoding { value } => Self::invalid_argument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query \
                 parameters without tag name duplicates.",
                "x-amz-tagging",
                value,
            ),
            TaggingError::InvalidTag { key } => Self::new(ErrorCode::InvalidTag)
                .saying("The TagKey you have provided is invalid")
                .with("TagKey", key),
            TaggingError::InvalidValue { key, value } => Self::new(ErrorCode::InvalidTag)
                .saying("The TagValue you have provided is invalid")
                .with("TagKey", key)
                .with("TagValue", value),
            TaggingError::Repeated { key } => Self::new(ErrorCode::InvalidTag)
                .saying("Cannot provide multiple Tags with the same key")
                .with("TagKey", key),
            TaggingError::Reserved { key } => Self::new(ErrorCode::InvalidTag)
                .saying("System tags cannot be added/updated by requester")
                .with("TagKey", key),
            TaggingError::TooMany { most, .. } if most == MAX_OBJECT_TAGS => {
                Self::new(ErrorCode::InvalidTag).saying("Object tags cannot be greater than 10")
            }
            TaggingError::TooMany { most, .. } => Self::new(ErrorCode::BadRequest)
                .saying(format!("Bucket tag count cannot be greater than {most}")),
        }
    }
}

#[cfg(test)]
mod tests;
