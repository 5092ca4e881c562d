//! Checksums as the index keeps them: `ALGORITHM:KIND:value`, or nothing.

use countersign_s3::{ChecksumAlgorithm, ChecksumKind, StoredChecksum};

/// Writes a checksum for the index.
pub(crate) fn write(checksum: Option<&StoredChecksum>) -> String {
    checksum.map_or_else(String::new, |checksum| {
        let StoredChecksum {
            algorithm,
            kind,
            value,
        } = checksum;
        format!("{}:{value}", write_plan(*algorithm, *kind))
    })
}

/// Reads a checksum from the index.
pub(crate) fn read(text: &str) -> Option<StoredChecksum> {
    let (plan, value) = text.rsplit_once(':')?;
    let (algorithm, kind) = read_plan(plan)?;
    Some(StoredChecksum {
        algorithm,
        kind,
        value: value.to_owned(),
    })
}

/// Writes how a checksum is to be computed.
pub(crate) fn write_plan(algorithm: ChecksumAlgorithm, kind: ChecksumKind) -> String {
    format!("{}:{}", algorithm.name(), kind.name())
}

/// Reads how a checksum is to be computed.
pub(crate) fn read_plan(text: &str) -> Option<(ChecksumAlgorithm, ChecksumKind)> {
    let (algorithm, kind) = text.split_once(':')?;
    let kinds = [ChecksumKind::Composite, ChecksumKind::FullObject];
    let kind = kinds.into_iter().find(|known| known.name() == kind)?;
    Some((ChecksumAlgorithm::named(algorithm)?, kind))
}

#[cfg(test)]
mod tests;
