//! URLs presigned by real clients (`vectors/presign`): each must verify as a server would check it,
//! with the recorded canonical request, and presigning the same thing must give the same signature.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use countersign_request::{Header, Query, RequestHead};
use countersign_sigv4::verify::{Rules, VerificationKey, Workspace, verify};
use countersign_sigv4::{Claim, Placement, SecretAccessKey, SigningKey, VerifyError};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    let path = format!(
        "{}/../../../vectors/presign/presign.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn field<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

#[test]
fn every_url_of_every_client_verifies() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 494);
    let mut workspace = Workspace::default();
    let mut compared = 0;
    for vector in &vectors {
        let id = field(vector, "id");
        let url = field(vector, "url");
        let rest = url.split_once("://").unwrap().1;
        let (host, path_and_query) = rest.split_at(rest.find('/').unwrap());
        let (path, query_text) = path_and_query.split_once('?').unwrap();
        let mut headers = vec![Header {
            name: "host",
            value: host.as_bytes(),
        }];
        for (name, value) in vector["headers"].as_object().unwrap() {
            headers.push(Header {
                name,
                value: value.as_str().unwrap().as_bytes(),
            });
        }
        let method = field(vector, "method");
        let secret = SecretAccessKey::new(field(vector, "secret_key"));
        let region = field(vector, "region");
        let rules = Rules::s3(region);
        let mut outcome = |query_text: &str| {
            let head = RequestHead {
                method,
                path,
                query: query_text,
                headers: &headers,
            };
            let query = Query::of(query_text).unwrap();
            let claim = Claim::find(&head, &query).unwrap().unwrap();
            assert_eq!(claim.access_key_id, field(vector, "access_key"), "{id}");
            assert_eq!(
                claim.session_token,
                vector["session_token"].as_str(),
                "{id}"
            );
            assert_eq!(claim.date.to_string(), field(vector, "date"), "{id}");
            let expires_s = u32::try_from(vector["expires"].as_u64().unwrap()).unwrap();
            assert_eq!(claim.placement, Placement::Query { expires_s }, "{id}");
            let key = SigningKey::derive(&secret, claim.scope.day, region, "s3");
            let key = VerificationKey::Hmac(&key);
            verify(&head, &query, &claim, key, &rules, &mut workspace).map(|_| ())
        };
        outcome(query_text).unwrap_or_else(|error| panic!("{id}: {error:?}"));

        let at = query_text.find("X-Amz-Signature=").unwrap() + 16;
        let mut spoiled = query_text.to_owned();
        spoiled.replace_range(at..at + 64, &"0".repeat(64));
        let Err(VerifyError::SignatureMismatch { ours }) = outcome(&spoiled) else {
            panic!("{id}: a spoiled signature was accepted");
        };
        if let Some(recorded) = vector["canonical_request"].as_str() {
            compared += 1;
            assert_eq!(ours.canonical_request, recorded, "{id}");
        }
    }
    assert_eq!(compared, 478);
}
