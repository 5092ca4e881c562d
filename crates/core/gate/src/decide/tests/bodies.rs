//! What is decided only when the body was read: batches of deletes, and tags in a document.

use countersign_s3::{BucketName, ErrorCode};

use super::{Case, FULL_ACCESS, revocation_of};
use crate::{
    Authorized, DeleteRights, Deletion, ExistingTags, Guardrails, Refusal, RevocationSet,
    RevocationTarget,
};

const KEY: Deletion<'_> = Deletion {
    key: "own/a",
    version: None,
    if_match: None,
};

fn deleting(policies: Vec<&'static str>) -> Case {
    Case {
        method: "POST",
        signed_as: "POST",
        path: "/photos",
        query: vec![("delete", "")],
        guardrails: Guardrails::s3(),
        policies,
        ..Case::default()
    }
}

fn tagging(bucket_policy: &'static str) -> Case {
    Case {
        method: "PUT",
        signed_as: "PUT",
        query: vec![("tagging", "")],
        guardrails: Guardrails::s3(),
        bucket_policy: Some(bucket_policy),
        ..Case::default()
    }
}

fn permitted(case: &Case) -> Authorized {
    case.decide().expect("permitted")
}

fn judge(case: &Case, deletion: &Deletion<'_>) -> Option<ErrorCode> {
    let permit = permitted(case);
    let nothing = RevocationSet::default();
    code(rights(&permit).require(deletion, Some(&nothing)))
}

fn rights(permit: &Authorized) -> &DeleteRights {
    permit.deletes().expect("rights")
}

fn code(judged: Result<(), Refusal>) -> Option<ErrorCode> {
    judged.err().map(|refusal| refusal.fault().code())
}

fn tags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_batch_of_deletes_is_decided_key_by_key() {
    const OWN: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::photos/own/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}"#;
    let case = deleting(vec![OWN]);
    assert_eq!(judge(&case, &KEY), None);
    let other = Deletion {
        key: "other/a",
        ..KEY
    };
    let version = Deletion {
        version: Some("v1"),
        ..KEY
    };
    for denied in [other, version] {
        assert_eq!(judge(&case, &denied), Some(ErrorCode::AccessDenied));
    }
}

#[test]
fn d12_the_condition_of_a_batch_is_that_of_each_entry() {
    const CONDITIONAL: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"Null": {"s3:if-match": "true"}}}}"#;
    // The header is signed, but the operation does not apply it.
    let case = Case {
        query: vec![("delete", ""), ("if-match", "\"tag\"")],
        bucket_policy: Some(CONDITIONAL),
        ..deleting(vec![FULL_ACCESS])
    };
    assert_eq!(judge(&case, &KEY), Some(ErrorCode::AccessDenied));
    let conditional = Deletion {
        if_match: Some("\"tag\""),
        ..KEY
    };
    assert_eq!(judge(&case, &conditional), None);
}

#[test]
fn a5_what_a_policy_asks_of_a_batch_must_be_clear() {
    const CLASS: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"StringEquals": {"s3:x-amz-storage-class": "GLACIER"}}}}"#;
    // A value that is no text is none that a policy could compare.
    let case = Case {
        query: vec![("delete", ""), ("x-amz-storage-class", "GLACIER\r\n")],
        bucket_policy: Some(CLASS),
        ..deleting(vec![FULL_ACCESS])
    };
    assert_eq!(judge(&case, &KEY), Some(ErrorCode::InvalidArgument));
}

#[test]
fn f8_a_batch_tells_of_a_missing_bucket_to_whom_it_allows_something() {
    let missing = |policies| Case {
        bucket_exists: false,
        ..deleting(policies)
    };
    assert_eq!(permitted(&missing(Vec::new())).bucket(), None);
    let stranger = missing(Vec::new());
    assert_eq!(judge(&stranger, &KEY), Some(ErrorCode::AccessDenied));
    let owner = missing(vec![FULL_ACCESS]);
    assert_eq!(judge(&owner, &KEY), Some(ErrorCode::NoSuchBucket));
}

