use super::{
    DeleteOutcome, DeleteRequest, DeleteRequestError, MAX_DELETES, delete_result_document,
};
use crate::{DeleteCondition, ETag, ErrorCode, Fault, TagCondition};

#[test]
fn keys_are_read_exactly_with_version_and_condition() {
    let document = "<Delete xmlns='x'><Quiet>true</Quiet>\
         <Object><Key> a &amp; b\n</Key><VersionId>null</VersionId></Object>\
         <Object><Key>c</Key><ETag>\"1\"</ETag><Size>3</Size>\
         <LastModifiedTime>Mon, 23 Nov 2026 12:00:00 GMT</LastModifiedTime></Object>\
         <Object><ETag>*</ETag><Key>d</Key></Object></Delete>";
    let request = DeleteRequest::read(document.as_bytes()).unwrap();
    assert!(request.quiet);
    let [first, second, third] = request.objects.as_slice() else {
        panic!("{request:?}");
    };
    assert_eq!(
        (first.key.as_str(), first.version_id.as_deref()),
        (" a & b\n", Some("null"))
    );
    let expected = DeleteCondition {
        etag: Some(TagCondition::Is(ETag::parse("1"))),
        modified_s: Some(1_795_435_200),
        size: Some(3),
    };
    assert_eq!(second.condition, expected);
    assert_eq!(third.condition.etag, Some(TagCondition::Any));
}

#[test]
fn one_to_a_thousand_objects_are_taken() {
    let of = |count| {
        format!(
            "<Delete>{}</Delete>",
            "<Object><Key>k</Key></Object>".repeat(count)
        )
    };
    assert_eq!(
        DeleteRequest::read(of(MAX_DELETES).as_bytes())
            .unwrap()
            .objects
            .len(),
        MAX_DELETES
    );
    for count in [0, MAX_DELETES + 1] {
        assert_eq!(
            DeleteRequest::read(of(count).as_bytes()),
            Err(DeleteRequestError::Shape)
        );
    }
    assert!(DeleteRequest::read(of(20_000).as_bytes()).is_err());
}

#[test]
fn what_is_not_understood_is_refused() {
    for document in [
        "<Remove><Object><Key>a</Key></Object></Remove>",
        "<Delete><Object/></Delete>",
        "<Delete><Object><Key></Key></Object></Delete>",
        "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
        "<Delete><Object><Key>a</Key><Size>-3</Size></Object></Delete>",
        "<Delete><Object><Key>a</Key><Size>3</Size><Size>3</Size></Object></Delete>",
        "<Delete><Object><Key>a</Key><LastModifiedTime>now</LastModifiedTime></Object></Delete>",
        "<Delete><Object><Key>a</Key><Other/></Object></Delete>",
        "<Delete><Object><Key>a<b/>c</Key></Object></Delete>",
        "<Delete><Object><Key>a</Key><VersionId>null<x/></VersionId></Object></Delete>",
    ] {
        assert!(
            DeleteRequest::read(document.as_bytes()).is_err(),
            "{document}"
        );
    }
}

#[test]
fn quiet_tells_failures_only() {
    let outcomes = [
        DeleteOutcome::Deleted {
            key: "a",
            version_id: None,
            delete_marker: Some("v9"),
        },
        DeleteOutcome::Failed {
            key: "b<",
            version_id: Some("v1"),
            fault: Fault::new(ErrorCode::AccessDenied),
        },
    ];
    let all = delete_result_document(&outcomes, false);
    assert!(
        all.contains("<Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker>"),
        "{all}"
    );
    let failures = delete_result_document(&outcomes, true);
    assert!(!failures.contains("<Deleted>"), "{failures}");
    assert!(
        failures
            .contains("<Error><Key>b&lt;</Key><VersionId>v1</VersionId><Code>AccessDenied</Code>"),
        "{failures}"
    );
}
