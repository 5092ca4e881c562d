use super::*;
use crate::testing::{refusal, statement};

fn error(text: &str, kind: PolicyKind) -> String {
    PolicyDocument::parse(text, kind).unwrap_err().to_string()
}

#[test]
fn a_document_is_taken_in_every_form_that_the_grammar_has() {
    for text in [
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
        r#"{"Version": "2008-10-17", "Statement": [{"Effect": "Deny", "NotAction": ["s3:GetObject"],
            "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]}]}"#,
        r#"{"Statement": [{"Sid": "", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Sid": "", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}], "Version": "2012-10-17"}"#,
    ] {
        for kind in [
            PolicyKind::Identity,
            PolicyKind::Boundary,
            PolicyKind::Session,
        ] {
            assert_eq!(PolicyDocument::parse(text, kind).unwrap().kind(), kind);
        }
    }
    statement(
        r#"{"Sid": "All, of it: Ünicode too!", "Effect": "Deny", "NotPrincipal": {"AWS": "000000000000"},
            "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*"}"#,
        PolicyKind::Resource,
    );
    PolicyDocument::parse(
        r#"{"Id": "a b", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::photos/*"}}"#,
        PolicyKind::Resource,
    )
    .unwrap();
}

#[test]
fn k2_what_is_not_in_the_grammar_is_refused_with_its_place() {
    use PolicyKind::{Boundary, Identity, Resource, Session};
    for (text, kind, expected) in [
        ("[]", Identity, "1, column 1: `a policy` is an object"),
        ("{}", Identity, "1, column 1: `Statement` is missing"),
        (
            r#"{"Statement": []}"#,
            Identity,
            "1, column 15: `Statement` is empty",
        ),
        (
            r#"{"Statement": 1}"#,
            Identity,
            "1, column 15: `a statement` is an object",
        ),
        (
            r#"{"Statements": []}"#,
            Identity,
            "1, column 2: `Statements` is no element of a policy; did you mean `Statement`?",
        ),
        (
            r#"{"Version": "2012-10-18", "Statement": []}"#,
            Identity,
            "1, column 13: `2012-10-18` is no version of the policy language; write `2012-10-17`",
        ),
        (
            r#"{"Version": 2012, "Statement": []}"#,
            Identity,
            "1, column 13: `Version` is a string",
        ),
        (
            r#"{"Id": "x", "Statement": []}"#,
            Session,
            "1, column 8: a session policy has no `Id`",
        ),
        (
            r#"{"Id": "x", "Statement": []}"#,
            Boundary,
            "1, column 8: a permissions boundary has no `Id`",
        ),
        (
            r#"{"Id": 1, "Statement": []}"#,
            Resource,
            "1, column 8: `Id` is a string",
        ),
    ] {
        assert_eq!(error(text, kind), format!("line {expected}"), "{text}");
    }
}

