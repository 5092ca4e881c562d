//! Forms signed with SigV2: refused by name where they are not taken, and elsewhere like any other form.

use countersign_s3::ErrorCode;
use countersign_sigv4::AccessKeyId;

use super::{CLOSED, Case, RESTRICTED, SIGNED_AT};
use crate::{Guardrails, PrincipalKind, RevocationTarget, Transport};

const NOT_SUPPORTED: &str = "The authorization mechanism you have provided is not supported. Please use \
                             AWS4-HMAC-SHA256.";
const WEEK: i64 = 604_800;

fn v2() -> Case {
    Case {
        v2: true,
        guardrails: Guardrails::s3(),
        ..Case::default()
    }
}

/// As careful as can be, but for taking such forms.
fn careful() -> Guardrails {
    Guardrails {
        sigv2_forms: true,
        ..Guardrails::safe()
    }
}

#[test]
fn a13_a_form_of_version_2_is_refused_by_name_whatever_else_is_wrong_with_it() {
    let taken = Guardrails {
        sigv2_forms: false,
        ..Guardrails::s3()
    };
    for guardrails in [Guardrails::safe(), taken] {
        for (without, replaced, known) in [
            (vec![], vec![], true),
            (vec!["signature"], vec![], true),
            (vec!["AWSAccessKeyId"], vec![], true),
            (vec!["policy"], vec![], true),
            (vec!["key"], vec![], true),
            (vec![], vec![("signature", "c2ln")], true),
            (vec![], vec![], false),
        ] {
            let case = Case {
                guardrails: guardrails.clone(),
                without,
                replaced,
                known,
                ..v2()
            };
            let expected = (ErrorCode::InvalidRequest, NOT_SUPPORTED.to_owned());
            assert_eq!(case.refused(), expected);
        }
    }
}

#[test]
fn a_form_of_version_2_gets_a_permit_that_ends_with_its_policy() {
    let permit = v2().decide().unwrap();
    assert_eq!(permit.key().unwrap().as_str(), "up/cat.jpg");
    let form = permit.form().unwrap();
    assert_eq!((form.sizes.min, form.sizes.max), (1, 1_024));
    assert_eq!(permit.expires_at().unwrap().unix(), SIGNED_AT + 600);
    assert_eq!(permit.presigned(), None);
    assert_eq!(permit.identity().access_key_id, AccessKeyId::new("AKID"));
    assert_eq!(permit.revocation_facts().unwrap().signed_at, None);
}

#[test]
fn what_is_missing_from_a_form_of_version_2_is_told_as_s3_tells_it() {
    for field in ["AWSAccessKeyId", "signature"] {
        let case = Case {
            without: vec![field],
            ..v2()
        };
        let (code, message) = case.refused();
        assert_eq!(code, ErrorCode::InvalidArgument);
        assert!(message.contains(&format!("'{field}'")), "{message}");
    }
    for without in [vec!["AWSAccessKeyId", "signature"], vec!["policy"]] {
        let case = Case { without, ..v2() };
        assert_eq!(case.refused().0, ErrorCode::AccessDenied);
    }
    let no_key = Case { key: None, ..v2() };
    assert_eq!(no_key.refused().0, ErrorCode::InvalidArgument);
}

