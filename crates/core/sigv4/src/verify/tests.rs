use countersign_request::{Header, Query, RequestHead};
use proptest::prelude::*;

use super::{
    Rules, VerificationKey, Workspace, fingerprint_hex, verify, verify_as, verify_post_policy,
};
use crate::presign::{PresignRequest, Presigner, Signer};
use crate::{AmzDate, AnyClaim, Claim, PayloadMode, SecretAccessKey, SigningKey, VerifyError};

const HOST: &str = "s3.example.test";

fn key(region: &str, service: &str) -> SigningKey {
    SigningKey::derive(&SecretAccessKey::new("secret"), "20260115", region, service)
}

/// A presigned URL's path and query.
fn presigned(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    region: &str,
    service: &str,
) -> (String, String) {
    let key = key(region, service);
    let signer = Signer {
        access_key_id: "AKID",
        session_token: None,
        region,
        service,
        key: &key,
    };
    let request = PresignRequest {
        method,
        scheme: "https",
        host: HOST,
        path,
        query: &[("versionId", "a b+c")],
        headers,
        expires_s: 60,
    };
    let date = AmzDate::parse("20260115T120000Z").unwrap();
    let url = Presigner::default()
        .presign(&request, &signer, date)
        .unwrap()
        .to_owned();
    let (path, query) = url
        .strip_prefix("https://s3.example.test")
        .unwrap()
        .split_once('?')
        .unwrap();
    (path.to_owned(), query.to_owned())
}

fn outcome(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, &str)],
) -> Result<[u8; 32], VerifyError> {
    let headers: Vec<Header<'_>> = [("host", HOST)]
        .iter()
        .chain(headers)
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let head = RequestHead {
        method,
        path,
        query,
        headers: &headers,
    };
    let parsed = Query::of(query).unwrap();
    let claim = Claim::find(&head, &parsed).unwrap().unwrap();
    let key = key("us-east-1", "s3");
    let rules = Rules::s3("us-east-1");
    let mut workspace = Workspace::default();
    verify(
        &head,
        &parsed,
        &claim,
        VerificationKey::Hmac(&key),
        &rules,
        &mut workspace,
    )
    .map(|verified| verified.fingerprint)
}

#[test]
fn a1_every_unsigned_amz_header_is_named_and_refused() {
    let (path, query) = presigned("PUT", "/b/k", &[], "us-east-1", "s3");
    for name in [
        "x-amz-acl",
        "x-amz-tagging",
        "x-amz-storage-class",
        "x-amz-meta-a",
        "X-Amz-Copy-Source",
        "x-amz-website-redirect-location",
        "x-amz-object-lock-mode",
        "x-amz-grant-read",
        "x-amz-server-side-encryption",
        "x-amz-user-agent",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-decoded-content-length",
        "x-amz-security-token",
    ] {
        let error = outcome("PUT", &path, &query, &[(name, "v")]);
        if name.eq_ignore_ascii_case("x-amz-security-token") {
            assert!(error.is_err());
            continue;
        }
        let names = vec![name.to_ascii_lowercase()];
        assert_eq!(
            error,
            Err(VerifyError::UnsignedAmzHeaders { names }),
            "{name}"
        );
    }
    assert!(
        outcome(
            "PUT",
            &path,
            &query,
            &[("x-amz-content-sha256", "whatever")]
        )
        .is_ok()
    );
    assert!(outcome("PUT", &path, &query, &[("content-type", "text/html")]).is_ok());
}

#[test]
fn a6_every_spelling_of_one_url_has_one_fingerprint() {
    let (path, query) = presigned("GET", "/b/a b", &[], "us-east-1", "s3");
    let expected = outcome("GET", &path, &query, &[]).unwrap();
    let mut reversed: Vec<&str> = query.split('&').collect();
    reversed.reverse();
    let respelled = [
        (path.clone(), reversed.join("&")),
        ("/%62/%61%20b".to_owned(), query.clone()),
        (
            path.clone(),
            query.replace("%2F", "/").replace("a%20b", "a+b"),
        ),
        (
            path.clone(),
            query
                .replace("X-Amz-Date", "%58-Amz-Date")
                .replace("%2B", "%2b"),
        ),
        (path, format!("&{query}&&")),
    ];
    for (path, query) in respelled {
        assert_eq!(
            outcome("GET", &path, &query, &[]),
            Ok(expected),
            "{path}?{query}"
        );
    }
}

