use super::{ChecksumAlgorithm, ChecksumHasher};
use base64::Engine as _;

#[test]
fn an_algorithm_is_found_by_its_name_and_header_in_any_case() {
    for algorithm in ChecksumAlgorithm::ALL {
        assert_eq!(
            ChecksumAlgorithm::named(&algorithm.name().to_lowercase()),
            Some(algorithm)
        );
        assert_eq!(
            ChecksumAlgorithm::of_header(&algorithm.header().to_uppercase()),
            Some(algorithm)
        );
    }
    assert_eq!(ChecksumAlgorithm::named("MD5"), None);
    assert_eq!(ChecksumAlgorithm::of_header("x-amz-checksum-mode"), None);
}

#[test]
fn digest_lengths_are_those_of_the_digests() {
    for algorithm in ChecksumAlgorithm::ALL {
        let value = ChecksumHasher::new(algorithm).finish();
        let digest = base64::engine::general_purpose::STANDARD
            .decode(value)
            .unwrap();
        assert_eq!(digest.len(), algorithm.digest_bytes(), "{algorithm:?}");
    }
}
