//! Requests signed with the credentials of sessions.

use countersign_s3::ErrorCode;
use countersign_sigv4::{AccessKeyId, AmzDate};

use super::{Case, FULL_ACCESS, SIGNED_AT, SessionCase, revocation_of};
use crate::{
    Guardrails, LinkId, PrincipalKind, Revocation, RevocationTarget, SessionFacts, Stranger,
};

const READ_CATS: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::photos/cat*"}}"#;
const READ_DOGS: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::photos/dog*"}}"#;

fn session() -> SessionCase {
    SessionCase {
        facts: SessionFacts {
            name: Some("build".into()),
            issued_at: AmzDate::from_unix(SIGNED_AT - 60),
            expires_at: AmzDate::from_unix(SIGNED_AT + 3_600),
            is_registered: false,
            is_chained: false,
            source_identity: None,
            federated_provider: None,
        },
        policy: None,
        managed: None,
        tags: Vec::new(),
    }
}

/// A URL that a session of a role signed.
fn of_role(session: SessionCase) -> Case {
    Case {
        kind: PrincipalKind::Role,
        session: Some(session),
        token_sent: Some("token"),
        token_expected: Some("token"),
        ..Case::default()
    }
}

fn registered() -> SessionCase {
    let mut session = session();
    session.facts.is_registered = true;
    session
}

fn until(target: RevocationTarget, signed_until: i64) -> Option<Vec<Revocation>> {
    Some(vec![Revocation {
        signed_until: AmzDate::from_unix(signed_until),
        ..revocation_of(target)
    }])
}

#[test]
fn a_session_of_a_role_is_named_by_its_role_and_its_name() {
    let permit = of_role(session()).decide().expect("permitted");
    let identity = permit.identity();
    assert_eq!(
        &*identity.arn,
        "arn:aws:sts::000000000000:assumed-role/app/build"
    );
    assert_eq!(&*identity.principal_id, "AROAAPP");
    let may = |policy| Case {
        policies: vec![policy],
        ..of_role(session())
    };
    let named = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:userid": "AROAAPP:build"}}}}"#;
    assert_eq!(may(named).code(), None);
    let typed = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}}}"#;
    assert_eq!(may(typed).code(), None);
}

#[test]
fn h2_the_token_of_another_session_opens_nothing() {
    // The token is good, and goes with another access key id than the one that signed.
    let swapped = Case {
        key_known: "ASIAOTHER",
        ..of_role(session())
    };
    assert_eq!(swapped.code(), Some(ErrorCode::InvalidToken));
    let forged = Case {
        stranger: Some(Stranger::Token("session token is not authentic")),
        ..of_role(session())
    };
    let refusal = forged.decide().expect_err("refused");
    assert_eq!(refusal.fault().code(), ErrorCode::InvalidToken);
    assert_eq!(refusal.reason(), "session token is not authentic");
    let gone = Case {
        stranger: Some(Stranger::Principal),
        ..of_role(session())
    };
    assert_eq!(gone.code(), Some(ErrorCode::InvalidAccessKeyId));
    let missing = Case {
        token_sent: None,
        ..of_role(session())
    };
    assert_eq!(missing.code(), Some(ErrorCode::InvalidAccessKeyId));
}

#[test]
fn b6_a_url_ends_with_the_session_that_signed_it() {
    let ends_in = |seconds| {
        let mut session = session();
        session.facts.expires_at = AmzDate::from_unix(SIGNED_AT + seconds);
        of_role(session)
    };
    let end = |case: &Case| {
        let permit = case.decide().expect("permitted");
        permit.presigned().expect("a url").expires_at.unix()
    };
    assert_eq!(end(&ends_in(300)), SIGNED_AT + 300);
    assert_eq!(end(&ends_in(3_600)), SIGNED_AT + 600);
    let late = |age_s| Case {
        age_s,
        ..ends_in(300)
    };
    assert_eq!(late(300).code(), None);
    let refusal = late(301).decide().expect_err("over");
    assert_eq!(refusal.fault().code(), ErrorCode::ExpiredToken);
    assert_eq!(refusal.fault().message(), "The provided token has expired.");
    // What the signer declared is what policies see, so that a ceiling means the same for every signer.
    let declared = Case {
        policies: vec![
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Condition": {"NumericEquals": {"countersign:DeclaredTtl": "600"}}}}"#,
        ],
        ..ends_in(300)
    };
    assert_eq!(declared.code(), None);
}

#[test]
fn b6_an_access_key_that_has_expired_signs_nothing() {
    let at = |age_s| Case {
        key_ends_at: Some(SIGNED_AT + 100),
        age_s,
        ..Case::default()
    };
    let permit = at(100).decide().expect("permitted");
    let end = permit.presigned().expect("a url").expires_at.unix();
    assert_eq!(end, SIGNED_AT + 100);
    let refusal = at(101).decide().expect_err("over");
    assert_eq!(refusal.fault().code(), ErrorCode::InvalidAccessKeyId);
    assert!(refusal.fault().message().ends_with("has expired."));
}

