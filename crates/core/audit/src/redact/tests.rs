use countersign_gate::LinkId;
use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::{collection, prop_assert, prop_assert_eq, sample};

use super::{REDACTED, View, redact};

/// What the text is to somebody who undoes every escape and does not care about case.
fn read(text: &str) -> String {
    let view = View::of(text);
    let bytes: Vec<u8> = (0..view.len()).filter_map(|at| view.byte(at)).collect();
    String::from_utf8_lossy(&bytes).to_lowercase()
}

#[track_caller]
fn goes(text: &str) {
    let out = redact(text, None);
    assert!(!read(&out).contains("s3cr3t"), "{out}");
    assert!(out.contains(REDACTED), "{out}");
    assert_eq!(redact(&out, None), out, "twice is more than once");
}

#[test]
fn f1_credentials_go_wherever_they_stand() {
    for text in [
        "GET /b/k?X-Amz-Signature=s3cr3t&x-id=GetObject HTTP/1.1",
        "/b/k?X-Amz-Security-Token=s3cr3t",
        "/b/k?AWSAccessKeyId=AKIA&Signature=s3cr3t&Expires=1",
        "/k?Policy=s3cr3t__&Key-Pair-Id=K",
        "CloudFront-Signature=s3cr3t~; path=/",
        "https://h/?sv=1&sig=s3cr3t%3D",
        "https://user:s3cr3t@h/path",
        "https://s3cr3t@h/path",
        "postgres://u:p/s3cr3t", // no secret by itself: see below
        "/_share/s3cr3t?x=1",
        "AWS4-HMAC-SHA256 Credential=AKIA/20260206/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=s3cr3t",
        "AWS4-HMAC-SHA256 Credential=AKIA/a/b/s3/aws4_request,SignedHeaders=host,Signature=s3cr3t",
        "Authorization: AWS AKIA:s3cr3t",
        "authorization: Bearer s3cr3t",
        "said Bearer s3cr3t",
        "Proxy-Authorization: Basic s3cr3t",
        "Cookie: a=1; CloudFront-Policy=s3cr3t; b=s3cr3t",
        "Set-Cookie: session=s3cr3t; HttpOnly",
        "x-amz-security-token: s3cr3t",
        "x-amz-server-side-encryption-customer-key: s3cr3t=",
        r#"{"SecretAccessKey": "s3cr3t", "AccessKeyId":"AKIA"}"#,
        r#"{"body":"{\"SessionToken\":\"s3cr3t\"}"}"#,
        r#"{"body":"{\\\"SessionToken\\\":\\\"s3cr3t\\\"}"}"#,
        r#"Credentials { session_token: Some("s3cr3t") }"#,
        r#"SecretAccessKey("s3cr3t")"#,
        r#"[("x-amz-security-token", "s3cr3t"), ("host", "h")]"#,
        r#"{"name":"X-Amz-Signature","value":"s3cr3t"}"#,
        "<SecretAccessKey>s3cr3t</SecretAccessKey>",
        "&lt;SessionToken&gt;s3cr3t&lt;/SessionToken&gt;",
        "form-data; name=\"signature\"\r\n\r\ns3cr3t\r\n--b",
        "cmd --secret-access-key s3cr3t --region r",
        "AWS_SECRET_ACCESS_KEY='s3cr3t'",
        "headers['Authorization']='s3cr3t with blanks'",
        "token:\nCookie: s3cr3t",
        "token= Cookie: s3cr3t",
        "-----BEGIN PRIVATE KEY-----\nMIIs3cr3t\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\ns3cr3t",
        "login with eyJhbGciOi.eyJzdWIi.s3cr3t now",
        "key IQoJb3JpZ2luX2Vjs3cr3t is",
    ] {
        if text.starts_with("postgres") {
            assert_eq!(redact(text, None), text);
        } else {
            goes(text);
        }
    }
}

