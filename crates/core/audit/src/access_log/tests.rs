use countersign_gate::Refusal;
use countersign_s3::{ErrorCode, Fault, Operation};
use proptest::prelude::{any, proptest};
use proptest::{prop_assert, prop_assert_eq};

use super::{AccessLog, LogKey, operation_name};
use crate::event::tests::{AT, full, session};
use crate::{
    AuditEvent, Authentication, EventKind, Hash, Moment, SignatureVersion, Signer, SignerKind,
    Source, Text, Verdict,
};

const LOG: AccessLog<'static> = AccessLog {
    owner: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
    source_region: Some("us-west-1"),
};

fn line(event: &AuditEvent<'_>) -> String {
    let mut out = Vec::new();
    assert!(LOG.write(event, &mut out));
    String::from_utf8(out).unwrap()
}

/// The fields of a line, as a reader splits it: by blanks, but within brackets and quotation marks.
fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = line.strip_suffix('\n').unwrap();
    while !rest.is_empty() {
        let end = match rest.as_bytes()[0] {
            b'[' => rest.find(']').unwrap() + 1,
            b'"' => rest[1..].find('"').unwrap() + 2,
            _ => rest.find(' ').unwrap_or(rest.len()),
        };
        fields.push(rest[..end].to_owned());
        rest = rest[end..].strip_prefix(' ').unwrap_or(&rest[end..]);
    }
    fields
}

#[test]
fn the_example_of_aws_is_written_byte_for_byte() {
    let mut event = full();
    event.at = Moment::from_unix_ms(AT);
    event.link = None;
    event.operation = Some(Operation::PutObject);
    event.bucket = Some(Text::of("amzn-s3-demo-bucket1"));
    event.key = Some(Text::of("uploads/a b.txt"));
    event.version = None;
    event.wire.method = Some(Text::of("PUT"));
    event.wire.target = Some(Text::of(
        "/amzn-s3-demo-bucket1/uploads/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=300&X-Amz-SignedHeaders=content-type%3Bhost",
    ));
    event.traffic.bytes_out = Some(0);
    if let Some(client) = &mut event.client {
        client.host = Some(Text::of("amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com"));
    }
    assert_eq!(
        line(&event),
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [06/Feb/2026:00:01:57 +0000] 192.0.2.3 \
         arn:aws:sts::111122223333:assumed-role/uploader/web DD6CC733AEXAMPLE REST.PUT.OBJECT uploads/a%20b.txt \
         \"PUT /amzn-s3-demo-bucket1/uploads/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=300&X-Amz-SignedHeaders=content-type%3Bhost HTTP/1.1\" \
         200 - - 4406583 41754 28 \"-\" \"curl/8.9.1\" - 10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234= \
         SigV4 TLS_AES_128_GCM_SHA256 QueryString amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSv1.3 - - us-west-1\n"
    );
}

#[test]
fn a_refused_request_of_nobody_has_its_code_and_no_more() {
    let mut event = AuditEvent::new(EventKind::Request, Moment::from_unix_ms(AT), "R");
    event.bucket = Some(Text::of("b"));
    let refusal = Refusal::new(Fault::new(ErrorCode::AccessDenied), "request is not signed");
    event.verdict = Some(Verdict::of_refusal(&refusal));
    event.traffic.status = Some(403);
    let dashes = "- ".repeat(6);
    assert_eq!(
        line(&event),
        format!(
            "{} b [06/Feb/2026:00:01:57 +0000] - - R - - \"-\" 403 AccessDenied - - - - \"-\" \"-\" {dashes}- - - us-west-1\n",
            LOG.owner
        )
    );
}

#[test]
fn what_reaches_no_bucket_or_is_no_request_has_no_line() {
    let mut out = Vec::new();
    let event = AuditEvent::new(EventKind::Request, Moment::from_unix_ms(AT), "R");
    assert!(!LOG.write(&event, &mut out));
    let event = AuditEvent {
        kind: EventKind::Issue,
        ..full()
    };
    assert!(!LOG.write(&event, &mut out));
    assert!(out.is_empty());
}

#[test]
fn i2_no_line_can_be_forged() {
    let mut event = full();
    let hostile = "a\" 200 - \"\\\r\n\tforged [x] \u{202e}ü";
    event.key = Some(Text::of(hostile));
    event.version = Some(Text::of("v 1\n"));
    event.wire.target = Some(Text::of(hostile));
    if let Some(client) = &mut event.client {
        client.user_agent = Some(Text::of(hostile));
        client.referer = Some(Text::of("https://h/?token=s3cr3t \"x"));
    }
    let line = line(&event);
    assert_eq!(line.matches('\n').count(), 1);
    let fields = fields(&line);
    assert_eq!(fields.len(), 27, "{line}");
    assert_eq!(
        fields[7],
        "a%22%20200%20-%20%22%5C%0D%0A%09forged%20%5Bx%5D%20%E2%80%AE%C3%BC"
    );
    assert_eq!(fields[15], "\"https://h/?token=REDACTED %22x\"");
    assert_eq!(
        fields[16],
        "\"a%22 200 - %22%5C%0D%0A%09forged [x] %E2%80%AE%C3%BC\""
    );
    assert_eq!(fields[17], "v%201%0A");
}

