//! Events of every kind, with what clients would like to be in the record and must not be: `s3cr3t`.

use countersign_audit::Moment;
use countersign_audit::{
    Action, AddressSource, Alert, AuditEvent, Authentication, Change, Client, Clock, ClockSource,
    DecidedBy, EventKind, How, Life, Outcome, PolicyLayer, RestrictionList, SignalKind,
    SignatureVersion, Signer, SignerKind, SignerSession, Text, Traffic, Verdict, Wire,
};
use countersign_gate::{LinkId, TlsVersion};
use countersign_s3::Operation;

const SIGNED: &str = "/report.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256\
    &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260206%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260206T000000Z\
    &X-Amz-Expires=300&X-Amz-SignedHeaders=host&x-cs-uses=3&X-Amz-Signature=s3cr3t";
const SIGNED_PUT: &str = "/a%20b%2B%C3%BC.txt?X-Amz-Expires=300\
    &X-Amz-Security-Token=IQoJb3JpZ2luX2Vjs3cr3t&X-Amz-Signature=s3cr3t";

/// So many seconds after 2026-02-06T00:00:00Z.
pub(crate) fn at(seconds: i64) -> Moment {
    Moment::from_unix_ms(1_770_336_000_000 + seconds * 1_000)
}

fn user() -> Signer<'static> {
    Signer {
        kind: SignerKind::User,
        name: Text::of("alice"),
        id: Text::of("AIDAALICE0000000000AA"),
        arn: Text::of("arn:aws:iam::000000000000:user/alice"),
        access_key_id: Some(Text::of("AKIAIOSFODNN7EXAMPLE")),
        session: None,
    }
}

fn root() -> Signer<'static> {
    Signer {
        kind: SignerKind::Root,
        name: Text::of("root"),
        id: Text::of("000000000000"),
        arn: Text::of("arn:aws:iam::000000000000:root"),
        access_key_id: Some(Text::of("AKIAROOT")),
        session: None,
    }
}

fn session() -> Signer<'static> {
    let provider = "arn:aws:iam::000000000000:oidc-provider/idp.example.com";
    Signer {
        kind: SignerKind::Session,
        name: Text::of("uploader"),
        id: Text::of("AROAUPLOADER00000000A"),
        arn: Text::of("arn:aws:sts::000000000000:assumed-role/uploader/web"),
        access_key_id: Some(Text::of("ASIAIOSFODNN7EXAMPLE")),
        session: Some(SignerSession {
            name: Some(Text::of("web")),
            issued_at: at(-600),
            expires_at: at(3_000),
            registered: false,
            chained: true,
            issuer_arn: Some(Text::of("arn:aws:iam::000000000000:role/uploader")),
            source_identity: Some(Text::of("alice@example.com")),
            provider: Some(Text::of(provider)),
            provider_subject: Some(Text::of("00u1")),
        }),
    }
}

fn client(agent: &'static str) -> Client<'static> {
    Client {
        country: Some(Text::of("CH")),
        tls_version: Some(TlsVersion::V1_3),
        tls_cipher: Some(Text::of("TLS_AES_128_GCM_SHA256")),
        user_agent: Some(Text::of(agent)),
        host: Some(Text::of("examplebucket.s3.example.com")),
        ..Client::at([192, 0, 2, 3].into(), AddressSource::Socket)
    }
}

/// A presigned request that was permitted.
fn request(
    id: &'static str,
    seconds: i64,
    operation: Operation,
    key: &'static str,
) -> AuditEvent<'static> {
    let link = LinkId::named("AIDAALICE0000000000AA", "invoice");
    let mut event = AuditEvent::new(EventKind::Request, at(seconds), id);
    event.host_id = Some(Text::of("aG9zdA=="));
    event.signer = Some(user());
    event.link = Some(link);
    event.operation = Some(operation);
    event.bucket = Some(Text::of("examplebucket"));
    event.key = Some(Text::of(key));
    event.client = Some(client("curl/8.9.1"));
    event.wire = Wire {
        method: Some(Text::of("GET")),
        target: Some(Text::of_link(SIGNED, Some(link))),
        protocol: Some(Text::of("HTTP/1.1")),
        authentication: Some(Authentication::Query),
        signature: Some(SignatureVersion::V4),
    };
    event.life = Life {
        signed_at: Some(at(0)),
        declared_s: Some(300),
        age_s: Some(seconds),
        expires_at: Some(at(300)),
    };
    event.restrictions = RestrictionList::of([("x-cs-uses", "3")]);
    event.verdict = Some(Verdict::permitted(Some(DecidedBy {
        how: How::Allow,
        layer: Some(PolicyLayer::Identity),
        policy: Some(Text::of("FullAccess")),
        sid: None,
        statement: Some(0),
    })));
    event.traffic = Traffic {
        status: Some(200),
        bytes_in: Some(0),
        bytes_out: Some(4_406),
        object_bytes: Some(4_406),
        total_us: Some(1_999),
        turn_around_us: Some(400),
    };
    event.clock = Clock {
        source: Some(ClockSource::System),
        skew_s: Some(-seconds),
    };
    event
}

