use std::ffi::OsString;

use clap::Parser as _;
use countersign_sigv4::AmzDate;
use serde::Deserialize;

use super::advice::Advice;
use super::{Presigned, presigned};
use crate::args::{Args, Command};
use crate::aws::Environment;
use crate::command::CommandError;

const KEY: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    (
        "AWS_SECRET_ACCESS_KEY",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ),
];

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Presigned, CommandError> {
    let typed = ["countersign", "presign"].iter().chain(arguments);
    let Command::Presign(args) = Args::try_parse_from(typed).unwrap().command else {
        unreachable!("presign was typed");
    };
    let lookup = |name: &str| {
        let mut known = KEY.iter().chain(variables);
        known
            .find(|(key, _)| *key == name)
            .map(|(_, value)| OsString::from(value))
    };
    let clock = AmzDate::parse("20261123T120000Z").unwrap();
    presigned(&args, Environment::new(&lookup), clock)
}

/// The URL without its query, and the query's items in order of the alphabet: the AWS CLI has them
/// in another order.
fn sorted(url: &str) -> (&str, Vec<&str>) {
    let (place, query) = url.split_once('?').unwrap();
    let mut items: Vec<&str> = query.split('&').collect();
    items.sort_unstable();
    (place, items)
}

#[derive(Deserialize)]
struct Recorded {
    args: Vec<String>,
    region: Option<String>,
    profile: Option<String>,
    url: String,
}

/// Recorded from `aws s3 presign` 1.45.11 with its clock set and `aws.config` as configuration.
/// Version 1 has regional hosts, as version 2 always has, only with `addressing_style = virtual`.
#[test]
fn urls_are_those_of_the_aws_cli() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    std::fs::write(&config, include_str!("tests/aws.config")).unwrap();
    let lines = include_str!("tests/aws_cli.jsonl").lines();
    let recorded: Vec<Recorded> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(recorded.len(), 20);
    for case in recorded {
        let mut variables = vec![("AWS_CONFIG_FILE", config.to_str().unwrap())];
        variables.extend(case.region.as_deref().map(|region| ("AWS_REGION", region)));
        variables.extend(
            case.profile
                .as_deref()
                .map(|profile| ("AWS_PROFILE", profile)),
        );
        let arguments: Vec<&str> = case.args.iter().map(String::as_str).collect();
        let ours = run(&arguments, &variables).unwrap().url;
        assert_eq!(sorted(&ours), sorted(&case.url), "{arguments:?}");
    }
}

#[test]
fn buckets_on_aws_are_in_the_host_and_on_other_servers_in_the_path() {
    let place = |arguments: &[&str]| {
        let url = run(arguments, &[("AWS_REGION", "eu-west-1")]).unwrap().url;
        url.split_once('?').unwrap().0.to_owned()
    };
    assert_eq!(
        place(&["s3://photos/k"]),
        "https://photos.s3.eu-west-1.amazonaws.com/k"
    );
    assert_eq!(
        place(&["s3://Old_Bucket/k"]),
        "https://s3.eu-west-1.amazonaws.com/Old_Bucket/k"
    );
    let own = [
        "s3://photos/k",
        "--endpoint-url",
        "https://Files.example.com:443/",
    ];
    assert_eq!(place(&own), "https://files.example.com/photos/k");
    let in_host = [&own[..], &["--addressing-style", "virtual"]].concat();
    assert_eq!(place(&in_host), "https://photos.files.example.com/k");
}