#[test]
fn a_revoked_prefix_is_not_deleted_by_a_link() {
    let case = deleting(vec![FULL_ACCESS]);
    let permit = permitted(&case);
    let mut revoked = RevocationSet::default();
    revoked.add(revocation_of(RevocationTarget::Prefix {
        bucket: BucketName::parse("photos").unwrap(),
        prefix: "own/".into(),
    }));
    let other = Deletion {
        key: "other/a",
        ..KEY
    };
    let rights = rights(&permit);
    let denied = Some(ErrorCode::AccessDenied);
    assert_eq!(code(rights.require(&KEY, Some(&revoked))), denied);
    assert_eq!(code(rights.require(&other, Some(&revoked))), None);
    // While nobody can tell, nothing is deleted by a link.
    let unknown = Some(ErrorCode::ServiceUnavailable);
    assert_eq!(code(rights.require(&other, None)), unknown);
}

#[test]
fn a_revoked_object_is_not_copied_by_a_link() {
    let copy = |key: &str| Case {
        method: "PUT",
        signed_as: "PUT",
        query: vec![("x-amz-copy-source", "photos/original.jpg?versionId=v1")],
        source_bucket_exists: Some(true),
        guardrails: Guardrails::s3(),
        revoked: Some(vec![revocation_of(RevocationTarget::Object {
            bucket: BucketName::parse("photos").unwrap(),
            key: key.into(),
        })]),
        ..Case::default()
    };
    for revoked in ["original.jpg", "cat.jpg"] {
        assert_eq!(
            copy(revoked).message(),
            "This link has been revoked. Ask for a new one."
        );
    }
    assert_eq!(copy("other.jpg").code(), None);
}

#[test]
fn e6_tags_in_a_document_are_those_that_policies_ask_for() {
    const NOT_PUBLIC: &str = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectTagging",
            "Resource": "arn:aws:s3:::photos/*",
            "Condition": {"StringEquals": {"s3:RequestObjectTag/public": "yes"}}},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectTagging",
            "Resource": "arn:aws:s3:::photos/*",
            "Condition": {"ForAnyValue:StringNotEquals": {"s3:RequestObjectTagKeys": ["public", "owner"]}}}]}"#;
    let permit = permitted(&tagging(NOT_PUBLIC));
    let rights = permit.tagging().expect("to be decided");
    let denied = Some(ErrorCode::AccessDenied);
    assert_eq!(code(rights.require(&tags(&[("public", "no")]))), None);
    assert_eq!(code(rights.require(&tags(&[("public", "yes")]))), denied);
    let other = tags(&[("owner", "ann"), ("other", "")]);
    assert_eq!(code(rights.require(&other)), denied);
    assert_eq!(code(rights.require(&[])), None);
}

#[test]
fn e6_a_header_does_not_speak_for_the_tags_in_a_document() {
    const DEV: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObjectTagging", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"StringNotEquals": {"s3:RequestObjectTag/env": "dev"}}}}"#;
    let case = Case {
        query: vec![("tagging", ""), ("x-amz-tagging", "env=dev")],
        ..tagging(DEV)
    };
    let permit = permitted(&case);
    let rights = permit.tagging().expect("to be decided");
    let denied = Some(ErrorCode::AccessDenied);
    assert_eq!(code(rights.require(&tags(&[("env", "prod")]))), denied);
    assert_eq!(code(rights.require(&[])), denied);
    assert_eq!(code(rights.require(&tags(&[("env", "dev")]))), None);
}

#[test]
fn tags_that_no_policy_asks_for_are_decided_with_the_head() {
    const NEVER: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObjectTagging", "Resource": "arn:aws:s3:::photos/*"}}"#;
    assert_eq!(tagging(NEVER).code(), Some(ErrorCode::AccessDenied));
    const OTHER: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::photos/*"}}"#;
    assert!(permitted(&tagging(OTHER)).tagging().is_none());
}

#[test]
fn tags_in_a_document_are_decided_with_those_of_the_object() {
    const FROZEN: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObjectTagging", "Resource": "arn:aws:s3:::photos/*", "Condition": {
            "StringEquals": {"s3:ExistingObjectTag/state": "frozen"},
            "StringNotEquals": {"s3:RequestObjectTag/state": "frozen"}}}}"#;
    let existing = |state| Case {
        existing_tags: Some(ExistingTags {
            target: Some(tags(&[("state", state)])),
            source: None,
        }),
        ..tagging(FROZEN)
    };
    let thawed = tags(&[("state", "thawed")]);
    let judged = |case: &Case| {
        let permit = permitted(case);
        code(permit.tagging().expect("to be decided").require(&thawed))
    };
    assert_eq!(judged(&existing("frozen")), Some(ErrorCode::AccessDenied));
    assert_eq!(judged(&existing("open")), None);
}
