//! Policies of a session, of which there may be several.

use super::*;

fn named(text: &str) -> NamedPolicy {
    NamedPolicy::new("s", statement(text, PolicyKind::Session))
}

fn decide(
    principal: Principal<'_>,
    resource: Option<&PolicyDocument>,
    session: Option<&[NamedPolicy]>,
) -> String {
    let context = Pairs(&[]);
    let request = Request {
        principal,
        ..request(&context)
    };
    let identity = [NamedPolicy::new(
        "own",
        statement(ALLOW, PolicyKind::Identity),
    )];
    let policies = Policies {
        identity: match resource {
            Some(_) => &[],
            None => &identity,
        },
        resource,
        session,
        ..Policies::default()
    };
    evaluate(&request, &policies).to_string()
}

const ALLOWED: &str = "allowed by statement `Yes` of identity policy `own`";
const SILENT: &str = "implicit deny: no session policy allows it";

#[test]
fn h3_one_of_the_session_policies_must_allow_and_none_may_deny() {
    assert_eq!(decide(ANN, None, None), ALLOWED);
    let decide = |texts: &[&str]| {
        let policies: Vec<_> = texts.iter().map(|text| named(text)).collect();
        decide(ANN, None, Some(&policies))
    };
    assert_eq!(decide(&[]), SILENT);
    assert_eq!(decide(&[OTHER]), SILENT);
    assert_eq!(decide(&[OTHER, ALLOW]), ALLOWED);
    assert_eq!(
        decide(&[ALLOW, DENY]),
        "explicit deny by statement `No` of session policy `s`"
    );
}

#[test]
fn h3_what_a_bucket_gives_a_user_its_session_is_limited_in_and_what_it_gives_the_session_is_not() {
    let to_ann = of_bucket("Allow", ANN_HERSELF);
    let by_bucket = "allowed by statement `Bucket` of bucket policy";
    assert_eq!(decide(ANN, Some(&to_ann), None), by_bucket);
    assert_eq!(decide(ANN, Some(&to_ann), Some(&[named(OTHER)])), SILENT);
    assert_eq!(decide(ANN, Some(&to_ann), Some(&[named(ALLOW)])), by_bucket);

    let session = Principal::AssumedRole {
        account: ACCOUNT,
        role_arn: "arn:aws:iam::000000000000:role/app",
        session_arn: "arn:aws:sts::000000000000:assumed-role/app/s1",
        id: "AROAEXAMPLE:s1",
    };
    let to_session = r#"{"AWS": "arn:aws:sts::000000000000:assumed-role/app/s1"}"#;
    let to_session = of_bucket("Allow", to_session);
    let limited: Option<&[NamedPolicy]> = Some(&[]);
    assert_eq!(decide(session, Some(&to_session), limited), by_bucket);
    let to_role = r#"{"AWS": "arn:aws:iam::000000000000:role/app"}"#;
    let to_role = of_bucket("Allow", to_role);
    assert_eq!(decide(session, Some(&to_role), limited), SILENT);
}
