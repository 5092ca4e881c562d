use countersign_request::{Header, Query, RequestHead};

use super::{MetadataError, attributes_of, response_headers, tags_given};
use crate::{ErrorCode, Fault, Fields, ObjectAttributes, Operation};

fn stored(pairs: &[(&str, &str)]) -> Result<ObjectAttributes, MetadataError> {
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
    attributes_of(&Fields::of_headers(head), Operation::PutObject)
}

fn refused(pairs: &[(&str, &str)]) -> Fault {
    stored(pairs).unwrap_err().into()
}

#[test]
fn what_was_put_comes_back_as_headers() {
    let pairs = [
        ("content-type", "text/plain"),
        ("content-encoding", "gzip"),
        ("content-language", "de"),
        ("content-disposition", "attachment; filename=\"a.txt\""),
        ("cache-control", "max-age=60"),
        ("expires", "Thu, 15 Jan 2026 12:00:00 GMT"),
        ("x-amz-website-redirect-location", "/other"),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("x-amz-meta-colour", "red"),
    ];
    let attributes = stored(&pairs).unwrap();
    let headers: Vec<_> = response_headers(&attributes).collect();
    let expected: Vec<_> = pairs
        .iter()
        .map(|(n, v)| ((*n).into(), (*v).into()))
        .collect();
    assert_eq!(headers, expected);
}

#[test]
fn an_object_without_attributes_still_has_a_type() {
    let attributes = stored(&[]).unwrap();
    assert_eq!(attributes, ObjectAttributes::default());
    let headers: Vec<_> = response_headers(&attributes).collect();
    assert_eq!(
        headers,
        [("content-type".into(), "binary/octet-stream".into())]
    );
}

#[test]
fn the_framing_of_the_upload_is_not_stored() {
    let cases = [
        ("aws-chunked", None),
        ("aws-chunked, gzip", Some("gzip")),
        ("gzip,AWS-Chunked , br", Some("gzip,br")),
        ("gzip", Some("gzip")),
    ];
    for (sent, kept) in cases {
        let attributes = stored(&[("content-encoding", sent)]).unwrap();
        assert_eq!(attributes.content_encoding.as_deref(), kept, "{sent}");
    }
}

#[test]
fn user_metadata_is_lower_cased_joined_and_hoisted() {
    let pairs = [
        ("X-Amz-Meta-A", "1"),
        ("x-amz-meta-a", "2"),
        ("x-amz-meta-b", "ü"),
    ];
    let attributes = stored(&pairs).unwrap();
    let expected = [("a", "1,2"), ("b", "ü")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    assert_eq!(attributes.user_metadata, expected);
    let shown: Vec<_> = response_headers(&attributes).map(|(_, v)| v).collect();
    assert_eq!(shown, ["binary/octet-stream", "1,2", "=?UTF-8?B?w7w=?="]);

    let query = Query::of("x-amz-meta-a=1&X-Amz-Date=x").unwrap();
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &[],
    };
    let hoisted = attributes_of(
        &Fields::of_presigned(head, &query).unwrap(),
        Operation::PutObject,
    )
    .unwrap();
    assert_eq!(hoisted.user_metadata, [("a".to_owned(), "1".to_owned())]);
}

#[test]
fn metadata_over_two_kib_is_refused_with_both_sizes() {
    let value = "v".repeat(2047);
    assert!(stored(&[("x-amz-meta-k", &value)]).is_ok());
    let fault = refused(&[("x-amz-meta-k", &value), ("x-amz-meta-l", "")]);
    let fields = [
        ("Size", "2049".to_owned()),
        ("MaxSizeAllowed", "2048".to_owned()),
    ];
    assert_eq!(
        (fault.code(), fault.fields()),
        (ErrorCode::MetadataTooLarge, &fields[..])
    );
}

#[test]
fn a17_values_that_could_split_a_head_are_refused() {
    for name in [
        "content-type",
        "content-disposition",
        "cache-control",
        "x-amz-meta-a",
        "expires",
    ] {
        let fault = refused(&[(name, "a\r\nset-cookie: b")]);
        assert_eq!(fault.code(), ErrorCode::InvalidArgument, "{name}");
    }
    assert_eq!(
        refused(&[("x-amz-meta-a b", "v")]).code(),
        ErrorCode::InvalidArgument
    );
    assert_eq!(
        refused(&[("x-amz-meta-", "v")]).code(),
        ErrorCode::InvalidArgument
    );
    let fault = refused(&[("content-disposition", "attachment; filename=\"ü\"")]);
    assert_eq!(fault.code(), ErrorCode::InvalidArgument);
}

#[test]
fn storage_classes_are_known_or_refused() {
    assert_eq!(
        stored(&[("x-amz-storage-class", "STANDARD")])
            .unwrap()
            .storage_class,
        None
    );
    let fault = refused(&[("x-amz-storage-class", "standard")]);
    assert_eq!(fault.code(), ErrorCode::InvalidStorageClass);
    assert_eq!(
        fault.fields(),
        [("StorageClassRequested", "standard".to_owned())]
    );
    let archived = refused(&[("x-amz-storage-class", "GLACIER")]);
    assert_eq!(archived.code(), ErrorCode::NotImplemented);
}

#[test]
fn e6_a_header_that_is_not_applied_gives_no_tags() {
    let given = |operation, pairs: &[(&str, &str)]| {
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
        tags_given(&Fields::of_headers(head), operation)
            .unwrap()
            .len()
    };
    let tagging = ("x-amz-tagging", "a=1");
    let directive = |value| ("x-amz-tagging-directive", value);
    assert_eq!(given(Operation::PutObject, &[tagging]), 1);
    assert_eq!(given(Operation::CreateMultipartUpload, &[tagging]), 1);
    let copy = Operation::CopyObject;
    assert_eq!(given(copy, &[tagging, directive("REPLACE")]), 1);
    assert_eq!(given(copy, &[tagging, directive("COPY")]), 0);
    assert_eq!(given(copy, &[tagging]), 0);
    for other in [
        Operation::CompleteMultipartUpload,
        Operation::GetObject,
        Operation::PostObject,
        Operation::PutObjectTagging,
        Operation::UploadPart,
    ] {
        assert_eq!(given(other, &[tagging]), 0, "{other:?}");
    }
}

#[test]
fn tags_are_stored_and_counted() {
    let attributes = stored(&[("x-amz-tagging", "a=1&b=2")]).unwrap();
    assert_eq!(attributes.tags.len(), 2);
    let last = response_headers(&attributes).last().unwrap();
    assert_eq!(last, ("x-amz-tagging-count".into(), "2".into()));
}
