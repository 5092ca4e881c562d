use countersign_policy::{PolicyDocument, PolicyKind};
use countersign_session::{Session, SubjectKind};
use countersign_sigv4::AmzDate;

use super::{Beginning, check_chained, of_user};
use crate::parameters::{RoleAsked, Wanted};
use crate::refusal::Refusal;
use crate::role::Role;

const NOW: i64 = 1_800_000_000;

fn role(max_session_s: u32) -> Role {
    let trust =
        r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}"#;
    Role {
        arn: "arn:aws:iam::000000000000:role/ci/app".to_owned(),
        name: "app".to_owned(),
        unique_id: "AROAEXAMPLE".to_owned(),
        trust: PolicyDocument::parse(trust, PolicyKind::Trust).ok(),
        max_session_s,
        tags: Vec::new(),
    }
}

fn begin(role: &Role, wanted: &Wanted<'_>, key_ends_s: Option<i64>) -> Result<Session, Refusal> {
    Beginning {
        role,
        asked: RoleAsked {
            arn: &role.arn,
            session_name: "s1",
        },
        wanted,
        tags: Vec::new(),
        source_identity: None,
        federation: None,
        is_chained: false,
        maker_ends_at: key_ends_s.map(AmzDate::from_unix),
        now: AmzDate::from_unix(NOW),
        salt: [0; 16],
    }
    .session()
}

fn lasting(duration_s: Option<u32>) -> Wanted<'static> {
    Wanted {
        duration_s,
        ..Wanted::default()
    }
}

#[test]
fn b6_a_session_lives_as_long_as_asked_within_its_role_and_its_key() {
    for (max_session_s, duration_s, key_ends_s, expected) in [
        (3_600, None, None, Some(3_600)),
        (43_200, None, None, Some(3_600)),
        (43_200, Some(43_200), None, Some(43_200)),
        (7_200, Some(7_201), None, None),
        (3_600, Some(900), None, Some(900)),
        (3_600, Some(900), Some(NOW + 100), Some(100)),
        (3_600, Some(900), Some(NOW + 5_000), Some(900)),
    ] {
        let session = begin(&role(max_session_s), &lasting(duration_s), key_ends_s);
        let life = session.map(|session| session.expires_at_s - session.issued_at_s);
        assert_eq!(
            life.ok(),
            expected,
            "{max_session_s} {duration_s:?} {key_ends_s:?}"
        );
    }
}

#[test]
fn a_chained_session_is_asked_for_an_hour_at_most() {
    assert!(check_chained(&lasting(None)).is_ok());
    assert!(check_chained(&lasting(Some(3_600))).is_ok());
    assert!(check_chained(&lasting(Some(3_601))).is_err());
}

#[test]
fn a_session_of_a_role_carries_what_narrows_it() {
    let wanted = Wanted {
        policy: Some("{}"),
        policy_arns: vec!["arn:1", "arn:2", "arn:1"],
        ..Wanted::default()
    };
    let session = begin(&role(3_600), &wanted, None).unwrap();
    assert_eq!(session.kind, SubjectKind::Role);
    assert_eq!(&*session.principal_id, "AROAEXAMPLE");
    assert_eq!(session.name.as_deref(), Some("s1"));
    assert_eq!(session.policy.as_deref(), Some("{}"));
    assert_eq!(session.policy_arns.len(), 2);
}

#[test]
fn a_session_of_a_user_lives_twelve_hours_and_no_longer_than_its_key() {
    let now = AmzDate::from_unix(NOW);
    let life = |duration_s, key_ends_s: Option<i64>| {
        let end = key_ends_s.map(AmzDate::from_unix);
        let session = of_user("AIDAEXAMPLE", duration_s, end, now, [0; 16]);
        assert!(!session.has_policies());
        session.expires_at_s - NOW
    };
    assert_eq!(life(None, None), 43_200);
    assert_eq!(life(Some(129_600), None), 129_600);
    assert_eq!(life(None, Some(NOW + 60)), 60);
}
