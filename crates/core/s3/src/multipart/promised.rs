//! What a completing request promises of the object, in its headers.
//!
//! Source: `CompleteMultipartUpload` in the S3 API reference. `x-amz-checksum-*` is the checksum of the
//! object, not of the document that the request carries.
//!
//! INVARIANT: at most one checksum is promised, so none is passed over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::checksum_plan::kind_in;
use super::{ChecksumPlanError, MAX_PART_NUMBER};
use crate::checksum::only_value;
use crate::{
    ChecksumAlgorithm, ChecksumError, ChecksumKind, ErrorCode, Fault, FieldError, Fields,
    ValuePlace,
};

const SIZE: &str = "x-amz-mp-object-size";
/// What the completing request promises of the object.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Promised {
    /// Its checksum.
    pub checksum: Option<(ChecksumAlgorithm, String)>,
    /// Over what that checksum is.
    pub kind: Option<ChecksumKind>,
    /// Its size (`x-amz-mp-object-size`).
    pub size: Option<u64>,
}

/// Why a promise was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PromisedError {
    /// The checksum is malformed, or there are several.
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// A header could not be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The type of the checksum does not exist.
    #[error(transparent)]
    Kind(#[from] ChecksumPlanError),
    /// The size is below zero.
    #[error("size `{value}` is below zero")]
    SizeBelowZero {
        /// The header's value.
        value: String,
    },
    /// The size is no number.
    #[error("size `{value}` is no number")]
    SizeNotANumber {
        /// The header's value.
        value: String,
    },
}

impl Promised {
    /// Reads the headers.
    ///
    /// # Errors
    /// [`PromisedError`] with the first that is malformed.
    pub fn of(fields: &Fields<'_>) -> Result<Self, PromisedError> {
        Ok(Self {
            checksum: checksum(fields)?,
            kind: kind_in(fields)?,
            size: fields.single(SIZE)?.map(size).transpose()?,
        })
    }
}

fn checksum(fields: &Fields<'_>) -> Result<Option<(ChecksumAlgorithm, String)>, PromisedError> {
    let Some((algorithm, value)) = only_value(fields)? else {
        return Ok(None);
    };
    if !is_value(algorithm, value) {
        let place = ValuePlace::Header;
        return Err(ChecksumError::ValueInvalid { algorithm, place }.into());
    }
    Ok(Some((algorithm, value.to_owned())))
}

/// Whether the value is a digest, perhaps with the number of parts behind.
fn is_value(algorithm: ChecksumAlgorithm, value: &str) -> bool {
    let (digest, parts) = match value.rsplit_once('-') {
        None => (value, None),
        Some((digest, parts)) => (digest, Some(parts)),
    };
    let is_count = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit())
            && text
                .parse()
                .is_ok_and(|count| (1..=MAX_PART_NUMBER).contains(&count))
    };
    let bytes = STANDARD.decode(digest).map(|digest| digest.len());
    bytes == Ok(algorithm.digest_bytes()) && parts.is_none_or(is_count)
}

fn size(value: &str) -> Result<u64, PromisedError> {
    let value = value.trim();
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if value.strip_prefix('-').is_some_and(is_number) {
        let value = value.to_owned();
        return Err(PromisedError::SizeBelowZero { value });
    }
    let size = value.parse().ok().filter(|_| is_number(value));
    size.ok_or_else(|| PromisedError::SizeNotANumber {
        value: value.to_owned(),
    })
}

impl From<PromisedError> for Fault {
    fn from(error: PromisedError) -> Self {
        match error {
            PromisedError::Checksum(error) => error.into(),
            PromisedError::Field(error) => error.into(),
            PromisedError::Kind(error) => error.into(),
            PromisedError::SizeBelowZero { value } => Self::new(ErrorCode::InvalidRequest).saying(
                format!("Value for x-amz-mp-object-size header is less than zero: '{value}'"),
            ),
            PromisedError::SizeNotANumber { value } => {
                Self::invalid_argument("The size must be a number of bytes.", SIZE, value)
            }
        }
    }
}

#[cfg(test)]
mod tests;
