//! The integrity checksums S3 offers beside the MD5 ETag.
//!
//! A value travels as base64 of the big-endian digest in `x-amz-checksum-<algorithm>`: a header, a
//! trailer, or a hoisted query parameter. Which of them a request promises is settled in
//! [`expected`]; the arithmetic is in [`hasher`].

mod content_md5;
mod expected;
mod hasher;

pub use content_md5::{ContentMd5, ContentMd5Error};
pub(crate) use expected::only_value;
pub use expected::{ChecksumError, ExpectedChecksum, ExpectedValue, ValuePlace};
pub use hasher::ChecksumHasher;

use serde::{Deserialize, Serialize};

use crate::{FieldError, Fields};

/// A checksum algorithm.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ChecksumAlgorithm {
    /// CRC-32 (ISO-HDLC).
    Crc32,
    /// CRC-32C (Castagnoli).
    Crc32c,
    /// CRC-64/NVME.
    Crc64nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// Over what a stored checksum was computed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChecksumKind {
    /// Over the bytes of the whole object.
    FullObject,
    /// Over the checksums of its parts.
    Composite,
}

impl ChecksumAlgorithm {
    /// All algorithms, in AWS's order.
    pub const ALL: [Self; 5] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64nvme,
        Self::Sha1,
        Self::Sha256,
    ];

    /// AWS's name, such as `CRC32C`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header, trailer or query parameter that carries the value.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The XML element that carries the value.
    #[must_use]
    pub const fn element(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Crc64nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    /// The length of the digest in bytes.
    #[must_use]
    pub const fn digest_bytes(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Finds the algorithm AWS calls by this name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|a| a.name().eq_ignore_ascii_case(name))
    }

    /// Finds the algorithm whose header this is, in any case.
    #[must_use]
    pub fn of_header(header: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|a| a.header().eq_ignore_ascii_case(header))
    }
}

/// Whether a GET or HEAD asks for the stored checksum.
///
/// # Errors
/// [`FieldError`] if the header cannot be read.
pub fn asks_for_checksum(fields: &Fields<'_>) -> Result<bool, FieldError> {
    let mode = fields.single("x-amz-checksum-mode")?;
    Ok(mode.is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED")))
}

impl ChecksumKind {
    /// AWS's word, as in `x-amz-checksum-type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FullObject => "FULL_OBJECT",
            Self::Composite => "COMPOSITE",
        }
    }
}

#[cfg(test)]
mod tests;