#[test]
fn a_statement_that_is_not_whole_is_refused() {
    use PolicyKind::{Identity, Resource};
    for (text, kind, expected) in [
        (
            r#"{"Effect": "Allow", "Action": "*"}"#,
            Identity,
            "1: `Resource` is missing",
        ),
        (
            r#"{"Effect": "Allow", "Resource": "*"}"#,
            Identity,
            "1: `Action` is missing",
        ),
        (
            r#"{"Action": "*", "Resource": "*"}"#,
            Identity,
            "1: `Effect` is missing",
        ),
        (
            r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#,
            Identity,
            "12: `allow` is no effect; it is `Allow` or `Deny`",
        ),
        (
            r#"{"effect": "Allow", "Action": "*", "Resource": "*"}"#,
            Identity,
            "2: `effect` is no element of a statement; did you mean `Effect`?",
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}"#,
            Identity,
            "49: a statement has either `Action` or `NotAction`, not both",
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*"}"#,
            Identity,
            "68: a statement has either `Resource` or `NotResource`, not both",
        ),
        (
            r#"{"Effect": "Allow", "Action": [], "Resource": "*"}"#,
            Identity,
            "31: `Action` is empty",
        ),
        (
            r#"{"Effect": "Allow", "Action": [1], "Resource": "*"}"#,
            Identity,
            "32: `Action` is a string or an array of strings",
        ),
        (
            r#"{"Sid": "a b", "Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            Identity,
            "9: `a b` is no statement id; it has letters and digits only",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
            Identity,
            "34: an identity policy has no `Principal`",
        ),
        (
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*"}"#,
            Resource,
            "1: `Principal` is missing",
        ),
        (
            r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "000000000000"}, "Action": "s3:*", "Resource": "*"}"#,
            Resource,
            "37: `NotPrincipal` is only taken with `Deny`",
        ),
        (
            r#"{"Effect": "Deny", "NotPrincipal": "*", "Action": "s3:*", "Resource": "*"}"#,
            Resource,
            "36: `*` is no principal; a statement about nobody never applies",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::photos"}"#,
            Resource,
            "50: action `s3:GetObject` does not apply to any resource of its statement; objects are \
             `arn:aws:s3:::bucket/*`",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::photos/*"}"#,
            Resource,
            "49: action `s3:ListBucket` does not apply to any resource of its statement; the bucket is \
             `arn:aws:s3:::bucket`",
        ),
    ] {
        assert_eq!(
            refusal(text, kind),
            format!("line 2, column {expected}"),
            "{text}"
        );
    }
}

#[test]
fn two_statements_of_one_id_are_refused() {
    let one = r#"{"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    assert_eq!(
        refusal(&format!("[{one},\n{one}]"), PolicyKind::Identity),
        "line 3, column 9: two statements have the id `A`"
    );
}

#[test]
fn variables_need_the_newer_version() {
    let text = |version: &str| {
        format!(
            r#"{{{version}"Statement": {{"Effect": "Allow", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::home/${{aws:username}}/*"}}}}"#
        )
    };
    for version in ["", r#""Version": "2008-10-17", "#] {
        assert_eq!(
            error(&text(version), PolicyKind::Identity),
            "line 2, column 25: policy variables are only replaced in version 2012-10-17; write \
             `\"Version\": \"2012-10-17\"`"
        );
    }
    PolicyDocument::parse(&text(r#""Version": "2012-10-17", "#), PolicyKind::Identity).unwrap();
}

#[test]
fn lengths_are_bounded_for_each_kind() {
    let filled = |length: usize, filler: &str| {
        let text = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":["#;
        let arn = r#""arn:aws:s3:::a","#;
        let mut text = text.to_owned() + arn + "\"*\"]";
        while text.len() + filler.len() + 2 <= length {
            text.push_str(filler);
        }
        text + "}}"
    };
    for (kind, limit, expected) in [
        (
            PolicyKind::Session,
            2_048,
            "a session policy has at most 2048 characters",
        ),
        (
            PolicyKind::Resource,
            20_480,
            "a bucket policy has at most 20480 bytes",
        ),
        (
            PolicyKind::Identity,
            65_536,
            "an identity policy has at most 65536 bytes",
        ),
    ] {
        assert_eq!(
            error(&filled(limit + 1, " "), kind),
            format!("line 1, column 1: {expected}")
        );
    }
    // White space does not count for identity policies, up to the bound on all of the text.
    assert!(PolicyDocument::parse(&filled(60_000, " \n"), PolicyKind::Identity).is_ok());
    let resources = r#""arn:aws:s3:::a/0123456789","#.repeat(230);
    let text =
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":[{resources}"*"]}}}}"#);
    assert_eq!(
        error(&text, PolicyKind::Boundary),
        "line 1, column 1: a permissions boundary has at most 6144 characters besides white space"
    );
}

#[test]
fn a_buckets_policy_speaks_of_its_bucket_only() {
    let document = statement(
        r#"[{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::photos"},
{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "NotResource": ["arn:aws:s3:::photos/a",
"arn:aws:s3:::photos2/*"]}]"#,
        PolicyKind::Resource,
    );
    assert_eq!(
        document.check_resources("photos").unwrap_err().to_string(),
        "line 3, column 1: `arn:aws:s3:::photos2/*` does not lie in bucket `photos`; write \
         `arn:aws:s3:::photos` or `arn:aws:s3:::photos/*`"
    );
}

#[test]
fn what_an_error_repeats_is_bounded() {
    let name = "é".repeat(5_000);
    let message = error(&format!(r#"{{"{name}": 1}}"#), PolicyKind::Identity);
    assert!(message.len() < 400, "{}", message.len());
}

#[test]
fn trust_policies_name_principals_and_actions_of_sts_and_no_resources() {
    let taken = |text: &str| {
        let document = statement(text, PolicyKind::Trust);
        assert_eq!(document.kind().to_string(), "a trust policy");
    };
    taken(
        r#"{"Effect": "Allow", "Principal": {"AWS": ["000000000000", "arn:aws:iam::000000000000:user/a"],
            "Service": "ec2.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"sts:ExternalId": "x", "aws:RequestTag/team": "${aws:username}"}}}"#,
    );
    taken(
        r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated":
            "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com"}, "Condition":
            {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo/*"},
             "Bool": {"token.actions.githubusercontent.com:protected": "true"}}}"#,
    );
    for (text, expected) in [
        (
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole"}"#,
            "line 2, column 1: `Principal` is missing",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}"#,
            "line 2, column 49: `s3:GetObject` is no action of STS",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}"#,
            "line 2, column 79: a trust policy has no `Resource`",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "NotAction": "sts:AssumeRole"}"#,
            "line 2, column 52: a trust policy has no `NotAction`",
        ),
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalID ": "x"}}}"#,
            "line 3, column 48: there is no condition key `sts:ExternalID `; did you mean `sts:ExternalId`?",
        ),
    ] {
        assert_eq!(refusal(text, PolicyKind::Trust), expected);
    }
    let long = format!(
        r#"{{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition":
            {{"StringEquals": {{"sts:ExternalId": "{}"}}}}}}"#,
        "x".repeat(4_096)
    );
    assert_eq!(
        refusal(&long, PolicyKind::Trust),
        "line 1, column 1: a trust policy has at most 4096 characters besides white space"
    );
}

#[test]
fn identity_policies_speak_of_roles_users_and_links_too() {
    statement(
        r#"[{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::000000000000:role/ci/*",
             "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}},
            {"Effect": "Allow", "Action": ["iam:GetUser", "iam:PassRole"],
             "Resource": "arn:aws:iam::000000000000:user/${aws:username}"},
            {"Effect": "Allow", "Action": "countersign:CreateLink", "Resource": "arn:aws:s3:::photos/*",
             "Condition": {"NumericLessThan": {"countersign:Ttl": 600},
                           "StringEquals": {"countersign:Verb": "get", "countersign:Shape": "url"}}}]"#,
        PolicyKind::Identity,
    );
    assert_eq!(
        refusal(
            r#"{"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*",
                "Condition": {"StringNotEquals": {"sts:RoleSessionNam": "x"}}}"#,
            PolicyKind::Identity
        ),
        "line 3, column 51: there is no condition key `sts:RoleSessionNam`; did you mean `sts:RoleSessionName`?"
    );
}
