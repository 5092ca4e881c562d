use countersign_request::{Header, Query, RequestHead};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::recognize;
use crate::operation::{Level, Operation, RecognizeError, ResourceType};
use crate::{ErrorCode, Fault, SubResource};

fn with_headers(
    method: &str,
    level: Level,
    query: &str,
    headers: &[Header<'_>],
) -> Result<Operation, RecognizeError> {
    let head = RequestHead {
        method,
        path: "/b/k",
        query,
        headers,
    };
    recognize(level, &Query::of(query).unwrap(), &head)
}

fn asked(method: &str, level: Level, query: &str) -> Result<Operation, RecognizeError> {
    with_headers(method, level, query, &[])
}

#[test]
fn requests_of_the_service_model_get_their_names() {
    use Level::{Bucket, Object, Service};
    let cases = [
        ("GET", Service, "", Operation::ListBuckets),
        (
            "GET",
            Service,
            "max-directory-buckets=5",
            Operation::ListDirectoryBuckets,
        ),
        ("PUT", Bucket, "", Operation::CreateBucket),
        ("HEAD", Bucket, "", Operation::HeadBucket),
        ("DELETE", Bucket, "", Operation::DeleteBucket),
        ("GET", Bucket, "", Operation::ListObjects),
        (
            "GET",
            Bucket,
            "list-type=2&prefix=a",
            Operation::ListObjectsV2,
        ),
        ("GET", Bucket, "location", Operation::GetBucketLocation),
        ("GET", Bucket, "versions", Operation::ListObjectVersions),
        ("GET", Bucket, "uploads", Operation::ListMultipartUploads),
        (
            "GET",
            Bucket,
            "analytics",
            Operation::ListBucketAnalyticsConfigurations,
        ),
        (
            "GET",
            Bucket,
            "analytics&id=1",
            Operation::GetBucketAnalyticsConfiguration,
        ),
        ("POST", Bucket, "delete", Operation::DeleteObjects),
        ("GET", Object, "", Operation::GetObject),
        (
            "GET",
            Object,
            "versionId=1&partNumber=1&x-id=GetObject",
            Operation::GetObject,
        ),
        ("GET", Object, "attributes", Operation::GetObjectAttributes),
        ("GET", Object, "uploadId=1", Operation::ListParts),
        ("HEAD", Object, "", Operation::HeadObject),
        ("PUT", Object, "x-id=PutObject", Operation::PutObject),
        (
            "PUT",
            Object,
            "partNumber=1&uploadId=U%2F%2B%3D",
            Operation::UploadPart,
        ),
        ("POST", Object, "uploads", Operation::CreateMultipartUpload),
        (
            "POST",
            Object,
            "uploadId=1",
            Operation::CompleteMultipartUpload,
        ),
        (
            "DELETE",
            Object,
            "uploadId=1",
            Operation::AbortMultipartUpload,
        ),
        ("DELETE", Object, "versionId=1", Operation::DeleteObject),
        (
            "POST",
            Object,
            "select&select-type=2",
            Operation::SelectObjectContent,
        ),
        (
            "PUT",
            Object,
            "encryption",
            Operation::UpdateObjectEncryption,
        ),
        ("PUT", Object, "renameObject", Operation::RenameObject),
        ("OPTIONS", Object, "acl", Operation::CorsPreflight),
    ];
    for (method, level, query, expected) in cases {
        assert_eq!(
            asked(method, level, query),
            Ok(expected),
            "{method} {level:?} ?{query}"
        );
    }
}

#[test]
fn every_operation_can_be_asked_for() {
    let copy = [Header {
        name: "x-amz-copy-source",
        value: b"/b/k",
    }];
    let form = [Header {
        name: "content-type",
        value: b"Multipart/Form-Data; boundary=x",
    }];
    let mut reached = vec![Operation::WriteGetObjectResponse];
    let queries = SubResource::ALL.iter().map(|s| s.name()).chain([
        "",
        "list-type=2",
        "max-directory-buckets=1",
        "select&select-type=2",
        "uploadId=1&partNumber=1",
        "analytics&id=1",
        "intelligent-tiering&id=1",
        "inventory&id=1",
        "metrics&id=1",
    ]);
    for query in queries {
        for method in super::METHODS.into_iter().chain(["OPTIONS"]) {
            for level in [Level::Service, Level::Bucket, Level::Object] {
                for headers in [&[][..], &copy, &form] {
                    reached.extend(with_headers(method, level, query, headers));
                }
            }
        }
    }
    for operation in Operation::ALL {
        assert!(reached.contains(operation), "{operation}");
    }
}

#[test]
fn a_write_get_object_response_is_known_by_its_path() {
    let head = RequestHead {
        method: "POST",
        path: "/WriteGetObjectResponse",
        query: "",
        headers: &[],
    };
    let operation = recognize(Level::Bucket, &Query::default(), &head);
    assert_eq!(operation, Ok(Operation::WriteGetObjectResponse));
}

#[test]
fn a2_a_copy_source_makes_an_upload_a_copy_wherever_it_stands() {
    let header = [Header {
        name: "X-Amz-Copy-Source",
        value: b"/b/k",
    }];
    assert_eq!(
        with_headers("PUT", Level::Object, "", &header),
        Ok(Operation::CopyObject)
    );
    let part = "partNumber=1&uploadId=2";
    assert_eq!(
        with_headers("PUT", Level::Object, part, &header),
        Ok(Operation::UploadPartCopy)
    );
    for query in ["x-amz-copy-source=%2Fb%2Fk", "X-AMZ-Copy-Source=b"] {
        assert_eq!(
            asked("PUT", Level::Object, query),
            Ok(Operation::CopyObject)
        );
    }
}

#[test]
fn a_post_to_a_bucket_must_be_a_form() {
    let error = asked("POST", Level::Bucket, "").unwrap_err();
    assert_eq!(error, RecognizeError::NotMultipartForm);
    assert_eq!(Fault::from(error).code(), ErrorCode::PreconditionFailed);
}

#[test]
fn a15_a_sub_resource_never_falls_back_to_the_object_itself() {
    for sub_resource in SubResource::ALL {
        for method in ["GET", "HEAD", "PUT", "DELETE", "POST"] {
            let operation = asked(method, Level::Object, sub_resource.name());
            let plain = [
                Ok(Operation::GetObject),
                Ok(Operation::HeadObject),
                Ok(Operation::PutObject),
                Ok(Operation::DeleteObject),
            ];
            assert!(
                !plain.contains(&operation),
                "{method} ?{}",
                sub_resource.name()
            );
        }
    }
}

#[test]
fn a_refused_method_names_those_that_would_do() {
    let error = asked("PATCH", Level::Object, "tagging").unwrap_err();
    let expected = RecognizeError::MethodNotAllowed {
        method: "PATCH".to_owned(),
        resource: ResourceType(Level::Object),
        allow: "DELETE, GET, PUT".to_owned(),
    };
    assert_eq!(error, expected);
    let fault = Fault::from(error);
    let fields = [
        ("Method", "PATCH".to_owned()),
        ("ResourceType", "OBJECT".to_owned()),
    ];
    assert_eq!(
        (fault.code(), fault.fields()),
        (ErrorCode::MethodNotAllowed, &fields[..])
    );
}

#[test]
fn a5_a_repeated_parameter_is_refused_in_any_spelling() {
    let cases = [
        ("versionId=1&versionId=1", "versionId"),
        ("versionId=1&VersionID=2", "versionId"),
        ("versionId=1&version%49d=2", "versionId"),
        ("response-expires=1&response-expires=2", "response-expires"),
        ("uploadId=1&uploadId=2", "uploadId"),
        ("acl&acl", "acl"),
    ];
    for (query, name) in cases {
        let error = asked("GET", Level::Object, query).unwrap_err();
        assert_eq!(error, RecognizeError::Repeated { name }, "{query}");
        assert_eq!(Fault::from(error).code(), ErrorCode::InvalidArgument);
    }
}

#[test]
fn a5_a_parameter_in_another_case_is_refused_rather_than_ignored() {
    let error = asked("GET", Level::Object, "ACL").unwrap_err();
    assert_eq!(
        error,
        RecognizeError::CaseVariant {
            sent: "ACL".to_owned(),
            meant: "acl"
        }
    );
}

#[test]
fn a5_two_sub_resources_are_refused() {
    let error = asked("GET", Level::Bucket, "acl&policy").unwrap_err();
    assert_eq!(
        Fault::from(error).message(),
        "Conflicting query string parameters: acl, policy"
    );
}

#[test]
fn half_a_pair_of_parameters_is_refused() {
    for query in ["uploadId=1", "partNumber=1"] {
        let error = asked("PUT", Level::Object, query).unwrap_err();
        assert!(
            matches!(error, RecognizeError::ParameterMissing { .. }),
            "{query}"
        );
    }
    let error = asked("PUT", Level::Object, "versionId=1").unwrap_err();
    let fault = Fault::from(error);
    assert_eq!(
        fault.message(),
        "This operation does not accept a version-id."
    );
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, ..Config::default() })]

    #[test]
    fn recognition_is_total_and_deterministic(
        method in "GET|HEAD|PUT|POST|DELETE|OPTIONS|[A-Z]{0,6}",
        names in proptest::collection::vec("[a-zA-Z-]{0,12}|acl|uploads|uploadId|versionId|x-id", 0..6),
        number in any::<u8>(),
    ) {
        let query: Vec<_> = names.iter().map(|name| format!("{name}={number}")).collect();
        let query = query.join("&");
        for level in [Level::Service, Level::Bucket, Level::Object] {
            let first = asked(&method, level, &query);
            prop_assert_eq!(&first, &asked(&method, level, &query));
            if let Ok(operation) = first {
                let levels = [level, Level::Bucket];
                prop_assert!(levels.contains(&operation.level()));
            }
        }
    }
}
