mod sessions;
mod trust;

use super::*;
use crate::context::Values;
use crate::request::Resource;
use crate::testing::{ACCOUNT, ANN, Pairs, ROOT, decision, request, statement};

const ALLOW: &str = r#"{"Sid": "Yes", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
const DENY: &str = r#"{"Sid": "No", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#;
const OTHER: &str = r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}"#;

fn of_bucket(effect: &str, principal: &str) -> PolicyDocument {
    let text = format!(
        r#"{{"Sid": "Bucket", "Effect": "{effect}", "Principal": {principal}, "Action": "s3:*",
            "Resource": ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]}}"#
    );
    statement(&text, PolicyKind::Resource)
}

const ANN_HERSELF: &str = r#"{"AWS": "arn:aws:iam::000000000000:user/ann"}"#;
const HER_ACCOUNT: &str = r#"{"AWS": "000000000000"}"#;

/// Decides by at most one policy of each layer.
#[derive(Default)]
struct Layers<'a> {
    identity: Option<&'a str>,
    boundary: Option<&'a str>,
    session: Option<&'a str>,
    resource: Option<PolicyDocument>,
}

impl Layers<'_> {
    fn decide(&self, principal: Principal<'_>) -> String {
        let context = Pairs(&[]);
        let request = Request {
            principal,
            ..request(&context)
        };
        let named = |text: Option<&str>, name: &str, kind| {
            text.map(|text| NamedPolicy::new(name, statement(text, kind)))
        };
        let identity = named(self.identity, "own", PolicyKind::Identity);
        let boundary = named(self.boundary, "edge", PolicyKind::Boundary);
        let session = named(self.session, "", PolicyKind::Session);
        let policies = Policies {
            identity: identity.as_slice(),
            boundary: boundary.as_ref(),
            resource: self.resource.as_ref(),
            session: session.as_ref().map(std::slice::from_ref),
        };
        evaluate(&request, &policies).to_string()
    }
}

#[test]
fn nothing_allows_nothing() {
    let none = Layers::default();
    assert_eq!(
        none.decide(ANN),
        "implicit deny: no identity policy allows it"
    );
    assert_eq!(none.decide(ROOT), "allowed to root");
    assert_eq!(
        none.decide(Principal::Anonymous),
        "implicit deny: no identity policy allows it"
    );
}

