use base64::Engine as _;
use countersign_request::{Header, Query, RequestHead};

use super::{ChecksumAlgorithm, ChecksumHasher, asks_for_checksum};
use crate::Fields;

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

#[test]
fn the_mode_of_a_download_is_read_from_header_and_query() {
    let header = [Header {
        name: "x-amz-checksum-mode",
        value: b"ENABLED",
    }];
    let head = RequestHead {
        method: "GET",
        path: "/b/k",
        query: "",
        headers: &header,
    };
    assert_eq!(asks_for_checksum(&Fields::of_headers(head)), Ok(true));
    let bare = RequestHead {
        headers: &[],
        ..head
    };
    assert_eq!(asks_for_checksum(&Fields::of_headers(bare)), Ok(false));
    let query = Query::of("x-amz-checksum-mode=ENABLED").unwrap();
    assert_eq!(
        asks_for_checksum(&Fields::of_presigned(bare, &query).unwrap()),
        Ok(true)
    );
}
