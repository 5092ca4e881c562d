//! Every URL presigned by a real client (`vectors/presign`) gets a permit at a clock within its life,
//! for the bucket and key that the client meant; a second after its end it gets none.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::net::IpAddr;

use countersign_gate::{
    Authority, Authorized, BucketRef, Country, Credential, Decided, Guardrails, Identity, Inquiry,
    PrincipalKind, Refusal, Transport, decide,
};
use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{Addressing, BucketId, ErrorCode, Fields, Versioning, recognize};
use countersign_sigv4::verify::{VerificationKey, Workspace};
use countersign_sigv4::{
    AccessKeyId, AmzDate, AnyClaim, Claim, SecretAccessKey, SessionToken, SigningKey,
};
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
    vector[name]
        .as_str()
        .unwrap_or_else(|| panic!("{}: no {name}", vector["id"]))
}

/// Decides about a vector so many seconds after it was signed.
fn decide_at(vector: &Value, age_s: i64) -> Result<Authorized, Refusal> {
    let rest = field(vector, "url").split_once("://").unwrap().1;
    let (host, target) = rest.split_at(rest.find('/').unwrap());
    let (path, query_text) = target.split_once('?').unwrap();
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
    let head = RequestHead {
        method,
        path,
        query: query_text,
        headers: &headers,
    };
    let query = Query::of(query_text).unwrap();
    let endpoint = field(vector, "endpoint").split_once("://").unwrap().1;
    // libpresign has no endpoint of its own: the vector's is the host with the bucket in front.
    let in_front = format!("{}.", vector["bucket"].as_str().unwrap_or_default());
    let endpoint = endpoint.strip_prefix(&in_front).unwrap_or(endpoint);
    let address = Addressing::new([endpoint]).resolve(host, path).unwrap();
    let operation = recognize(address.level(), &query, &head).unwrap();
    let claim = Claim::find(&head, &query).unwrap().unwrap();
    let region = field(vector, "region");
    let secret = SecretAccessKey::new(field(vector, "secret_key"));
    let key = SigningKey::derive(&secret, claim.scope.day, region, "s3");
    let credential = Credential {
        session_token: vector["session_token"].as_str().map(SessionToken::new),
        ..Credential::long_term(
            Identity {
                kind: PrincipalKind::User,
                ..Identity::of_user(
                    "app",
                    "AIDAAPP",
                    ARN,
                    AccessKeyId::new(field(vector, "access_key")),
                )
            },
            Authority::read(ARN, [("full", FULL_ACCESS)], None, Vec::new()),
        )
    };
    let bucket = address.bucket_name().ok().flatten().map(|name| BucketRef {
        name,
        id: BucketId(1),
        versioning: Versioning::Unversioned,
    });
    let fields = Fields::of_presigned(head, &query);
    let inquiry = Inquiry {
        head: &head,
        query: &query,
        fields: fields.as_ref().copied(),
        address: &address,
        operation,
        claim: Some(&AnyClaim::V4(claim)),
        credential: Ok(&credential),
        key: Some(VerificationKey::Hmac(&key)),
        bucket: bucket.as_ref(),
        bucket_policy: None,
        existing_tags: None,
        tls: None,
        source: None,
        form: None,
        transport: Transport::Secure,
        client: IpAddr::from([203, 0, 113, 7]),
        country: Country::NotLookedUp,
        revocations: Some(&countersign_gate::RevocationSet::default()),
        now: claim.date.plus_seconds(age_s),
    };
    let decided = decide(
        &inquiry,
        &Guardrails::s3(),
        region,
        &mut Workspace::default(),
    );
    match decided? {
        Decided::Permitted(permit) => Ok(permit),
        Decided::TagsNeeded(question) => panic!("{question:?}"),
    }
}

const ARN: &str = "arn:aws:iam::000000000000:user/app";
const FULL_ACCESS: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;

#[test]
fn every_client_url_is_permitted_for_the_key_it_was_made_for() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 494);
    let (mut unrepresentable, mut keyless) = (0, 0);
    for vector in &vectors {
        let id = field(vector, "id");
        let expires_s = vector["expires"].as_i64().unwrap();
        // AWS: an override that does not fit ISO-8859-1 is refused though its signature is right.
        let foreign = vector["params"]["ResponseContentDisposition"]
            .as_str()
            .is_some_and(|text| text.chars().any(|c| u32::from(c) > 0xff));
        if foreign {
            unrepresentable += 1;
            let refusal = decide_at(vector, 0).unwrap_err();
            assert_eq!(refusal.fault().code(), ErrorCode::InvalidArgument, "{id}");
            continue;
        }
        // QUIRK: rusty-s3 0.11 resolves `../up` before signing, so the URL names no key at all; that
        // its signature is right is checked in the tests of sigv4.
        if vector["wire_key"].as_str() == Some("") {
            keyless += 1;
            continue;
        }
        for age_s in [0, expires_s] {
            let permit = decide_at(vector, age_s).unwrap_or_else(|r| panic!("{id}: {r:?}"));
            let key = vector["wire_key"].as_str().or(vector["key"].as_str());
            assert_eq!(permit.key().map(|key| key.as_str()), key, "{id}");
            assert_eq!(
                permit.bucket().map(|b| b.name.as_str()),
                vector["bucket"].as_str(),
                "{id}"
            );
        }
        let refusal = decide_at(vector, expires_s + 1).unwrap_err();
        assert_eq!(refusal.fault().message(), "Request has expired", "{id}");
    }
    assert_eq!((unrepresentable, keyless), (3, 5));
}

#[test]
fn a_client_url_with_another_token_is_refused() {
    let temporary = vectors()
        .into_iter()
        .find(|v| v["session_token"].is_string())
        .unwrap();
    let mut other = temporary.clone();
    other["session_token"] = Value::from("another");
    assert_eq!(
        decide_at(&other, 0).unwrap_err().fault().code(),
        ErrorCode::InvalidToken
    );
    assert!(AmzDate::parse(field(&temporary, "date")).is_some());
    assert!(decide_at(&temporary, 0).is_ok());
}
