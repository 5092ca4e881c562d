use crate::PolicyKind;
use crate::testing::statement;

#[test]
fn keys_of_conditions_and_variables_are_mentioned() {
    let document = statement(
        r#"[{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:PrincipalTag/Team}/*",
             "Condition": {"StringNotEquals": {"s3:ExistingObjectTag/Class": "${aws:username}"},
                           "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:userid}"},
                           "Null": {"s3:x-amz-acl": "true"}}},
            {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::${s3:prefix}"}]"#,
        PolicyKind::Identity,
    );
    assert!(document.mentions("s3:existingobjecttag/"));
    assert!(document.mentions("aws:principaltag/"));
    assert!(!document.mentions("s3:requestobjecttag/"));
    let mut keys: Vec<_> = document.keys().collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "aws:principalarn",
            "aws:principaltag/team",
            "aws:userid",
            "aws:username",
            "s3:existingobjecttag/class",
            "s3:prefix",
            "s3:x-amz-acl",
        ]
    );
}

#[test]
fn principals_are_listed() {
    let document = statement(
        r#"[{"Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::000000000000:user/ann"]},
             "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::000000000000:root",
             "Service": "logs.amazonaws.com"}, "Action": "s3:*", "Resource": "*"}]"#,
        PolicyKind::Resource,
    );
    assert_eq!(
        document.principals().collect::<Vec<_>>(),
        [
            "111122223333",
            "arn:aws:iam::000000000000:user/ann",
            "000000000000"
        ]
    );
}

#[test]
fn public_is_what_block_public_access_takes_for_public() {
    for (principal, condition, expected) in [
        (r#""*""#, "{}", true),
        (r#"{"AWS": "*"}"#, "{}", true),
        (r#"{"Federated": "graph.facebook.com"}"#, "{}", true),
        (r#"{"Service": "logs.amazonaws.com"}"#, "{}", false),
        (r#"{"AWS": "111122223333"}"#, "{}", false),
        (
            r#""*""#,
            r#"{"StringLike": {"aws:SourceVpc": "vpc-*"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"StringEquals": {"aws:SourceVpc": "${aws:SourceVpc}"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringNotEquals": {"aws:SourceVpc": "vpc-91237329"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringEqualsIfExists": {"aws:SourceVpc": "vpc-91237329"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"ForAllValues:StringEquals": {"aws:SourceVpc": "vpc-91237329"}}"#,
            true,
        ),
        (r#""*""#, r#"{"StringEquals": {"s3:prefix": "a"}}"#, true),
        (
            r#""*""#,
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/1"]}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringEquals": {"aws:userid": "AIDAEXAMPLE"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:*:accesspoint/*"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:1:t"}}"#,
            false,
        ),
    ] {
        let text = format!(
            r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::photos/*", "Condition": {condition}}}"#
        );
        let document = statement(&text, PolicyKind::Resource);
        assert_eq!(document.is_public(), expected, "{principal} {condition}");
        let denies = statement(&text.replace("Allow", "Deny"), PolicyKind::Resource);
        assert!(!denies.is_public());
    }
}