#[test]
fn signers_and_signatures_have_the_names_of_aws() {
    let mut event = full();
    event.signer = Some(Signer {
        kind: SignerKind::Root,
        ..session()
    });
    assert_eq!(fields(&line(&event))[4], LOG.owner);
    for (authentication, version, names) in [
        (
            Authentication::Form,
            SignatureVersion::V2,
            ("HtmlForm", "SigV2"),
        ),
        (
            Authentication::Header,
            SignatureVersion::V4a,
            ("AuthHeader", "SigV4A"),
        ),
        (
            Authentication::Query,
            SignatureVersion::V4,
            ("QueryString", "SigV4"),
        ),
    ] {
        event.wire.authentication = Some(authentication);
        event.wire.signature = Some(version);
        let fields = fields(&line(&event));
        assert_eq!((fields[21].as_str(), fields[19].as_str()), names);
    }
}

#[test]
fn operations_have_the_names_of_aws_where_it_has_one() {
    for (operation, name) in [
        (Operation::GetObject, "REST.GET.OBJECT"),
        (Operation::HeadObject, "REST.HEAD.OBJECT"),
        (Operation::PutObject, "REST.PUT.OBJECT"),
        (Operation::DeleteObject, "REST.DELETE.OBJECT"),
        (Operation::PostObject, "REST.POST.OBJECT"),
        (Operation::DeleteObjects, "REST.POST.MULTI_OBJECT_DELETE"),
        (Operation::CreateMultipartUpload, "REST.POST.UPLOADS"),
        (Operation::UploadPart, "REST.PUT.PART"),
        (Operation::CompleteMultipartUpload, "REST.POST.UPLOAD"),
        (Operation::AbortMultipartUpload, "REST.DELETE.UPLOAD"),
        (Operation::ListObjectsV2, "REST.GET.BUCKET"),
        (Operation::CorsPreflight, "REST.OPTIONS.PREFLIGHT"),
        (Operation::GetBucketVersioning, "REST.GET.VERSIONING"),
        (Operation::GetBucketLocation, "REST.GET.LOCATION"),
        (Operation::HeadBucket, "REST.HEAD.BUCKET"),
        (
            Operation::PutBucketAccelerateConfiguration,
            "REST.PUT.ACCELERATE",
        ),
    ] {
        assert_eq!(operation_name(operation), name);
    }
    for operation in Operation::ALL {
        let name = operation_name(*operation);
        let parts: Vec<_> = name.split('.').collect();
        assert!(
            parts.len() == 3 && parts.iter().all(|part| !part.is_empty()),
            "{name}"
        );
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_'))
        );
    }
}

#[test]
fn a_copy_has_a_line_in_both_logs_and_a_batch_one_for_each_key() {
    let mut event = full();
    event.operation = Some(Operation::CopyObject);
    event.source = Some(Source {
        bucket: Text::of("other"),
        key: Text::of("from/a b"),
        version: Some(Text::of("v0")),
    });
    let written = fields(&line(&event));
    assert_eq!(
        [&written[1], &written[6], &written[7]],
        ["examplebucket", "REST.COPY.OBJECT", "a%20b.txt"]
    );
    let mut out = Vec::new();
    assert!(LOG.write_source(&event, &mut out));
    let read = fields(std::str::from_utf8(&out).unwrap());
    assert_eq!(
        [&read[1], &read[6], &read[7], &read[17]],
        ["other", "REST.COPY.OBJECT_GET", "from/a%20b", "v0"]
    );
    assert_eq!([&read[5], &read[11]], [&written[5], "-"]);
    event.operation = Some(Operation::DeleteObjects);
    assert!(!LOG.write_source(&event, &mut out));
    assert_eq!(fields(&line(&event))[6], "BATCH.DELETE.OBJECT");
    event.key = None;
    assert_eq!(fields(&line(&event))[6], "REST.POST.MULTI_OBJECT_DELETE");
}

#[test]
fn objects_are_named_as_s3_names_them_and_twice_the_same() {
    let first = Hash::of(b"a record");
    let unique = first.to_string()[..16].to_uppercase();
    let date = Moment::from_unix_ms(AT);
    assert_eq!(
        LogKey::Simple.key("logs/", date, &first),
        format!("logs/2026-02-06-00-01-57-{unique}")
    );
    let partitioned = |by_event_time| {
        let key = LogKey::Partitioned {
            account: "000000000000",
            region: "us-east-1",
            bucket: "b",
            by_event_time,
        };
        key.key("", date, &first)
    };
    assert_eq!(
        partitioned(false),
        format!("000000000000/us-east-1/b/2026/02/06/2026-02-06-00-01-57-{unique}")
    );
    assert_eq!(
        partitioned(true),
        format!("000000000000/us-east-1/b/2026/02/06/2026-02-06-00-00-00-{unique}")
    );
}

proptest! {
    #[test]
    fn i2_whatever_was_sent_it_is_one_line_of_twenty_seven_fields(
        key in any::<String>(), agent in any::<Vec<u8>>(), target in any::<String>(), version in any::<String>(),
    ) {
        let mut event = full();
        event.key = Some(Text::of(&key));
        event.version = Some(Text::of(&version));
        event.wire.target = Some(Text::of(&target));
        if let Some(client) = &mut event.client {
            client.user_agent = Some(Text::of_bytes(&agent, None));
        }
        let line = line(&event);
        prop_assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
        prop_assert_eq!(line.matches('\n').count(), 1);
        prop_assert_eq!(fields(&line).len(), 27);
    }
}