#[test]
fn e8_an_altered_policy_or_signature_of_version_2_is_refused() {
    for replaced in [
        ("policy", "eyJleHBpcmF0aW9uIjoieCJ9"),
        ("signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("signature", "not base64"),
    ] {
        let case = Case {
            replaced: vec![replaced],
            ..v2()
        };
        let refusal = case.decide().unwrap_err();
        let fault = refusal.fault();
        assert_eq!(fault.code(), ErrorCode::SignatureDoesNotMatch);
        let names: Vec<&str> = fault.fields().iter().map(|(name, _)| *name).collect();
        let expected = [
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
        ];
        assert_eq!(names, expected);
    }
    let unknown = Case {
        known: false,
        ..v2()
    };
    assert_eq!(unknown.refused().0, ErrorCode::InvalidAccessKeyId);
}

#[test]
fn a14_fields_of_both_versions_are_refused() {
    for field in [("x-amz-signature", "ab"), ("x-amz-date", "")] {
        let case = Case {
            fields: vec![field],
            ..v2()
        };
        let (code, message) = case.refused();
        assert_eq!(code, ErrorCode::InvalidArgument);
        assert!(message.starts_with("Only one auth mechanism"), "{message}");
    }
}

#[test]
fn b2_a_form_of_version_2_ends_with_its_policy_and_has_no_more_left_than_the_ceiling() {
    let case = |expires_s, age_s, guardrails| Case {
        expires_s,
        age_s,
        guardrails,
        ..v2()
    };
    assert!(case(600, 600, Guardrails::s3()).decide().is_ok());
    let over = case(600, 601, Guardrails::s3());
    assert_eq!(over.against_policy(), "Policy expired.");
    for (guardrails, ceiling) in [(Guardrails::s3(), WEEK), (careful(), 3_600)] {
        // Clocks may differ, by as much as a date may lie ahead.
        let most = ceiling + i64::from(guardrails.post_dating_s);
        assert!(case(most, 0, guardrails.clone()).decide().is_ok());
        let longer = case(most + 1, 0, guardrails);
        let (code, message) = longer.refused();
        assert_eq!(code, ErrorCode::AccessDenied);
        let words = format!("{ceiling} seconds at most");
        assert!(message.contains(&words), "{message}");
    }
}

#[test]
fn e8_the_conditions_of_version_2_are_held_like_any_others() {
    let elsewhere = Case {
        key: Some("down/cat.jpg"),
        ..v2()
    };
    assert_eq!(
        elsewhere.against_policy(),
        r#"Policy Condition failed: ["starts-with", "$key", "up/"]"#
    );
    let extra = Case {
        fields: vec![("acl", "private")],
        ..v2()
    };
    assert_eq!(extra.against_policy(), "Extra input fields: acl");
    let no_bucket = Case {
        conditions: r#"["starts-with","$key","up/"]"#,
        ..v2()
    };
    assert_eq!(no_bucket.against_policy(), "Extra input fields: bucket");
    let with_header = Case {
        headers: vec![("x-amz-acl", "public-read")],
        ..v2()
    };
    assert_eq!(with_header.refused().0, ErrorCode::AccessDenied);
}

#[test]
fn the_other_guardrails_hold_for_version_2_as_well() {
    let case = |conditions| Case {
        conditions,
        guardrails: careful(),
        ..v2()
    };
    assert!(case(CLOSED).decide().is_ok());
    let (_, message) = case(r#"{"bucket":"photos"},["starts-with","$key","up/"]"#).refused();
    assert!(message.contains("content-length-range"), "{message}");
    let root = Case {
        kind: PrincipalKind::Root,
        ..case(CLOSED)
    };
    let (_, message) = root.refused();
    assert!(message.contains("Root keys"), "{message}");
    let plain = Case {
        transport: Transport::Plain,
        ..case(CLOSED)
    };
    assert!(plain.decide().unwrap_err().exposed());
}

#[test]
fn h2_a_session_token_signs_no_form_of_version_2() {
    for token_expected in [None, Some("t")] {
        let case = Case {
            conditions: r#"{"bucket":"photos"},["starts-with","$key","up/"],{"x-amz-security-token":"t"}"#,
            fields: vec![("x-amz-security-token", "t")],
            token_expected,
            ..v2()
        };
        assert_eq!(case.refused().0, ErrorCode::InvalidToken);
    }
    let temporary = Case {
        token_expected: Some("t"),
        ..v2()
    };
    assert_eq!(temporary.refused().0, ErrorCode::InvalidAccessKeyId);
}

#[test]
fn a13_policies_see_the_version_and_no_age() {
    let denies = |condition: &str| {
        let policy = format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}},
                {{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {condition}}}]}}"#
        );
        let policy = &*Box::leak(policy.into_boxed_str());
        let denied = |v2| {
            let case = Case {
                v2,
                policy,
                guardrails: Guardrails::s3(),
                ..Case::default()
            };
            match case.decide() {
                Ok(_) => false,
                Err(refusal) => {
                    assert_eq!(refusal.fault().code(), ErrorCode::AccessDenied);
                    true
                }
            }
        };
        (denied(true), denied(false))
    };
    let of_version = |name| format!(r#"{{"StringEquals": {{"s3:signatureversion": "{name}"}}}}"#);
    assert_eq!(denies(&of_version("AWS")), (true, false));
    assert_eq!(denies(&of_version("AWS4-HMAC-SHA256")), (false, true));
    let is_form = r#"{"StringEquals": {"s3:authType": "POST"}}"#;
    assert_eq!(denies(is_form), (true, true));
    // The form of version 4 is a second old.
    let has_age = r#"{"NumericGreaterThan": {"s3:signatureAge": "0"}}"#;
    assert_eq!(denies(has_age), (false, true));
    let is_young = r#"{"NumericEquals": {"s3:signatureAge": "0"}}"#;
    assert_eq!(denies(is_young), (true, false));
    // Nobody knows how long it was meant to live, so it passes no bound.
    let long = r#"{"NumericGreaterThan": {"countersign:DeclaredTtl": "604800"}}"#;
    assert_eq!(denies(long), (true, false));
}

