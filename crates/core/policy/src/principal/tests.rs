use super::*;
use crate::json;
use crate::testing::{ACCOUNT, ANN, ROOT};

const SESSION: Principal<'static> = Principal::AssumedRole {
    account: ACCOUNT,
    role_arn: "arn:aws:iam::000000000000:role/app",
    session_arn: "arn:aws:sts::000000000000:assumed-role/app/s1",
    id: "AROAEXAMPLE:s1",
};

const BUILDER: Principal<'static> = Principal::WebIdentity {
    provider_arn: "arn:aws:iam::000000000000:oidc-provider/ci.example.com/org",
};

fn read(text: &str) -> Result<PrincipalSet, String> {
    read_of(text, PolicyKind::Resource)
}

fn read_of(text: &str, kind: PolicyKind) -> Result<PrincipalSet, String> {
    let node = json::read(text).unwrap();
    PrincipalSet::read(&node, "Principal", kind).map_err(|fault| fault.in_text(text).to_string())
}

#[test]
fn how_a_principal_is_named_is_told() {
    let everybody = [Principal::Anonymous, ANN, ROOT, SESSION];
    use Named::{Broadly, ByAccount, ByItself};
    for (text, expected) in [
        (r#""*""#, [Some(Broadly); 4]),
        (r#"{"AWS": "*"}"#, [Some(Broadly); 4]),
        (
            r#"{"AWS": "000000000000"}"#,
            [None, Some(ByAccount), Some(ByItself), Some(ByAccount)],
        ),
        (
            r#"{"AWS": "arn:aws:iam::000000000000:root"}"#,
            [None, Some(ByAccount), Some(ByItself), Some(ByAccount)],
        ),
        (r#"{"AWS": ["111122223333"]}"#, [None; 4]),
        (
            r#"{"AWS": ["arn:aws:iam::000000000000:user/ann", "000000000000"]}"#,
            [None, Some(ByItself), Some(ByItself), Some(ByAccount)],
        ),
        (
            r#"{"AWS": "arn:aws:iam::000000000000:role/app"}"#,
            [None, None, None, Some(Broadly)],
        ),
        (
            r#"{"AWS": "arn:aws:sts::000000000000:assumed-role/app/s1"}"#,
            [None, None, None, Some(ByItself)],
        ),
        (r#"{"Service": "logs.amazonaws.com"}"#, [None; 4]),
        (r#"{"Federated": "accounts.example.com"}"#, [None; 4]),
    ] {
        let set = read(text).unwrap();
        assert_eq!(everybody.map(|one| set.names(one)), expected, "{text}");
    }
}

#[test]
fn an_exception_needs_every_name_that_the_principal_goes_by() {
    for (text, ann, root, session) in [
        (
            r#"{"AWS": "arn:aws:iam::000000000000:user/ann"}"#,
            false,
            false,
            false,
        ),
        (r#"{"AWS": "000000000000"}"#, false, true, false),
        (
            r#"{"AWS": ["000000000000", "arn:aws:iam::000000000000:user/ann"]}"#,
            true,
            true,
            false,
        ),
        (
            r#"{"AWS": ["000000000000", "arn:aws:iam::000000000000:role/app",
                "arn:aws:sts::000000000000:assumed-role/app/s1"]}"#,
            false,
            true,
            true,
        ),
    ] {
        let set = read(text).unwrap();
        let excepted = [ANN, ROOT, SESSION].map(|one| set.excepts(one));
        assert_eq!(excepted, [ann, root, session], "{text}");
        assert!(!set.excepts(Principal::Anonymous));
    }
}

#[test]
fn what_is_no_principal_is_refused() {
    for (text, expected) in [
        (
            r#""ann""#,
            "1: `ann` is no principal; a principal is `\"*\"` or `{\"AWS\": \
             \"arn:aws:iam::ACCOUNT:user/NAME\"}`",
        ),
        (
            r#"{"Aws": "*"}"#,
            "2: `Aws` is no element of a principal; did you mean `AWS`?",
        ),
        (r#"{"*": "*"}"#, "2: `*` is no element of a principal"),
        ("{}", "1: `Principal` is empty"),
        (r#"{"AWS": []}"#, "9: `AWS` is empty"),
        ("[]", "1: `Principal` is `\"*\"` or an object"),
        (
            r#"{"AWS": 1}"#,
            "9: `AWS` is a string or an array of strings",
        ),
        (
            r#"{"AWS": "arn:aws:iam::*:user/ann"}"#,
            "9: `arn:aws:iam::*:user/ann` is no principal; a principal has no wildcards; compare \
             `aws:PrincipalArn` in a condition instead",
        ),
        (
            r#"{"AWS": "arn:aws:iam::0000:user/ann"}"#,
            "9: `arn:aws:iam::0000:user/ann` is no principal; a user's ARN is \
             `arn:aws:iam::ACCOUNT:user/NAME` with an account of 12 digits",
        ),
        (
            r#"{"AWS": "arn:aws:iam::000000000000:group/g"}"#,
            "9: `arn:aws:iam::000000000000:group/g` is no principal; a group cannot be a principal",
        ),
        (
            r#"{"AWS": "arn:aws:iam::000000000000:user/"}"#,
            "9: `arn:aws:iam::000000000000:user/` is no principal",
        ),
        (
            r#"{"AWS": "ann"}"#,
            "9: `ann` is no principal; it is an account's number, or the ARN of a user, role or session",
        ),
        (r#"{"CanonicalUser": "x"}"#, "19: `x` is no principal"),
    ] {
        assert_eq!(
            read(text),
            Err(format!("line 1, column {expected}")),
            "{text}"
        );
    }
}

#[test]
fn a_web_identity_goes_by_its_provider_alone() {
    let names = |text| {
        let set = read_of(text, PolicyKind::Trust).unwrap();
        (set.names(BUILDER), set.excepts(BUILDER))
    };
    let provider = r#"{"Federated": "arn:aws:iam::000000000000:oidc-provider/ci.example.com/org"}"#;
    assert_eq!(names(provider), (Some(Named::ByItself), true));
    assert_eq!(
        names(r#"{"Federated": "arn:aws:iam::000000000000:oidc-provider/ci.example.com"}"#),
        (None, false)
    );
    assert_eq!(names(r#"{"AWS": "000000000000"}"#), (None, false));
    // A Deny to everybody concerns it; what an Allow to everybody gives, `evaluate` decides.
    assert_eq!(names(r#""*""#), (Some(Named::Broadly), false));
}

#[test]
fn a_role_trusts_providers_by_their_arns() {
    for text in [
        "accounts.example.com",
        "arn:aws:iam::000000000000:oidc-provider/",
        "arn:aws:iam::000000000000:oidc-provider/*",
        "arn:aws:iam::000000000000:user/ann",
        "arn:aws:iam::0:oidc-provider/ci.example.com",
        "*",
    ] {
        let refused = read_of(&format!(r#"{{"Federated": "{text}"}}"#), PolicyKind::Trust);
        assert_eq!(
            refused,
            Err(format!(
                "line 1, column 15: `{text}` is no principal; an identity provider is \
                 `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH`"
            ))
        );
    }
}