#[test]
fn a8_host_must_be_among_the_signed_headers() {
    let (path, query) = presigned("GET", "/b/k", &[("x-amz-date", "d")], "us-east-1", "s3");
    let query = query.replace("host%3Bx-amz-date", "x-amz-date");
    let error = outcome("GET", &path, &query, &[("x-amz-date", "d")]);
    assert_eq!(error, Err(VerifyError::HostNotSigned));
}

#[test]
fn a10_another_region_or_service_is_refused_though_the_secret_is_right() {
    let (path, query) = presigned("GET", "/b/k", &[], "eu-west-1", "s3");
    let wrong = VerifyError::WrongRegion {
        found: "eu-west-1".into(),
        expected: "us-east-1".into(),
    };
    assert_eq!(outcome("GET", &path, &query, &[]), Err(wrong));
    let (path, query) = presigned("GET", "/b/k", &[], "us-east-1", "sts");
    let wrong = VerifyError::WrongService {
        found: "sts".into(),
        expected: "s3".into(),
    };
    assert_eq!(outcome("GET", &path, &query, &[]), Err(wrong));
}

#[test]
fn a15_a_signature_is_for_one_method_unless_the_verifier_says_otherwise() {
    let (path, query) = presigned("GET", "/b/k", &[], "us-east-1", "s3");
    assert!(matches!(
        outcome("HEAD", &path, &query, &[]),
        Err(VerifyError::SignatureMismatch { .. })
    ));
    let headers = [Header {
        name: "host",
        value: HOST.as_bytes(),
    }];
    let head = RequestHead {
        method: "HEAD",
        path: &path,
        query: &query,
        headers: &headers,
    };
    let parsed = Query::of(&query).unwrap();
    let claim = Claim::find(&head, &parsed).unwrap().unwrap();
    let key = key("us-east-1", "s3");
    let key = VerificationKey::Hmac(&key);
    let rules = Rules::s3("us-east-1");
    let verdict = verify_as(
        "GET",
        &head,
        &parsed,
        &claim,
        key,
        &rules,
        &mut Workspace::default(),
    );
    assert_eq!(verdict.unwrap().payload, PayloadMode::Unsigned);
    let more = format!("{query}&acl");
    assert!(outcome("GET", &path, &more, &[]).is_err());
}

#[test]
fn f9_a_mismatch_shows_our_texts_and_never_our_signature() {
    let (path, query) = presigned("GET", "/b/k", &[], "us-east-1", "s3");
    let right = query.rsplit_once('=').unwrap().1.to_owned();
    let wrong = query.replace(&right, &"0".repeat(64));
    let Err(VerifyError::SignatureMismatch { ours }) = outcome("GET", &path, &wrong, &[]) else {
        panic!("accepted");
    };
    assert!(
        ours.canonical_request
            .starts_with("GET\n/b/k\nX-Amz-Algorithm=")
    );
    assert!(
        ours.string_to_sign
            .starts_with("AWS4-HMAC-SHA256\n20260115T120000Z\n")
    );
    assert_eq!(ours.signature_provided, "0".repeat(64));
    assert!(!format!("{ours:?}").contains(&right));
}

