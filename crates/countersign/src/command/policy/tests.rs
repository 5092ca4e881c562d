use std::path::PathBuf;

use clap::Parser as _;
use countersign_policy::PolicyKind;
use countersign_state::{NewUser, PolicyOwner, SqliteStore, StateStore, UnixMillis, UserKind};
use tempfile::TempDir;

use super::check::check;
use super::document::Written;
use super::report::Checked;
use super::{lint, list, put, run, show};
use crate::args::{Args, Command};
use crate::command::{CommandError, Outcome, runtime};
use crate::render::{Form, Report};

const NOW: UnixMillis = UnixMillis(1_795_521_600_000);
const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/*"}
]}"#;
const WRONG: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [\n\t{\"Effect\": \"Allow\", \
                     \"Actoin\": \"s3:GetObject\", \"Resource\": \"*\"}\n]}";

fn text(report: &impl Report) -> String {
    let mut out = Vec::new();
    report.write_text(&mut out).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

fn written(text: &str) -> Written {
    Written::stored("policy.json".to_owned(), text.to_owned())
}

fn file(directory: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Runs `policy` with these words.
fn policy(words: &[&str]) -> Result<Outcome, CommandError> {
    let typed = [&["countersign", "policy"], words].concat();
    let Command::Policy(args) = Args::try_parse_from(typed).unwrap().command else {
        unreachable!("policy was typed");
    };
    run(&args, Form::Json)
}

#[test]
fn a_refused_document_is_shown_with_a_caret_under_the_place() {
    let refused = check(&written(WRONG), PolicyKind::Identity, None).unwrap_err();
    let said = text(&Checked::refused(&written(WRONG), &refused));
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[2].starts_with("line 2, column 22: `Actoin` is no element"),
        "{said}"
    );
    let caret = lines[4].find('^').unwrap();
    assert_eq!(&lines[3][caret..caret + 8], "\"Actoin\"", "{said}");
    assert!(said.contains("did you mean `Action`?"), "{said}");
    assert!(!said.contains('\t'), "{said}");
}

#[test]
fn the_place_in_a_long_line_is_shown_with_what_is_around_it() {
    let padding = " ".repeat(3_000);
    let long =
        format!("{{{padding}\"Statement\": [{{\"Effect\": \"Deny\", \"Nope\": 1 {padding} }}]}}");
    let refused = check(&written(&long), PolicyKind::Identity, None).unwrap_err();
    let said = text(&Checked::refused(&written(&long), &refused));
    let line = said.lines().find(|line| line.contains("1 | ")).unwrap();
    assert!(line.chars().count() < 120, "{said}");
    let caret = said
        .lines()
        .find(|line| line.trim_end().ends_with('^'))
        .unwrap();
    assert!(
        line[caret.find('^').unwrap()..].starts_with("\"Nope\""),
        "{said}"
    );
}

#[test]
fn text_of_a_document_cannot_steer_the_terminal() {
    let hostile = "{\"Statement\": \"\u{1b}[2J\u{202e}\"}";
    let refused = check(&written(hostile), PolicyKind::Identity, None).unwrap_err();
    let said = text(&Checked::refused(&written(hostile), &refused));
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
}

#[test]
fn what_is_unwise_is_told_statement_by_statement() {
    let statements =
        |inner: &str| format!("{{\"Version\": \"2012-10-17\", \"Statement\": {inner}}}");
    let allow = |rest: &str| statements(&format!("[{{\"Effect\": \"Allow\", {rest}}}]"));
    for (document, expected) in [
        (READ.to_owned(), None),
        (
            allow(r#""Action": "s3:*", "Resource": "*""#),
            Some("everything there is"),
        ),
        (
            allow(r#""Action": ["s3:Put*"], "Resource": "arn:aws:s3:::b""#),
            Some("PutBucketPolicy"),
        ),
        (
            allow(r#""NotAction": "s3:DeleteObject", "Resource": "*""#),
            Some("NotAction"),
        ),
        (
            allow(r#""Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*""#),
            Some("NotResource"),
        ),
        (
            allow(
                r#""Action": "s3:GetObject", "Resource": "*",
                   "Condition": {"ForAllValues:StringEquals": {"countersign:Restricted": "x-cs-ip"}}"#,
            ),
            Some("is absent"),
        ),
        (
            allow(
                r#""Action": "s3:GetObject", "Resource": "*",
                   "Condition": {"ForAllValues:StringEquals": {"countersign:Restricted": "x-cs-ip"},
                                 "Null": {"Countersign:restricted": "false"}}"#,
            ),
            None,
        ),
        (
            statements(
                r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}}"#,
            ),
            Some("never have `aws:SourceVpc`"),
        ),
        (
            statements(
                r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*",
                    "Condition": {"NumericGreaterThan": {"s3:signatureAge": "600"}}}"#,
            ),
            Some("milliseconds"),
        ),
        (
            READ.replace("\"Version\": \"2012-10-17\",", ""),
            Some("policy variable"),
        ),
    ] {
        let warnings = check(&written(&document), PolicyKind::Identity, None).unwrap();
        let said: Vec<&str> = warnings.iter().map(|w| w.message.as_str()).collect();
        match expected {
            None => assert!(said.is_empty(), "{document}: {said:?}"),
            Some(words) => assert!(
                said.len() == 1 && said[0].contains(words),
                "{document}: {said:?}"
            ),
        }
    }
}

#[test]
fn a_bucket_policy_is_held_to_its_bucket_and_told_public() {
    let open = READ.replace("\"Action\"", "\"Principal\": \"*\", \"Action\"");
    let bucket = "photos".parse().unwrap();
    let warnings = check(&written(&open), PolicyKind::Identity, Some(&bucket)).unwrap();
    assert!(warnings.contains(&lint::Warning::public()), "{warnings:?}");
    let elsewhere = "videos".parse().unwrap();
    let refused = check(&written(&open), PolicyKind::Resource, Some(&elsewhere)).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("does not lie in bucket `videos`"),
        "{refused}"
    );
    let denied = open.replace("Allow", "Deny").replace(
        "\"Principal\": \"*\"",
        "\"NotPrincipal\": {\"AWS\": \"000000000000\"}",
    );
    let warnings = check(&written(&denied), PolicyKind::Resource, None).unwrap();
    assert!(warnings[0].message.contains("NotPrincipal"), "{warnings:?}");
}

#[test]
fn a_trust_policy_that_takes_every_token_of_a_provider_is_told() {
    let trust = |condition: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {{"Federated":
                "arn:aws:iam::000000000000:oidc-provider/ci.example.com"}}{condition}}}}}"#
        );
        let warnings = check(&written(&text), PolicyKind::Trust, None).unwrap();
        let said: Vec<String> = warnings.into_iter().map(|one| one.message).collect();
        said
    };
    for condition in [
        "",
        r#", "Condition": {"StringEquals": {"ci.example.com:aud": "app"}}"#,
    ] {
        assert_eq!(
            trust(condition),
            [
                "it trusts every token that ci.example.com ever signs for its audience; compare \
              `ci.example.com:sub`"
            ]
        );
    }
    let compared = r#", "Condition": {"StringLike": {"ci.example.com:sub": "repo:a/b:*"}}"#;
    assert!(trust(compared).is_empty());
}

#[test]
fn only_a_document_that_is_taken_is_stored() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store: &dyn StateStore = &SqliteStore::open(directory.path()).unwrap();
        let ann: countersign_state::UserName = "ann".parse().unwrap();
        store
            .create_user(&NewUser::new(&ann, UserKind::Ordinary), NOW)
            .await
            .unwrap();
        let (owner, name) = (PolicyOwner::User(ann), "Read".parse().unwrap());
        let wrong = file(&directory, "wrong.json", WRONG);
        let error = put(store, &owner, &name, &wrong)
            .await
            .map(drop)
            .unwrap_err();
        assert_eq!(error.exit_code(), 1);
        assert!(error.excerpt().is_some());
        let json = serde_json::to_value(error.to_json()).unwrap();
        assert_eq!((&json["line"], &json["column"]), (&2.into(), &22.into()));
        assert_eq!(list(store, &owner).await.unwrap().len(), 1);

        let right = file(&directory, "right.json", READ);
        let said = text(&put(store, &owner, &name, &right).await.unwrap());
        assert!(said.contains("FullAccess is still there"), "{said}");
        let shown = show(store, &owner, &name).await.unwrap();
        assert_eq!(text(&shown).trim_end(), READ);
        let full = "FullAccess".parse().unwrap();
        store.delete_policy(&owner, &full).await.unwrap();
        let said = text(&put(store, &owner, &name, &right).await.unwrap());
        assert!(!said.contains("FullAccess"), "{said}");

        let gone = directory.path().join("gone.json");
        let error = put(store, &owner, &name, &gone)
            .await
            .map(drop)
            .unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("gone.json"), "{error}");
    });
}

#[test]
fn a_request_is_decided_without_a_state_by_documents_alone() {
    let directory = tempfile::tempdir().unwrap();
    let read = file(&directory, "read.json", READ);
    let boundary = file(
        &directory,
        "boundary.json",
        &READ.replace("photos", "videos"),
    );
    let bucket = file(
        &directory,
        "bucket.json",
        &READ
            .replace("\"Allow\"", "\"Deny\", \"Principal\": \"*\"")
            .replace("]}", ", {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:ListBucket\", \"Resource\": \"arn:aws:s3:::photos\"}]}"),
    );
    let (read, boundary, bucket) = (
        read.to_str().unwrap(),
        boundary.to_str().unwrap(),
        bucket.to_str().unwrap(),
    );
    let ask = |rest: &[&str]| {
        let typed = [
            &["simulate", "--policy", read, "--action", "s3:GetObject"],
            rest,
        ]
        .concat();
        policy(&typed).unwrap()
    };
    let object = ["--resource", "s3://photos/a"];
    assert_eq!(ask(&object), Outcome::Done);
    assert_eq!(ask(&["--resource", "arn:aws:s3:::photos/a"]), Outcome::Done);
    assert_eq!(ask(&["--resource", "s3://videos/a"]), Outcome::Negative);
    assert_eq!(ask(&["--resource", "*"]), Outcome::Negative);
    assert_eq!(
        ask(&[&object[..], &["--boundary", boundary]].concat()),
        Outcome::Negative
    );
    assert_eq!(
        ask(&[&object[..], &["--session-policy", boundary]].concat()),
        Outcome::Negative
    );
    assert_eq!(
        ask(&[&object[..], &["--bucket-policy", bucket]].concat()),
        Outcome::Negative
    );
}

#[test]
fn requests_about_roles_and_links_are_decided_too() {
    let directory = tempfile::tempdir().unwrap();
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::000000000000:role/ci/*"},
        {"Effect": "Allow", "Action": "countersign:CreateLink", "Resource": "arn:aws:s3:::photos/*",
         "Condition": {"NumericLessThanEquals": {"countersign:Ttl": "600"}}}]}"#;
    let file = file(&directory, "own.json", text);
    let ask = |action: &str, resource: &str, rest: &[&str]| {
        let typed = ["simulate", "--policy", file.to_str().unwrap()];
        let asked = ["--action", action, "--resource", resource];
        policy(&[&typed[..], &asked, rest].concat()).unwrap()
    };
    let role = "arn:aws:iam::000000000000:role/ci/app";
    assert_eq!(ask("sts:AssumeRole", role, &[]), Outcome::Done);
    let other = "arn:aws:iam::000000000000:role/app";
    assert_eq!(ask("sts:AssumeRole", other, &[]), Outcome::Negative);
    let ttl = |seconds: &str| {
        let context = format!("countersign:Ttl={seconds}");
        ask(
            "countersign:CreateLink",
            "s3://photos/a",
            &["--context", &context],
        )
    };
    assert_eq!(ttl("600"), Outcome::Done);
    assert_eq!(ttl("601"), Outcome::Negative);
}

#[test]
fn a_request_that_cannot_be_is_refused_with_what_may_have_been_meant() {
    let directory = tempfile::tempdir().unwrap();
    let read = file(&directory, "read.json", READ);
    let read = read.to_str().unwrap();
    for (rest, expected) in [
        (
            &["--action", "s3:GetObjct"][..],
            "did you mean `s3:GetObject`?",
        ),
        (
            &["--action", "sqs:SendMessage"],
            "no action `sqs:SendMessage`",
        ),
        (&["--action", "s3:Get*"], "no action `s3:Get*`"),
        (
            &["--action", "s3:GetObject", "--context", "aws:SourceIP4=1"],
            "did you mean `aws:SourceIp`?",
        ),
        (
            &["--action", "s3:GetObject", "--context", "aws:SourceIp=here"],
            "an IP address",
        ),
        (
            &[
                "--action",
                "s3:GetObject",
                "--context",
                "s3:signatureAge=soon",
            ],
            "a number",
        ),
        (
            &[
                "--action",
                "s3:GetObject",
                "--context",
                "aws:SecureTransport=yes",
            ],
            "`true`",
        ),
        (
            &[
                "--action",
                "s3:GetObject",
                "--context",
                "aws:Referer=a",
                "--context",
                "AWS:referer=b",
            ],
            "one value only",
        ),
    ] {
        let fixed = ["simulate", "--policy", read, "--resource", "s3://photos/a"];
        let error = policy(&[&fixed[..], rest].concat()).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}
