//! AWS's own signing test suite (`vectors/sigv4`): every stage of every case, both ways.
//!
//! For SigV4 the canonical request, the string to sign and the signature are compared; each signed
//! request is then parsed and verified as a server would. SigV4A signatures are random, so the
//! suite's are verified against its public keys and ours against the derived ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use countersign_request::{Header, Query, RequestHead};
use countersign_sigv4::canonical_request::PathRule;
use countersign_sigv4::v4a::{PrivateKey, PublicKey};
use countersign_sigv4::verify::{PayloadRule, Rules, VerificationKey, Workspace, verify};
use countersign_sigv4::{Claim, SecretAccessKey, SigningKey, VerifyError, sha256_hex};
use serde_json::Value;

/// A raw request of the suite: request line, headers, blank line, body.
struct Raw {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Raw {
    fn parse(text: &str) -> Self {
        let (head, body) = text
            .split_once("\n\n")
            .unwrap_or((text.trim_end_matches('\n'), ""));
        let mut lines = head.split('\n');
        let line = lines.next().unwrap();
        let (method, rest) = line.split_once(' ').unwrap();
        let target = rest.rsplit_once(" HTTP/").unwrap().0;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            if line.starts_with([' ', '\t']) {
                let last = headers.last_mut().unwrap();
                last.1 = format!("{}\n{line}", last.1);
            } else {
                let (name, value) = line.split_once(':').unwrap();
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: body.to_owned(),
        }
    }

    fn headers(&self) -> Vec<Header<'_>> {
        self.headers
            .iter()
            .map(|(name, value)| Header {
                name,
                value: value.as_bytes(),
            })
            .collect()
    }
}

fn cases(file: &str) -> Vec<Value> {
    let path = format!(
        "{}/../../../vectors/sigv4/{file}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field]
        .as_str()
        .unwrap_or_else(|| panic!("{}: no {field}", case["name"]))
}

/// Verifies a signed request of the suite with `key`; gives back what the verifier signed when the
/// signature is spoiled, so that the stages can be compared too.
fn run(case: &Value, form: &str, key: VerificationKey<'_>) {
    let name = case["name"].as_str().unwrap();
    let context = &case["context"];
    let raw = Raw::parse(text(case, &format!("{form}_signed_request")));
    let payload = sha256_hex(raw.body.as_bytes());
    let rules = Rules {
        service: context["service"].as_str().unwrap(),
        region: context["region"].as_str().unwrap(),
        path_rule: PathRule::Generic {
            normalize: context["normalize"].as_bool().unwrap(),
        },
        payload_rule: PayloadRule::Given(payload.as_str()),
        token_after_signing: context["omit_session_token"].as_bool().unwrap_or(false),
        amz_headers_signed: false,
    };
    let signature = |spoil: bool| {
        let raw = Raw::parse(text(case, &format!("{form}_signed_request")));
        let mut headers = raw.headers();
        let mut query_text = raw.query.clone();
        let mut authorization = headers
            .iter()
            .find(|h| h.name.eq_ignore_ascii_case("authorization"))
            .map(|h| String::from_utf8(h.value.to_vec()).unwrap());
        if spoil {
            let zero = "0".repeat(64);
            let at = query_text.find("X-Amz-Signature=").map(|at| at + 16);
            if let Some(at) = at {
                let end = query_text[at..]
                    .find('&')
                    .map_or(query_text.len(), |e| at + e);
                query_text.replace_range(at..end, &zero);
            }
            if let Some(text) = &mut authorization {
                let at = text.find("Signature=").unwrap() + 10;
                text.replace_range(at.., &zero);
            }
        }
        for header in &mut headers {
            if header.name.eq_ignore_ascii_case("authorization") {
                header.value = authorization.as_deref().unwrap().as_bytes();
            }
        }
        let head = RequestHead {
            method: &raw.method,
            path: &raw.path,
            query: &query_text,
            headers: &headers,
        };
        let query = Query::of(&query_text).unwrap();
        let claim = Claim::find(&head, &query).unwrap().unwrap();
        verify(
            &head,
            &query,
            &claim,
            key,
            &rules,
            &mut Workspace::default(),
        )
    };
    signature(false).unwrap_or_else(|error| panic!("{name} {form}: {error:?}"));
    let Err(VerifyError::SignatureMismatch { ours }) = signature(true) else {
        panic!("{name} {form}: a spoiled signature was accepted");
    };
    assert_eq!(
        ours.canonical_request,
        text(case, &format!("{form}_canonical_request")),
        "{name}"
    );
    assert_eq!(
        ours.string_to_sign,
        text(case, &format!("{form}_string_to_sign")),
        "{name}"
    );
}

fn secret(case: &Value) -> SecretAccessKey {
    SecretAccessKey::new(text(&case["context"]["credentials"], "secret_access_key"))
}

#[test]
fn every_v4_case_verifies_and_its_stages_agree() {
    let cases = cases("v4.jsonl");
    assert_eq!(cases.len(), 38);
    for case in &cases {
        let context = &case["context"];
        let day = text(context, "timestamp")
            .get(..10)
            .unwrap()
            .replace('-', "");
        let region = text(context, "region");
        let key = SigningKey::derive(&secret(case), &day, region, text(context, "service"));
        for form in ["header", "query"] {
            let ours = key.sign(text(case, &format!("{form}_string_to_sign")).as_bytes());
            assert_eq!(
                ours.to_hex().as_str(),
                text(case, &format!("{form}_signature"))
            );
            run(case, form, VerificationKey::Hmac(&key));
        }
    }
}

#[test]
fn every_v4a_case_verifies_and_its_stages_agree() {
    let mut complete = 0;
    for case in &cases("v4a.jsonl") {
        if case.get("header_signature").is_none() {
            continue;
        }
        complete += 1;
        let access_key_id = text(&case["context"]["credentials"], "access_key_id");
        let private = PrivateKey::derive(access_key_id, &secret(case)).unwrap();
        let public = PublicKey::derive(access_key_id, &secret(case)).unwrap();
        let (x, y) = public.coordinates().unwrap();
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(hex(&x), text(&case["public_key"], "X").to_lowercase());
        assert_eq!(hex(&y), text(&case["public_key"], "Y").to_lowercase());
        for form in ["header", "query"] {
            let message = text(case, &format!("{form}_string_to_sign")).as_bytes();
            assert!(public.verifies(message, text(case, &format!("{form}_signature"))));
            assert!(public.verifies(message, &private.sign(message)));
            run(case, form, VerificationKey::Ecdsa(&public));
        }
    }
    assert_eq!(complete, 38);
}
