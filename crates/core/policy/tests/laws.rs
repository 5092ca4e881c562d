//! Laws of evaluation, for policies and requests made at random.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use countersign_policy::{
    NamedPolicy, Policies, PolicyDocument, PolicyKind, Principal, Request, Resource, Values,
    evaluate,
};
use proptest::prelude::*;

const ACCOUNT: &str = "000000000000";

const CONDITIONS: [&str; 10] = [
    "{}",
    r#"{"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}"#,
    r#"{"StringNotEqualsIfExists": {"s3:authType": "REST-HEADER"}}"#,
    r#"{"NumericGreaterThan": {"s3:signatureAge": "900000"}}"#,
    r#"{"NumericLessThanEqualsIfExists": {"s3:signatureAge": 900000}}"#,
    r#"{"StringLike": {"aws:PrincipalTag/team": "${aws:username}*"}}"#,
    r#"{"ForAllValues:StringEquals": {"countersign:Restricted": ["x-cs-ip", "x-cs-uses"]}}"#,
    r#"{"ForAnyValue:StringNotEquals": {"countersign:Restricted": "x-cs-ip"}}"#,
    r#"{"Null": {"s3:authType": "true"}}"#,
    r#"{"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#,
];
const ACTIONS: [&str; 5] = [
    r#""Action": "s3:*""#,
    r#""Action": ["s3:GetObject", "s3:ListBucket"]"#,
    r#""Action": "s3:Put*""#,
    r#""NotAction": "s3:Get*""#,
    r#""NotAction": ["s3:PutObject", "s3:PutObjectAcl"]"#,
];
const RESOURCES: [&str; 6] = [
    r#""Resource": "*""#,
    r#""Resource": "arn:aws:s3:::photos/*""#,
    r#""Resource": ["arn:aws:s3:::photos", "arn:aws:s3:::photos/a*"]"#,
    r#""Resource": "arn:aws:s3:::photos/${aws:username}/*""#,
    r#""NotResource": "arn:aws:s3:::photos/a*""#,
    r#""NotResource": "arn:aws:s3:::photos/${aws:PrincipalTag/team}/*""#,
];
const PRINCIPALS: [&str; 5] = [
    r#""Principal": "*""#,
    r#""Principal": {"AWS": "000000000000"}"#,
    r#""Principal": {"AWS": ["arn:aws:iam::000000000000:user/ann"]}"#,
    r#""Principal": {"AWS": "arn:aws:iam::000000000000:role/app"}"#,
    r#""NotPrincipal": {"AWS": ["000000000000", "arn:aws:iam::000000000000:user/ann"]}"#,
];
const USERS: [Principal<'static>; 5] = [
    Principal::Anonymous,
    Principal::User {
        account: ACCOUNT,
        arn: "arn:aws:iam::000000000000:user/ann",
        name: "ann",
        id: "AIDAANN",
    },
    Principal::User {
        account: ACCOUNT,
        arn: "arn:aws:iam::000000000000:user/bob",
        name: "bob",
        id: "AIDABOB",
    },
    Principal::Root {
        account: ACCOUNT,
        arn: "arn:aws:iam::000000000000:root",
    },
    Principal::AssumedRole {
        account: ACCOUNT,
        role_arn: "arn:aws:iam::000000000000:role/app",
        session_arn: "arn:aws:sts::000000000000:assumed-role/app/s",
        id: "AROAAPP:s",
    },
];
const REQUESTS: [(&str, Resource<'static>); 6] = [
    (
        "s3:GetObject",
        Resource::Object {
            bucket: "photos",
            key: "ann/1",
        },
    ),
    (
        "s3:GetObject",
        Resource::Object {
            bucket: "photos",
            key: "x",
        },
    ),
    (
        "s3:PutObject",
        Resource::Object {
            bucket: "photos",
            key: "bob/1",
        },
    ),
    ("s3:ListBucket", Resource::Bucket { bucket: "photos" }),
    (
        "s3:GetObject",
        Resource::Object {
            bucket: "other",
            key: "a",
        },
    ),
    ("s3:ListAllMyBuckets", Resource::Service),
];

/// Indices into the tables above.
type Statement = (bool, usize, usize, usize, usize);

fn statement() -> impl Strategy<Value = Statement> {
    (
        any::<bool>(),
        0..ACTIONS.len(),
        0..RESOURCES.len(),
        0..PRINCIPALS.len(),
        0..CONDITIONS.len(),
    )
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    prop::collection::vec(statement(), 1..4)
}

fn document(statements: &[Statement], kind: PolicyKind) -> PolicyDocument {
    let statements: Vec<_> = statements
        .iter()
        .map(|(allow, action, resource, principal, condition)| {
            let of_bucket = kind == PolicyKind::Resource;
            // Not with Allow, and then not at all in a statement that is not about a bucket.
            let denies = !allow || (of_bucket && *principal == PRINCIPALS.len() - 1);
            let effect = if denies { "Deny" } else { "Allow" };
            let principal = match of_bucket {
                true => format!("{},", PRINCIPALS[*principal]),
                false => String::new(),
            };
            // In a bucket's policy every action must fit its resource.
            let resource = match of_bucket {
                true => RESOURCES[0],
                false => RESOURCES[*resource],
            };
            format!(
                r#"{{"Effect": "{effect}", {principal} {}, {resource}, "Condition": {}}}"#,
                ACTIONS[*action], CONDITIONS[*condition]
            )
        })
        .collect();
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    );
    PolicyDocument::parse(&text, kind).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A world: the policies of every layer, and a request.
#[derive(Clone, Debug)]
struct World {
    identity: Vec<NamedPolicy>,
    boundary: Option<NamedPolicy>,
    resource: Option<PolicyDocument>,
    session: Option<Vec<NamedPolicy>>,
    request: usize,
    principal: usize,
    facts: [bool; 5],
}

impl World {
    fn decision(&self) -> String {
        let [signed, old, tagged, restricted, near] = self.facts;
        let context = move |key: &str| -> Values<'static> {
            const RESTRICTED: &[&str] = &["x-cs-ip", "x-cs-bind"];
            match key {
                "s3:authtype" if signed => "REST-QUERY-STRING".into(),
                "s3:signatureage" if signed => if old { 900_001_i64 } else { 1 }.into(),
                "aws:principaltag/team" if tagged => "ann".into(),
                "countersign:restricted" if restricted => RESTRICTED.into(),
                "aws:sourceip" => if near { "192.0.2.1" } else { "2001:db8::1" }.into(),
                _ => Values::Absent,
            }
        };
        let (action, resource) = REQUESTS[self.request];
        let request = Request {
            principal: USERS[self.principal],
            action,
            resource,
            account: ACCOUNT,
            context: &context,
        };
        let policies = Policies {
            identity: self.identity.as_slice(),
            boundary: self.boundary.as_ref(),
            resource: self.resource.as_ref(),
            session: self.session.as_deref(),
        };
        evaluate(&request, &policies).to_string()
    }

    fn is_allowed(&self) -> bool {
        self.decision().starts_with("allowed")
    }
}

