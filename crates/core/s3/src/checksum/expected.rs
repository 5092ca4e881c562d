//! Which checksum a request promises for its body.
//!
//! At most one algorithm, its value in a header (or hoisted) or, named by `x-amz-trailer`, behind
//! the body. Sentences are those of "Checking object integrity" and recorded answers.
//!
//! INVARIANT: a checksum that is promised is verified; one that cannot be is refused.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::ChecksumAlgorithm;
use crate::{ErrorCode, Fault, FieldError, Fields};

const PREFIX: &str = "x-amz-checksum-";
/// Names that begin like a checksum and are none.
const NOT_VALUES: [&str; 3] = [
    "x-amz-checksum-algorithm",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
];

/// The checksum that a body must turn out to have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExpectedChecksum {
    algorithm: ChecksumAlgorithm,
    value: ExpectedValue,
}

/// Where the value of an expected checksum is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExpectedValue {
    /// Known already: base64 of the digest.
    Known(String),
    /// To come in the trailer.
    InTrailer,
}

/// Where a checksum value stood.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ValuePlace {
    /// In a header or a hoisted parameter.
    Header,
    /// In the trailer.
    Trailer,
}

/// Why a promised checksum was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ChecksumError {
    /// `x-amz-sdk-checksum-algorithm` names no algorithm, or another than the value's.
    #[error("`{value}` is not the algorithm of the checksum")]
    AlgorithmMismatch {
        /// The header's value.
        value: String,
    },
    /// `x-amz-sdk-checksum-algorithm` stands alone.
    #[error("a checksum algorithm is named, but there is no checksum")]
    AlgorithmWithoutValue,
    /// A header could not be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The body has another checksum.
    #[error("the body has another checksum than was promised")]
    Mismatch {
        /// The algorithm.
        algorithm: ChecksumAlgorithm,
    },
    /// More than one checksum is promised.
    #[error("more than one checksum is promised")]
    Multiple,
    /// The trailer that was announced did not come.
    #[error("trailer `{}` was announced but not sent", algorithm.header())]
    TrailerMissing {
        /// The algorithm.
        algorithm: ChecksumAlgorithm,
    },
    /// `x-amz-trailer` names something else than a checksum.
    #[error("trailer `{value}` is not supported")]
    TrailerUnsupported {
        /// The header's value.
        value: String,
    },
    /// A checksum by an algorithm that is not offered.
    #[error("checksum header `{header}` is not supported")]
    UnsupportedAlgorithm {
        /// The header.
        header: String,
    },
    /// The value is not base64 of a digest of this algorithm.
    #[error("the value of `{}` in the {place} is no checksum", algorithm.header())]
    ValueInvalid {
        /// The algorithm.
        algorithm: ChecksumAlgorithm,
        /// Where it stood.
        place: ValuePlace,
    },
}

impl ExpectedChecksum {
    /// Reads what the request promises; nothing if it promises nothing.
    ///
    /// # Errors
    /// [`ChecksumError`] if the promise is malformed or cannot be checked.
    pub fn of(fields: &Fields<'_>) -> Result<Option<Self>, ChecksumError> {
        let promised = match (in_headers(fields)?, in_trailer(fields)?) {
            (Some(_), Some(_)) => return Err(ChecksumError::Multiple),
            (known, announced) => known.or(announced),
        };
        if let Some(value) = fields.single("x-amz-sdk-checksum-algorithm")? {
            let named = ChecksumAlgorithm::named(value);
            let mismatch = || ChecksumError::AlgorithmMismatch {
                value: value.to_owned(),
            };
            let named = named.ok_or_else(mismatch)?;
            let expected = promised
                .as_ref()
                .ok_or(ChecksumError::AlgorithmWithoutValue)?;
            if expected.algorithm != named {
                return Err(mismatch());
            }
        }
        Ok(promised)
    }

    /// Reads only what the request announces behind its body: for a body whose head tells a checksum of
    /// something else, as when an upload is completed.
    ///
    /// # Errors
    /// [`ChecksumError`] if something else than a checksum is announced.
    pub fn announced(fields: &Fields<'_>) -> Result<Option<Self>, ChecksumError> {
        in_trailer(fields)
    }

    /// The algorithm to compute while the body passes.
    #[must_use]
    pub const fn algorithm(&self) -> ChecksumAlgorithm {
        self.algorithm
    }

    /// Where the value is.
    #[must_use]
    pub const fn value(&self) -> &ExpectedValue {
        &self.value
    }

