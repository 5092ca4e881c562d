use super::ContentMd5;
use crate::{ErrorCode, Fault};

const OF_NOTHING: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";

#[test]
fn a_matching_body_passes_and_another_is_refused_with_both_digests() {
    let md5 = ContentMd5::parse(OF_NOTHING).unwrap();
    let digest = [
        0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42,
        0x7e,
    ];
    assert_eq!(md5.verify(digest), Ok(()));
    let fault = Fault::from(md5.verify([0; 16]).unwrap_err());
    let fields = [
        (
            "ExpectedDigest",
            "d41d8cd98f00b204e9800998ecf8427e".to_owned(),
        ),
        ("CalculatedDigest", "AAAAAAAAAAAAAAAAAAAAAA==".to_owned()),
    ];
    assert_eq!(
        (fault.code(), fault.fields()),
        (ErrorCode::BadDigest, &fields[..])
    );
}

#[test]
fn what_is_no_md5_is_refused_as_sent() {
    for value in [
        "",
        "abc",
        "1B2M2Y8AsgTpgAmY7PhCfg",
        "AAAAAA==",
        "d41d8cd98f00b204e9800998ecf8427e",
    ] {
        let fault = Fault::from(ContentMd5::parse(value).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidDigest);
        assert_eq!(fault.fields(), [("Content-MD5", value.to_owned())]);
    }
}
