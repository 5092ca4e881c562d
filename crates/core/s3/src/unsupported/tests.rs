use countersign_request::{Header, Query, RequestHead};

use super::{UnsupportedError, refuse_unsupported};
use crate::{ErrorCode, Fault, Fields, Operation};

fn verdict(name: &str, value: &str) -> Result<(), UnsupportedError> {
    verdict_on(Operation::PutObject, name, value)
}

fn verdict_on(operation: Operation, name: &str, value: &str) -> Result<(), UnsupportedError> {
    let headers = [Header {
        name,
        value: value.as_bytes(),
    }];
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &headers,
    };
    refuse_unsupported(&Fields::of_headers(head), operation)
}

#[test]
fn e6_what_we_cannot_do_is_refused_and_named() {
    let headers = [
        ("X-Amz-Server-Side-Encryption", "AES256"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-object-lock-mode", "COMPLIANCE"),
        ("x-amz-object-lock-legal-hold", "ON"),
        ("x-amz-bucket-object-lock-enabled", "true"),
        ("x-amz-object-ownership", "ObjectWriter"),
        ("x-amz-mfa", "1 2"),
        ("x-amz-expected-bucket-owner", "111122223333"),
    ];
    for (name, value) in headers {
        let error = verdict(name, value).unwrap_err();
        let name = name.to_ascii_lowercase();
        assert_eq!(error, UnsupportedError::Header { name: name.clone() });
        let fault = Fault::from(error);
        assert_eq!(fault.code(), ErrorCode::NotImplemented);
        assert_eq!(fault.fields(), [("Header", name)]);
    }
}

#[test]
fn only_the_owners_access_lists_are_taken() {
    for acl in ["private", "bucket-owner-full-control"] {
        assert_eq!(verdict("x-amz-acl", acl), Ok(()));
    }
    for (name, value) in [("x-amz-acl", "public-read"), ("X-Amz-Grant-Read", "id=1")] {
        let error = verdict(name, value).unwrap_err();
        let fault = error.clone().fault_of(Operation::PutObject);
        assert_eq!(fault.code(), ErrorCode::AccessControlListNotSupported);
        let fault = error.fault_of(Operation::CreateBucket);
        assert_eq!(fault.code(), ErrorCode::InvalidBucketAclWithObjectOwnership);
    }
}

#[test]
fn an_ownership_that_does_not_exist_is_no_function_that_is_missing() {
    for value in ["RandomValue", ""] {
        let fault = Fault::from(verdict("x-amz-object-ownership", value).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidArgument);
        let expected = format!("Invalid x-amz-object-ownership header: {value}");
        assert_eq!(fault.message(), expected);
    }
}

#[test]
fn hoisted_parameters_are_no_way_around() {
    let query = Query::of("x-amz-acl=public-read").unwrap();
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &[],
    };
    let fields = Fields::of_presigned(head, &query).unwrap();
    assert!(refuse_unsupported(&fields, Operation::PutObject).is_err());
}

#[test]
fn ordinary_headers_pass() {
    for name in [
        "x-amz-bypass-governance-retention",
        "x-amz-meta-a",
        "x-amz-date",
        "x-amz-user-agent",
        "content-type",
        "x-amz-tagging",
    ] {
        assert_eq!(verdict(name, "v"), Ok(()));
    }
    assert_eq!(verdict("x-amz-bucket-object-lock-enabled", "False"), Ok(()));
    assert_eq!(
        verdict("x-amz-object-ownership", "BucketOwnerEnforced"),
        Ok(())
    );
}

#[test]
fn conditions_of_deletions_are_those_of_nothing_else() {
    for name in ["x-amz-if-match-size", "X-Amz-If-Match-Last-Modified-Time"] {
        assert_eq!(verdict_on(Operation::DeleteObject, name, "3"), Ok(()));
        assert!(verdict(name, "3").is_err());
        assert!(verdict_on(Operation::AbortMultipartUpload, name, "3").is_err());
    }
    let name = "x-amz-if-match-initiated-time";
    assert!(verdict_on(Operation::DeleteObject, name, "3").is_err());
}
