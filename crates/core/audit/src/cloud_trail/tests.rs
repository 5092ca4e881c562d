use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use countersign_gate::Refusal;
use countersign_s3::{ErrorCode, Fault, Operation};
use serde_json::{Value, json};

use super::{LogFile, Trail, TrailDigest, TrailKey, signing_text};
use crate::event::tests::{AT, full, session};
use crate::{
    AuditEvent, EventKind, Hash, Moment, Signer, SignerKind, SignerSession, Text, Verdict,
};

const TRAIL: Trail<'static> = Trail {
    account: "111122223333",
    region: "eu-west-1",
    home_region: "eu-west-1",
    name: "record",
    bucket: "audit-logs",
    prefix: "",
};

fn rendered(event: &AuditEvent<'_>) -> Option<String> {
    let mut out = Vec::new();
    let mut file = LogFile::begin(TRAIL, &mut out);
    let written = file.push(event, &Hash::of(b"a record"), &mut out);
    let facts = file.finish(&mut out);
    assert_eq!(facts.sha256, Hash::of(&out));
    let text = String::from_utf8(out).unwrap();
    let record = text
        .strip_prefix("{\"Records\":[")
        .unwrap()
        .strip_suffix("]}")
        .unwrap();
    assert_eq!(written, !record.is_empty());
    written.then(|| record.to_owned())
}

fn value(event: &AuditEvent<'_>) -> Value {
    serde_json::from_str(&rendered(event).unwrap()).unwrap()
}

#[test]
fn the_example_of_aws_is_written_member_by_member() {
    let mut event = full();
    event.version = None;
    event.restrictions = crate::RestrictionList::default();
    event.wire.target = Some(Text::of(
        "/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20260206%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260206T000130Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&x-amz-security-token=s3cr3t&X-Amz-Signature=s3cr3t",
    ));
    let wanted = concat!(
        r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLEID:web","arn":"arn:aws:sts::111122223333:assumed-role/uploader/web","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","#,
        r#""sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLEID","arn":"arn:aws:iam::111122223333:role/uploader","accountId":"111122223333","userName":"uploader"},"webIdFederationData":{},"attributes":{"creationDate":"2026-02-06T00:00:00Z","mfaAuthenticated":"false"}}},"#,
        r#""eventTime":"2026-02-06T00:01:57Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.3","userAgent":"[curl/8.9.1]","#,
        r#""requestParameters":{"bucketName":"examplebucket","Host":"examplebucket.s3.eu-west-1.amazonaws.com","key":"a b.txt","X-Amz-Algorithm":"AWS4-HMAC-SHA256","X-Amz-Date":"20260206T000130Z","X-Amz-Expires":"300","X-Amz-SignedHeaders":"host"},"#,
        r#""responseElements":null,"#,
        r#""additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"QueryString","x-amz-id-2":"10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234=","bytesTransferredOut":4406583},"#,
        r#""requestID":"DD6CC733AEXAMPLE","eventID":"UUID","readOnly":true,"#,
        r#""resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::examplebucket/a b.txt"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::examplebucket"}],"#,
        r#""eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data","#,
        r#""tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"examplebucket.s3.eu-west-1.amazonaws.com"}}"#,
    );
    let hash = Hash::of(b"a record").to_string();
    let id = rendered(&event).unwrap();
    let id = id.split_once("\"eventID\":\"").unwrap().1[..36].to_owned();
    assert_eq!(id[14..15].to_owned() + &id[..8], format!("8{}", &hash[..8]));
    assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"));
    assert_eq!(rendered(&event).unwrap(), wanted.replace("UUID", &id));
}

#[test]
fn every_kind_of_signer_has_its_form() {
    let mut event = full();
    event.signer = Some(Signer {
        kind: SignerKind::Root,
        name: Text::of("root"),
        id: Text::of("AIDAROOT"),
        arn: Text::of("arn:aws:iam::111122223333:root"),
        access_key_id: Some(Text::of("AKIA1")),
        session: None,
    });
    assert_eq!(
        value(&event)["userIdentity"],
        json!({"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333", "accessKeyId": "AKIA1"})
    );
    event.signer = Some(Signer {
        kind: SignerKind::User,
        name: Text::of("alice"),
        id: Text::of("AIDAALICE"),
        arn: Text::of("arn:aws:iam::111122223333:user/alice"),
        access_key_id: Some(Text::of("AKIA2")),
        session: None,
    });
    assert_eq!(
        value(&event)["userIdentity"],
        json!({"type": "IAMUser", "principalId": "AIDAALICE", "arn": "arn:aws:iam::111122223333:user/alice", "accountId": "111122223333", "accessKeyId": "AKIA2", "userName": "alice"})
    );
    let federated = SignerSession {
        source_identity: Some(Text::of("alice@example.com")),
        provider: Some(Text::of(
            "arn:aws:iam::111122223333:oidc-provider/idp.example.com",
        )),
        provider_subject: Some(Text::of("alice")),
        ..session().session.unwrap()
    };
    event.signer = Some(Signer {
        session: Some(federated),
        ..session()
    });
    let context = &value(&event)["userIdentity"]["sessionContext"];
    assert_eq!(
        context["webIdFederationData"],
        json!({"federatedProvider": "arn:aws:iam::111122223333:oidc-provider/idp.example.com", "attributes": {"sub": "alice"}})
    );
    assert_eq!(context["sourceIdentity"], "alice@example.com");
    event.signer = None;
    event.wire.authentication = None;
    event.wire.signature = None;
    assert_eq!(
        value(&event)["userIdentity"],
        json!({"type": "AWSAccount", "principalId": "", "accountId": "anonymous"})
    );
}

