//! From parts to the object's tag and checksum.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, checksum_combine};
use md5::{Digest as _, Md5};
use thiserror::Error;

use super::{ChecksumPlan, MAX_PART_NUMBER, Promised};
use crate::{
    ChecksumAlgorithm, ChecksumHasher, ChecksumKind, ETag, ErrorCode, Fault, StoredChecksum,
};

/// The smallest size of every part but the last.
pub const MIN_PART_BYTES: u64 = 5 << 20;

/// A part as it is stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredPart<'a> {
    /// Its number.
    pub number: u16,
    /// Its size in bytes.
    pub size: u64,
    /// Its tag: the MD5 of its bytes.
    pub etag: &'a ETag,
    /// Its checksum.
    pub checksum: Option<&'a StoredChecksum>,
}

/// A part as the completing request names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AskedPart {
    /// Its number.
    pub number: u16,
    /// Its tag.
    pub etag: ETag,
    /// Its checksum, if the request tells it.
    pub checksum: Option<(ChecksumAlgorithm, String)>,
}

/// What the parts make.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Assembled {
    /// The tag of the object.
    pub etag: ETag,
    /// Its checksum, if the parts have what it takes.
    pub checksum: Option<StoredChecksum>,
    /// Which of the stored parts, by their place.
    pub chosen: Vec<usize>,
}

/// Why parts do not make an object.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum AssembleError {
    /// The checksum of the object is not the promised one.
    #[error("the object has another {} than was promised", algorithm.name())]
    ChecksumMismatch {
        /// The algorithm.
        algorithm: ChecksumAlgorithm,
    },
    /// A part is named without its checksum, by a request that must tell it.
    #[error("part {number} is named without its {}", algorithm.name())]
    ChecksumMissing {
        /// The algorithm.
        algorithm: ChecksumAlgorithm,
        /// The part.
        number: u16,
    },
    /// The parts are not named in ascending order.
    #[error("part {number} is out of order")]
    Order {
        /// The part.
        number: u16,
    },
    /// A part is missing, or is not the one that was named.
    #[error("part {number} is missing or another")]
    Part {
        /// The part.
        number: u16,
        /// The tag it was named by.
        etag: ETag,
    },
    /// The size of the object is not the promised one.
    #[error("the object has {size} bytes instead of {promised}")]
    SizeMismatch {
        /// The size.
        size: u64,
        /// The promised size.
        promised: u64,
    },
    /// A part other than the last is too small.
    #[error("part {number} has {size} bytes, fewer than {least}")]
    TooSmall {
        /// The part.
        number: u16,
        /// Its size.
        size: u64,
        /// The smallest size.
        least: u64,
        /// Its tag.
        etag: ETag,
    },
    /// The request promises another type of checksum than the upload was created with.
    #[error("the upload keeps another type of checksum, {}", kept.name())]
    WrongKind {
        /// The type it was created with.
        kept: ChecksumKind,
    },
}

/// Makes an object of the parts that are asked for, out of those that are stored, in order of number.
///
/// # Errors
/// [`AssembleError`] with the first thing that does not fit.
pub fn assemble(
    stored: &[StoredPart<'_>],
    asked: &[AskedPart],
    plan: ChecksumPlan,
    promised: &Promised,
    least: u64,
) -> Result<Assembled, AssembleError> {
    let mut chosen = Vec::with_capacity(asked.len());
    let mut parts: Vec<&StoredPart<'_>> = Vec::with_capacity(asked.len());
    let mut before = 0;
    for part in asked {
        if part.number <= before || part.number > MAX_PART_NUMBER {
            return Err(AssembleError::Order {
                number: part.number,
            });
        }
        before = part.number;
        let (at, found) = find(stored, part)?;
        chosen.push(at);
        parts.push(found);
    }
    if let Some((_, all_but_last)) = parts.split_last()
        && let Some(small) = all_but_last.iter().find(|part| part.size < least)
    {
        return Err(AssembleError::TooSmall {
            number: small.number,
            size: small.size,
            least,
            etag: small.etag.clone(),
        });
    }
    let size = parts
        .iter()
        .fold(0u64, |sum, part| sum.saturating_add(part.size));
    if let Some(promised) = promised.size.filter(|promised| *promised != size) {
        return Err(AssembleError::SizeMismatch { size, promised });
    }
    let checksum = checksum_of(&parts, plan);
    check_promise(promised, plan, checksum.as_ref())?;
    Ok(Assembled {
        etag: etag_of(&parts),
        checksum,
        chosen,
    })
}

/// Insists that each part is named with its checksum, where the upload was created for a composite one:
/// then the client vouches for the parts by it.
///
/// # Errors
/// [`AssembleError::ChecksumMissing`] with the first part that is not.
pub fn require_checksums(asked: &[AskedPart], created: ChecksumPlan) -> Result<(), AssembleError> {
    let without = asked
        .iter()
        .find(|part| created.kind == ChecksumKind::Composite && part.checksum.is_none());
    without.map_or(Ok(()), |part| {
        Err(AssembleError::ChecksumMissing {
            algorithm: created.algorithm,
            number: part.number,
        })
    })
}

fn find<'s, 'p>(
    stored: &'s [StoredPart<'p>],
    asked: &AskedPart,
) -> Result<(usize, &'s StoredPart<'p>), AssembleError> {
    let other = || AssembleError::Part {
        number: asked.number,
        etag: asked.etag.clone(),
    };
    let at = stored
        .binary_search_by_key(&asked.number, |part| part.number)
        .map_err(|_| other())?;
    let found = stored.get(at).filter(|part| *part.etag == asked.etag);
    let found = found.ok_or_else(other)?;
    if let Some((algorithm, value)) = &asked.checksum {
        let same = found
            .checksum
            .is_some_and(|kept| kept.algorithm == *algorithm && kept.value == *value);
        if !same {
            return Err(other());
        }
    }
    Ok((at, found))
}

