//! Which checksum an upload keeps, settled when it is created.

use thiserror::Error;

use crate::{ChecksumAlgorithm, ChecksumKind, ErrorCode, Fault, FieldError, Fields};

/// The checksum of an upload: by which algorithm, and over what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChecksumPlan {
    /// The algorithm, of the parts and of the object.
    pub algorithm: ChecksumAlgorithm,
    /// Over what the object's is.
    pub kind: ChecksumKind,
}

/// Why a plan was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ChecksumPlanError {
    /// The algorithm is none that is offered.
    #[error("checksum algorithm `{value}` is not offered")]
    Algorithm {
        /// The header's value.
        value: String,
    },
    /// A header could not be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The type is neither COMPOSITE nor FULL_OBJECT.
    #[error("checksum type `{value}` does not exist")]
    Kind {
        /// The header's value.
        value: String,
    },
    /// The algorithm cannot be used for this type.
    #[error("{} cannot be {}", algorithm.name(), kind.name())]
    Pair {
        /// The algorithm.
        algorithm: ChecksumAlgorithm,
        /// The type.
        kind: ChecksumKind,
    },
    /// A type without an algorithm.
    #[error("a checksum type needs an algorithm")]
    TypeAlone,
}

impl ChecksumPlan {
    /// Reads `x-amz-checksum-algorithm` and `x-amz-checksum-type`; none without the former.
    ///
    /// # Errors
    /// [`ChecksumPlanError`] for a pair that S3 does not offer.
    pub fn of(fields: &Fields<'_>) -> Result<Option<Self>, ChecksumPlanError> {
        let kind = kind_in(fields)?;
        let Some(name) = fields.single("x-amz-checksum-algorithm")? else {
            return match kind {
                None => Ok(None),
                Some(_) => Err(ChecksumPlanError::TypeAlone),
            };
        };
        let algorithm =
            ChecksumAlgorithm::named(name).ok_or_else(|| ChecksumPlanError::Algorithm {
                value: name.to_owned(),
            })?;
        let kind = kind.unwrap_or(match algorithm {
            ChecksumAlgorithm::Crc64nvme => ChecksumKind::FullObject,
            _ => ChecksumKind::Composite,
        });
        match (algorithm, kind) {
            (ChecksumAlgorithm::Crc64nvme, ChecksumKind::Composite)
            | (ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256, ChecksumKind::FullObject) => {
                Err(ChecksumPlanError::Pair { algorithm, kind })
            }
            _ => Ok(Some(Self { algorithm, kind })),
        }
    }

    /// What S3 keeps where the client chose nothing.
    #[must_use]
    pub const fn by_default() -> Self {
        Self {
            algorithm: ChecksumAlgorithm::Crc64nvme,
            kind: ChecksumKind::FullObject,
        }
    }
}

/// Reads `x-amz-checksum-type`.
pub(super) fn kind_in(fields: &Fields<'_>) -> Result<Option<ChecksumKind>, ChecksumPlanError> {
    match fields.single("x-amz-checksum-type")? {
        None => Ok(None),
        Some("COMPOSITE") => Ok(Some(ChecksumKind::Composite)),
        Some("FULL_OBJECT") => Ok(Some(ChecksumKind::FullObject)),
        Some(value) => Err(ChecksumPlanError::Kind {
            value: value.to_owned(),
        }),
    }
}

impl ChecksumPlanError {
    /// What S3 says of an algorithm that it does not offer, wherever it is named.
    pub(crate) fn unsupported_algorithm() -> Fault {
        Fault::new(ErrorCode::InvalidRequest).saying(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid \
             types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )
    }
}

impl From<ChecksumPlanError> for Fault {
    fn from(error: ChecksumPlanError) -> Self {
        let invalid = |sentence: String| Self::new(ErrorCode::InvalidRequest).saying(sentence);
        match error {
            ChecksumPlanError::Algorithm { .. } => ChecksumPlanError::unsupported_algorithm(),
            ChecksumPlanError::Field(error) => error.into(),
            ChecksumPlanError::Kind { .. } => {
                invalid("Value for x-amz-checksum-type header is invalid.".into())
            }
            ChecksumPlanError::Pair { algorithm, kind } => invalid(format!(
                "The {} checksum type cannot be used with the {} checksum algorithm.",
                kind.name(),
                algorithm.name().to_ascii_lowercase()
            )),
            ChecksumPlanError::TypeAlone => invalid(
                "The x-amz-checksum-type header can only be used with the \
                 x-amz-checksum-algorithm header."
                    .into(),
            ),
        }
    }
}