fn refused(
    mut event: AuditEvent<'static>,
    code: &'static str,
    reason: &'static str,
) -> AuditEvent<'static> {
    event.verdict = Some(Verdict {
        outcome: Outcome::Refused,
        code: Some(Text::of(code)),
        reason: Some(Text::of(reason)),
        decided: None,
    });
    event.traffic = Traffic {
        status: Some(403),
        bytes_out: Some(243),
        total_us: Some(300),
        ..Traffic::default()
    };
    event
}

fn put() -> AuditEvent<'static> {
    let mut put = request("PUT0000000000001", 60, Operation::PutObject, "a b+ü.txt");
    put.signer = Some(session());
    put.version = Some(Text::of("3sL4kqtJlcpXroDTDmJrmSpXd3dIbrHY"));
    put.wire.method = Some(Text::of("PUT"));
    put.wire.target = Some(Text::of(SIGNED_PUT));
    put.traffic.bytes_in = Some(4_406);
    put.traffic.bytes_out = Some(0);
    put
}

fn head() -> AuditEvent<'static> {
    let mut head = request("HEAD000000000001", 61, Operation::HeadObject, "report.pdf");
    head.wire.method = Some(Text::of("HEAD"));
    let address = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 7].into();
    head.client = Some(Client {
        tls_version: Some(TlsVersion::V1_2),
        tls_cipher: Some(Text::of("ECDHE-RSA-AES128-GCM-SHA256")),
        referer: Some(Text::of("https://example.com/?access_token=s3cr3t")),
        ..Client::at(address, AddressSource::Forwarded)
    });
    head
}

fn nobody() -> AuditEvent<'static> {
    let event = request("GET0000000000003", 500, Operation::GetObject, "report.pdf");
    let mut nobody = refused(event, "AccessDenied", "request is not signed");
    nobody.signer = None;
    nobody.link = None;
    nobody.life = Life::default();
    nobody.clock = Clock::default();
    nobody.restrictions = RestrictionList::default();
    nobody.wire = Wire {
        method: Some(Text::of("GET")),
        target: Some(Text::of("/report.pdf")),
        protocol: Some(Text::of("HTTP/2")),
        ..Wire::default()
    };
    nobody
}

fn forged() -> AuditEvent<'static> {
    let target = "/report.pdf?x-amz-SIGNATURE%3Ds3cr3t&X-Amz-Signature=s3cr3t";
    let reason = "signature does not match";
    let mut forged = refused(nobody(), "SignatureDoesNotMatch", reason);
    forged.request_id = Text::of("GET0000000000004");
    forged.wire.target = Some(Text::of(target));
    forged.wire.authentication = Some(Authentication::Query);
    forged
}

fn form() -> AuditEvent<'static> {
    let mut form = request("POST000000000001", 3_700, Operation::PostObject, "form.txt");
    form.wire = Wire {
        method: Some(Text::of("POST")),
        target: Some(Text::of("/")),
        protocol: Some(Text::of("HTTP/1.1")),
        authentication: Some(Authentication::Form),
        signature: Some(SignatureVersion::V2),
    };
    form.traffic.status = Some(204);
    form
}

fn policy_change() -> AuditEvent<'static> {
    let mut event = AuditEvent::new(EventKind::PolicyChange, at(3_850), "POLICY0000000001");
    event.signer = Some(root());
    event.change = Some(Change {
        what: Text::of("bucket_policy"),
        name: Text::of("examplebucket"),
        verb: Text::of("changed"),
        before: None,
        after: Some(Text::of("sha256:0123")),
    });
    event
}

fn alert() -> AuditEvent<'static> {
    let mut event = AuditEvent::new(EventKind::Alert, at(4_100), "GET0000000000006");
    event.link = Some(LinkId::named("AIDAALICE0000000000AA", "invoice"));
    event.alert = Some(Alert {
        signal: SignalKind::Networks,
        action: Action::Alert,
        count: Some(12),
        window_s: Some(3_600),
        note: None,
    });
    event
}

/// Twelve events: a link is issued, used, refused and revoked, and what else can happen.
pub(crate) fn events() -> Vec<AuditEvent<'static>> {
    let issue = AuditEvent {
        kind: EventKind::Issue,
        subject: Some(Text::of("bob@example.com")),
        ..request("ISSUE00000000001", 0, Operation::GetObject, "report.pdf")
    };
    let used = request("GET0000000000001", 30, Operation::GetObject, "report.pdf");
    let late = request("GET0000000000002", 400, Operation::GetObject, "report.pdf");
    let expired = refused(late, "AccessDenied", "link has expired");
    let hostile_key = "a\"\r\n b\\ \u{202e}<x>";
    let mut hostile = request("GET0000000000005", 600, Operation::GetObject, hostile_key);
    hostile.client = Some(client("evil\" 200 - \"\r\n\u{2028}\nCookie: s3cr3t"));
    let mut revoked = AuditEvent::new(EventKind::Revoke, at(3_800), "REVOKE0000000001");
    revoked.signer = Some(user());
    revoked.link = used.link;
    let requests = [
        issue,
        used,
        put(),
        head(),
        expired,
        nobody(),
        forged(),
        hostile,
    ];
    let others = [form(), revoked, policy_change(), alert()];
    requests.into_iter().chain(others).collect()
}
