//! The program as it is run: exit codes, streams, and the demo from end to end.

#![expect(
    clippy::unwrap_used,
    reason = "whatever fails in a test fails the test"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn countersign(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory);
    command
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    countersign(directory).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_demo_shows_what_it_promises() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(directory.path(), &["demo", "--once", "--json"]);
    let show: Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = show["steps"].as_array().unwrap();
    let answers: Vec<(u64, Option<&str>)> = steps
        .iter()
        .map(|s| (s["status"].as_u64().unwrap(), s["code"].as_str()))
        .collect();
    assert_eq!(output.status.code(), Some(0), "{show:#}");
    assert_eq!(
        answers[..3]
            .iter()
            .filter(|(status, _)| *status == 200)
            .count(),
        3,
        "{answers:?}"
    );
    assert_eq!(answers[3], (403, Some("SignatureDoesNotMatch")));
    assert_eq!(answers[4], (403, Some("AccessDenied")));
    assert_eq!(steps[4]["message"], "Request has expired");
    assert!(
        steps[5]["message"].as_str().unwrap().contains("900"),
        "{}",
        steps[5]["message"]
    );
    assert!(text(&output.stderr).is_empty(), "{}", text(&output.stderr));
}

#[test]
fn exit_codes_are_the_documented_ones() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    std::fs::write(here.join("bad.toml"), "[limits]\nhead_byte = 1\n").unwrap();
    let expired = "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0";
    for (arguments, code, complaint) in [
        (&["--version"][..], 0, ""),
        (&["serve", "--check"], 0, ""),
        (&["inspect", expired], 1, ""),
        (&["inspect", "photos/cat.jpg"], 2, "not an http"),
        (&["presign"], 2, "S3_URI"),
        (
            &["presign", "s3://photos/k", "--expires-in", "604801"],
            2,
            "604800",
        ),
        (&["serve", "--listen", "localhost"], 2, "--listen"),
        (
            &["serve", "--check", "--config", "bad.toml"],
            3,
            "bad.toml:2: unknown key `limits.head_byte`",
        ),
        (
            &["serve", "--check", "--config", "none.toml"],
            3,
            "none.toml",
        ),
        (&["key", "list"], 4, "no state in `./countersign-data`"),
        (&["presign", "s3://photos/k"], 4, "no credentials"),
    ] {
        let output = run(here, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let stderr = text(&output.stderr);
        assert!(stderr.contains(complaint), "{arguments:?}: {stderr}");
        assert_eq!(
            stderr.is_empty(),
            complaint.is_empty(),
            "{arguments:?}: {stderr}"
        );
    }
    assert!(!here.join("countersign-data").exists());
}

#[test]
fn failures_are_json_too() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(directory.path(), &["key", "list", "--json"]);
    let failure: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(failure["exit_code"], 4);
    assert!(output.stdout.is_empty());
}

#[test]
fn presign_prints_one_line_and_warns_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let presign = |more: &[&str]| {
        countersign(directory.path())
            .args(["presign", "s3://photos/cat.jpg"])
            .args(more)
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env(
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            )
            .output()
            .unwrap()
    };
    let output = presign(&[]);
    let stdout = text(&output.stdout);
    assert!(
        stdout.starts_with("https://photos.s3.us-east-1.amazonaws.com/cat.jpg?"),
        "{stdout}"
    );
    assert_eq!(stdout.matches('\n').count(), 1);
    assert!(
        text(&output.stderr).starts_with("warning: a life of 1 hour"),
        "no colour in a pipe"
    );
    assert!(presign(&["--quiet"]).stderr.is_empty());
    assert!(presign(&["--expires-in", "900"]).stderr.is_empty());
}

#[test]
fn the_environment_sets_what_flags_set() {
    let directory = tempfile::tempdir().unwrap();
    let output = countersign(directory.path())
        .args(["serve", "--check", "--json", "--listen", "127.0.0.1:3"])
        .env("COUNTERSIGN_LISTEN", "127.0.0.1:1")
        .env("COUNTERSIGN_ADMIN_LISTEN", "127.0.0.1:2")
        .env("COUNTERSIGN_TLS_SELF_SIGNED", "true")
        .output()
        .unwrap();
    let config = &serde_json::from_slice::<Value>(&output.stdout).unwrap()["config"];
    assert_eq!(config["listen"], "127.0.0.1:3");
    assert_eq!(config["admin_listen"], "127.0.0.1:2");
    assert_eq!(config["tls"], "self_signed");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = countersign(directory.path())
        .args(["serve", "--check"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn keys_are_made_while_the_server_runs_and_it_stops_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let any_port = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
    ];
    let mut server = countersign(directory.path())
        .args(any_port)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut first = lines
        .by_ref()
        .map(Result::unwrap)
        .take_while(|l| !l.contains("not shown again"));
    let secrets = first
        .by_ref()
        .filter(|line| line.contains("AWS_SECRET_ACCESS_KEY="))
        .count();
    assert_eq!(secrets, 2, "root and app");

    let created = run(
        directory.path(),
        &["key", "create", "--user", "reports", "--json"],
    );
    let created: Value = serde_json::from_slice(&created.stdout).unwrap();
    let id = created["access_key_id"].as_str().unwrap();
    let disabled = run(directory.path(), &["key", "disable", id]);
    assert_eq!(
        disabled.status.code(),
        Some(0),
        "{}",
        text(&disabled.stderr)
    );
    let list = run(directory.path(), &["key", "list", "--user", "reports"]);
    let list = text(&list.stdout);
    assert!(list.contains(id) && list.contains("disabled"), "{list}");
    assert!(!list.contains(created["secret_access_key"].as_str().unwrap()));

    let stopped = Command::new("kill")
        .arg(server.id().to_string())
        .status()
        .unwrap();
    assert!(stopped.success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let rest: Result<Vec<String>, _> = lines.collect();
    assert_eq!(rest.unwrap(), [""; 0]);
}

#[test]
fn a_url_is_inspected_from_standard_input() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = countersign(directory.path())
        .args(["inspect", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let url =
        b"https://b.s3.amazonaws.com/k?AWSAccessKeyId=AKIA&Expires=4102444800&Signature=s3cr3t\n";
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), url).unwrap();
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{out}");
    assert!(
        out.contains("\"mechanism\": \"sigv2\"") && !out.contains("s3cr3t"),
        "{out}"
    );
}