    /// Compares the promise with the computed checksum (base64). `trailer` is the value of the
    /// trailer [`ChecksumAlgorithm::header`], if it came.
    ///
    /// # Errors
    /// [`ChecksumError`] if the checksum differs, or the trailer is missing or malformed.
    pub fn verify(&self, computed: &str, trailer: Option<&str>) -> Result<(), ChecksumError> {
        let algorithm = self.algorithm;
        let promised = match &self.value {
            ExpectedValue::Known(value) => value,
            ExpectedValue::InTrailer => {
                let value = trailer
                    .ok_or(ChecksumError::TrailerMissing { algorithm })?
                    .trim();
                check_form(algorithm, value, ValuePlace::Trailer)?;
                value
            }
        };
        if promised == computed {
            Ok(())
        } else {
            Err(ChecksumError::Mismatch { algorithm })
        }
    }
}

fn in_headers(fields: &Fields<'_>) -> Result<Option<ExpectedChecksum>, ChecksumError> {
    let Some((algorithm, value)) = only_value(fields)? else {
        return Ok(None);
    };
    check_form(algorithm, value, ValuePlace::Header)?;
    let value = ExpectedValue::Known(value.to_owned());
    Ok(Some(ExpectedChecksum { algorithm, value }))
}

/// The one `x-amz-checksum-*` header with a value, whatever the value is.
///
/// # Errors
/// [`ChecksumError`] if there are several, or one of an algorithm that is not offered.
pub(crate) fn only_value<'f>(
    fields: &'f Fields<'_>,
) -> Result<Option<(ChecksumAlgorithm, &'f str)>, ChecksumError> {
    let mut found = None;
    for (name, _) in fields.amz() {
        let header = name.to_ascii_lowercase();
        if !header.starts_with(PREFIX) || NOT_VALUES.contains(&header.as_str()) {
            continue;
        }
        let algorithm = ChecksumAlgorithm::of_header(&header)
            .ok_or(ChecksumError::UnsupportedAlgorithm { header })?;
        let value = fields.single(algorithm.header())?.unwrap_or_default();
        if found.replace((algorithm, value)).is_some() {
            return Err(ChecksumError::Multiple);
        }
    }
    Ok(found)
}

fn in_trailer(fields: &Fields<'_>) -> Result<Option<ExpectedChecksum>, ChecksumError> {
    let Some(name) = fields.list("x-amz-trailer")? else {
        return Ok(None);
    };
    let algorithm = ChecksumAlgorithm::of_header(name.trim()).ok_or_else(|| {
        ChecksumError::TrailerUnsupported {
            value: name.into_owned(),
        }
    })?;
    Ok(Some(ExpectedChecksum {
        algorithm,
        value: ExpectedValue::InTrailer,
    }))
}

fn check_form(
    algorithm: ChecksumAlgorithm,
    value: &str,
    place: ValuePlace,
) -> Result<(), ChecksumError> {
    let digest_bytes = STANDARD.decode(value).map(|digest| digest.len());
    if digest_bytes == Ok(algorithm.digest_bytes()) {
        return Ok(());
    }
    Err(ChecksumError::ValueInvalid { algorithm, place })
}

impl fmt::Display for ValuePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Trailer => "trailer",
        })
    }
}

impl From<ChecksumError> for Fault {
    fn from(error: ChecksumError) -> Self {
        let invalid = |sentence: String| Self::new(ErrorCode::InvalidRequest).saying(sentence);
        match error {
            ChecksumError::AlgorithmMismatch { .. } => {
                invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.".into())
            }
            ChecksumError::AlgorithmWithoutValue => invalid(
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or \
                 x-amz-trailer headers were found."
                    .into(),
            ),
            ChecksumError::Field(error) => error.into(),
            ChecksumError::Mismatch { algorithm } => {
                Self::new(ErrorCode::BadDigest).saying(format!(
                    "The {} you specified did not match the calculated checksum.",
                    algorithm.name()
                ))
            }
            ChecksumError::Multiple => invalid(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not \
                 allowed."
                    .into(),
            ),
            ChecksumError::TrailerMissing { .. } => Self::new(ErrorCode::MalformedTrailerError),
            ChecksumError::TrailerUnsupported { .. } => {
                invalid("The value specified in the x-amz-trailer header is not supported".into())
            }
            ChecksumError::UnsupportedAlgorithm { .. } => invalid(
                "Checksum algorithm provided is unsupported. Please try again with any of the \
                 valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
                    .into(),
            ),
            ChecksumError::ValueInvalid {
                algorithm,
                place: ValuePlace::Header,
            } => invalid(format!(
                "Value for {} header is invalid.",
                algorithm.header()
            )),
            ChecksumError::ValueInvalid {
                algorithm,
                place: ValuePlace::Trailer,
            } => invalid(format!(
                "Value for {} trailing header is invalid.",
                algorithm.header()
            )),
        }
    }
}

#[cfg(test)]
mod tests;
