//! Where a copy reads, under which conditions, and what it takes along.
//!
//! Source: `CopyObject` and `UploadPartCopy` in the S3 API reference. `x-amz-copy-source` is
//! `bucket/key`, percent-encoded, with an optional slash before and an optional `?versionId=` behind.
//!
//! INVARIANT: the key is decoded exactly once and never normalised, as in a request target.

use std::borrow::Cow;

use countersign_request::percent::{self, Component};
use thiserror::Error;

use crate::conditional::names;
use crate::{
    ETag, ErrorCode, Extent, Fault, FieldError, Fields, ObjectKey, PreconditionFailed, Timestamp,
};

const HEADER: &str = "x-amz-copy-source";
const VERSION_MARK: &str = "?versionId=";

/// The object that a copy reads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CopySource {
    /// The name of its bucket, as sent.
    pub bucket: String,
    /// Its key.
    pub key: ObjectKey,
    /// The version; none for the current one.
    pub version: Option<String>,
}

/// Why a copy could not be understood.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CopySourceError {
    /// A directive is neither COPY nor REPLACE.
    #[error("`{value}` is no directive")]
    Directive {
        /// The header.
        header: &'static str,
        /// Its value.
        value: String,
    },
    /// A header could not be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The header names no object.
    #[error("the copy source names no object")]
    Malformed {
        /// The header's value.
        value: String,
    },
    /// It names an access point or another thing that is not here.
    #[error("only buckets can be copied from")]
    NotABucket,
    /// The range is not `bytes=first-last`.
    #[error("`{value}` is no range of bytes")]
    Range {
        /// The header's value.
        value: String,
    },
    /// The range goes beyond the end of the source.
    #[error("the range `{value}` is beyond the {size} bytes of the source")]
    RangeBeyondEnd {
        /// The header's value.
        value: String,
        /// The size of the source.
        size: u64,
    },
}

impl CopySource {
    /// Reads the header.
    ///
    /// # Errors
    /// [`CopySourceError`] if it is missing or names no object.
    pub fn of(fields: &Fields<'_>) -> Result<Self, CopySourceError> {
        Self::parse(fields.single(HEADER)?.unwrap_or_default())
    }

    /// Reads the value of the header.
    ///
    /// # Errors
    /// [`CopySourceError`] if it names no object.
    pub fn parse(value: &str) -> Result<Self, CopySourceError> {
        let malformed = || CopySourceError::Malformed {
            value: value.to_owned(),
        };
        if value.starts_with("arn:") {
            return Err(CopySourceError::NotABucket);
        }
        let (path, version) = match value.rsplit_once(VERSION_MARK) {
            None => (value, None),
            Some((path, version)) => (path, Some(version)),
        };
        let mut decoded = Vec::with_capacity(path.len());
        percent::decode_into(path.as_bytes(), Component::Path, &mut decoded)
            .map_err(|_| malformed())?;
        let text = String::from_utf8(decoded).map_err(|_| malformed())?;
        let text = text.strip_prefix('/').unwrap_or(&text);
        let (bucket, key) = text.split_once('/').ok_or_else(malformed)?;
        let key = ObjectKey::parse(key).map_err(|_| malformed())?;
        if bucket.is_empty() || version.is_some_and(str::is_empty) {
            return Err(malformed());
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            key,
            version: version.map(str::to_owned),
        })
    }
}

/// The conditions on the source of a copy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SourceConditions<'a> {
    if_match: Option<Cow<'a, str>>,
    if_none_match: Option<Cow<'a, str>>,
    if_modified_since: Option<Timestamp>,
    if_unmodified_since: Option<Timestamp>,
}

impl<'a> SourceConditions<'a> {
    /// Reads the `x-amz-copy-source-if-*` headers: tags as in the conditions of a read, lists and `*`
    /// among them. A date that cannot be read is ignored.
    ///
    /// # Errors
    /// [`FieldError`] if one is not text, or a date is repeated.
    pub fn of(fields: &Fields<'a>) -> Result<Self, FieldError> {
        let date = |name| -> Result<_, FieldError> {
            Ok(fields.single(name)?.and_then(Timestamp::parse_http_date))
        };
        Ok(Self {
            if_match: fields.list("x-amz-copy-source-if-match")?,
            if_none_match: fields.list("x-amz-copy-source-if-none-match")?,
            if_modified_since: date("x-amz-copy-source-if-modified-since")?,
            if_unmodified_since: date("x-amz-copy-source-if-unmodified-since")?,
        })
    }