/// The MD5 of the parts' MD5s, and their number.
fn etag_of(parts: &[&StoredPart<'_>]) -> ETag {
    let mut md5 = Md5::new();
    for part in parts {
        match decoded_hex(part.etag.as_str()) {
            Some(digest) => md5.update(&digest),
            None => md5.update(part.etag.as_str().as_bytes()),
        }
    }
    let digest: [u8; 16] = md5.finalize().into();
    let whole = ETag::of_md5(digest);
    ETag::parse(&format!("{}-{}", whole.as_str(), parts.len()))
}

fn decoded_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

/// The checksum of the object; none if a part lacks one of the algorithm.
fn checksum_of(parts: &[&StoredPart<'_>], plan: ChecksumPlan) -> Option<StoredChecksum> {
    let digests: Option<Vec<(Vec<u8>, u64)>> = parts
        .iter()
        .map(|part| {
            let kept = part
                .checksum
                .filter(|kept| kept.algorithm == plan.algorithm)?;
            Some((STANDARD.decode(&kept.value).ok()?, part.size))
        })
        .collect();
    let digests = digests?;
    let value = match plan.kind {
        ChecksumKind::Composite => {
            let mut hasher = ChecksumHasher::new(plan.algorithm);
            digests.iter().for_each(|(digest, _)| hasher.update(digest));
            format!("{}-{}", hasher.finish(), digests.len())
        }
        ChecksumKind::FullObject => combined(&digests, plan.algorithm)?,
    };
    Some(StoredChecksum {
        algorithm: plan.algorithm,
        value,
        kind: plan.kind,
    })
}

/// The CRC of bytes one after the other, from the CRCs of each and their lengths.
fn combined(digests: &[(Vec<u8>, u64)], algorithm: ChecksumAlgorithm) -> Option<String> {
    let crc = match algorithm {
        ChecksumAlgorithm::Crc32 => CrcAlgorithm::Crc32IsoHdlc,
        ChecksumAlgorithm::Crc32c => CrcAlgorithm::Crc32Iscsi,
        ChecksumAlgorithm::Crc64nvme => CrcAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256 => return None,
    };
    let number = |digest: &[u8]| {
        digest
            .iter()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let ((first, _), rest) = digests.split_first()?;
    let whole = rest.iter().fold(number(first), |sum, (digest, size)| {
        checksum_combine(crc, sum, number(digest), *size)
    });
    let bytes = whole.to_be_bytes();
    let start = bytes.len().checked_sub(algorithm.digest_bytes())?;
    bytes.get(start..).map(|digest| STANDARD.encode(digest))
}

fn check_promise(
    promised: &Promised,
    plan: ChecksumPlan,
    checksum: Option<&StoredChecksum>,
) -> Result<(), AssembleError> {
    if promised.kind.is_some_and(|kind| kind != plan.kind) {
        return Err(AssembleError::WrongKind { kept: plan.kind });
    }
    let Some((algorithm, value)) = &promised.checksum else {
        return Ok(());
    };
    // A composite value may be told without the number of parts.
    let same = checksum.is_some_and(|kept| {
        let bare = kept
            .value
            .rsplit_once('-')
            .map_or(kept.value.as_str(), |(bare, _)| bare);
        kept.algorithm == *algorithm && (kept.value == *value || bare == value)
    });
    if same {
        Ok(())
    } else {
        Err(AssembleError::ChecksumMismatch {
            algorithm: *algorithm,
        })
    }
}

impl From<AssembleError> for Fault {
    fn from(error: AssembleError) -> Self {
        match error {
            // AWS: in lower case here, in upper case for an object put in one piece.
            AssembleError::ChecksumMismatch { algorithm } => Self::new(ErrorCode::BadDigest)
                .saying(format!(
                    "The {} you specified did not match the calculated checksum.",
                    algorithm.name().to_ascii_lowercase()
                )),
            AssembleError::ChecksumMissing { algorithm, number } => {
                Self::new(ErrorCode::InvalidRequest).saying(format!(
                    "The upload was created using a {} checksum. The complete request must include \
                     the checksum for each part. It was missing for part {number} in the request.",
                    algorithm.name().to_ascii_lowercase()
                ))
            }
            AssembleError::Order { .. } => Self::new(ErrorCode::InvalidPartOrder),
            AssembleError::Part { number, etag } => Self::new(ErrorCode::InvalidPart)
                .with("PartNumber", number.to_string())
                .with("ETag", etag.as_str()),
            AssembleError::SizeMismatch { size, promised } => Self::new(ErrorCode::InvalidRequest)
                .saying(format!(
                    "The provided 'x-amz-mp-object-size' header value {promised} does not match \
                     what was computed: {size}"
                )),
            AssembleError::TooSmall {
                number,
                size,
                least,
                etag,
            } => Self::new(ErrorCode::EntityTooSmall)
                .with("ProposedSize", size.to_string())
                .with("MinSizeAllowed", least.to_string())
                .with("PartNumber", number.to_string())
                .with("ETag", etag.as_str()),
            AssembleError::WrongKind { kept } => {
                Self::new(ErrorCode::InvalidRequest).saying(format!(
                    "The upload was created using the {} checksum mode. The complete request must \
                     use the same checksum mode.",
                    kept.name()
                ))
            }
        }
    }
}
