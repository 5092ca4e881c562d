use countersign_request::{Header, Query, RequestHead};

use super::{ChecksumError, ExpectedChecksum, ExpectedValue};
use crate::checksum::ChecksumAlgorithm;
use crate::{ErrorCode, Fault, Fields};

const OF_HELLO: &str = "DUoRhQ==";

fn expected(pairs: &[(&str, &str)]) -> Result<Option<ExpectedChecksum>, ChecksumError> {
    let headers: Vec<_> = pairs
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &headers,
    };
    ExpectedChecksum::of(&Fields::of_headers(head))
}

fn hoisted(query: &str) -> Result<Option<ExpectedChecksum>, ChecksumError> {
    let query = Query::of(query).unwrap();
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &[],
    };
    ExpectedChecksum::of(&Fields::of_presigned(head, &query).unwrap())
}

fn sentence(pairs: &[(&str, &str)]) -> String {
    let fault = Fault::from(expected(pairs).unwrap_err());
    assert_eq!(fault.code(), ErrorCode::InvalidRequest);
    fault.message().to_owned()
}

#[test]
fn e5_a_header_is_enforced() {
    let sdk = ("x-amz-sdk-checksum-algorithm", "CRC32");
    let checksum = expected(&[("x-amz-checksum-crc32", OF_HELLO), sdk])
        .unwrap()
        .unwrap();
    assert_eq!(checksum.algorithm(), ChecksumAlgorithm::Crc32);
    assert_eq!(checksum.verify(OF_HELLO, None), Ok(()));
    let fault = Fault::from(checksum.verify("AAAAAA==", None).unwrap_err());
    assert_eq!(fault.code(), ErrorCode::BadDigest);
    assert_eq!(
        fault.message(),
        "The CRC32 you specified did not match the calculated checksum."
    );
}

#[test]
fn e5_a_trailer_is_enforced() {
    let sdk = ("x-amz-sdk-checksum-algorithm", "CRC32");
    let checksum = expected(&[("x-amz-trailer", "X-Amz-Checksum-CRC32"), sdk])
        .unwrap()
        .unwrap();
    assert_eq!(checksum.value(), &ExpectedValue::InTrailer);
    assert_eq!(checksum.verify(OF_HELLO, Some(OF_HELLO)), Ok(()));
    let code = |trailer| Fault::from(checksum.verify(OF_HELLO, trailer).unwrap_err());
    assert_eq!(code(None).code(), ErrorCode::MalformedTrailerError);
    assert_eq!(code(Some("AAAAAA==")).code(), ErrorCode::BadDigest);
    assert_eq!(
        code(Some("x")).message(),
        "Value for x-amz-checksum-crc32 trailing header is invalid."
    );
}

#[test]
fn e5_a_hoisted_value_is_enforced_but_not_that_of_an_empty_body() {
    let leftover = "x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32";
    assert_eq!(hoisted(leftover), Ok(None));
    let real = "x-amz-checksum-crc32=DUoRhQ%3D%3D&x-amz-sdk-checksum-algorithm=CRC32";
    let checksum = hoisted(real).unwrap().unwrap();
    assert_eq!(checksum.value(), &ExpectedValue::Known(OF_HELLO.to_owned()));
}

#[test]
fn each_broken_promise_has_its_sentence() {
    let crc32 = ("x-amz-checksum-crc32", OF_HELLO);
    assert_eq!(
        sentence(&[crc32, ("x-amz-checksum-crc32c", "yZRlqg==")]),
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
    );
    assert_eq!(
        sentence(&[crc32, ("x-amz-trailer", "x-amz-checksum-sha1")]),
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
    );
    for value in ["", "AAAA", "DUoRhQ", "not base64", "DUoRhQ==-2"] {
        assert_eq!(
            sentence(&[("x-amz-checksum-crc32", value)]),
            "Value for x-amz-checksum-crc32 header is invalid."
        );
    }
    assert_eq!(
        sentence(&[("x-amz-sdk-checksum-algorithm", "CRC32")]),
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or \
         x-amz-trailer headers were found."
    );
    for algorithm in ["CRC33", "SHA1"] {
        assert_eq!(
            sentence(&[crc32, ("x-amz-sdk-checksum-algorithm", algorithm)]),
            "Value for x-amz-sdk-checksum-algorithm header is invalid."
        );
    }
    for trailer in [
        "x-amz-checksum-md5",
        "x-amz-meta-a",
        "x-amz-checksum-sha1,x-amz-meta-a",
    ] {
        assert_eq!(
            sentence(&[("x-amz-trailer", trailer)]),
            "The value specified in the x-amz-trailer header is not supported"
        );
    }
    assert_eq!(
        sentence(&[("x-amz-checksum-xxhash64", "AAAAAAAAAAA=")]),
        "Checksum algorithm provided is unsupported. Please try again with any of the valid \
         types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
    );
}

#[test]
fn the_mode_of_a_download_is_no_promise() {
    assert_eq!(expected(&[("x-amz-checksum-mode", "ENABLED")]), Ok(None));
    assert_eq!(hoisted("x-amz-checksum-mode=ENABLED"), Ok(None));
}