#[test]
fn d2_whatever_is_revoked_concerns_a_form_that_does_not_say_when_it_was_signed() {
    for target in [
        RevocationTarget::AccessKey(AccessKeyId::new("AKID")),
        RevocationTarget::User {
            user_id: "AIDAAPP".into(),
        },
    ] {
        let case = |v2| Case {
            v2,
            revoked: vec![target.clone()],
            guardrails: Guardrails::s3(),
            ..Case::default()
        };
        // The other form says that it was signed later.
        assert!(case(false).decide().is_ok());
        let (_, message) = case(true).refused();
        assert_eq!(message, "This link has been revoked. Ask for a new one.");
    }
}

#[test]
fn all_uploads_by_one_policy_of_version_2_are_uses_of_one_link() {
    let link = |key| {
        let case = Case {
            key: Some(key),
            ..v2()
        };
        case.decide().unwrap().link().unwrap()
    };
    assert_eq!(link("up/a"), link("up/b"));
    let other = Case {
        expires_s: 601,
        ..v2()
    };
    assert_ne!(other.decide().unwrap().link().unwrap(), link("up/a"));
    let revoked = Case {
        revoked: vec![RevocationTarget::Link(link("up/a"))],
        ..v2()
    };
    assert_eq!(
        revoked.refused().1,
        "This link has been revoked. Ask for a new one."
    );
}

#[test]
fn restrictions_of_version_2_are_those_that_its_policy_pins() {
    let fields = vec![("x-cs-ip", "203.0.113.0/24"), ("x-cs-id", "upload-7")];
    let case = |fields| Case {
        conditions: RESTRICTED,
        fields,
        ..v2()
    };
    let permit = case(fields.clone()).decide().unwrap();
    let named = crate::LinkId::named("AIDAAPP", "upload-7");
    assert_eq!(permit.link(), Some(named));
    let elsewhere = Case {
        client: [198, 51, 100, 7].into(),
        ..case(fields)
    };
    let refusal = elsewhere.decide().unwrap_err();
    let expected = [("Restriction", "x-cs-ip".to_owned())];
    assert_eq!(refusal.fault().fields(), expected);
    let message = case(Vec::new()).against_policy();
    assert!(message.starts_with("Policy Condition failed"), "{message}");
}
