use std::fs;

use super::super::{ConfigError, Overrides, load};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
  "Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"sts:AssumeRole"}]}"#;
const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
  "Action":"s3:GetObject","Resource":"*"}]}"#;
const FILE: &str = "
[[role]]
name = \"deploy\"
trust_policy_file = \"trust.json\"
policies = [\"Read\"]
max_session = \"2h\"

[[oidc_provider]]
issuer = \"https://token.example.com\"
audiences = [\"countersign\"]
";

fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::create_dir(at("policies")).unwrap();
    fs::write(at("countersign.toml"), FILE).unwrap();
    fs::write(at("trust.json"), TRUST).unwrap();
    fs::write(at("policies/Read.json"), READ).unwrap();
    fs::write(at("policies/README.md"), "not a policy").unwrap();
    directory
}

fn loaded(directory: &tempfile::TempDir) -> Result<super::super::Config, ConfigError> {
    let file = directory.path().join("countersign.toml");
    load(Some(&file), Overrides::default()).map(|loaded| loaded.config)
}

#[test]
fn roles_policies_and_providers_are_read_from_files() {
    let directory = directory();
    let declared = loaded(&directory).unwrap().declared;
    let role = &declared.roles[0];
    assert_eq!((role.name.as_str(), role.max_session_s), ("deploy", 7_200));
    assert_eq!(role.trust_policy, TRUST);
    assert_eq!(role.policies[0].as_str(), "Read");
    assert_eq!(declared.policies.len(), 1);
    assert_eq!(declared.policies[0].document, READ);
    assert_eq!(declared.providers[0].issuer, "https://token.example.com");
}

#[test]
fn a_provider_is_registered_without_the_slash_at_its_end() {
    let directory = directory();
    let file = directory.path().join("countersign.toml");
    let text = FILE.replace("token.example.com", "tenant.example.com/");
    fs::write(file, text).unwrap();
    let declared = loaded(&directory).unwrap().declared;
    assert_eq!(declared.providers[0].issuer, "https://tenant.example.com");
}

#[test]
fn a_wrong_document_is_refused_with_file_line_and_column() {
    let directory = directory();
    let file = directory.path().join("policies/Read.json");
    fs::write(&file, READ.replace("s3:GetObject", "s3:GetObjekt")).unwrap();
    let refused = loaded(&directory).unwrap_err();
    let at = format!("{}:2:", file.display());
    assert!(refused.to_string().starts_with(&at), "{refused}");
    assert!(matches!(refused, ConfigError::Document { line: 2, .. }));
}

#[test]
fn what_is_named_has_to_be_there_and_make_sense() {
    let directory = directory();
    let toml = directory.path().join("countersign.toml");
    for (from, to) in [
        ("trust.json", "other.json"),
        ("\"2h\"", "\"13h\""),
        ("https://token.example.com", "http://token.example.com"),
        ("\"Read\"", "\"Re ad\""),
        ("max_session", "maxsession"),
    ] {
        fs::write(&toml, FILE.replace(from, to)).unwrap();
        assert!(loaded(&directory).is_err(), "{to}");
    }
    fs::write(&toml, format!("policies_dir = \"nowhere\"\n{FILE}")).unwrap();
    let refused = loaded(&directory).unwrap_err();
    assert!(matches!(refused, ConfigError::Unreadable { .. }));
    fs::write(&toml, FILE).unwrap();
    fs::write(directory.path().join("policies/Re ad.json"), READ).unwrap();
    let refused = loaded(&directory).unwrap_err();
    assert!(matches!(refused, ConfigError::PolicyFileName { .. }));
}
