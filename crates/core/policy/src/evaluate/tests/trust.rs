//! Who may assume a role.

use super::*;
use crate::testing::decision as decision_by_identity;

const ROLE: &str = "arn:aws:iam::000000000000:role/app";
const SESSION: Principal<'static> = Principal::AssumedRole {
    account: ACCOUNT,
    role_arn: "arn:aws:iam::000000000000:role/ci",
    session_arn: "arn:aws:sts::000000000000:assumed-role/ci/s1",
    id: "AROAEXAMPLE:s1",
};
const BUILDER: Principal<'static> = Principal::WebIdentity {
    provider_arn: "arn:aws:iam::000000000000:oidc-provider/ci.example.com",
};
const PROVIDER: &str = r#"{"Federated": "arn:aws:iam::000000000000:oidc-provider/ci.example.com"}"#;
const MAY_ASSUME: &str = r#"{"Sid": "May", "Effect": "Allow", "Action": "sts:AssumeRole",
    "Resource": "arn:aws:iam::000000000000:role/*"}"#;
const MAY_NOT: &str = r#"{"Sid": "Not", "Effect": "Deny", "Action": "sts:*", "Resource": "*"}"#;

/// Decides by a trust policy of one statement, and by an identity policy.
fn assume(principal: Principal<'_>, statements: &str, identity: Option<&str>) -> String {
    assume_with(principal, statements, identity, &[])
}

