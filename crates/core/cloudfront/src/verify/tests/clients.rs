//! URLs and cookies as unmodified clients made them (vectors/cloudfront/signed.jsonl).

use serde_json::Value;

use super::super::Verifier;
use crate::testing::{END, NOW, client, group, vectors, verify};
use crate::{CloudFrontError, EpochTime, Permitted, Policy, PolicyKind};

/// Sends what the vector has at `now` to a server that accepts SHA-1.
fn send(vector: &Value, now: EpochTime) -> Result<Permitted, CloudFrontError> {
    let keys = group(vector["key"].as_str().unwrap());
    let cookies = vector["cookies"].as_object().into_iter().flatten();
    let cookie: Vec<String> = cookies
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name}={text}"),
            number => format!("{name}={number}"),
        })
        .collect();
    let url = vector["url"].as_str().or(vector["asked"].as_str()).unwrap();
    verify(
        &Verifier::new(&keys).accepting_sha1(),
        url,
        &cookie.join("; "),
        now,
        client(),
    )
}

#[test]
fn what_clients_sign_is_let_in_and_understood() {
    let vectors = vectors("signed.jsonl");
    assert!(vectors.len() >= 129);
    for vector in &vectors {
        let outcome = send(vector, NOW);
        if vector["covered"] == Value::Bool(false) {
            assert!(
                matches!(outcome, Err(CloudFrontError::ResourceMismatch { .. })),
                "{vector}: {outcome:?}"
            );
            continue;
        }
        let permitted = outcome.unwrap_or_else(|error| panic!("{vector}: {error}"));
        assert_eq!(permitted.expires_at, END, "{vector}");
        assert_eq!(permitted.hash.as_str(), vector["hash"], "{vector}");
        assert_eq!(
            permitted.policy_kind == PolicyKind::Canned,
            vector["kind"] == "canned",
            "{vector}"
        );
    }
}

#[test]
fn what_clients_sign_ends_when_they_said() {
    for vector in vectors("signed.jsonl") {
        if vector["covered"] != Value::Bool(false) {
            let outcome = send(&vector, END);
            assert!(
                matches!(outcome, Err(CloudFrontError::Expired { .. })),
                "{vector}: {outcome:?}"
            );
        }
    }
}

#[test]
fn k4_what_clients_sign_by_default_is_sha1_and_refused_by_default() {
    for vector in vectors("signed.jsonl") {
        if vector["hash"] == "SHA1" && vector["url"].is_string() {
            let keys = group(vector["key"].as_str().unwrap());
            let url = vector["url"].as_str().unwrap();
            let outcome = verify(&Verifier::new(&keys), url, "", NOW, client());
            assert!(
                matches!(outcome, Err(CloudFrontError::HashNotAccepted { .. })),
                "{vector}"
            );
            // Claiming the other hash does not help.
            let outcome = verify(
                &Verifier::new(&keys),
                &format!("{url}&Hash-Algorithm=SHA256"),
                "",
                NOW,
                client(),
            );
            assert_eq!(outcome, Err(CloudFrontError::SignatureMismatch), "{vector}");
        }
    }
}

#[test]
fn policies_of_clients_are_written_by_us_byte_by_byte() {
    for vector in vectors("signed.jsonl") {
        let Some(text) = vector["policy"].as_str() else {
            continue;
        };
        let policy = Policy::parse(text.as_bytes()).unwrap();
        let dense: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        // botocore writes the network before the start. Nobody else does, and nobody minds.
        if vector["not_before"].is_null() || vector["ip"].is_null() {
            assert_eq!(policy.to_json(), dense, "{vector}");
        } else {
            assert_eq!(
                Policy::parse(policy.to_json().as_bytes()),
                Ok(policy),
                "{vector}"
            );
        }
    }
}
