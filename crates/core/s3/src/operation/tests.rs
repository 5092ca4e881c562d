use std::collections::BTreeSet;

use super::{Level, Operation};

#[test]
fn every_operation_but_the_preflight_has_an_iam_action() {
    for operation in Operation::ALL {
        let expected = *operation != Operation::CorsPreflight;
        assert_eq!(operation.iam_action().is_some(), expected, "{operation}");
        assert_eq!(
            operation.iam_action_on_version().is_some(),
            expected,
            "{operation}"
        );
    }
}

#[test]
fn names_are_distinct() {
    let names: BTreeSet<_> = Operation::ALL.iter().map(|o| o.name()).collect();
    assert_eq!(names.len(), Operation::ALL.len());
}

#[test]
fn a_version_asks_for_an_action_of_its_own() {
    assert_eq!(Operation::GetObject.iam_action(), Some("s3:GetObject"));
    assert_eq!(
        Operation::GetObject.iam_action_on_version(),
        Some("s3:GetObjectVersion")
    );
    assert_eq!(
        Operation::PutObject.iam_action_on_version(),
        Some("s3:PutObject")
    );
}

#[test]
fn object_data_is_get_head_put_form_and_the_multipart_family() {
    let data: Vec<_> = Operation::ALL
        .iter()
        .filter(|o| o.is_object_data())
        .map(|o| o.name())
        .collect();
    let expected = [
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CreateMultipartUpload",
        "GetObject",
        "HeadObject",
        "ListParts",
        "PostObject",
        "PutObject",
        "UploadPart",
    ];
    assert_eq!(data, expected);
}

#[test]
fn what_is_named_after_reading_is_read_only_and_nothing_else() {
    for operation in Operation::ALL {
        let reads = ["Get", "Head", "List", "Select", "Cors"];
        let named_so = reads.iter().any(|verb| operation.name().starts_with(verb));
        assert_eq!(operation.is_read_only(), named_so, "{operation}");
    }
    assert_eq!(Operation::ListBuckets.level(), Level::Service);
}
