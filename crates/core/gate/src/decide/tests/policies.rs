//! Policies on presigned requests: AWS's published guardrails and the keys that feed them.

use countersign_s3::ErrorCode;

use super::{Case, Decided, FULL_ACCESS};
use crate::{ExistingTags, Guardrails, Transport};

const READ_ONLY: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::photos/*"}}"#;

fn with_bucket_policy(policy: &'static str) -> Case {
    Case {
        bucket_policy: Some(policy),
        ..Case::default()
    }
}

#[test]
fn a_signer_without_a_policy_may_do_nothing() {
    let case = Case {
        policies: Vec::new(),
        ..Case::default()
    };
    assert_eq!(case.code(), Some(ErrorCode::AccessDenied));
    assert_eq!(
        case.message(),
        "The signer of this link may not do this: no policy allows s3:GetObject."
    );
}

#[test]
fn c5_a_link_gives_no_more_than_its_signer_has() {
    let get = Case {
        policies: vec![READ_ONLY],
        ..Case::default()
    };
    assert_eq!(get.code(), None);
    let put = Case {
        method: "PUT",
        signed_as: "PUT",
        ..get
    };
    assert_eq!(put.code(), Some(ErrorCode::AccessDenied));
    let elsewhere = Case {
        path: "/videos/cat.mp4",
        bucket_exists: false,
        policies: vec![READ_ONLY],
        ..Case::default()
    };
    // Whether the bucket exists is told only to who may use it (threat F8).
    assert_eq!(elsewhere.code(), Some(ErrorCode::AccessDenied));
}

#[test]
fn b3_the_age_is_in_milliseconds_and_not_the_declared_life() {
    const OLD: &str = r#"{"Version": "2012-10-17", "Statement": {"Sid": "DenyOld", "Effect": "Deny",
        "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"NumericGreaterThan": {"s3:signatureAge": "300000"}}}}"#;
    let at = |age_s| Case {
        age_s,
        ..with_bucket_policy(OLD)
    };
    assert_eq!(at(300).code(), None);
    assert_eq!(at(301).code(), Some(ErrorCode::AccessDenied));
    let refusal = at(301).decide().expect_err("too old");
    assert!(
        refusal
            .reason()
            .contains("statement `DenyOld` of bucket policy")
    );
    const LONG: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"NumericGreaterThan": {"countersign:DeclaredTtl": "599"}}}}"#;
    assert_eq!(
        with_bucket_policy(LONG).code(),
        Some(ErrorCode::AccessDenied)
    );
    let short = Case {
        expires_s: 599,
        ..with_bucket_policy(LONG)
    };
    assert_eq!(short.code(), None);
}

#[test]
fn presigned_urls_can_be_forbidden_and_tied_to_networks() {
    const NEVER: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"StringNotEquals": {"s3:authType": "REST-HEADER"}}}}"#;
    assert_eq!(
        with_bucket_policy(NEVER).code(),
        Some(ErrorCode::AccessDenied)
    );
    const NETWORK: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*", "Condition": {
            "NotIpAddressIfExists": {"aws:SourceIp": ["203.0.113.0/24"]},
            "StringEquals": {"s3:authType": "REST-QUERY-STRING"}}}}"#;
    assert_eq!(with_bucket_policy(NETWORK).code(), None);
    let elsewhere = Case {
        client: [198, 51, 100, 7].into(),
        ..with_bucket_policy(NETWORK)
    };
    assert_eq!(elsewhere.code(), Some(ErrorCode::AccessDenied));
}

#[test]
fn plain_http_is_not_secure_transport() {
    const SECURE: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}}}"#;
    assert_eq!(with_bucket_policy(SECURE).code(), None);
    let plain = Case {
        transport: Transport::Plain,
        guardrails: Guardrails::s3(),
        ..with_bucket_policy(SECURE)
    };
    assert_eq!(plain.code(), Some(ErrorCode::AccessDenied));
}

#[test]
fn a_policy_can_require_restrictions() {
    const REQUIRED: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"ForAllValues:StringNotEquals": {"countersign:Restricted": "x-cs-ip"}}}}"#;
    assert_eq!(
        with_bucket_policy(REQUIRED).code(),
        Some(ErrorCode::AccessDenied)
    );
    let restricted = Case {
        query: vec![("x-cs-id", "a"), ("x-cs-ip", "203.0.113.0/24")],
        ..with_bucket_policy(REQUIRED)
    };
    assert_eq!(restricted.code(), None);
}

#[test]
fn a_boundary_narrows_and_gives_nothing() {
    let bounded = |boundary| Case {
        boundary: Some(boundary),
        ..Case::default()
    };
    assert_eq!(bounded(READ_ONLY).code(), None);
    const OTHER: &str =
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}"#;
    assert_eq!(bounded(OTHER).code(), Some(ErrorCode::AccessDenied));
    let nothing = Case {
        policies: Vec::new(),
        ..bounded(READ_ONLY)
    };
    assert_eq!(nothing.code(), Some(ErrorCode::AccessDenied));
}

#[test]
fn a_stored_document_that_cannot_be_read_denies() {
    let damaged = [
        Case {
            policies: vec![FULL_ACCESS, "{"],
            ..Case::default()
        },
        Case {
            boundary: Some("[]"),
            ..Case::default()
        },
        with_bucket_policy("{}"),
    ];
    for case in damaged {
        assert_eq!(case.code(), Some(ErrorCode::AccessDenied));
    }
}

#[test]
fn tags_are_looked_up_when_a_policy_asks_for_them_and_only_then() {
    const CLEARED: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/status": "cleared"}}}}"#;
    let with_tags = |existing_tags| Case {
        policies: vec![CLEARED],
        existing_tags,
        ..Case::default()
    };
    let question = match with_tags(None).decided() {
        Ok(Decided::TagsNeeded(question)) => question,
        other => panic!("{other:?}"),
    };
    let place = question.target().expect("a place");
    assert_eq!((place.key().as_str(), place.version()), ("cat.jpg", None));
    assert_eq!(question.source(), None);
    let tagged = |value: &str| ExistingTags {
        target: Some(vec![("Status".to_owned(), value.to_owned())]),
        source: None,
    };
    assert_eq!(with_tags(Some(tagged("cleared"))).code(), None);
    for tags in [tagged("pending"), ExistingTags::default()] {
        assert_eq!(with_tags(Some(tags)).code(), Some(ErrorCode::AccessDenied));
    }
}

#[test]
fn a_bad_signature_asks_for_no_tags() {
    const ANY: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"Null": {"s3:ExistingObjectTag/secret": "true"}}}}"#;
    let case = Case {
        method: "PUT",
        policies: vec![ANY],
        ..Case::default()
    };
    assert_eq!(case.code(), Some(ErrorCode::SignatureDoesNotMatch));
}

#[test]
fn variables_speak_of_the_signer() {
    const HOME: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::photos/${aws:username}/${aws:PrincipalTag/team}/*"}}"#;
    let at = |path| Case {
        path,
        policies: vec![HOME],
        ..Case::default()
    };
    assert_eq!(at("/photos/app/blue/a.jpg").code(), None);
    assert_eq!(
        at("/photos/other/blue/a.jpg").code(),
        Some(ErrorCode::AccessDenied)
    );
    assert_eq!(
        at("/photos/app/red/a.jpg").code(),
        Some(ErrorCode::AccessDenied)
    );
}

#[test]
fn writes_that_overwrite_can_be_forbidden_but_for_the_steps_of_an_upload() {
    const NEW_ONLY: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::photos/*", "Condition": {
            "Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}}}"#;
    let write = |method, query| Case {
        method,
        signed_as: method,
        query,
        ..with_bucket_policy(NEW_ONLY)
    };
    assert_eq!(
        write("PUT", Vec::new()).code(),
        Some(ErrorCode::AccessDenied)
    );
    let conditional = vec![("if-none-match", "*")];
    assert_eq!(write("PUT", conditional).code(), None);
    assert_eq!(write("POST", vec![("uploads", "")]).code(), None);
    let part = vec![("partNumber", "1"), ("uploadId", "u")];
    assert_eq!(write("PUT", part).code(), None);
    let complete = vec![("uploadId", "u")];
    assert_eq!(
        write("POST", complete).code(),
        Some(ErrorCode::AccessDenied)
    );
}

#[test]
fn f8_who_may_not_list_is_marked() {
    assert!(Case::default().decide().expect("permitted").may_list());
    let reader = Case {
        policies: vec![READ_ONLY],
        ..Case::default()
    };
    assert!(!reader.decide().expect("permitted").may_list());
}

#[test]
fn f8_a_filter_of_listings_means_nothing_where_nothing_is_listed() {
    const HOME: &str = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",
            "Condition": {"StringEquals": {"s3:prefix": "home/"}}}]}"#;
    let case = Case {
        query: vec![("prefix", "home/")],
        policies: vec![HOME],
        ..Case::default()
    };
    assert!(!case.decide().expect("permitted").may_list());
}

#[test]
fn e4_a_permit_tells_which_tags_it_was_given_for() {
    let permit = Case::default().decide().expect("permitted");
    assert_eq!(permit.seen_tags(), None);
    let tags = vec![("status".to_owned(), "cleared".to_owned())];
    let case = Case {
        existing_tags: Some(ExistingTags {
            target: Some(tags.clone()),
            source: None,
        }),
        ..Case::default()
    };
    let permit = case.decide().expect("permitted");
    assert_eq!(permit.seen_tags(), Some(&tags[..]));
    assert_eq!(permit.seen_source_tags(), None);
}

#[test]
fn d12_a_condition_that_the_operation_does_not_hold_satisfies_nothing() {
    const CONDITIONAL: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": ["s3:PutObjectTagging", "s3:PutObject"], "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"Null": {"s3:if-none-match": "true"}}}}"#;
    let write = |query| Case {
        method: "PUT",
        signed_as: "PUT",
        query,
        guardrails: Guardrails::s3(),
        ..with_bucket_policy(CONDITIONAL)
    };
    assert_eq!(write(vec![("if-none-match", "*")]).code(), None);
    let tagging = vec![("tagging", ""), ("if-none-match", "*")];
    assert_eq!(write(tagging).code(), Some(ErrorCode::AccessDenied));
}

#[test]
fn e6_tags_that_are_not_applied_satisfy_nothing() {
    const OWNED: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"StringNotEquals": {"s3:RequestObjectTag/class": "secret"}}}}"#;
    let copy = |directive: Option<&'static str>| Case {
        method: "PUT",
        signed_as: "PUT",
        query: [
            ("x-amz-copy-source", "photos/original.jpg"),
            ("x-amz-tagging", "class=secret"),
        ]
        .into_iter()
        .chain(directive.map(|value| ("x-amz-tagging-directive", value)))
        .collect(),
        source_bucket_exists: Some(true),
        guardrails: Guardrails::s3(),
        ..with_bucket_policy(OWNED)
    };
    assert_eq!(copy(Some("REPLACE")).code(), None);
    for ignored in [None, Some("COPY")] {
        assert_eq!(copy(ignored).code(), Some(ErrorCode::AccessDenied));
    }
    let put = Case {
        query: vec![("x-amz-tagging", "class=secret")],
        source_bucket_exists: None,
        ..copy(None)
    };
    assert_eq!(put.code(), None);
}

#[test]
fn f8_who_may_not_list_the_source_is_marked() {
    const COPY_ONLY: &str = r#"{"Statement": {"Effect": "Allow", "Resource": "*",
        "Action": ["s3:PutObject", "s3:GetObjectVersion"]}}"#;
    let copy = |policies| Case {
        method: "PUT",
        signed_as: "PUT",
        query: vec![("x-amz-copy-source", "photos/original.jpg?versionId=v1")],
        source_bucket_exists: Some(true),
        guardrails: Guardrails::s3(),
        policies,
        ..Case::default()
    };
    let blind = copy(vec![COPY_ONLY]).decide().expect("permitted");
    assert!(!blind.may_list_source());
    let seeing = copy(vec![FULL_ACCESS]).decide().expect("permitted");
    assert!(seeing.may_list_source());
}

#[test]
fn a2_a_copy_needs_the_right_to_read_as_well() {
    const WRITE: &str =
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}"#;
    const READ_VERSION: &str =
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObjectVersion", "Resource": "*"}}"#;
    let copy = |policies| Case {
        method: "PUT",
        signed_as: "PUT",
        query: vec![("x-amz-copy-source", "photos/original.jpg?versionId=v1")],
        source_bucket_exists: Some(true),
        guardrails: Guardrails::s3(),
        policies,
        ..Case::default()
    };
    assert_eq!(copy(vec![WRITE]).code(), Some(ErrorCode::AccessDenied));
    assert_eq!(copy(vec![WRITE, READ_VERSION]).code(), None);
}
