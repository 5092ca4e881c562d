use super::*;
use crate::decision::Decision;
use crate::document::{NamedPolicy, PolicyDocument, PolicyKind};
use crate::evaluate::{Policies, evaluate};
use crate::pattern::{Pattern, Subject, Syntax, Variables};
use crate::request::{Principal, Resource};
use crate::testing::{ACCOUNT, ANN, CAT, Pairs, parse, request};

const NOTHING: Pairs<'static> = Pairs(&[]);

/// A bucket policy of this effect for resources, with as many of them as fit.
fn bucket_policy(effect: &str, resources: &[String]) -> PolicyDocument {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Principal": "*",
            "Action": "s3:GetObject", "Resource": {resources:?}}}}}"#
    );
    parse(&text, PolicyKind::Resource)
}

/// A request for an object of the bucket.
fn of_object<'a>(key: &'a str, principal: Principal<'a>) -> Request<'a> {
    Request {
        principal,
        resource: Resource::Object { bucket: "b", key },
        ..request(&NOTHING)
    }
}

/// As many of the most expensive patterns as a document may have.
fn evil() -> Vec<String> {
    let marks = "?".repeat(61);
    vec![format!("arn:aws:s3:::b/*a{marks}a?x"); 16]
}

#[test]
fn l2_patterns_made_to_be_slow_are_counted_and_refused() {
    let key = "a".repeat(1_024);
    for effect in ["Allow", "Deny"] {
        let document = bucket_policy(effect, &evil());
        let asked = of_object(&key, ANN);
        let full_access = parse(
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            PolicyKind::Identity,
        );
        let identity = [NamedPolicy::new("full", full_access)];
        let policies = Policies {
            identity: &identity,
            resource: Some(&document),
            ..Policies::default()
        };
        let decision = evaluate(&asked, &policies);
        assert_eq!(decision, Decision::TooCostly { steps: MOST_STEPS });
        assert!(!decision.is_allowed());
        // Another key of the same bucket is decided upon as ever.
        assert!(evaluate(&of_object("cat.jpg", ANN), &policies).is_allowed());
    }
}

#[test]
fn l2_no_evaluation_takes_more_steps_than_there_are() {
    let key = "a".repeat(1_024);
    let document = bucket_policy("Deny", &evil());
    let metered = Metered::new(&of_object(&key, ANN));
    let _ = document.judge(&metered);
    assert!(metered.is_exhausted());
    // Nothing is taken any more, whatever is asked.
    assert!(!metered.spend(1));
    assert_eq!(metered.spent(), MOST_STEPS);
}

#[test]
fn l2_a_negation_that_could_not_be_paid_for_allows_nothing() {
    let key = "a".repeat(1_024);
    let asked = of_object(&key, ANN);
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*",
            "NotResource": {:?}}}}}"#,
        evil()
    );
    let identity = [NamedPolicy::new("p", parse(&text, PolicyKind::Identity))];
    let policies = Policies {
        identity: &identity,
        ..Policies::default()
    };
    assert!(!evaluate(&asked, &policies).is_allowed());
    assert!(evaluate(&of_object("cat.jpg", ANN), &policies).is_allowed());
}

#[test]
fn root_is_not_kept_from_mending_a_policy_that_is_too_costly() {
    let key = "a".repeat(1_024);
    let root = Principal::Root {
        account: ACCOUNT,
        arn: "arn:aws:iam::000000000000:root",
    };
    let document = bucket_policy("Deny", &evil());
    let policies: Policies<'_> = Policies {
        resource: Some(&document),
        ..Policies::default()
    };
    assert!(!evaluate(&of_object(&key, root), &policies).is_allowed());
    let mending = Request {
        action: "s3:PutBucketPolicy",
        resource: Resource::Bucket { bucket: "b" },
        ..of_object(&key, root)
    };
    assert!(evaluate(&mending, &policies).is_allowed());
}

#[test]
fn what_policies_really_say_costs_little() {
    let key = "2026/07/reports/of/a/long/and/winding/path/".repeat(2);
    let asked = of_object(&key, ANN);
    // A document that is as full as it can be, of patterns that look for something far behind.
    let resources: Vec<String> = (0..400)
        .map(|n| format!("arn:aws:s3:::b/*/private-{n:03}/*"))
        .collect();
    let document = bucket_policy("Deny", &resources);
    let metered = Metered::new(&asked);
    document.judge(&metered);
    assert!(!metered.is_exhausted());
    // The usual ones, a prefix with a star, take a few steps each.
    let resources: Vec<String> = (0..400)
        .map(|n| format!("arn:aws:s3:::b/user-{n:03}/*"))
        .collect();
    let document = bucket_policy("Deny", &resources);
    let metered = Metered::new(&asked);
    document.judge(&metered);
    assert!(metered.spent() <= 1_000, "{}", metered.spent());
}

#[test]
fn text_behind_a_star_is_looked_for_by_its_first_byte() {
    let syntax = Syntax {
        wildcards: true,
        variables: Variables::Replaced,
    };
    let pattern = Pattern::compile("*/x/*", syntax, 0).unwrap();
    let text = "a".repeat(16_000);
    let metered = Metered::new(&Request {
        resource: CAT,
        ..request(&NOTHING)
    });
    assert!(!pattern.matches(Subject::text(&text), &metered));
    assert!(metered.spent() <= 4, "{}", metered.spent());
    let text = format!("{text}/x/");
    assert!(pattern.matches(Subject::text(&text), &metered));
    assert!(metered.spent() <= 1_100, "{}", metered.spent());
}

#[test]
fn l2_more_wildcards_than_anybody_needs_are_refused_with_their_place() {
    let refusal = |resources: &[String]| {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
            "Resource": {resources:?}}}}}"#
        );
        PolicyDocument::parse(&text, PolicyKind::Resource)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let many = |count| format!("arn:aws:s3:::b/{}", "?a".repeat(count));
    assert_eq!(refusal(&[many(64)]), Ok(()));
    let error = refusal(&[many(65)]).unwrap_err();
    assert!(error.starts_with("line 2, column 26: `b/?a?a"), "{error}");
    assert!(error.ends_with("has more than 64 wildcards"), "{error}");
    // Stars beside each other are one.
    assert_eq!(
        refusal(&["arn:aws:s3:::b/".to_owned() + &"*".repeat(65)]),
        Ok(())
    );

    assert_eq!(refusal(&vec![many(64); 15]), Ok(()));
    let error = refusal(&vec![many(64); 17]).unwrap_err();
    assert!(
        error.ends_with(": a policy has at most 1024 `*` and `?`"),
        "{error}"
    );
    let ids = "????????-????-????-????-????????????";
    assert_eq!(refusal(&[format!("arn:aws:s3:::b/*/{ids}/*")]), Ok(()));

    let action = |stars: usize| {
        let action = format!("s3:{}*", "?*".repeat(stars));
        let text = format!(
            r#"{{"Statement": {{"Effect": "Deny", "Action": "{action}", "Resource": "*"}}}}"#
        );
        PolicyDocument::parse(&text, PolicyKind::Identity)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(action(4), Ok(()));
    assert!(
        action(32)
            .unwrap_err()
            .ends_with("has more than 64 wildcards")
    );
}