fn assume_with(
    principal: Principal<'_>,
    statements: &str,
    identity: Option<&str>,
    pairs: &[(&str, Values<'_>)],
) -> String {
    let context = Pairs(pairs);
    let request = Request {
        principal,
        action: "sts:AssumeRole",
        resource: Resource::Other { arn: ROLE },
        account: ACCOUNT,
        context: &context,
    };
    let trust = statement(statements, PolicyKind::Trust);
    let identity =
        identity.map(|text| NamedPolicy::new("own", statement(text, PolicyKind::Identity)));
    let policies = Policies {
        identity: identity.as_slice(),
        resource: Some(&trust),
        ..Policies::default()
    };
    evaluate(&request, &policies).to_string()
}

fn trusting(effect: &str, principal: &str) -> String {
    format!(
        r#"{{"Sid": "Trust", "Effect": "{effect}", "Principal": {principal}, "Action": "sts:*"}}"#
    )
}

const BY_TRUST: &str = "allowed by statement `Trust` of trust policy";
const BY_IDENTITY: &str = "allowed by statement `May` of identity policy `own`";
const NOT_TRUSTED: &str = "implicit deny: no trust policy allows it";
const NOT_HERS: &str = "implicit deny: no identity policy allows it";

#[test]
fn naming_the_account_needs_an_identity_policy_too() {
    let account = trusting("Allow", HER_ACCOUNT);
    assert_eq!(assume(ANN, &account, None), NOT_HERS);
    assert_eq!(assume(ANN, &account, Some(MAY_ASSUME)), BY_IDENTITY);
    assert_eq!(assume(SESSION, &account, None), NOT_HERS);
    assert_eq!(assume(SESSION, &account, Some(MAY_ASSUME)), BY_IDENTITY);
    let elsewhere = MAY_ASSUME.replace("role/*", "role/other");
    assert_eq!(assume(ANN, &account, Some(&elsewhere)), NOT_HERS);
}

#[test]
fn naming_the_principal_itself_suffices() {
    assert_eq!(assume(ANN, &trusting("Allow", ANN_HERSELF), None), BY_TRUST);
    let role = r#"{"AWS": "arn:aws:iam::000000000000:role/ci"}"#;
    assert_eq!(assume(SESSION, &trusting("Allow", role), None), BY_TRUST);
}

#[test]
fn who_is_not_trusted_may_not_whatever_its_own_policies_say() {
    let bob = trusting("Allow", r#"{"AWS": "arn:aws:iam::000000000000:user/bob"}"#);
    assert_eq!(assume(ANN, &bob, Some(MAY_ASSUME)), NOT_TRUSTED);
    let service = trusting("Allow", r#"{"Service": "ec2.amazonaws.com"}"#);
    assert_eq!(assume(ANN, &service, Some(MAY_ASSUME)), NOT_TRUSTED);
    // What allows the role to be used elsewhere is no trust.
    let context = Pairs(&[]);
    let decided = decision_by_identity(
        &request(&context),
        statement(MAY_ASSUME, PolicyKind::Identity),
    );
    assert_eq!(decided, NOT_HERS);
}

#[test]
fn explicit_denies_bind_on_either_side() {
    let herself = trusting("Allow", ANN_HERSELF);
    assert_eq!(
        assume(ANN, &herself, Some(MAY_NOT)),
        "explicit deny by statement `Not` of identity policy `own`"
    );
    let denied = format!(
        "[{}, {}]",
        herself.replace("\"Trust\"", "\"Herself\""),
        trusting("Deny", HER_ACCOUNT)
    );
    assert_eq!(
        assume(ANN, &denied, Some(MAY_ASSUME)),
        "explicit deny by statement `Trust` of trust policy"
    );
}

#[test]
fn h4_a_web_identity_is_allowed_by_a_trust_policy_that_names_its_provider_and_by_nothing_else() {
    assert_eq!(
        assume(BUILDER, &trusting("Allow", PROVIDER), None),
        BY_TRUST
    );
    for principal in [
        HER_ACCOUNT,
        r#""*""#,
        r#"{"AWS": "*"}"#,
        ANN_HERSELF,
        r#"{"Federated": "arn:aws:iam::000000000000:oidc-provider/ci.example.com/other"}"#,
    ] {
        let trust = trusting("Allow", principal);
        assert_eq!(assume(BUILDER, &trust, Some(MAY_ASSUME)), NOT_TRUSTED);
    }
    let but_denied = format!(
        "[{}, {}]",
        trusting("Allow", PROVIDER).replace("\"Trust\"", "\"Provider\""),
        trusting("Deny", r#""*""#)
    );
    assert_eq!(
        assume(BUILDER, &but_denied, None),
        "explicit deny by statement `Trust` of trust policy"
    );
    // Where no role is assumed, naming the provider gives nothing.
    let bucket = Layers {
        resource: Some(of_bucket("Allow", PROVIDER)),
        identity: Some(ALLOW),
        ..Layers::default()
    };
    assert_eq!(bucket.decide(BUILDER), NOT_HERS);
}

#[test]
fn h4_the_claims_that_the_trust_policy_compares_must_be_there() {
    let trust = format!(
        r#"{{"Sid": "Trust", "Effect": "Allow", "Principal": {PROVIDER}, "Action": "sts:AssumeRole",
            "Condition": {{"StringEquals": {{"ci.example.com:aud": "countersign"}},
                           "StringLike": {{"ci.example.com:sub": "repo:org/app:*"}}}}}}"#
    );
    let decide = |pairs: &[(&str, Values<'_>)]| assume_with(BUILDER, &trust, None, pairs);
    let aud = ("ci.example.com:aud", "countersign".into());
    let sub = (
        "ci.example.com:sub",
        "repo:org/app:ref:refs/heads/main".into(),
    );
    assert_eq!(decide(&[aud, sub]), BY_TRUST);
    assert_eq!(decide(&[aud]), NOT_TRUSTED);
    assert_eq!(decide(&[sub]), NOT_TRUSTED);
    let other = ("ci.example.com:sub", "repo:org/app2:x".into());
    assert_eq!(decide(&[aud, other]), NOT_TRUSTED);
}

#[test]
fn h4_an_external_id_is_compulsory_where_the_trust_policy_asks_for_it() {
    let trust = format!(
        r#"{{"Sid": "Trust", "Effect": "Allow", "Principal": {ANN_HERSELF}, "Action": "sts:AssumeRole",
            "Condition": {{"StringEquals": {{"sts:ExternalId": "partner-7"}}}}}}"#
    );
    let decide = |id: Option<&str>| {
        let id = Values::from(id);
        assume_with(ANN, &trust, Some(MAY_ASSUME), &[("sts:externalid", id)])
    };
    assert_eq!(decide(Some("partner-7")), BY_TRUST);
    assert_eq!(decide(Some("partner-8")), NOT_TRUSTED);
    assert_eq!(decide(Some("PARTNER-7")), NOT_TRUSTED);
    assert_eq!(decide(None), NOT_TRUSTED);
}

#[test]
fn root_assumes_no_role() {
    for principal in [HER_ACCOUNT, r#""*""#] {
        assert_eq!(
            assume(ROOT, &trusting("Allow", principal), Some(MAY_ASSUME)),
            NOT_TRUSTED
        );
    }
}