#[test]
fn f1_every_name_of_the_rule_counts_in_every_spelling() {
    for name in [
        "account_key",
        "api-key",
        "client_secret",
        "customer-key",
        "masterKey",
        "passphrase",
        "passwd",
        "password",
        "Policy",
        "private_key",
        "pwd",
        "SAMLAssertion",
        "secret",
        "SecretAccessKey",
        "secret_key",
        "shared-access-key",
        "signature",
        "signing_key",
        "token",
        "sig",
        "hmac",
        "authorization",
        "cookie",
    ] {
        for name in [
            name.to_owned(),
            name.to_uppercase(),
            format!("{name}_"),
            format!("x.{name}"),
        ] {
            if name.ends_with("sig") || name.ends_with("hmac") {
                continue;
            }
            for text in [
                format!("?{name}=s3cr3t"),
                format!("{name}: s3cr3t"),
                format!("{{\"{name}\" : \"s3cr3t\"}}"),
                format!("<{name}>s3cr3t</{name}>"),
                format!("cmd --{name} s3cr3t"),
            ] {
                goes(&text);
            }
        }
    }
    for text in [
        "?sig=s3cr3t",
        "?SIG=s3cr3t",
        "hmac: s3cr3t",
        "Basic s3cr3t",
        "bearer s3cr3t",
        "Digest s3cr3t",
        "NEGOTIATE s3cr3t",
    ] {
        goes(text);
    }
    goes("-----BEGIN PRIVATE KEY b?%2Fsig=s3cr3t-----\nMII\n-----END PRIVATE KEY-----");
}

#[test]
fn f1_escapes_and_case_hide_nothing() {
    for text in [
        "/b/k?x-amz-SIGNATURE=s3cr3t",
        "/b/k?X%2DAmz%2dSignature=s3cr3t",
        "/b/k?X-Amz-Signature%3Ds3cr3t",
        "/b/k?X-Amz-Signature%253Ds3cr3t",
        "/b/k?%58%2d%41%6d%7a%2d%53%69%67%6e%61%74%75%72%65=s3cr3t",
        "/b/k?%2558-Amz-Signature=s3cr3t",
        "/b/k?X-Amz-%u0053ignature=s3cr3t",
        "next=https%3A%2F%2Fh%2Fk%3FX-Amz-Signature%3Ds3cr3t%26x%3D1",
        "href='?a=1&amp;X-Amz-Signature=s3cr3t'",
        "?a=1&#38;X-Amz-Signature&#x3d;s3cr3t",
        r#"{"u":"?a=1\u0026X-Amz-Signature\u003ds3cr3t"}"#,
        r"X\u{2d}Amz\x2dSignature=s3cr3t",
        "/b/k?X-Amz-Signature=s3%63r3t",
        "/b/k?X-Amz-Signature=a%26s3cr3t",
        "/b/k?X-Amz-\u{17f}ignature=s3cr3t",
        "/b/k?X-Amz-Security-To\u{212a}en=s3cr3t",
        "/a%20b?%2Fsig=s3cr3t",
        "/a/%2Fsig=s3cr3t",
    ] {
        goes(text);
    }
}

#[test]
fn i4_the_id_of_the_link_stands_in_the_place_of_its_signature() {
    let link = LinkId::named("AIDA", "invoice");
    let text = "/b/k?X-Amz-Expires=60&X-Amz-Signature=0123&x-id=GetObject";
    let once = redact(text, Some(link));
    let wanted = format!("/b/k?X-Amz-Expires=60&X-Amz-Signature=link-{link}&x-id=GetObject");
    assert_eq!(once, wanted);
    assert_eq!(
        redact(&once, None),
        wanted,
        "a later redaction forgets the link"
    );
    let forged = format!("X-Amz-Signature=link-{link}s3cr3t");
    assert!(!redact(&forged, None).contains("s3cr3t"));
}

