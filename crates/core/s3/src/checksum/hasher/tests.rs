use super::ChecksumHasher;
use crate::checksum::ChecksumAlgorithm::{self, Crc32, Crc32c, Crc64nvme, Sha1, Sha256};

fn checksum(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> String {
    let mut hasher = ChecksumHasher::new(algorithm);
    for byte in bytes {
        hasher.update(std::slice::from_ref(byte));
    }
    hasher.finish()
}

#[test]
fn published_vectors_hold_for_each_algorithm() {
    let vectors = [
        ("", Crc32, "AAAAAA=="),
        ("", Crc32c, "AAAAAA=="),
        ("", Crc64nvme, "AAAAAAAAAAA="),
        ("hello world", Crc32, "DUoRhQ=="),
        ("hello world", Crc32c, "yZRlqg=="),
        ("hello world", Crc64nvme, "jSnVw/bqjr4="),
        ("123456789", Crc32, "y/Q5Jg=="),
        ("123456789", Crc32c, "4waSgw=="),
        ("123456789", Crc64nvme, "rosUhgp5mIg="),
        ("hello world", Sha1, "Kq5sNclPz7QV2+lfQIuc6R7oRu0="),
        (
            "hello world",
            Sha256,
            "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
        ),
    ];
    for (input, algorithm, expected) in vectors {
        assert_eq!(
            checksum(algorithm, input.as_bytes()),
            expected,
            "{algorithm:?} of {input:?}"
        );
    }
}

#[test]
fn how_the_bytes_are_cut_does_not_matter() {
    let bytes: Vec<u8> = (0..5000u32).map(|n| (n % 251) as u8).collect();
    for algorithm in ChecksumAlgorithm::ALL {
        let mut whole = ChecksumHasher::new(algorithm);
        whole.update(&bytes);
        assert_eq!(whole.finish(), checksum(algorithm, &bytes), "{algorithm:?}");
    }
}
