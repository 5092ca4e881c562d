//! Incremental computation of a checksum.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::ChecksumAlgorithm;

/// A checksum being computed over bytes as they pass.
///
/// ```
/// use countersign_s3::{ChecksumAlgorithm, ChecksumHasher};
/// let mut hasher = ChecksumHasher::new(ChecksumAlgorithm::Crc32);
/// hasher.update(b"hello ");
/// hasher.update(b"world");
/// assert_eq!(hasher.finish(), "DUoRhQ==");
/// ```
#[derive(Clone, Debug)]
pub struct ChecksumHasher(State);

#[derive(Clone, Debug)]
enum State {
    // The register of a 32-bit CRC is kept in the low half of the 64-bit result.
    Crc32(Crc),
    Crc64(Crc),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl ChecksumHasher {
    /// A hasher that has seen nothing yet.
    #[must_use]
    pub fn new(algorithm: ChecksumAlgorithm) -> Self {
        Self(match algorithm {
            ChecksumAlgorithm::Crc32 => State::Crc32(Crc::new(CrcAlgorithm::Crc32IsoHdlc)),
            ChecksumAlgorithm::Crc32c => State::Crc32(Crc::new(CrcAlgorithm::Crc32Iscsi)),
            ChecksumAlgorithm::Crc64nvme => State::Crc64(Crc::new(CrcAlgorithm::Crc64Nvme)),
            ChecksumAlgorithm::Sha1 => State::Sha1(Sha1::new()),
            ChecksumAlgorithm::Sha256 => State::Sha256(Sha256::new()),
        })
    }

    /// Takes the next bytes into account.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc32(crc) | State::Crc64(crc) => crc.update(bytes),
            State::Sha1(hash) => hash.update(bytes),
            State::Sha256(hash) => hash.update(bytes),
        }
    }

    /// The checksum in base64, as S3 writes it.
    #[must_use]
    pub fn finish(self) -> String {
        match self.0 {
            State::Crc32(crc) => {
                let [_, _, _, _, low @ ..] = crc.finalize().to_be_bytes();
                STANDARD.encode(low)
            }
            State::Crc64(crc) => STANDARD.encode(crc.finalize().to_be_bytes()),
            State::Sha1(hash) => STANDARD.encode(hash.finalize()),
            State::Sha256(hash) => STANDARD.encode(hash.finalize()),
        }
    }
}

#[cfg(test)]
mod tests;
