use countersign_request::{Header, Query, RequestHead};

use super::{FieldError, Fields};
use crate::{ErrorCode, Fault};

fn head<'a>(headers: &'a [Header<'a>]) -> RequestHead<'a> {
    RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers,
    }
}

fn header<'a>(name: &'a str, value: &'a str) -> Header<'a> {
    Header {
        name,
        value: value.as_bytes(),
    }
}

fn named(name: &str) -> String {
    name.to_owned()
}

#[test]
fn a_hoisted_parameter_is_read_like_a_header() {
    let query = Query::of("x-amz-storage-class=STANDARD_IA&prefix=x").unwrap();
    let fields = Fields::of_presigned(head(&[]), &query).unwrap();
    assert_eq!(
        fields.single("x-amz-storage-class"),
        Ok(Some("STANDARD_IA"))
    );
    assert_eq!(fields.single("prefix"), Ok(None));
    let unhoisted = Fields::of_headers(head(&[]));
    assert_eq!(unhoisted.single("x-amz-storage-class"), Ok(None));
}

#[test]
fn header_and_parameter_must_agree() {
    let query = Query::of("x-amz-acl=private").unwrap();
    let same = [header("X-Amz-Acl", "private")];
    let fields = Fields::of_presigned(head(&same), &query).unwrap();
    assert_eq!(fields.single("x-amz-acl"), Ok(Some("private")));
    assert_eq!(fields.amz().count(), 1);
    let other = [header("x-amz-acl", "public-read")];
    let error = Fields::of_presigned(head(&other), &query).unwrap_err();
    assert_eq!(
        error,
        FieldError::Conflict {
            name: named("x-amz-acl")
        }
    );
    assert_eq!(Fault::from(error).code(), ErrorCode::InvalidArgument);
}

#[test]
fn a5_a_repeated_field_is_refused_in_either_place() {
    for raw in [
        "x-amz-acl=a&x-amz-acl=a",
        "x-amz-acl=a&X-AMZ-ACL=b",
        "If-Match=a&if-match=b",
    ] {
        let query = Query::of(raw).unwrap();
        let error = Fields::of_presigned(head(&[]), &query).unwrap_err();
        assert!(matches!(error, FieldError::Repeated { .. }), "{raw}");
    }
    let twice = [header("content-type", "a/b"), header("Content-Type", "a/b")];
    let error = Fields::of_headers(head(&twice))
        .single("content-type")
        .unwrap_err();
    assert_eq!(
        error,
        FieldError::Repeated {
            name: named("content-type")
        }
    );
}

#[test]
fn e5_a_checksum_header_beside_the_leftover_counts_alone() {
    let query = Query::of("x-amz-checksum-crc32=AAAAAA%3D%3D").unwrap();
    let real = [header("x-amz-checksum-crc32", "DUoRhQ==")];
    let fields = Fields::of_presigned(head(&real), &query).unwrap();
    assert_eq!(fields.single("x-amz-checksum-crc32"), Ok(Some("DUoRhQ==")));
    let alone = Fields::of_presigned(head(&[]), &query).unwrap();
    assert_eq!(alone.single("x-amz-checksum-crc32"), Ok(None));
}

#[test]
fn list_fields_are_joined() {
    let twice = [
        header("content-encoding", "gzip"),
        header("Content-Encoding", "br"),
    ];
    let fields = Fields::of_headers(head(&twice));
    assert_eq!(
        fields.list("content-encoding").unwrap().as_deref(),
        Some("gzip, br")
    );
}

#[test]
fn a17_control_characters_are_refused_wherever_they_come_from() {
    for value in ["a\r\nb", "a\0", "\u{7f}", "a\u{85}b"] {
        let sent = [header("x-amz-tagging", value)];
        let error = Fields::of_headers(head(&sent))
            .single("x-amz-tagging")
            .unwrap_err();
        assert_eq!(
            error,
            FieldError::ControlCharacter {
                name: named("x-amz-tagging")
            }
        );
    }
    let query = Query::of("x-amz-tagging=a%0d%0aSet-Cookie:x").unwrap();
    let fields = Fields::of_presigned(head(&[]), &query).unwrap();
    assert!(fields.single("x-amz-tagging").is_err());
    let bytes = [Header {
        name: "content-type",
        value: b"\xff",
    }];
    let error = Fields::of_headers(head(&bytes))
        .single("content-type")
        .unwrap_err();
    assert_eq!(
        error,
        FieldError::NotUtf8 {
            name: named("content-type")
        }
    );
}