/// AWS's compact POST vector (aws-semantics 4.5).
#[test]
fn a_post_policy_is_verified_as_the_text_sent() {
    let policy = "eyJleHBpcmF0aW9uIjoiMjAyNi0wMS0xNVQxMzowMDowMC4wMDBaIiwiY29uZGl0aW9ucyI6W3siYnVja2V0IjoiZXhhbXBsZWJ1Y2tldCJ9LFsic3RhcnRzLXdpdGgiLCIka2V5IiwidXBsb2Fkcy8iXSxbImNvbnRlbnQtbGVuZ3RoLXJhbmdlIiwxLDEwNDg1NzZdLFsiZXEiLCIkQ29udGVudC1UeXBlIiwidGV4dC9wbGFpbiJdLHsieC1hbXotYWxnb3JpdGhtIjoiQVdTNC1ITUFDLVNIQTI1NiJ9LHsieC1hbXotY3JlZGVudGlhbCI6IkFLSUFJT1NGT0ROTjdFWEFNUExFLzIwMjYwMTE1L2V1LXdlc3QtMS9zMy9hd3M0X3JlcXVlc3QifSx7IngtYW16LWRhdGUiOiIyMDI2MDExNVQxMjAwMDBaIn1dfQ==";
    let fields = [
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        (
            "x-amz-credential",
            "AKIAIOSFODNN7EXAMPLE/20260115/eu-west-1/s3/aws4_request",
        ),
        ("x-amz-date", "20260115T120000Z"),
        (
            "x-amz-signature",
            "9175b0378649ca636847c42e428540b15b47ff7dab3705d7ac5166b9ee731348",
        ),
    ];
    let any = AnyClaim::from_post_form(fields.into_iter())
        .unwrap()
        .unwrap();
    let claim = *any.v4().unwrap();
    let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let key = SigningKey::derive(&secret, "20260115", "eu-west-1", "s3");
    let rules = Rules::s3("eu-west-1");
    let verified = verify_post_policy(policy, &claim, &key, &rules).unwrap();
    assert_eq!(verified.payload, PayloadMode::Unsigned);
    assert_eq!(fingerprint_hex(&verified).as_str(), claim.signature);
    let altered = policy.replacen("eyJ", "eyK", 1);
    let error = verify_post_policy(&altered, &claim, &key, &rules).unwrap_err();
    assert!(
        matches!(error, VerifyError::SignatureMismatch { ours } if ours.string_to_sign == altered)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_presigned_verifies(path in "/[^\u{0}]{0,40}", name in "[a-z]{1,8}", value in "\\PC{0,20}") {
        let headers = [(name.as_str(), value.as_str())];
        prop_assume!(name != "host");
        let (path, query) = presigned("PUT", &path, &headers, "us-east-1", "s3");
        prop_assert!(outcome("PUT", &path, &query, &headers).is_ok());
    }

    #[test]
    fn a_changed_byte_of_the_target_is_never_accepted_as_another_request(at in 0usize..400, to in 0x21u8..0x7f) {
        let (path, query) = presigned("GET", "/bucket/key", &[], "us-east-1", "s3");
        let target = format!("{path}?{query}");
        let mut bytes = target.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = to;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assume!(changed != target);
        if let Some((path, query)) = changed.split_once('?')
            && let Ok(parsed) = Query::of(query)
        {
            let headers = [Header { name: "host", value: HOST.as_bytes() }];
            let head = RequestHead { method: "GET", path, query, headers: &headers };
            if let Ok(Some(claim)) = Claim::find(&head, &parsed) {
                let key = key("us-east-1", "s3");
                let key = VerificationKey::Hmac(&key);
                let rules = Rules::s3("us-east-1");
                let verdict = verify(&head, &parsed, &claim, key, &rules, &mut Workspace::default());
                // Another spelling of the same text (`+` for `%20`) may verify.
                if verdict.is_ok() {
                    let same = Query::of(query).unwrap();
                    let original = Query::of(target.split_once('?').unwrap().1).unwrap();
                    let mut a: Vec<_> = same.pairs().collect();
                    let mut b: Vec<_> = original.pairs().collect();
                    a.sort_unstable();
                    b.sort_unstable();
                    prop_assert_eq!(a, b);
                    prop_assert_eq!(path, "/bucket/key");
                }
            }
        }
    }
}
