//! Every restricted URL of `vectors/restrictions` is decided upon as the vector says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use countersign_gate::{
    Authority, Authorized, BucketRef, Country, CountryCode, Credential, Decided, Guardrails,
    Identity, Inquiry, PrincipalKind, Refusal, RevocationSet, Transport, decide,
};
use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{Addressing, BucketId, Fields, Versioning, recognize};
use countersign_sigv4::verify::{VerificationKey, Workspace};
use countersign_sigv4::{AccessKeyId, AmzDate, AnyClaim, Claim, SecretAccessKey, SigningKey};
use serde_json::Value;

const ARN: &str = "arn:aws:iam::000000000000:user/app";
const FULL_ACCESS: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;

fn field<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name]
        .as_str()
        .unwrap_or_else(|| panic!("{}: no {name}", vector["id"]))
}

fn decide_upon(vector: &Value) -> Result<Authorized, Refusal> {
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
    let head = RequestHead {
        method: field(vector, "method"),
        path,
        query: query_text,
        headers: &headers,
    };
    let query = Query::of(query_text).unwrap();
    let address = Addressing::new([host]).resolve(host, path).unwrap();
    let operation = recognize(address.level(), &query, &head).unwrap();
    let claim = Claim::find(&head, &query).unwrap().unwrap();
    let region = field(vector, "server_region");
    let secret = SecretAccessKey::new(field(vector, "secret_key"));
    let key = SigningKey::derive(&secret, claim.scope.day, region, "s3");
    let credential = Credential {
        session_token: None,
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
            Authority::read(ARN, [("FullAccess", FULL_ACCESS)], None, Vec::new()),
        )
    };
    let bucket = BucketRef {
        name: address.bucket_name().unwrap().unwrap(),
        id: BucketId(1),
        versioning: Versioning::Unversioned,
    };
    let country = vector["country"].as_str().map_or(Country::Unknown, |code| {
        Country::Known(CountryCode::parse(code).unwrap())
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
        bucket: Some(&bucket),
        bucket_policy: None,
        existing_tags: None,
        tls: None,
        source: None,
        form: None,
        transport: Transport::Secure,
        client: field(vector, "client").parse().unwrap(),
        country,
        revocations: Some(&RevocationSet::default()),
        now: AmzDate::parse(field(vector, "clock")).unwrap(),
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

#[test]
fn every_restricted_url_is_decided_upon_as_written() {
    let path = format!(
        "{}/../../../vectors/restrictions/restrictions.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    let mut count = 0;
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let (id, expected) = (field(&vector, "id"), &vector["decide"]);
        let refusal = match (decide_upon(&vector), &expected["code"]) {
            (Ok(_), Value::Null) => {
                assert_eq!(expected["decision"], "permit", "{id}");
                count += 1;
                continue;
            }
            (Ok(_), _) => panic!("{id}: permitted"),
            (Err(refusal), Value::Null) => panic!("{id}: {refusal:?}"),
            (Err(refusal), _) => refusal,
        };
        let fault = refusal.fault();
        assert_eq!(fault.code().as_str(), expected["code"], "{id}: {refusal:?}");
        for (name, element) in [("argument", "ArgumentName"), ("restriction", "Restriction")] {
            let told = fault.fields().iter().find(|(field, _)| *field == element);
            let told = told.map(|(_, value)| value.as_str());
            assert_eq!(told, expected[name].as_str(), "{id}: {refusal:?}");
        }
        count += 1;
    }
    assert_eq!(count, 159);
}
