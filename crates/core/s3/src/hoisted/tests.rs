use super::stands_for_header;

#[test]
fn amz_parameters_and_conditions_stand_for_headers() {
    let names = [
        "x-amz-meta-a",
        "X-Amz-Tagging",
        "x-amz-storage-class",
        "If-None-Match",
        "x-amz-acl",
    ];
    for name in names {
        assert!(stands_for_header(name, "v"), "{name}");
    }
}

#[test]
fn the_signature_and_other_parameters_do_not() {
    let names = [
        "X-Amz-Signature",
        "x-amz-date",
        "X-Amz-Content-Sha256",
        "x-id",
        "prefix",
        "",
        "ü-amz-",
    ];
    for name in names {
        assert!(!stands_for_header(name, "v"), "{name}");
    }
}

#[test]
fn e5_only_the_checksum_of_an_empty_body_is_ignored() {
    assert!(!stands_for_header("x-amz-checksum-crc32", "AAAAAA=="));
    assert!(!stands_for_header("x-amz-sdk-checksum-algorithm", "CRC32"));
    assert!(stands_for_header("x-amz-checksum-crc32", "DUoRhQ=="));
    assert!(stands_for_header("x-amz-checksum-crc32c", "AAAAAA=="));
}
