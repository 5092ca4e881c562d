use super::{BucketName, BucketNameError};

#[test]
fn names_from_the_guide_are_accepted() {
    for name in [
        "amzn-s3-bucket",
        "example.com",
        "a1b",
        "my.example-s3-bucket",
        "123",
        "a-b.c-d",
    ] {
        assert_eq!(
            BucketName::parse(name).map(|n| n.to_string()),
            Ok(name.to_owned())
        );
    }
    assert!(BucketName::parse(&"a".repeat(63)).is_ok());
}

#[test]
fn each_rule_refuses_with_its_own_reason() {
    let cases = [
        ("ab", BucketNameError::Length { bytes: 2 }),
        ("Bucket", BucketNameError::UnexpectedByte { at: 0 }),
        ("under_score", BucketNameError::UnexpectedByte { at: 5 }),
        ("a..b", BucketNameError::BadLabel),
        (".abc", BucketNameError::BadLabel),
        ("abc-", BucketNameError::BadLabel),
        ("abc-.def", BucketNameError::BadLabel),
        ("abc.-def", BucketNameError::BadLabel),
        ("192.168.5.4", BucketNameError::IpAddress),
        ("xn--abc", BucketNameError::Reserved { affix: "xn--" }),
        (
            "abc-s3alias",
            BucketNameError::Reserved { affix: "-s3alias" },
        ),
        (
            "abc--use1-az4--x-s3",
            BucketNameError::Reserved { affix: "--x-s3" },
        ),
    ];
    for (name, expected) in cases {
        assert_eq!(BucketName::parse(name), Err(expected), "{name}");
    }
    assert_eq!(
        BucketName::parse(&"a".repeat(64)),
        Err(BucketNameError::Length { bytes: 64 })
    );
}