#[test]
fn h3_a_session_has_what_its_policies_and_its_role_both_allow() {
    let with = |role, policy, managed| {
        let session = SessionCase {
            policy,
            managed,
            ..session()
        };
        Case {
            policies: vec![role],
            ..of_role(session)
        }
    };
    let denied = Some(ErrorCode::AccessDenied);
    assert_eq!(with(FULL_ACCESS, Some(READ_CATS), None).code(), None);
    assert_eq!(with(FULL_ACCESS, Some(READ_DOGS), None).code(), denied);
    assert_eq!(with(READ_DOGS, Some(FULL_ACCESS), None).code(), denied);
    // Of several, one must allow.
    let cats = Some(vec![("arn:aws:iam::000000000000:policy/cats", READ_CATS)]);
    assert_eq!(
        with(FULL_ACCESS, Some(READ_DOGS), cats.clone()).code(),
        None
    );
    assert_eq!(with(READ_DOGS, None, cats).code(), denied);
    // Those that are gone allow nothing, and one that cannot be read takes everything.
    assert_eq!(with(FULL_ACCESS, None, Some(Vec::new())).code(), denied);
    assert_eq!(with(FULL_ACCESS, Some("{"), None).code(), denied);
}

#[test]
fn h3_tags_of_the_session_stand_in_for_those_of_its_role() {
    let with = |tags| Case {
        policies: vec![
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}}"#,
        ],
        ..of_role(SessionCase { tags, ..session() })
    };
    assert_eq!(with(vec![("TEAM", "red")]).code(), None);
    let denied = Some(ErrorCode::AccessDenied);
    assert_eq!(with(vec![("team", "blue")]).code(), denied);
    assert_eq!(with(Vec::new()).code(), denied);
}

#[test]
fn what_is_true_of_a_session_can_be_asked_for() {
    let mut session = registered();
    session.facts.source_identity = Some("ann".into());
    session.facts.federated_provider =
        Some("arn:aws:iam::000000000000:oidc-provider/id.example.com".into());
    let case = Case {
        policies: vec![
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
                "StringEquals": {"aws:SourceIdentity": "ann", "aws:FederatedProvider":
                    "arn:aws:iam::000000000000:oidc-provider/id.example.com"},
                "DateLessThan": {"aws:TokenIssueTime": "2026-01-15T12:00:00Z"},
                "Bool": {"countersign:Registered": "true"}}}}"#,
        ],
        ..of_role(session)
    };
    assert_eq!(case.code(), None);
    let long_term = Case {
        policies: case.policies.clone(),
        ..Case::default()
    };
    assert_eq!(long_term.code(), Some(ErrorCode::AccessDenied));
}

#[test]
fn h5_what_a_role_was_issued_before_an_instant_is_revoked_at_use() {
    let target = || RevocationTarget::Sessions {
        principal_id: "AROAAPP".into(),
    };
    // The session began a minute before it signed.
    let revoked = |until_s| Case {
        revoked: until(target(), SIGNED_AT + until_s),
        ..of_role(session())
    };
    assert_eq!(revoked(-60).code(), Some(ErrorCode::AccessDenied));
    assert_eq!(revoked(-61).code(), None);
    let other = Case {
        revoked: until(
            RevocationTarget::Sessions {
                principal_id: "AROAOTHER".into(),
            },
            SIGNED_AT,
        ),
        ..of_role(session())
    };
    assert_eq!(other.code(), None);
    // A long-term key of the same principal is no session.
    let key = Case {
        revoked: until(
            RevocationTarget::Sessions {
                principal_id: "AIDAAPP".into(),
            },
            SIGNED_AT,
        ),
        ..Case::default()
    };
    assert_eq!(key.code(), None);
}

#[test]
fn what_a_user_lent_to_a_session_is_revoked_with_what_the_user_signed() {
    let of_user = |session, until_s| Case {
        kind: PrincipalKind::User,
        revoked: until(
            RevocationTarget::User {
                user_id: "AIDAAPP".into(),
            },
            SIGNED_AT + until_s,
        ),
        ..of_role(session)
    };
    let denied = Some(ErrorCode::AccessDenied);
    // Signed later than that, by a session that began before.
    assert_eq!(of_user(session(), -30).code(), denied);
    assert_eq!(of_user(session(), -61).code(), None);
    // Of a link of the issuer it counts when it was signed.
    assert_eq!(of_user(registered(), -30).code(), None);
    assert_eq!(of_user(registered(), 0).code(), denied);
    let key = Case {
        revoked: until(
            RevocationTarget::AccessKey(AccessKeyId::new("AKID")),
            SIGNED_AT,
        ),
        ..of_role(session())
    };
    assert_eq!(key.code(), denied);
}

#[test]
fn c8_where_only_links_of_the_issuer_are_served_all_others_are_refused() {
    let guardrails = || Guardrails {
        registered_only: true,
        ..Guardrails::safe()
    };
    let offline = Case {
        guardrails: guardrails(),
        ..Case::default()
    };
    assert_eq!(offline.code(), Some(ErrorCode::AccessDenied));
    let message = offline.message();
    assert!(message.contains("its issuer has made"), "{message}");
    let of_session = Case {
        guardrails: guardrails(),
        ..of_role(session())
    };
    assert_eq!(of_session.code(), Some(ErrorCode::AccessDenied));
    let issued = Case {
        guardrails: guardrails(),
        ..of_role(registered())
    };
    assert_eq!(issued.code(), None);
}

#[test]
fn a_named_link_of_the_issuer_is_within_the_name_space_of_its_maker() {
    let case = Case {
        query: vec![("x-cs-id", "order-1")],
        ..of_role(registered())
    };
    let link = case.decide().expect("permitted").link();
    assert_eq!(link, Some(LinkId::named("AROAAPP", "order-1")));
}