#[test]
fn what_is_no_credential_stays() {
    for text in [
        "",
        "curl/8.9.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "/b/a%20b?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260206%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260206T000000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=content-type%3Bhost",
        "/b?list-type=2&continuation-token=abc%3D&prefix=a%2Fb",
        "/b?policy",
        "https://example.com/page?q=1#top",
        "request has expired: signed at 20260206T000000Z",
        "designed by policy `Downloads`, statement 2",
        "arn:aws:sts::000000000000:assumed-role/uploader/web",
        "größe=ſ 100%",
    ] {
        assert_eq!(redact(text, None), text);
    }
}

#[test]
fn l_a_text_made_to_be_slow_is_read_in_time() {
    for piece in [
        "token=",
        "token=\"",
        "eyJ-",
        "://a",
        "%25",
        "\\\\",
        "-----BEGIN PRIVATE KEY-----",
        "token====",
        "&amp;",
    ] {
        let text = piece.repeat(64 * 1024 / piece.len());
        let once = redact(&text, None);
        assert_eq!(redact(&once, None), once);
    }
}

/// A character as somebody could write it who wants it to be overlooked.
fn spelled(character: char, how: u8) -> String {
    let code = u32::from(character);
    match how % 10 {
        0 => format!("%{code:02X}"),
        1 => format!("%{code:02x}"),
        2 => format!("%25{code:02x}"),
        3 => format!("\\u{code:04x}"),
        4 => format!("&#{code};"),
        5 => character.to_uppercase().to_string(),
        6 => character.to_lowercase().to_string(),
        _ => character.to_string(),
    }
}

fn spell(text: &str, how: &[u8]) -> String {
    let spelled =
        |(at, c): (usize, char)| spelled(c, how.get(at % how.len()).copied().unwrap_or(9));
    text.chars().enumerate().map(spelled).collect()
}

fn a_place() -> impl Strategy<Value = (&'static str, &'static str)> {
    sample::select(vec![
        ("/b/k?a=1&X-Amz-Signature=", "&b=2"),
        ("/b/k?X-Amz-Security-Token=", ""),
        ("https://h/k?Policy=", "&Key-Pair-Id=K"),
        ("AWS4-HMAC-SHA256 Credential=A/b, Signature=", ""),
        ("x-amz-security-token: ", "\r\nhost: h"),
        ("authorization: Bearer ", "\n"),
        ("cookie: a=b; session=", "; c=d"),
        ("{\"secretAccessKey\":\"", "\",\"a\":1}"),
        ("<SessionToken>", "</SessionToken>"),
        ("password=", " "),
    ])
}

proptest! {
    #[test]
    fn i4_whatever_the_spelling_no_marked_secret_survives(
        place in a_place(),
        names in collection::vec(any::<u8>(), 1..12),
        values in collection::vec(any::<u8>(), 1..12),
        secret in "[A-Za-z0-9+/~_.-]{0,8}s3cr3t[A-Za-z0-9+/~_.-]{0,8}={0,2}",
        before in "[a-z0-9 /&?=;%\"{\\\\-]{0,12}",
        whole in any::<u8>(),
    ) {
        let (name, after) = place;
        let text = match whole % 3 {
            // All of it escaped once more, as a URL within a URL is.
            0 => countersign_request::percent::encode(&format!("{name}{secret}{after}"), countersign_request::percent::Component::Query),
            _ => format!("{}{}{after}", spell(name, &names), spell(&secret, &values)),
        };
        let text = format!("{before}&{text}");
        let out = redact(&text, None);
        prop_assert!(!read(&out).contains("s3cr3t"), "{} became {}", text, out);
        prop_assert_eq!(redact(&out, None), out.as_ref());
    }

    #[test]
    fn any_text_is_redacted_once_and_for_all(text in prop_oneof![
        any::<String>(),
        "([a-z%2-6\\\\u0=&:;\"' <>()/@-]|token|eyJ|sig|cookie|REDACTED|link-|%3d|&amp;|\\\\u003d){0,40}",
    ]) {
        let once = redact(&text, None).into_owned();
        let twice = redact(&once, None);
        prop_assert_eq!(twice.as_ref(), once.as_str());
    }
}
