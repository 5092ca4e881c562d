use countersign_session::{MOST_PACKED_BYTES, Purpose, Session, SessionTag, SubjectKind};

use super::{check, packed_size};

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;

fn session() -> Session {
    let life = (1_000, 4_600);
    Session::new(
        SubjectKind::Role,
        "AROAEXAMPLE",
        Purpose::Sts,
        life,
        [7; 16],
    )
}

#[test]
fn a_policy_that_cannot_be_read_is_refused_with_the_place() {
    assert!(check(Some(POLICY), &[]).is_ok());
    let refused = check(Some(&POLICY.replace("Allow", "Permit")), &[]).unwrap_err();
    assert_eq!(refused.fault.code(), "MalformedPolicyDocument");
    let sentence = refused.fault.message();
    assert!(sentence.contains("line 1, column"), "{sentence}");
    assert!(
        !refused.reason.contains("Permit"),
        "documents are nothing for logs"
    );
}

#[test]
fn text_and_arns_are_bounded_together() {
    let arn = format!("arn:aws:iam::000000000000:policy/{}", "x".repeat(900));
    assert!(check(Some(POLICY), &[&arn, &arn]).is_ok());
    let refused = check(Some(POLICY), &[&arn, &arn, &arn]).unwrap_err();
    assert_eq!(refused.fault.code(), "PackedPolicyTooLarge");
}

#[test]
fn how_full_a_token_is_is_told_in_per_cent() {
    let mut session = session();
    assert_eq!(packed_size(&session).unwrap(), None);
    session.policy = Some(POLICY.into());
    let bytes = session.packed_bytes();
    let per_cent = packed_size(&session).unwrap().unwrap();
    assert_eq!(per_cent, (bytes * 100).div_ceil(MOST_PACKED_BYTES) as u64);
    for number in 0..12 {
        session.tags.push(SessionTag {
            key: format!("k{number}").into(),
            value: "v".repeat(256).into(),
            is_transitive: false,
        });
    }
    let refused = packed_size(&session).unwrap_err();
    assert_eq!(refused.fault.code(), "PackedPolicyTooLarge");
    let sentence = refused.fault.message();
    assert!(
        sentence.starts_with("Packed policy consumes 10"),
        "{sentence}"
    );
    session.policy = None;
    session.tags.push(SessionTag {
        key: "more".into(),
        value: "v".repeat(256).into(),
        is_transitive: false,
    });
    let refused = packed_size(&session).unwrap_err();
    let sentence = refused.fault.message();
    assert!(
        sentence.starts_with("Packed size of session tags consumes 1"),
        "{sentence}"
    );
}