#[test]
fn a_denied_request_is_in_it_and_a_forged_one_is_not() {
    let refusal = Refusal::new(
        Fault::new(ErrorCode::AccessDenied),
        "denied by policy `Office`",
    );
    let mut event = full();
    event.verdict = Some(Verdict::of_refusal(&refusal));
    let denied = value(&event);
    assert_eq!(
        (&denied["errorCode"], &denied["errorMessage"]),
        (&json!("AccessDenied"), &json!("denied by policy `Office`"))
    );
    event.signer = None;
    assert_eq!(rendered(&event), None);
    for kind in [EventKind::Issue, EventKind::Alert] {
        assert_eq!(rendered(&AuditEvent { kind, ..full() }), None);
    }
    for operation in [Operation::ListBuckets, Operation::PutBucketPolicy] {
        assert_eq!(
            rendered(&AuditEvent {
                operation: Some(operation),
                ..full()
            }),
            None
        );
    }
}

#[test]
fn writes_tell_the_version_and_are_not_read_only() {
    let mut event = full();
    event.operation = Some(Operation::PutObject);
    let put = value(&event);
    assert_eq!(
        (&put["readOnly"], &put["responseElements"]),
        (&json!(false), &json!({"x-amz-version-id": "v1"}))
    );
    event.operation = Some(Operation::PostObject);
    assert_eq!(value(&event)["eventName"], "PostObject");
}

#[test]
fn i4_no_parameter_is_a_credential_and_none_stands_twice() {
    let mut event = full();
    event.wire.target = Some(Text::of(
        "/?X-AMZ-SIGNATURE=s3cr3t&x-amz-credential=c&bucketName=evil&a=1&a=2&versionId=v&next=%3Ftoken%3Ds3cr3t",
    ));
    let text = rendered(&event).unwrap();
    assert!(!text.contains("s3cr3t") && !text.contains("evil"), "{text}");
    assert_eq!(
        value(&event)["requestParameters"],
        json!({"bucketName": "examplebucket", "Host": "examplebucket.s3.eu-west-1.amazonaws.com", "key": "a b.txt", "a": "1", "versionId": "v", "next": "?token=REDACTED"})
    );
}

#[test]
fn i2_what_is_too_long_is_cut() {
    let mut event = full();
    let agent = "ü".repeat(4_096);
    if let Some(client) = &mut event.client {
        client.user_agent = Some(Text::of(&agent));
    }
    assert_eq!(value(&event)["userAgent"].as_str().unwrap().len(), 1_024);
}

#[test]
fn files_are_named_as_cloudtrail_names_them() {
    let at = Moment::from_unix_ms(AT);
    let first = Hash::of(b"a record");
    let unique = first.to_string()[..16].to_uppercase();
    assert_eq!(
        TRAIL.log_key(at, &first),
        format!(
            "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/06/111122223333_CloudTrail_eu-west-1_20260206T0001Z_{unique}.json.gz"
        )
    );
    let trail = Trail {
        prefix: "p/q",
        ..TRAIL
    };
    assert_eq!(
        trail.digest_key(at),
        "p/q/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/02/06/111122223333_CloudTrail-Digest_eu-west-1_record_eu-west-1_20260206T000157Z.json.gz"
    );
}

#[test]
fn i1_a_digest_is_signed_as_validate_logs_wants_it() {
    let key =
        TrailKey::from_pkcs8(include_bytes!("../../../../../vectors/audit/trail-key.pk8")).unwrap();
    let hour = |number: i64| Moment::from_unix_ms(1_770_336_000_000 + number * 3_600_000);
    let first = TrailDigest::sign(&TRAIL, hour(0), hour(1), None, &[], &key).unwrap();
    let content: Value = serde_json::from_slice(&first.content).unwrap();
    for member in [
        "previousDigestS3Bucket",
        "previousDigestS3Object",
        "previousDigestHashValue",
        "previousDigestHashAlgorithm",
        "previousDigestSignature",
        "newestEventTime",
        "oldestEventTime",
    ] {
        assert_eq!(content[member], Value::Null, "{member}");
        assert!(content.as_object().unwrap().contains_key(member));
    }
    assert_eq!(content["logFiles"], json!([]));
    let previous = first.as_previous(&TRAIL);
    let second = TrailDigest::sign(&TRAIL, hour(1), hour(2), Some(&previous), &[], &key).unwrap();
    let text = signing_text(
        "2026-02-06T02:00:00Z",
        "audit-logs",
        &second.key,
        &Hash::of(&second.content),
        Some(&first.signature),
    );
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key());
    let bytes: Vec<u8> = second
        .signature
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert!(public.verify(text.as_bytes(), &bytes).is_ok());
    assert!(
        public
            .verify(format!("{text}\n").as_bytes(), &bytes)
            .is_err()
    );
    assert!(format!("{key:?}").len() < 50);
    assert!(TrailKey::from_pkcs8(b"x").is_err());
}
