//! The vectors of `vectors/policy`: published policies, requests, and what must be decided.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::path::PathBuf;

use countersign_policy::{
    Context, Decision, Grant, NamedPolicy, Policies, PolicyDocument, PolicyKind, Principal,
    Request, Resource, StatementName, Value, Values, evaluate,
};
use serde_json::{Map, Value as Json};

const ACCOUNT: &str = "000000000000";

/// Condition keys as JSON has them.
struct FromJson(Vec<(String, Json, Vec<&'static str>)>);

impl FromJson {
    fn of(defaults: &Map<String, Json>, of_case: Option<&Map<String, Json>>) -> Self {
        let mut all: Vec<(String, Json, Vec<&'static str>)> = Vec::new();
        for (key, value) in defaults.iter().chain(of_case.into_iter().flatten()) {
            let key = key.to_ascii_lowercase();
            all.retain(|(known, ..)| *known != key);
            let texts = match value {
                Json::Array(values) => values
                    .iter()
                    .map(|v| &*Box::leak(v.as_str().unwrap().to_owned().into_boxed_str()))
                    .collect(),
                _ => Vec::new(),
            };
            all.push((key, value.clone(), texts));
        }
        Self(all)
    }
}

impl Context for FromJson {
    fn values(&self, key: &str) -> Values<'_> {
        let found = self.0.iter().find(|(known, ..)| known == key);
        match found {
            None | Some((_, Json::Null, _)) => Values::Absent,
            Some((_, Json::Array(_), texts)) => Values::Many(texts),
            Some((_, Json::Bool(truth), _)) => Values::from(*truth),
            Some((_, Json::Number(number), _)) => Values::from(number.as_i64().unwrap()),
            Some((_, Json::String(text), _)) => match text.parse() {
                Ok(address) => Values::One(Value::Address(address)),
                Err(_) => Values::from(text.as_str()),
            },
            Some((_, other, _)) => panic!("{key}: {other}"),
        }
    }
}

fn principal(case: &Json) -> Principal<'_> {
    match &case["principal"] {
        Json::Null => Principal::User {
            account: ACCOUNT,
            arn: "arn:aws:iam::000000000000:user/ann",
            name: "ann",
            id: "AIDAEXAMPLEANN",
        },
        Json::String(name) if name == "anonymous" => Principal::Anonymous,
        Json::String(name) if name == "root" => Principal::Root {
            account: ACCOUNT,
            arn: "arn:aws:iam::000000000000:root",
        },
        user => Principal::User {
            account: ACCOUNT,
            arn: "arn:aws:iam::000000000000:user/of-the-case",
            name: user["user"].as_str().unwrap(),
            id: user["id"].as_str().unwrap(),
        },
    }
}

/// The decision as a vector writes it, and the id of the statement that made it.
fn told(decision: Decision<'_>) -> (&'static str, Option<&str>) {
    match decision {
        Decision::Allow {
            by: Grant::Statement(StatementName { sid, .. }),
        } => ("allow", sid),
        Decision::Allow { by: Grant::Root } => ("allow", None),
        Decision::ExplicitDeny { statement } => ("explicit deny", statement.sid),
        Decision::ImplicitDeny { .. } => ("implicit deny", None),
        Decision::TooCostly { .. } => ("too costly", None),
    }
}

fn run(name: &str, vector: &Json) -> usize {
    let text = serde_json::to_string_pretty(&vector["document"]).unwrap();
    let kind = vector["kind"].as_str().unwrap();
    let of_bucket = kind == "bucket";
    let document = PolicyDocument::parse(
        &text,
        if of_bucket {
            PolicyKind::Resource
        } else {
            PolicyKind::Identity
        },
    )
    .unwrap_or_else(|error| panic!("{name}: {error}"));
    let bucket = vector["bucket"].as_str().unwrap();
    if of_bucket {
        let outside = vector["outside_its_bucket"] == true;
        assert_eq!(document.check_resources(bucket).is_err(), outside, "{name}");
    }
    let full_access = PolicyDocument::parse(
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
        PolicyKind::Identity,
    )
    .unwrap();
    let mut identity = vec![NamedPolicy::new("full-access", full_access)];
    match kind {
        "bucket" => {}
        "identity" => identity.push(NamedPolicy::new("vector", document.clone())),
        "identity-alone" => identity = vec![NamedPolicy::new("vector", document.clone())],
        other => panic!("{name}: no kind {other}"),
    }
    let cases = vector["cases"].as_array().unwrap();
    for case in cases {
        let note = case["note"].as_str().unwrap();
        let context = FromJson::of(
            vector["context"].as_object().unwrap(),
            case["context"].as_object(),
        );
        let of_case = case["bucket"].as_str().unwrap_or(bucket);
        let request = Request {
            principal: principal(case),
            action: case["action"].as_str().unwrap_or("s3:GetObject"),
            resource: match case.get("key") {
                Some(Json::Null) => Resource::Bucket { bucket: of_case },
                Some(key) => Resource::Object {
                    bucket: of_case,
                    key: key.as_str().unwrap(),
                },
                None => Resource::Object {
                    bucket: of_case,
                    key: "dir/file.txt",
                },
            },
            account: ACCOUNT,
            context: &context,
        };
        let is_root = matches!(request.principal, Principal::Root { .. });
        let policies = Policies {
            identity: if is_root { &[] } else { identity.as_slice() },
            resource: of_bucket.then_some(&document),
            ..Policies::default()
        };
        let (decision, sid) = told(evaluate(&request, &policies));
        assert_eq!(decision, case["expect"], "{name}: {note}");
        if let Some(by) = case["by"].as_str() {
            assert_eq!(sid, Some(by), "{name}: {note}");
        }
    }
    cases.len()
}

#[test]
fn published_guardrails_decide_as_published() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../vectors/policy");
    let mut files = 0;
    let mut cases = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "json") {
            let vector = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            cases += run(&name, &vector);
            files += 1;
        }
    }
    assert!(files >= 19 && cases >= 85, "{files} files, {cases} cases");
}
