use super::*;

fn refusal(text: &str, only_s3: bool) -> String {
    let fault = ActionPattern::compile(text, only_s3, 0).unwrap_err();
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
    ] {
        let compiled = ActionPattern::compile(pattern, false, 0).unwrap();
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
            "`GetObject` is no action: it is written `s3:Name`; did you mean `s3:GetObject`?",
        ),
        ("s3:", "`s3:` is no action: it is written `s3:Name`"),
        ("*:*", "`*:*` is no action: it is written `s3:Name`"),
        (
            "s*:GetObject",
            "`s*:GetObject` is no action: it is written `s3:Name`",
        ),
        (
            "s3:Get Object",
            "`s3:Get Object` is no action: it is written `s3:Name`",
        ),
        (
            "s3:${aws:username}",
            "`s3:${aws:username}` is no action: it is written `s3:Name`",
        ),
    ] {
        assert_eq!(
            refusal(text, false),
            format!("line 1, column 1: {expected}")
        );
    }
    assert_eq!(
        refusal("sqs:*", true),
        "line 1, column 1: `sqs:*` is no action of S3"
    );
}