#[test]
fn a_url_can_be_good_for_any_verb_header_and_parameter() {
    let made = run(
        &[
            "s3://photos/k",
            "-X",
            "put",
            "--header",
            "Content-Type: image/png",
            "--query",
            "partNumber=1",
            "--query",
            "uploadId=a/b",
            "--date",
            "2026-11-23T00:00:00Z",
        ],
        &[],
    )
    .unwrap();
    assert_eq!(made.method, "PUT");
    assert_eq!(
        (
            made.headers[0].name.as_str(),
            made.headers[0].value.as_str()
        ),
        ("content-type", "image/png")
    );
    assert!(
        made.url.contains("X-Amz-SignedHeaders=content-type%3Bhost"),
        "{}",
        made.url
    );
    assert!(
        made.url.contains("&partNumber=1&uploadId=a%2Fb&"),
        "{}",
        made.url
    );
    assert!(
        made.url.contains("X-Amz-Date=20261123T000000Z"),
        "{}",
        made.url
    );
    assert_eq!(made.expires_at, "2026-11-23T01:00:00Z");
    assert_eq!(made.warnings, []);

    let version = run(&["s3://photos/k", "--version-id", "3/L4"], &[]).unwrap();
    assert!(
        version.url.contains("&versionId=3%2FL4&"),
        "{}",
        version.url
    );
}

