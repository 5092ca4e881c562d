//! Why bytes of a request target could not be read. Always the client's fault.

use thiserror::Error;

/// Why percent-encoded text could not be decoded.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PercentError {
    /// A `%` without two hexadecimal digits behind it.
    #[error("percent sign at byte {at} is not followed by two hexadecimal digits")]
    BrokenEscape {
        /// Offset of the `%` in the raw text.
        at: usize,
    },
    /// The decoded bytes are not UTF-8.
    #[error("decoded text is not valid UTF-8")]
    NotUtf8,
}

/// Why a raw query string could not be read.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum QueryError {
    /// A name or a value is not valid percent-encoded UTF-8.
    #[error("query parameter {index}: {source}")]
    Percent {
        /// Position of the parameter, counted from zero.
        index: usize,
        /// What is wrong with it.
        source: PercentError,
    },
    /// More parameters than any S3 operation has.
    #[error("query has more than {limit} parameters")]
    TooManyParameters {
        /// The largest number accepted.
        limit: usize,
    },
}