fn world() -> impl Strategy<Value = World> {
    let named =
        |statements: Vec<Statement>, kind| NamedPolicy::new("p", document(&statements, kind));
    (
        prop::collection::vec(statements(), 0..3),
        prop::option::of(statements()),
        prop::option::of(statements()),
        prop::option::of(prop::collection::vec(statements(), 0..3)),
        0..REQUESTS.len(),
        0..USERS.len(),
        any::<[bool; 5]>(),
    )
        .prop_map(
            move |(identity, boundary, resource, session, request, principal, facts)| World {
                identity: identity
                    .into_iter()
                    .map(|statements| named(statements, PolicyKind::Identity))
                    .collect(),
                boundary: boundary.map(|statements| named(statements, PolicyKind::Boundary)),
                resource: resource.map(|statements| document(&statements, PolicyKind::Resource)),
                session: session.map(|policies| {
                    let policies = policies.into_iter();
                    policies
                        .map(|statements| named(statements, PolicyKind::Session))
                        .collect()
                }),
                request,
                principal,
                facts,
            },
        )
}

/// A policy that only denies.
fn denying(mut statements: Vec<Statement>) -> Vec<Statement> {
    for (allow, ..) in &mut statements {
        *allow = false;
    }
    statements
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn adding_a_deny_never_allows_more(before in world(), denies in statements(), layer in 0..3) {
        let denies = denying(denies);
        let mut after = before.clone();
        match layer {
            0 => after.identity.push(NamedPolicy::new("d", document(&denies, PolicyKind::Identity))),
            1 if before.resource.is_none() => after.resource = Some(document(&denies, PolicyKind::Resource)),
            _ => {
                let denying = NamedPolicy::new("d", document(&denies, PolicyKind::Session));
                after.session.get_or_insert_default().push(denying);
            }
        }
        prop_assert!(before.is_allowed() || !after.is_allowed());
    }

    #[test]
    fn no_policy_turns_an_explicit_deny_into_an_allow(before in world(), more in statements()) {
        let mut after = before.clone();
        after.identity.push(NamedPolicy::new("m", document(&more, PolicyKind::Identity)));
        if before.decision().starts_with("explicit deny") {
            prop_assert!(after.decision().starts_with("explicit deny"));
        }
    }

    #[test]
    fn h3_boundary_and_session_only_narrow(with in world()) {
        let mut without = with.clone();
        without.boundary = None;
        prop_assert!(!with.is_allowed() || without.is_allowed());
        without.session = None;
        // A federated user has nothing without a session's policy; there is none among these.
        prop_assert!(!with.is_allowed() || without.is_allowed());
    }

    #[test]
    fn h3_several_session_policies_give_what_one_of_them_gives(
        mut with in world(), one in statements(), other in statements(),
    ) {
        let named = |statements: &[Statement]| NamedPolicy::new("s", document(statements, PolicyKind::Session));
        let (one, other) = (named(&one), named(&other));
        let mut allowed_by = |policies: Vec<NamedPolicy>| {
            with.session = Some(policies);
            with.is_allowed()
        };
        let together = allowed_by(vec![one.clone(), other.clone()]);
        prop_assert!(!together || allowed_by(vec![one]) || allowed_by(vec![other]));
    }

    #[test]
    fn the_order_of_policies_does_not_matter(one in world()) {
        let mut other = one.clone();
        other.identity.reverse();
        prop_assert_eq!(one.is_allowed(), other.is_allowed());
    }

    #[test]
    fn anonymous_is_never_allowed(mut one in world()) {
        one.principal = 0;
        prop_assert!(!one.is_allowed());
    }

    #[test]
    fn any_text_is_taken_or_refused(text in "\\PC{0,60}") {
        for kind in [PolicyKind::Identity, PolicyKind::Resource, PolicyKind::Session, PolicyKind::Boundary, PolicyKind::Trust] {
            if let Err(error) = PolicyDocument::parse(&text, kind) {
                prop_assert!(error.position.line >= 1 && error.position.column >= 1);
            }
        }
    }

    #[test]
    fn a_policy_cut_anywhere_is_refused(at in 0_usize..10_000, one in statements()) {
        let text = format!("{:?}", one);
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "é{}", "Effect": "Allow",
                "Principal": "*", "Action": "s3:*", "Resource": "*"}}]}}"#,
            text.replace('"', "")
        );
        let cut = text.char_indices().map(|(at, _)| at).nth(at % text.chars().count()).unwrap();
        prop_assert!(PolicyDocument::parse(&text[..cut], PolicyKind::Resource).is_err());
    }
}
