use countersign_request::{Header, RequestHead};

use super::{Promised, PromisedError};
use crate::{ChecksumAlgorithm, ChecksumError, ChecksumKind, ErrorCode, Fault, Fields};

fn promised(pairs: &[(&str, &str)]) -> Result<Promised, PromisedError> {
    let headers: Vec<Header<'_>> = pairs
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    Promised::of(&Fields::of_headers(RequestHead {
        method: "POST",
        path: "/b/k",
        query: "uploadId=u",
        headers: &headers,
    }))
}

#[test]
fn checksum_type_and_size_are_read() {
    assert_eq!(promised(&[]), Ok(Promised::default()));
    let read = promised(&[
        ("x-amz-checksum-crc32", "DUoRhQ=="),
        ("x-amz-checksum-algorithm", "CRC32"),
        ("x-amz-checksum-type", "FULL_OBJECT"),
        ("x-amz-mp-object-size", "11"),
    ]);
    let expected = Promised {
        checksum: Some((ChecksumAlgorithm::Crc32, "DUoRhQ==".to_owned())),
        kind: Some(ChecksumKind::FullObject),
        size: Some(11),
    };
    assert_eq!(read, Ok(expected));
}

#[test]
fn a_composite_checksum_may_tell_its_number_of_parts() {
    for (value, taken) in [
        ("DUoRhQ==-3", true),
        ("DUoRhQ==-10000", true),
        ("DUoRhQ==-0", false),
        ("DUoRhQ==-10001", false),
        ("DUoRhQ==-", false),
        ("DUoRhQ==-+3", false),
        ("-3", false),
        ("", false),
        ("DUoRhQ", false),
        ("AAAAAAAAAAA=", false),
    ] {
        let read = promised(&[("x-amz-checksum-crc32", value)]);
        assert_eq!(read.is_ok(), taken, "{value}: {read:?}");
    }
}

#[test]
fn e5_a_second_checksum_is_refused_instead_of_passed_over() {
    let refused = promised(&[
        ("x-amz-checksum-crc32", "DUoRhQ=="),
        ("x-amz-checksum-crc32c", "yZRlqg=="),
    ]);
    let refused = refused.unwrap_err();
    assert_eq!(refused, PromisedError::Checksum(ChecksumError::Multiple));
    assert_eq!(Fault::from(refused).code(), ErrorCode::InvalidRequest);
    let unknown = promised(&[("x-amz-checksum-xxhash3", "AAAAAAAAAAA=")]).unwrap_err();
    assert_eq!(Fault::from(unknown).code(), ErrorCode::InvalidRequest);
}

#[test]
fn a_size_is_a_number_of_bytes() {
    let size = |value| promised(&[("x-amz-mp-object-size", value)]);
    assert_eq!(size("0").unwrap().size, Some(0));
    let below = Fault::from(size("-5").unwrap_err());
    assert_eq!(below.code(), ErrorCode::InvalidRequest);
    assert_eq!(
        below.message(),
        "Value for x-amz-mp-object-size header is less than zero: '-5'"
    );
    for value in ["", "+5", "-", "5.0", "x", "18446744073709551616"] {
        let fault = Fault::from(size(value).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidArgument, "{value}");
    }
}

#[test]
fn a_type_that_does_not_exist_is_refused() {
    let refused = promised(&[("x-amz-checksum-type", "PARTIAL")]).unwrap_err();
    assert_eq!(
        Fault::from(refused).message(),
        "Value for x-amz-checksum-type header is invalid."
    );
}