    /// Holds the source to them. A tag that matches outweighs a date that does not, and a tag that
    /// matches where none should outweighs a date that does (API reference).
    ///
    /// # Errors
    /// The first condition that does not hold.
    pub fn check(&self, etag: &ETag, modified: Timestamp) -> Result<(), PreconditionFailed> {
        let failed = |condition| Err(PreconditionFailed { condition });
        if let Some(wanted) = &self.if_match {
            if !names(wanted, etag) {
                return failed("x-amz-copy-source-If-Match");
            }
        } else if self
            .if_unmodified_since
            .is_some_and(|t| modified.unix_s() > t.unix_s())
        {
            return failed("x-amz-copy-source-If-Unmodified-Since");
        }
        if let Some(unwanted) = &self.if_none_match {
            if names(unwanted, etag) {
                return failed("x-amz-copy-source-If-None-Match");
            }
        } else if self
            .if_modified_since
            .is_some_and(|t| modified.unix_s() <= t.unix_s())
        {
            return failed("x-amz-copy-source-If-Modified-Since");
        }
        Ok(())
    }
}

/// Whether a copy takes something along or has its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Directive {
    /// It takes it along.
    #[default]
    Copy,
    /// It has its own.
    Replace,
}

impl Directive {
    /// What becomes of metadata (`x-amz-metadata-directive`).
    ///
    /// # Errors
    /// [`CopySourceError`] if it is neither COPY nor REPLACE.
    pub fn for_metadata(fields: &Fields<'_>) -> Result<Self, CopySourceError> {
        Self::of(fields, "x-amz-metadata-directive")
    }

    /// What becomes of tags (`x-amz-tagging-directive`).
    ///
    /// # Errors
    /// As for metadata.
    pub fn for_tags(fields: &Fields<'_>) -> Result<Self, CopySourceError> {
        Self::of(fields, "x-amz-tagging-directive")
    }

    fn of(fields: &Fields<'_>, header: &'static str) -> Result<Self, CopySourceError> {
        match fields.single(header)? {
            None | Some("COPY") => Ok(Self::Copy),
            Some("REPLACE") => Ok(Self::Replace),
            Some(value) => Err(CopySourceError::Directive {
                header,
                value: value.to_owned(),
            }),
        }
    }
}

/// The bytes of the source that a part is copied from; all of them without
/// `x-amz-copy-source-range`.
///
/// # Errors
/// [`CopySourceError`] if the range is malformed or goes beyond the end.
pub fn copied_extent(fields: &Fields<'_>, size: u64) -> Result<Extent, CopySourceError> {
    let Some(value) = fields.single("x-amz-copy-source-range")? else {
        return Ok(Extent {
            first: 0,
            length: size,
        });
    };
    let number = |text: &str| -> Option<u64> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let ends = value
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .and_then(|(first, last)| number(first).zip(number(last)))
        .filter(|(first, last)| first <= last);
    let (first, last) = ends.ok_or_else(|| CopySourceError::Range {
        value: value.to_owned(),
    })?;
    if last >= size {
        return Err(CopySourceError::RangeBeyondEnd {
            value: value.to_owned(),
            size,
        });
    }
    Ok(Extent {
        first,
        length: last - first + 1,
    })
}

impl From<CopySourceError> for Fault {
    fn from(error: CopySourceError) -> Self {
        match error {
            CopySourceError::Directive { header, value } => {
                let what = if header == "x-amz-tagging-directive" {
                    "tagging"
                } else {
                    "metadata"
                };
                Self::invalid_argument(format!("Unknown {what} directive."), header, value)
            }
            CopySourceError::Field(error) => error.into(),
            CopySourceError::Malformed { value } => Self::invalid_argument(
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                HEADER,
                value,
            ),
            CopySourceError::NotABucket => {
                Self::new(ErrorCode::NotImplemented).with("Header", HEADER)
            }
            CopySourceError::Range { value } => Self::invalid_argument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where \
                 first and last are the zero-based offsets of the first and last bytes to copy",
                "x-amz-copy-source-range",
                value,
            ),
            CopySourceError::RangeBeyondEnd { value, size } => {
                // AWS: a range beyond the end of the source is InvalidRange in the header's words.
                Self::new(ErrorCode::InvalidRange)
                    .with("RangeRequested", value)
                    .with("ActualObjectSize", size.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests;
