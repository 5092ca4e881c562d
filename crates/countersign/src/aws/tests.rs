use std::ffi::OsString;
use std::path::Path;

use super::{
    AwsError, Credentials, Environment, ProfileChoice, Settings, SharedFiles, find_credentials,
    find_settings,
};

const CONFIG: &str = "\
# [profile commented]
[default]
region = eu-west-1

[profile plain]
aws_access_key_id = AKIACONFIGCONFIG0001
aws_secret_access_key = config/secret=with#marks;
region = eu-central-1
s3 =
  addressing_style = path
  use_dualstack_endpoint = true
endpoint_url = http://127.0.0.1:1

[profile \"with space\"]
region = us-west-2

[profile served]
services = mine
endpoint_url = http://127.0.0.1:1

[services mine]
s3 =
  endpoint_url = http://127.0.0.1:2
sqs =
  endpoint_url = http://127.0.0.1:3

[profile sso]
sso_session = corp

[profile role]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = plain

[profile process]
credential_process = sh -c 'echo \"{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"ASIAPROCESS\\\", \\\"SecretAccessKey\\\": \\\"s\\\", \\\"SessionToken\\\": \\\"t\\\"}\"'

[profile broken]
credential_process = sh -c 'echo secret-output; exit 3'

[profile half]
aws_access_key_id = AKIAHALF
";

const CREDENTIALS: &str = "\
[default]
aws_access_key_id=AKIADEFAULT
aws_secret_access_key=default-secret

[plain]
aws_access_key_id = ASIACREDENTIALS
aws_secret_access_key = credentials-secret
aws_session_token = credentials-token
";

/// What a machine looks like: variables beside the two files above.
fn with_files<T>(
    variables: &[(&str, &str)],
    ask: impl FnOnce(Environment<'_>, &SharedFiles) -> T,
) -> T {
    let home = tempfile::tempdir().unwrap();
    let aws = home.path().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    std::fs::write(aws.join("config"), CONFIG).unwrap();
    std::fs::write(aws.join("credentials"), CREDENTIALS).unwrap();
    let lookup = |name: &str| {
        let set = variables.iter().find(|(known, _)| *known == name);
        let value = set.map(|(_, value)| OsString::from(value));
        value.or_else(|| (name == "HOME").then(|| home.path().into()))
    };
    let environment = Environment::new(&lookup);
    ask(environment, &SharedFiles::read(environment).unwrap())
}

fn credentials(variables: &[(&str, &str)], typed: Option<&str>) -> Result<Credentials, AwsError> {
    with_files(variables, |environment, files| {
        let profile = ProfileChoice::find(typed, environment, files)?;
        find_credentials(environment, files, &profile)
    })
}

fn settings(variables: &[(&str, &str)], typed: Option<&str>) -> Settings {
    with_files(variables, |environment, files| {
        let profile = ProfileChoice::find(typed, environment, files).unwrap();
        find_settings(environment, files, &profile)
    })
}

fn parts(found: Result<Credentials, AwsError>) -> (String, String, Option<String>) {
    let found = found.unwrap();
    let token = found.session_token.map(|token| token.expose().to_owned());
    (
        found.access_key_id.to_string(),
        found.secret.expose().to_owned(),
        token,
    )
}

const IN_ENVIRONMENT: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"),
    ("AWS_SECRET_ACCESS_KEY", "environment-secret"),
    ("AWS_PROFILE", "plain"),
];

#[test]
fn the_environment_goes_before_its_own_profile_but_not_before_a_typed_one() {
    assert_eq!(
        parts(credentials(IN_ENVIRONMENT, None)).0,
        "AKIAENVIRONMENT"
    );
    assert_eq!(
        parts(credentials(IN_ENVIRONMENT, Some("default"))).0,
        "AKIADEFAULT"
    );
    assert_eq!(
        parts(credentials(&[("AWS_PROFILE", "plain")], None)).0,
        "ASIACREDENTIALS"
    );
    assert_eq!(parts(credentials(&[], None)).0, "AKIADEFAULT");
    assert_eq!(
        parts(credentials(&[("AWS_PROFILE", "")], None)).0,
        "AKIADEFAULT"
    );
}

#[test]
fn the_credentials_file_goes_before_the_config_file_and_brings_its_token() {
    let (id, secret, token) = parts(credentials(&[], Some("plain")));
    assert_eq!(
        (id.as_str(), secret.as_str()),
        ("ASIACREDENTIALS", "credentials-secret")
    );
    assert_eq!(token.as_deref(), Some("credentials-token"));
}

#[test]
fn marks_inside_a_secret_are_part_of_it() {
    let elsewhere = [("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")];
    let (id, secret, token) = parts(credentials(&elsewhere, Some("plain")));
    assert_eq!(id, "AKIACONFIGCONFIG0001");
    assert_eq!(secret, "config/secret=with#marks;");
    assert_eq!(token, None);
}

#[test]
fn a_credential_process_is_run_and_its_output_never_quoted() {
    let (id, _, token) = parts(credentials(&[], Some("process")));
    assert_eq!((id.as_str(), token.as_deref()), ("ASIAPROCESS", Some("t")));
    let message = credentials(&[], Some("broken")).unwrap_err().to_string();
    assert_eq!(message, "credential_process of profile `broken` failed");
}

#[test]
fn what_cannot_be_had_here_is_refused_with_the_way_out() {
    let message = |profile| credentials(&[], Some(profile)).unwrap_err().to_string();
    assert!(message("sso").contains("aws configure export-credentials --profile sso"));
    assert!(
        message("role").contains("AWS STS"),
        "a role is never skipped for its static keys"
    );
    assert_eq!(
        message("half"),
        "profile `half` has only one of access key id and secret access key"
    );
    assert!(message("none").starts_with("no profile `none` in `"));
    assert_eq!(message("served"), AwsError::NoCredentials.to_string());
}

#[test]
fn settings_come_from_environment_then_profile() {
    let plain = settings(&[], Some("plain"));
    assert_eq!(plain.region.as_deref(), Some("eu-central-1"));
    assert_eq!(plain.endpoint_url.as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(plain.addressing_style.as_deref(), Some("path"));
    assert!(plain.dual_stack && !plain.fips);

    assert_eq!(settings(&[], None).region.as_deref(), Some("eu-west-1"));
    assert_eq!(
        settings(&[], Some("with space")).region.as_deref(),
        Some("us-west-2")
    );
    let region = settings(&[("AWS_DEFAULT_REGION", "a"), ("AWS_REGION", "b")], None).region;
    assert_eq!(region.as_deref(), Some("b"));
}

#[test]
fn an_endpoint_for_s3_goes_before_one_for_everything() {
    let endpoint = |variables: &[(&str, &str)]| settings(variables, Some("served")).endpoint_url;
    assert_eq!(endpoint(&[]).as_deref(), Some("http://127.0.0.1:2"));
    assert_eq!(endpoint(&[("AWS_ENDPOINT_URL", "e")]).as_deref(), Some("e"));
    let both = [("AWS_ENDPOINT_URL", "e"), ("AWS_ENDPOINT_URL_S3", "s3")];
    assert_eq!(endpoint(&both).as_deref(), Some("s3"));
    assert_eq!(
        endpoint(&[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")]),
        None
    );
}

#[test]
fn f7_a_file_in_another_form_is_refused_without_quoting_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials");
    std::fs::write(&path, "[default\naws_secret_access_key = s3cr3t\n").unwrap();
    let lookup = |name: &str| (name == "AWS_SHARED_CREDENTIALS_FILE").then(|| path.clone().into());
    let error = SharedFiles::read(Environment::new(&lookup)).unwrap_err();
    assert!(!error.to_string().contains("s3cr3t"), "{error}");
    assert!(matches!(error, AwsError::File { path: named, .. } if named == Path::new(&path)));
}