#[test]
fn what_a_safe_server_would_refuse_is_said() {
    let warnings = |arguments: &[&str]| {
        let made = run(arguments, &[]).unwrap();
        made.warnings
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let loopback = ["--endpoint-url", "http://localhost:9000"];
    let short = [&["s3://photos/k", "--expires-in", "900"][..], &loopback].concat();
    assert_eq!(warnings(&short), "");
    insta::assert_snapshot!(
        warnings(&[
            "s3://photos/a/../k",
            "-X",
            "DELETE",
            "--endpoint-url",
            "http://files.example.com"
        ]),
        @r#"
    a safe Countersign server refuses presigned DeleteObject requests
    a life of 1 hour is over the 15 min that a safe Countersign server allows
    over plain HTTP anybody on the way can read and use the URL; a safe Countersign server refuses it
    browsers and proxies fold `.` and `..` in this key; a safe Countersign server refuses it
    "#
    );
    insta::assert_snapshot!(warnings(&["s3://photos/k", "-X", "PUT", "--expires-in", "7200"]), @"a life of 2 hours is over the 1 hour that a safe Countersign server allows");
    insta::assert_snapshot!(warnings(&["s3://photos/k", "--query", "acl"]), @r"
    a safe Countersign server refuses presigned GetObjectAcl requests
    a life of 1 hour is over the 15 min that a safe Countersign server allows
    ");
    insta::assert_snapshot!(warnings(&["s3://photos", "-X", "PATCH"]), @r"
    S3 has no operation of this method and query
    a life of 1 hour is over the 15 min that a safe Countersign server allows
    ");
}

#[test]
fn bad_targets_and_endpoints_are_usage_errors() {
    for arguments in [
        &["s3://x/k"][..],
        &["s3://photos/k", "--endpoint-url", "localhost:9000"],
        &["s3://photos/k", "--endpoint-url", "http://user@localhost"],
        &["s3://my.bucket/k", "--addressing-style", "virtual"],
        &[
            "s3://photos/k",
            "--addressing-style",
            "virtual",
            "--endpoint-url",
            "http://127.0.0.1",
        ],
        &["s3://photos/k", "--region", "eu west"],
        &["s3://photos/k", "--query", "X-Amz-Expires=1"],
        &["s3://photos/k", "--header", "a:1", "--header", "A:2"],
    ] {
        assert_eq!(
            run(arguments, &[]).unwrap_err().exit_code(),
            2,
            "{arguments:?}"
        );
    }
}

#[test]
fn f7_no_output_holds_the_secret() {
    let made = run(&["s3://photos/k"], &[("AWS_SESSION_TOKEN", "t0k3n")]).unwrap();
    let shown = serde_json::to_string(&made).unwrap() + &format!("{made:?}");
    assert!(!shown.contains(KEY[1].1), "{shown}");
    assert!(
        made.url.contains("X-Amz-Security-Token=t0k3n"),
        "a URL must carry its token"
    );
}

const DOWNLOAD: [&str; 12] = [
    "s3://photos/k",
    "--endpoint-url=https://files.example.com",
    "--expires-in=600",
    "--ip=203.0.113.0/24,2001:db8::/32",
    "--country=CH",
    "--country=DE",
    "--uses=1",
    "--bind-first",
    "--not-before=2026-11-23T12:00:00Z",
    "--id=invoice-7",
    "--subject=Zoë <zoe@example.com>",
    "--rate=1MiB",
];

#[test]
fn restrictions_are_parameters_under_the_signature() {
    let made = run(&DOWNLOAD, &[]).unwrap();
    let (_, items) = sorted(&made.url);
    let restrictions: Vec<&str> = items
        .into_iter()
        .filter(|item| item.starts_with("x-cs-"))
        .collect();
    let expected = [
        "x-cs-bind=first",
        "x-cs-country=CH%2CDE",
        "x-cs-id=invoice-7",
        "x-cs-ip=203.0.113.0%2F24%2C2001%3Adb8%3A%3A%2F32",
        "x-cs-not-before=20261123T120000Z",
        "x-cs-rate=1048576",
        "x-cs-subject=Zo%C3%AB%20%3Czoe%40example.com%3E",
        "x-cs-uses=1",
    ];
    assert_eq!(restrictions, expected);
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    let words: Vec<&str> = made.restrictions.iter().map(|r| r.name).collect();
    assert_eq!(words.len(), expected.len());
    let upload = run(
        &[
            "s3://photos/k",
            "-X=PUT",
            "--endpoint-url=https://files.example.com",
            "--bytes=1KiB-10MiB",
            "--content-type=image/*,application/pdf",
            "--create-only",
        ],
        &[],
    );
    let url = upload.unwrap().url;
    for parameter in [
        "x-cs-bytes=1024-10485760",
        "x-cs-create=true",
        "x-cs-type=image%2F%2A%2Capplication%2Fpdf",
    ] {
        assert!(url.contains(parameter), "{url}");
    }
    // As an option or as a parameter, it is the same URL.
    let typed = |option| {
        let url = run(&["s3://photos/k", option], &[]).unwrap().url;
        sorted(&url).1.join("&")
    };
    assert_eq!(typed("--uses=3"), typed("--query=x-cs-uses=3"));
}

#[test]
fn a_url_with_a_restriction_that_no_server_holds_is_not_made() {
    for (arguments, complaint) in [
        (
            &["--uses=0"][..],
            "must be a whole number from 1 to 1000000",
        ),
        (&["--ip=203.0.113.7/24"], "no bit set beyond the prefix"),
        (&["--country=de"], "two capital letters"),
        (
            &["--id=invoice 7"],
            "letters, digits, hyphens and underscores",
        ),
        (&["--bytes=5-3", "-X=PUT"], "the fewest and the most"),
        (&["--content-type=*/*", "-X=PUT"], "media types"),
        (
            &["--query=x-cs-use=1"],
            "there is no restriction `x-cs-use`",
        ),
        (&["--query=X-Cs-Uses=1"], "must be spelled x-cs-uses"),
        (&["--uses=1", "--query=x-cs-uses=1"], "more than once"),
        (&["--bytes=5"], "cannot be held for GetObject"),
        (&["--page", "-X=PUT"], "cannot be held for PutObject"),
        (
            &["--uses=1", "-X=DELETE"],
            "cannot be held for DeleteObject",
        ),
    ] {
        let typed: Vec<&str> = ["s3://photos/k"].iter().chain(arguments).copied().collect();
        let error = run(&typed, &[]).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{arguments:?}");
        let told = error.to_string();
        assert!(told.contains(complaint), "{arguments:?}: {told}");
    }
}

#[test]
fn g9_what_is_unwise_about_restrictions_is_said() {
    let at_ours = "--endpoint-url=https://files.example.com";
    let of = |arguments: &[&str]| {
        let typed: Vec<&str> = ["s3://photos/k", "--expires-in=60"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        run(&typed, &[]).unwrap().warnings
    };
    assert_eq!(of(&["--uses=1"]), [Advice::RestrictionsIgnored]);
    assert_eq!(of(&["--uses=1", at_ours]), []);
    assert_eq!(of(&["--ip=203.0.113.7", at_ours]), [Advice::SingleAddress]);
    assert_eq!(of(&["--ip=203.0.113.0/24", at_ours]), []);
    let code = "UK".to_owned();
    assert_eq!(of(&["--country=UK", at_ours]), [Advice::NoCountry { code }]);
}
