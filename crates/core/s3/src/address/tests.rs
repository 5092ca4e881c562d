use countersign_request::percent::{Component, encode};
use proptest::prelude::{prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::{Address, AddressError, Addressing, Style};
use crate::{ErrorCode, Fault, Level};

fn addressing() -> Addressing {
    Addressing::new(["s3.example.test:9443", "example.test", "127.0.0.1"])
}

fn seen(host: &str, path: &str) -> (Option<String>, Option<String>, Style) {
    let addressing = addressing();
    let Address { bucket, key, style } = addressing.resolve(host, path).unwrap();
    (
        bucket.map(|b| b.into_owned()),
        key.map(|k| k.to_string()),
        style,
    )
}

fn error(path: &str) -> AddressError {
    addressing().resolve("localhost", path).unwrap_err()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn path_style_is_for_bases_addresses_and_strangers() {
    let hosts = [
        "s3.example.test",
        "S3.Example.Test:9443",
        "localhost:9000",
        "localhost.",
        "s3.localhost:9000",
        "127.0.0.1:9000",
        "[::1]:9000",
        "unrelated.org",
        "notexample.test",
        "",
    ];
    for host in hosts {
        assert_eq!(
            seen(host, "/b/k"),
            (some("b"), some("k"), Style::Path),
            "{host}"
        );
    }
}

#[test]
fn the_name_in_front_of_the_longest_base_is_the_bucket() {
    let cases = [
        ("bucket.s3.example.test:9443", "bucket"),
        ("my.bucket.s3.example.test", "my.bucket"),
        ("Bucket.LOCALHOST", "bucket"),
        ("bucket.s3.localhost", "bucket"),
        ("other.example.test", "other"),
    ];
    for (host, bucket) in cases {
        assert_eq!(
            seen(host, "/b/k"),
            (some(bucket), some("b/k"), Style::VirtualHosted),
            "{host}"
        );
    }
}

#[test]
fn keys_that_trip_others_arrive_as_sent() {
    let cases = [
        ("/b/a%20b", "a b"),
        ("/b/a%2Fb", "a/b"),
        ("/b/a+b", "a+b"),
        ("/b/a%2Bb", "a+b"),
        ("/b/a%252Fb", "a%2Fb"),
        ("/b/a//b", "a//b"),
        ("/b/./a", "./a"),
        ("/b/../a", "../a"),
        ("/b//lead", "/lead"),
        ("/b/trail/", "trail/"),
        ("/b/%C3%BC%E2%80%94%F0%9F%98%80", "ü—😀"),
        ("/b/%25", "%"),
        ("/b/tab%09x", "tab\tx"),
        ("/b/a%5Cb", "a\\b"),
    ];
    for (path, key) in cases {
        assert_eq!(
            seen("localhost", path),
            (some("b"), some(key), Style::Path),
            "{path}"
        );
    }
}

#[test]
fn a7_an_escaped_slash_cuts_like_a_slash_because_both_are_signed_alike() {
    assert_eq!(seen("localhost", "/b%2Fk"), seen("localhost", "/b/k"));
    assert_eq!(error("/%2Fk"), AddressError::BucketEmpty);
    assert_eq!(error("//k"), AddressError::BucketEmpty);
}

#[test]
fn levels_follow_from_what_is_named() {
    let level = |host, path| addressing().resolve(host, path).unwrap().level();
    assert_eq!(level("localhost", "/"), Level::Service);
    assert_eq!(level("localhost", ""), Level::Service);
    assert_eq!(level("localhost", "/b"), Level::Bucket);
    assert_eq!(level("localhost", "/b/"), Level::Bucket);
    assert_eq!(level("b.localhost", "/"), Level::Bucket);
    assert_eq!(level("b.localhost", "/k"), Level::Object);
}

#[test]
fn a7_what_cannot_be_a_path_is_refused_as_invalid_uri() {
    let paths = [
        "/b/%",
        "/b/%zz",
        "/b/%C0%AF",
        "/b/%ff",
        "/b/a%00b",
        "/b/a\0b",
        "*",
        "b/k",
    ];
    for path in paths {
        assert_eq!(
            Fault::from(error(path)).code(),
            ErrorCode::InvalidURI,
            "{path}"
        );
    }
    let host_only = addressing().resolve(".localhost", "/k");
    assert_eq!(host_only, Err(AddressError::BucketEmpty));
}

#[test]
fn a_key_over_the_limit_is_measured_after_decoding() {
    let encoded = "%41".repeat(1024);
    assert!(
        addressing()
            .resolve("localhost", &format!("/b/{encoded}"))
            .is_ok()
    );
    let fault = Fault::from(error(&format!("/b/{encoded}x")));
    let fields = [
        ("Size", "1025".to_owned()),
        ("MaxSizeAllowed", "1024".to_owned()),
    ];
    assert_eq!(
        (fault.code(), fault.fields()),
        (ErrorCode::KeyTooLongError, &fields[..])
    );
}

#[test]
fn a_bad_bucket_name_is_kept_for_the_refusal_to_name() {
    let addressing = addressing();
    let address = addressing.resolve("localhost", "/Bad_Name/k").unwrap();
    assert_eq!(address.bucket.as_deref(), Some("Bad_Name"));
    assert!(address.bucket_name().is_err());
}

#[test]
fn a7_dot_segments_are_noticed_in_every_spelling() {
    let dotted = |path| {
        addressing()
            .resolve("localhost", path)
            .unwrap()
            .has_dot_segments()
    };
    for path in ["/b/../k", "/b/%2e%2e/k", "/b/a/.", "/../k", "/b/a%2F..%2Fk"] {
        assert!(dotted(path), "{path}");
    }
    assert!(!dotted("/b/..a/b..c"));
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_key_survives_encoding_in_both_styles(key in "[^\\x00]{1,200}") {
        let encoded = encode(&key, Component::Path);
        let in_path = seen("localhost", &format!("/bucket/{encoded}"));
        prop_assert_eq!(in_path, (some("bucket"), some(&key), Style::Path));
        let in_host = seen("bucket.localhost", &format!("/{encoded}"));
        prop_assert_eq!(in_host, (some("bucket"), some(&key), Style::VirtualHosted));
    }

    #[test]
    fn any_host_and_path_are_answered(host in "\\PC{0,40}", path in "\\PC{0,80}") {
        let _ = addressing().resolve(&host, &path);
    }
}
