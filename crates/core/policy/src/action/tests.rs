use super::*;

fn refusal(text: &str, only: Option<Service>) -> String {
    let fault = ActionPattern::compile(text, only, 0).unwrap_err();
    fault.in_text("").to_string()
}

#[test]
fn actions_match_in_any_case_and_with_wildcards() {
    for (pattern, action, expected) in [
        ("*", "s3:GetObject", true),
        ("s3:*", "s3:GetObject", true),
        ("S3:getobject", "s3:GetObject", true),
        ("s3:GetObject", "s3:GetObjectAcl", false),
        ("s3:Get*", "s3:GetObject", true),
        ("s3:Get*", "s3:PutObject", false),
        ("s3:*Object", "s3:GetObject", true),
        ("s3:*Object", "s3:GetObjectAcl", false),
        ("s3:Get*Acl", "s3:GetObjectAcl", true),
        ("s3:?etObject", "s3:GetObject", true),
        ("s3:*Object*Tag*ing", "s3:PutObjectVersionTagging", true),
        ("sqs:*", "s3:GetObject", false),
        ("s3express:*", "s3:GetObject", false),
        ("sts:AssumeRole*", "sts:AssumeRoleWithWebIdentity", true),
        ("iam:*User", "iam:CreateUser", true),
        ("countersign:createlink", "countersign:CreateLink", true),
    ] {
        let compiled = ActionPattern::compile(pattern, None, 0).unwrap();
        assert_eq!(
            compiled.matches(action, |_| true),
            expected,
            "{pattern} on {action}"
        );
    }
}

#[test]
fn an_action_that_would_never_be_asked_for_is_refused_with_a_hint() {
    for (text, expected) in [
        (
            "s3:GetObjct",
            "S3 has no action `s3:GetObjct`; did you mean `s3:GetObject`?",
        ),
        ("s3:Foo*", "S3 has no action `s3:Foo*`"),
        (
            "s4:GetObject",
            "`s4:GetObject` is no action of S3; did you mean `s3:GetObject`?",
        ),
        (
            "GetObject",
            "`GetObject` is no action: it is written `service:Name`; did you mean `s3:GetObject`?",
        ),
        (
            "sts:AsumeRole",
            "STS has no action `sts:AsumeRole`; did you mean `sts:AssumeRole`?",
        ),
        (
            "iam:CreateUsr",
            "IAM has no action `iam:CreateUsr`; did you mean `iam:CreateUser`?",
        ),
        (
            "countersign:CreateLinks",
            "Countersign has no action `countersign:CreateLinks`; did you mean `countersign:CreateLink`?",
        ),
        ("s3:", "`s3:` is no action: it is written `service:Name`"),
        ("*:*", "`*:*` is no action: it is written `service:Name`"),
        (
            "s*:GetObject",
            "`s*:GetObject` is no action: it is written `service:Name`",
        ),
        (
            "s3:Get Object",
            "`s3:Get Object` is no action: it is written `service:Name`",
        ),
        (
            "s3:${aws:username}",
            "`s3:${aws:username}` is no action: it is written `service:Name`",
        ),
    ] {
        assert_eq!(refusal(text, None), format!("line 1, column 1: {expected}"));
    }
    assert_eq!(
        refusal("sqs:*", Some(Service::S3)),
        "line 1, column 1: `sqs:*` is no action of S3"
    );
    for (text, expected) in [
        ("*", "`*` is no action: it is written `service:Name`"),
        ("s3:GetObject", "`s3:GetObject` is no action of STS"),
        (
            "st:AssumeRole",
            "`st:AssumeRole` is no action of STS; did you mean `sts:AssumeRole`?",
        ),
        (
            "AssumeRole",
            "`AssumeRole` is no action: it is written `service:Name`; did you mean `sts:AssumeRole`?",
        ),
    ] {
        let refused = refusal(text, Some(Service::Sts));
        assert_eq!(refused, format!("line 1, column 1: {expected}"));
    }
}
