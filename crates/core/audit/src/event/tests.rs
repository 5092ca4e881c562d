use countersign_gate::{Identity, LinkId, PrincipalKind, Refusal, SessionFacts, TlsVersion};
use countersign_s3::{ErrorCode, Fault, Operation};
use countersign_sigv4::{AccessKeyId, AmzDate};

use super::{
    AddressSource, Alert, AuditEvent, Authentication, Change, Client, Clock, ClockSource,
    DecidedBy, EventKind, How, Life, Outcome, PolicyLayer, RestrictionList, SignatureVersion,
    Signer, SignerKind, SignerSession, Traffic, Verdict, Wire,
};
use crate::event::{Action, SignalKind};
use crate::{EventJson, Moment, Text};

/// 2026-02-06T00:01:57.123Z, the instant of the example in AWS's documentation.
pub(crate) const AT: i64 = 1_770_336_117_123;

/// A presigned GET by a session of a role, with every member that a request can have.
pub(crate) fn full() -> AuditEvent<'static> {
    let link = LinkId::named("AROAEXAMPLEID", "invoice");
    let target = "/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20260206%2Feu-west-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20260206T000130Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Security-Token=s3cr3t&x-cs-uses=3&X-Amz-Signature=s3cr3t";
    let mut event = AuditEvent::new(
        EventKind::Request,
        Moment::from_unix_ms(AT),
        "DD6CC733AEXAMPLE",
    );
    event.host_id = Some(Text::of(
        "10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234=",
    ));
    event.signer = Some(session());
    event.subject = Some(Text::of("alice@example.com"));
    event.link = Some(link);
    event.operation = Some(Operation::GetObject);
    event.bucket = Some(Text::of("examplebucket"));
    event.key = Some(Text::of("a b.txt"));
    event.version = Some(Text::of("v1"));
    event.client = Some(client());
    event.wire = Wire {
        method: Some(Text::of("GET")),
        target: Some(Text::of_link(target, Some(link))),
        protocol: Some(Text::of("HTTP/1.1")),
        authentication: Some(Authentication::Query),
        signature: Some(SignatureVersion::V4),
    };
    event.life = Life {
        signed_at: Some(Moment::from_unix_ms(1_770_336_090_000)),
        declared_s: Some(300),
        age_s: Some(27),
        expires_at: Some(Moment::from_unix_ms(1_770_336_390_000)),
    };
    event.restrictions = RestrictionList::of([("x-cs-uses", "3"), ("x-cs-ip", "192.0.2.0/24")]);
    event.verdict = Some(Verdict::permitted(Some(DecidedBy {
        how: How::Allow,
        layer: Some(PolicyLayer::Identity),
        policy: Some(Text::of("Downloads")),
        sid: Some(Text::of("Read")),
        statement: Some(0),
    })));
    event.traffic = Traffic {
        status: Some(200),
        bytes_in: Some(0),
        bytes_out: Some(4_406_583),
        object_bytes: Some(4_406_583),
        total_us: Some(41_754_999),
        turn_around_us: Some(28_000),
    };
    event.clock = Clock {
        source: Some(ClockSource::System),
        skew_s: Some(-27),
    };
    event
}

pub(crate) fn session() -> Signer<'static> {
    Signer {
        kind: SignerKind::Session,
        name: Text::of("uploader"),
        id: Text::of("AROAEXAMPLEID"),
        arn: Text::of("arn:aws:sts::111122223333:assumed-role/uploader/web"),
        access_key_id: Some(Text::of("ASIAEXAMPLE")),
        session: Some(SignerSession {
            name: Some(Text::of("web")),
            issued_at: Moment::from_unix_ms(1_770_336_000_000),
            expires_at: Moment::from_unix_ms(1_770_339_600_000),
            registered: false,
            chained: false,
            issuer_arn: Some(Text::of("arn:aws:iam::111122223333:role/uploader")),
            source_identity: None,
            provider: None,
            provider_subject: None,
        }),
    }
}