#[test]
fn the_statement_that_decided_is_named() {
    let context = Pairs(&[]);
    let decided = |text: &str| decision(&request(&context), statement(text, PolicyKind::Identity));
    assert_eq!(
        decided(ALLOW),
        "allowed by statement `Yes` of identity policy `p`"
    );
    assert_eq!(
        decided(&format!(
            "[{OTHER}, {}]",
            ALLOW.replace(r#""Sid": "Yes", "#, "")
        )),
        "allowed by statement 2 of identity policy `p`"
    );
    assert_eq!(
        decided(&format!("[{ALLOW}, {DENY}]")),
        "explicit deny by statement `No` of identity policy `p`"
    );
}

#[test]
fn a_deny_of_any_layer_ends_it() {
    for (layer, layers) in [
        (
            "identity policy `own`",
            Layers {
                identity: Some(DENY),
                ..Layers::default()
            },
        ),
        (
            "permissions boundary `edge`",
            Layers {
                identity: Some(ALLOW),
                boundary: Some(DENY),
                ..Layers::default()
            },
        ),
        (
            "session policy",
            Layers {
                identity: Some(ALLOW),
                session: Some(DENY),
                ..Layers::default()
            },
        ),
    ] {
        let layers = Layers {
            resource: Some(of_bucket("Allow", ANN_HERSELF)),
            ..layers
        };
        assert_eq!(
            layers.decide(ANN),
            format!("explicit deny by statement `No` of {layer}")
        );
    }
    let layers = Layers {
        identity: Some(ALLOW),
        resource: Some(of_bucket("Deny", r#""*""#)),
        ..Layers::default()
    };
    let denied = "explicit deny by statement `Bucket` of bucket policy";
    assert_eq!(layers.decide(ANN), denied);
    assert_eq!(layers.decide(ROOT), denied);
    assert_eq!(layers.decide(Principal::Anonymous), denied);
}

#[test]
fn h3_boundaries_and_session_policies_only_narrow() {
    let decide = |boundary, session| {
        Layers {
            identity: Some(ALLOW),
            boundary,
            session,
            resource: None,
        }
        .decide(ANN)
    };
    let allowed = "allowed by statement `Yes` of identity policy `own`";
    assert_eq!(decide(None, None), allowed);
    assert_eq!(decide(Some(ALLOW), Some(ALLOW)), allowed);
    assert_eq!(
        decide(Some(OTHER), Some(ALLOW)),
        "implicit deny: no permissions boundary allows it"
    );
    assert_eq!(
        decide(None, Some(OTHER)),
        "implicit deny: no session policy allows it"
    );
    let layers = Layers {
        boundary: Some(ALLOW),
        session: Some(ALLOW),
        ..Layers::default()
    };
    assert_eq!(
        layers.decide(ANN),
        "implicit deny: no identity policy allows it"
    );
}

#[test]
fn how_a_bucket_policy_names_the_principal_decides_how_far_it_reaches() {
    let decide = |principal: &str, identity, boundary| {
        Layers {
            identity,
            boundary,
            session: None,
            resource: Some(of_bucket("Allow", principal)),
        }
        .decide(ANN)
    };
    let by_bucket = "allowed by statement `Bucket` of bucket policy";
    assert_eq!(decide(ANN_HERSELF, None, None), by_bucket);
    assert_eq!(decide(ANN_HERSELF, None, Some(OTHER)), by_bucket);
    assert_eq!(decide(r#""*""#, None, None), by_bucket);
    assert_eq!(
        decide(r#""*""#, None, Some(OTHER)),
        "implicit deny: no permissions boundary allows it"
    );
    assert_eq!(
        decide(HER_ACCOUNT, None, None),
        "implicit deny: no identity policy allows it"
    );
    assert_eq!(
        decide(HER_ACCOUNT, Some(ALLOW), None),
        "allowed by statement `Yes` of identity policy `own`"
    );
}

#[test]
fn the_farther_reaching_statement_of_a_bucket_policy_counts() {
    let text = format!(
        r#"[{{"Sid": "Account", "Effect": "Allow", "Principal": {HER_ACCOUNT}, "Action": "s3:*", "Resource": "*"}},
            {{"Sid": "Ann", "Effect": "Allow", "Principal": {ANN_HERSELF}, "Action": "s3:*", "Resource": "*"}}]"#
    );
    let layers = Layers {
        boundary: Some(OTHER),
        resource: Some(statement(&text, PolicyKind::Resource)),
        ..Layers::default()
    };
    assert_eq!(
        layers.decide(ANN),
        "allowed by statement `Ann` of bucket policy"
    );
}

#[test]
fn roles_are_limited_where_their_sessions_are_not() {
    let session = Principal::AssumedRole {
        account: ACCOUNT,
        role_arn: "arn:aws:iam::000000000000:role/app",
        session_arn: "arn:aws:sts::000000000000:assumed-role/app/s1",
        id: "AROAEXAMPLE:s1",
    };
    let decide = |arn: &str| {
        Layers {
            boundary: Some(OTHER),
            resource: Some(of_bucket("Allow", &format!(r#"{{"AWS": "{arn}"}}"#))),
            ..Layers::default()
        }
        .decide(session)
    };
    assert_eq!(
        decide("arn:aws:iam::000000000000:role/app"),
        "implicit deny: no permissions boundary allows it"
    );
    assert_eq!(
        decide("arn:aws:sts::000000000000:assumed-role/app/s1"),
        "allowed by statement `Bucket` of bucket policy"
    );
}

#[test]
fn a_federated_user_without_a_session_policy_has_what_buckets_give_it() {
    let federated = Principal::FederatedUser {
        account: ACCOUNT,
        arn: "arn:aws:sts::000000000000:federated-user/bob",
        id: "000000000000:bob",
    };
    let mut layers = Layers {
        identity: Some(ALLOW),
        ..Layers::default()
    };
    assert_eq!(
        layers.decide(federated),
        "implicit deny: no identity policy allows it"
    );
    layers.session = Some(ALLOW);
    assert_eq!(
        layers.decide(federated),
        "allowed by statement `Yes` of identity policy `own`"
    );
    layers.session = None;
    layers.resource = Some(of_bucket(
        "Allow",
        r#"{"AWS": "arn:aws:sts::000000000000:federated-user/bob"}"#,
    ));
    assert_eq!(
        layers.decide(federated),
        "allowed by statement `Bucket` of bucket policy"
    );
}

#[test]
fn nobody_anonymous_is_allowed_anything() {
    let layers = Layers {
        identity: Some(ALLOW),
        resource: Some(of_bucket("Allow", r#""*""#)),
        ..Layers::default()
    };
    assert_eq!(
        layers.decide(Principal::Anonymous),
        "implicit deny: no identity policy allows it"
    );
}

#[test]
fn root_cannot_lock_itself_out_of_the_policy_of_a_bucket() {
    let document = of_bucket("Deny", r#""*""#);
    let context = Pairs(&[]);
    let decide = |principal, action| {
        let request = Request {
            principal,
            action,
            resource: Resource::Bucket { bucket: "photos" },
            ..request(&context)
        };
        let policies = Policies::<NamedPolicy> {
            resource: Some(&document),
            ..Policies::default()
        };
        evaluate(&request, &policies).is_allowed()
    };
    for action in [
        "s3:PutBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:DeleteBucketPolicy",
    ] {
        assert!(decide(ROOT, action), "{action}");
        assert!(!decide(ANN, action), "{action}");
    }
    assert!(!decide(ROOT, "s3:GetBucketPolicyStatus"));
    assert!(!decide(ROOT, "s3:DeleteBucket"));
}

#[test]
fn not_action_and_not_resource_mean_everything_else() {
    let context = Pairs(&[]);
    let decide = |text: &str, action| {
        let request = Request {
            action,
            ..request(&context)
        };
        decision(&request, statement(text, PolicyKind::Identity))
    };
    let not_action = r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Rest", "Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}]"#;
    assert!(decide(not_action, "s3:GetObject").starts_with("allowed"));
    assert!(decide(not_action, "s3:PutObject").contains("`Rest`"));
    let not_resource = |arn: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::{arn}"}}"#)
    };
    assert!(decide(&not_resource("photos/dog*"), "s3:GetObject").starts_with("allowed"));
    assert!(decide(&not_resource("photos/cat*"), "s3:GetObject").starts_with("implicit"));
}

#[test]
fn an_exception_that_cannot_be_told_never_widens_an_allow() {
    let context = Pairs(&[]);
    let decide = |effect: &str| {
        let text = format!(
            r#"[{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::nothing"}},
                {{"Sid": "S", "Effect": "{effect}", "Action": "*",
                  "NotResource": "arn:aws:s3:::photos/${{aws:PrincipalTag/team}}/*"}}]"#
        );
        decision(&request(&context), statement(&text, PolicyKind::Identity))
    };
    assert_eq!(
        decide("Allow"),
        "implicit deny: no identity policy allows it"
    );
    assert_eq!(
        decide("Deny"),
        "explicit deny by statement `S` of identity policy `p`"
    );
}

#[test]
fn keys_that_follow_from_the_principal_are_not_asked_for() {
    let nothing = |key: &str| -> Values<'static> { panic!("{key} was asked for") };
    let text = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/*",
        "Condition": {"StringEquals": {
            "aws:username": "ann", "aws:userid": "AIDAEXAMPLEANN", "aws:PrincipalType": "User",
            "aws:PrincipalAccount": "000000000000", "aws:ResourceAccount": "${aws:PrincipalAccount}",
            "s3:ResourceAccount": "000000000000"},
          "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:username}"},
          "Bool": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}}}"#;
    let document = statement(text, PolicyKind::Identity);
    assert!(decision(&request(&nothing), document).starts_with("allowed"));
}

#[test]
fn the_context_is_asked_only_when_a_statement_is_about_the_request() {
    let nothing = |key: &str| -> Values<'static> { panic!("{key} was asked for") };
    let text = format!(
        r#"[{ALLOW}, {{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*",
            "Condition": {{"Null": {{"s3:x-amz-acl": "false"}}}}}},
            {{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::photos/secret/*",
            "Condition": {{"StringNotEquals": {{"s3:ExistingObjectTag/public": "yes"}}}}}}]"#
    );
    let document = statement(&text, PolicyKind::Identity);
    assert!(decision(&request(&nothing), document).starts_with("allowed"));
}
