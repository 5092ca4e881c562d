use proptest::prelude::{any, proptest};
use proptest::{prop_assert, prop_assert_eq};

use crate::event::tests::{AT, full};
use crate::verify::Verifier;
use crate::{
    AuditEvent, ChainId, ChainWriter, EventJson, EventKind, LONGEST_TEXT, Moment, RestrictionList,
    Text,
};

#[test]
fn an_event_has_one_spelling() {
    let json = EventJson::of(&full());
    let wanted = concat!(
        r#"{"kind":"request","at":"2026-02-06T00:01:57.123Z","request_id":"DD6CC733AEXAMPLE","host_id":"10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234=","#,
        r#""signer":{"kind":"session","name":"uploader","id":"AROAEXAMPLEID","arn":"arn:aws:sts::111122223333:assumed-role/uploader/web","access_key_id":"ASIAEXAMPLE","#,
        r#""session":{"name":"web","issued_at":"2026-02-06T00:00:00.000Z","expires_at":"2026-02-06T01:00:00.000Z","issuer_arn":"arn:aws:iam::111122223333:role/uploader"}},"#,
        r#""subject":"alice@example.com","link":"LINK","operation":"GetObject","bucket":"examplebucket","key":"a b.txt","version":"v1","#,
        r#""client":{"address":"192.0.2.3","known_by":"socket","country":"CH","tls_version":"TLSv1.3","tls_cipher":"TLS_AES_128_GCM_SHA256","user_agent":"curl/8.9.1","host":"examplebucket.s3.eu-west-1.amazonaws.com"},"#,
        r#""wire":{"method":"GET","target":"/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20260206%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260206T000130Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Security-Token=link-LINK&x-cs-uses=3&X-Amz-Signature=link-LINK","protocol":"HTTP/1.1","authentication":"query","signature":"v4"},"#,
        r#""life":{"signed_at":"2026-02-06T00:01:30.000Z","declared_s":300,"age_s":27,"expires_at":"2026-02-06T00:06:30.000Z"},"#,
        r#""restrictions":{"x-cs-ip":"192.0.2.0/24","x-cs-uses":"3"},"#,
        r#""verdict":{"outcome":"permitted","decided":{"how":"allow","layer":"identity","policy":"Downloads","sid":"Read","statement":0}},"#,
        r#""traffic":{"status":200,"bytes_in":0,"bytes_out":4406583,"object_bytes":4406583,"total_us":41754999,"turn_around_us":28000},"#,
        r#""clock":{"source":"system","skew_s":-27}}"#,
    );
    let link = full().link.unwrap().to_string();
    assert_eq!(
        std::str::from_utf8(json.as_bytes()).unwrap(),
        wanted.replace("LINK", &link)
    );
}

#[test]
fn i2_hostile_text_stays_in_its_line() {
    let mut event = AuditEvent::new(EventKind::Request, Moment::from_unix_ms(AT), "R");
    let hostile =
        "a\n{\"kind\":\"request\"}\r\u{0}\u{85}\u{202e}\u{2028}<script>\u{e0001}\u{1f600}\\ü\"";
    event.key = Some(Text::of(hostile));
    let agent = "\u{202e}\n\"".repeat(1_640);
    let mut client = crate::event::tests::client();
    client.user_agent = Some(Text::of(&agent));
    event.client = Some(client);
    let json = EventJson::of(&event);
    let text = std::str::from_utf8(json.as_bytes()).unwrap();
    assert!(!text.contains([
        '\n',
        '\r',
        '\u{85}',
        '\u{202e}',
        '\u{2028}',
        '<',
        '\u{e0001}'
    ]));
    assert!(text.contains(
        r#""key":"a\n{\"kind\":\"request\"}\r\u0000\u0085\u202e\u2028\u003cscript>\udb40\udc01😀\\ü\"""#
    ));
    assert_eq!(AuditEvent::read_json(text.as_bytes()), Ok(event));
}

