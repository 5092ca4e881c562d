//! Laws of IAM policy documents.

use countersign_policy::{
    Decision, NamedPolicy, Policies, PolicyDocument, PolicyKind, Principal, Request, Resource,
    Values, evaluate,
};
use serde::de::IgnoredAny;

const KINDS: [PolicyKind; 5] = [
    PolicyKind::Boundary,
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::Session,
    PolicyKind::Trust,
];

/// Holds policies to their laws: what is taken is JSON to others too and does not hang on white space; a
/// refusal has a place in the text and a bounded sentence; and whatever a policy says, it gives nothing to
/// anybody anonymous, nothing beyond a boundary, and nothing against a deny.
///
/// # Panics
/// If a law is broken.
pub fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for kind in KINDS {
        match PolicyDocument::parse(text, kind) {
            Ok(document) => {
                assert!(serde_json::from_str::<IgnoredAny>(text).is_ok());
                does_not_hang_on_white_space(text, &document);
                decides_within_bounds(document);
            }
            Err(error) => {
                assert!(error.position.line <= text.split('\n').count());
                assert!(error.position.column <= text.chars().count() + 1);
                assert!(error.to_string().len() <= 2_000);
            }
        }
    }
}

fn does_not_hang_on_white_space(text: &str, document: &PolicyDocument) {
    let dense = without_white_space(text);
    let Ok(same) = PolicyDocument::parse(&dense, document.kind()) else {
        unreachable!("white space outside of strings means nothing: {dense}");
    };
    for bucket in ["photos", "examplebucket3", "amzn-s3-demo-bucket"] {
        assert_eq!(
            same.check_resources(bucket).is_ok(),
            document.check_resources(bucket).is_ok()
        );
    }
    assert_eq!(same.is_public(), document.is_public());
    assert!(same.keys().eq(document.keys()));
    assert!(same.principals().eq(document.principals()));
    if document.kind() != PolicyKind::Resource {
        assert_eq!(&same, document);
    }
}

fn decides_within_bounds(document: PolicyDocument) {
    let names_principals = matches!(document.kind(), PolicyKind::Resource | PolicyKind::Trust);
    let named = NamedPolicy::new("any", document);
    let boundary = named.clone();
    let identity = [named];
    let allow = PolicyDocument::parse(
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        PolicyKind::Identity,
    );
    let Ok(allow) = allow else {
        unreachable!("everything may be allowed");
    };
    let everything = [NamedPolicy::new("everything", allow)];
    let context = |key: &str| -> Values<'static> {
        const SEVERAL: &[&str] = &["a", "x-cs-ip"];
        match key.len() % 5 {
            0 => Values::Absent,
            1 => 900_001_i64.into(),
            2 => SEVERAL.into(),
            3 => true.into(),
            _ => "203.0.113.7".into(),
        }
    };
    let decide = |principal, identity: &[NamedPolicy], boundary, resource| {
        let request = Request {
            principal,
            action: "s3:GetObject",
            resource: Resource::Object {
                bucket: "photos",
                key: "ann/é.jpg",
            },
            account: "000000000000",
            context: &context,
        };
        let policies = Policies {
            identity,
            boundary,
            resource,
            session: None,
        };
        match evaluate(&request, &policies) {
            // Two policies may take more than an evaluation has, where one did not.
            Decision::TooCostly { .. } => None,
            decision => Some(decision.is_allowed()),
        }
    };
    let ann = Principal::User {
        account: "000000000000",
        arn: "arn:aws:iam::000000000000:user/ann",
        name: "ann",
        id: "AIDAEXAMPLEANN",
    };
    let named_by = names_principals.then_some(&boundary.document);
    assert_ne!(
        decide(Principal::Anonymous, &identity, None, named_by),
        Some(true)
    );
    if !names_principals {
        // As a boundary beside everything, a policy allows what it allows alone.
        let alone = decide(ann, &identity, None, None);
        let beside = decide(ann, &everything, Some(&boundary), None);
        let twice = decide(ann, &identity, Some(&boundary), None);
        assert!(beside.is_none_or(|_| beside == alone));
        assert!(twice.is_none_or(|_| twice == alone));
        assert_ne!(decide(ann, &[], Some(&boundary), None), Some(true));
    }
}

fn without_white_space(text: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    text.chars()
        .filter(|c| {
            if in_string {
                in_string = escaped || *c != '"';
                escaped = !escaped && *c == '\\';
                return true;
            }
            in_string = *c == '"';
            !matches!(c, ' ' | '\t' | '\n' | '\r')
        })
        .collect()
}
