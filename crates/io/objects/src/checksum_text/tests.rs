use countersign_s3::{ChecksumAlgorithm, ChecksumKind, StoredChecksum};

use super::{read, write};

#[test]
fn a_checksum_reads_back_as_it_was_written() {
    for algorithm in ChecksumAlgorithm::ALL {
        for kind in [ChecksumKind::Composite, ChecksumKind::FullObject] {
            let checksum = StoredChecksum {
                algorithm,
                kind,
                value: "a+/b==-3".to_owned(),
            };
            assert_eq!(read(&write(Some(&checksum))), Some(checksum));
        }
    }
    assert_eq!(read(&write(None)), None);
    assert_eq!(read("CRC32:SOME:aaaa"), None);
}