#[test]
fn i2_no_event_is_too_long_for_a_record() {
    let huge = "<".repeat(LONGEST_TEXT * 2);
    let text = || Some(Text::of(&huge));
    let mut event = full();
    (event.subject, event.bucket, event.key, event.version) = (text(), text(), text(), text());
    event.wire.target = text();
    event.wire.method = text();
    event.host_id = text();
    if let Some(client) = &mut event.client {
        (client.user_agent, client.referer, client.host) = (text(), text(), text());
        (client.country, client.tls_cipher) = (text(), text());
    }
    let names: Vec<String> = (0..20).map(|n| format!("x-cs-{n}{huge}")).collect();
    event.restrictions =
        RestrictionList::of(names.iter().map(|name| (name.as_str(), huge.as_str())));
    let json = EventJson::of(&event);
    let mut segment = Vec::new();
    let mut writer = ChainWriter::begin(ChainId::from_bytes([7; 16]), event.at, &mut segment);
    writer.append(&json, &mut segment);
    let mut verifier = Verifier::new(Vec::new());
    verifier.begin_segment("1").unwrap();
    verifier.feed(&segment).unwrap();
    let back = AuditEvent::read_json(json.as_bytes()).unwrap();
    assert_eq!((back.at, back.link), (event.at, event.link));
    assert!(back.key.unwrap().as_str().ends_with("[cut]"));
    // The longest of the ordinary stay as they are.
    let mut event = full();
    event.key = Some(Text::of(&huge));
    let json = EventJson::of(&event);
    assert_eq!(AuditEvent::read_json(json.as_bytes()), Ok(event));
}

#[test]
fn i7_a_record_pasted_into_a_page_opens_no_element() {
    let mut event = full();
    let script = "</script><script>alert(1)</script><!--";
    event.key = Some(Text::of(script));
    event.subject = Some(Text::of("<img src=x onerror=alert(1)>"));
    let json = EventJson::of(&event);
    assert!(!json.as_bytes().contains(&b'<'));
    assert_eq!(AuditEvent::read_json(json.as_bytes()), Ok(event));
}

#[test]
fn what_is_no_event_is_refused() {
    for (json, reason) in [
        ("", "it ends too early"),
        ("[]", "a member that it cannot have"),
        (
            r#"{"kind":"request","at":"2026-02-06T00:01:57.123Z","request_id":"R"} x"#,
            "not JSON",
        ),
        (
            r#"{"kind":"other","at":"2026-02-06T00:01:57.123Z","request_id":"R"}"#,
            "a member that it cannot have",
        ),
        (
            r#"{"kind":"request","kind":"request","at":"2026-02-06T00:01:57.123Z","request_id":"R"}"#,
            "a member that it cannot have",
        ),
        (
            r#"{"kind":"request","at":"2026-02-06T00:01:57.123Z","request_id":"R","extra":1}"#,
            "a member that it cannot have",
        ),
        (
            r#"{"kind":"request","at":"2026-02-06T00:01:57.123Z","request_id":"R","link":"x"}"#,
            "a member that it cannot have",
        ),
        (
            r#"{"kind":"request","at":"2026-02-06T00:01:57.123Z","request_id":"R","operation":"Get"}"#,
            "a member that it cannot have",
        ),
        (
            r#"{"kind":"request","at":"2026-02-06T00:01:57.123Z","request_id":"R","restrictions":{"b":"1","a":"1"}}"#,
            "a member that it cannot have",
        ),
    ] {
        assert_eq!(
            AuditEvent::read_json(json.as_bytes()).unwrap_err().reason,
            reason,
            "{json}"
        );
    }
}

proptest! {
    #[test]
    fn i2_any_text_is_one_line_and_reads_back(key in any::<String>(), agent in any::<Vec<u8>>()) {
        let mut event = full();
        event.key = Some(Text::of(&key));
        if let Some(client) = &mut event.client {
            client.user_agent = Some(Text::of_bytes(&agent, None));
        }
        let json = EventJson::of(&event);
        prop_assert!(!json.as_bytes().iter().any(|byte| *byte < 0x20 || *byte == 0x7F));
        let back = AuditEvent::read_json(json.as_bytes()).unwrap();
        prop_assert_eq!(&back, &event);
        let again = EventJson::of(&back);
        prop_assert_eq!(again.as_bytes(), json.as_bytes());
    }
}