pub(crate) fn client() -> Client<'static> {
    Client {
        country: Some(Text::of("CH")),
        tls_version: Some(TlsVersion::V1_3),
        tls_cipher: Some(Text::of("TLS_AES_128_GCM_SHA256")),
        user_agent: Some(Text::of("curl/8.9.1")),
        referer: None,
        host: Some(Text::of("examplebucket.s3.eu-west-1.amazonaws.com")),
        ..Client::at([192, 0, 2, 3].into(), AddressSource::Socket)
    }
}

#[test]
fn i5_every_refusal_is_in_the_record_with_code_and_reason() {
    for code in ErrorCode::ALL {
        let refusal = Refusal::new(Fault::new(*code), "link is revoked");
        let verdict = Verdict::of_refusal(&refusal);
        let ours = code.status() >= 500;
        assert_eq!(
            verdict.outcome == Outcome::Failed,
            ours,
            "{}",
            code.as_str()
        );
        assert_eq!(verdict.outcome == Outcome::Refused, !ours);
        assert_eq!(verdict.code.unwrap().as_str(), code.as_str());
        assert_eq!(verdict.reason.unwrap().as_str(), "link is revoked");
    }
}

#[test]
fn i6_the_record_tells_how_far_its_time_is_to_be_trusted() {
    let mut event = full();
    event.clock = Clock {
        source: Some(ClockSource::Held),
        skew_s: Some(840),
    };
    let json = EventJson::of(&event);
    let text = std::str::from_utf8(json.as_bytes()).unwrap();
    assert!(text.contains(r#""clock":{"source":"held","skew_s":840}"#));
}

#[test]
fn every_kind_of_event_reads_back() {
    let mut change = AuditEvent::new(EventKind::PolicyChange, Moment::from_unix_ms(AT), "");
    change.change = Some(Change {
        what: Text::of("bucket_policy"),
        name: Text::of("examplebucket"),
        verb: Text::of("changed"),
        before: None,
        after: Some(Text::of("{\"Statement\":[]}")),
    });
    let mut alert = AuditEvent::new(EventKind::Alert, Moment::from_unix_ms(AT), "R");
    alert.alert = Some(Alert {
        signal: SignalKind::Networks,
        action: Action::Revoke,
        count: Some(20),
        window_s: Some(3_600),
        note: None,
    });
    let kinds = [
        EventKind::Issue,
        EventKind::Revoke,
        EventKind::KeyChange,
        EventKind::ConfigurationChange,
        EventKind::Session,
    ];
    let mut events: Vec<_> = kinds.map(|kind| AuditEvent { kind, ..full() }).into();
    events.extend([full(), change, alert]);
    for event in events {
        let json = EventJson::of(&event);
        assert_eq!(AuditEvent::read_json(json.as_bytes()), Ok(event));
    }
}

#[test]
fn a_signer_is_what_the_gate_says() {
    let issued_at = AmzDate::from_unix(1_770_336_000);
    let session = SessionFacts {
        name: Some("web".into()),
        issued_at,
        expires_at: issued_at.plus_seconds(3_600),
        is_registered: true,
        is_chained: false,
        source_identity: Some("alice".into()),
        federated_provider: None,
    };
    let mut identity = Identity {
        name: "uploader".into(),
        principal_id: "AROAEXAMPLEID".into(),
        kind: PrincipalKind::Role,
        arn: "arn:aws:sts::000000000000:assumed-role/uploader/web".into(),
        user_id: "AROAEXAMPLEID:web".into(),
        access_key_id: AccessKeyId::new("ASIAEXAMPLE"),
        session: Some(session),
    };
    let signer = Signer::from(&identity);
    assert_eq!(signer.kind, SignerKind::Session);
    assert_eq!(signer.id.as_str(), "AROAEXAMPLEID");
    let session = signer.session.unwrap();
    assert_eq!(session.name.unwrap().as_str(), "web");
    assert_eq!(
        session.expires_at.unix_ms() - session.issued_at.unix_ms(),
        3_600_000
    );
    assert!(session.registered && !session.chained);
    identity.session = None;
    for (kind, wanted) in [
        (PrincipalKind::Root, SignerKind::Root),
        (PrincipalKind::User, SignerKind::User),
    ] {
        identity.kind = kind;
        assert_eq!(Signer::from(&identity).kind, wanted);
    }
}
