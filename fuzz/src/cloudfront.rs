//! Laws of CloudFront's signed URLs and cookies: the alphabet, policies, and what a request says of its signature.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_cloudfront::{
    AskedUrl, Carrier, Claim, CloudFrontError, EpochTime, KeyGroup, Parameter, Policy, PublicKey,
    QueryCover, Scheme, TrustedKey, Verifier, alphabet,
};
use countersign_request::{Header, Query, RequestHead};
use serde_json::Value;

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
const NOW: EpochTime = EpochTime::from_unix(1_767_225_599);

static KEYS: LazyLock<KeyGroup> = LazyLock::new(|| {
    let pem = include_str!("../../vectors/cloudfront/rsa2048.public.pem");
    let key = PublicKey::from_pem(pem).ok();
    let key = key.and_then(|key| TrustedKey::new("K2JCJMDEHXQW5F", key).ok());
    KeyGroup::new(key).unwrap_or_default()
});

/// Holds the alphabet to its laws: bytes have one spelling, and it is standard base64 with three other letters.
///
/// # Panics
/// If a law is broken.
pub fn cloudfront_alphabet(data: &[u8]) {
    assert_eq!(
        alphabet::decode(&alphabet::encode(data)).as_deref(),
        Some(data)
    );
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let decoded = alphabet::decode(text);
    if let Some(bytes) = &decoded {
        assert_eq!(alphabet::encode(bytes), text);
    }
    if !text.contains(['+', '/', '=']) {
        let standard = text.replace('-', "+").replace('~', "/").replace('_', "=");
        assert_eq!(STANDARD.decode(standard).ok(), decoded);
    }
}

/// Holds policies to their laws: what is taken is one statement to others too, is written and read as the same, and
/// lets nobody in after its end.
///
/// # Panics
/// If a law is broken.
pub fn cloudfront_policy(data: &[u8]) {
    let policy = match Policy::parse(data) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(error.to_string().len() <= data.len() + 200);
            return;
        }
    };
    assert_eq!(
        Policy::parse(policy.to_json().as_bytes()).as_ref(),
        Ok(&policy)
    );
    let Ok(value) = serde_json::from_slice::<Value>(data) else {
        unreachable!("what is taken is JSON to others too");
    };
    assert_eq!(value.pointer("/Statement/1"), None);
    let statement = value
        .pointer("/Statement/0")
        .or(value.pointer("/Statement"));
    let element = |place: &str| statement.and_then(|statement| statement.pointer(place));
    let time = |condition: &str| {
        let place = format!("/Condition/{condition}/AWS:EpochTime");
        element(&place).and_then(Value::as_u64)
    };
    assert_eq!(time("DateLessThan"), Some(policy.expires_at().unix()));
    assert_eq!(
        time("DateGreaterThan"),
        policy.begins_at().map(EpochTime::unix)
    );
    let resource = policy.resource();
    assert_eq!(
        element("/Resource").and_then(Value::as_str),
        resource.map(|resource| resource.as_str())
    );
    covers_within_sections(&policy);
}

/// A resource without wildcards covers one URL and no other.
fn covers_within_sections(policy: &Policy) {
    let Some(resource) = policy.resource() else {
        return;
    };
    for url in [
        "https://example.com/a",
        "https://example.com/a?x=1",
        "http://cdn.example.com/a/b.jpg",
    ] {
        let Ok(asked) = AskedUrl::parse(url) else {
            unreachable!("these are URLs");
        };
        let cover = resource.cover(&asked);
        if !resource.as_str().contains(['*', '?']) {
            assert_eq!(cover.is_some(), resource.as_str() == url);
        }
        if asked.raw_query().is_none() {
            assert_ne!(cover, Some(QueryCover::Wildcard));
        }
    }
}

/// Holds the reading of a signature to its laws, for a path, a query and cookies in three lines: a signature is
/// taken from one place, none of its parts is left in the URL, and who is let in was so by a key of the group.
///
/// # Panics
/// If a law is broken.
pub fn cloudfront_claim(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let [path, raw_query, cookie] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let headers = [Header {
        name: "cookie",
        value: cookie.as_bytes(),
    }];
    let head = RequestHead {
        method: "GET",
        path,
        query: raw_query,
        headers: &headers,
    };
    let Ok(query) = Query::of(raw_query) else {
        return;
    };
    let Ok(asked) = AskedUrl::of(Scheme::Https, "media.example.com", path, &query) else {
        unreachable!("what remains of a query can be read");
    };
    let parts = |query: &Query| {
        query
            .pairs()
            .filter(|(name, _)| Parameter::of_query(name).is_some())
            .count()
    };
    assert_eq!(parts(asked.query()), 0);
    assert_eq!(asked.query().len() + parts(&query), query.len());
    let claim = match Claim::find(&head, &query) {
        Ok(claim) => claim,
        Err(error) => {
            assert!(error != CloudFrontError::NotSigned || parts(&query) == 0);
            return;
        }
    };
    assert_eq!(claim.carrier() == Carrier::Url, parts(&query) > 0);
    let nobody = KeyGroup::default();
    assert!(
        Verifier::new(&nobody)
            .verify(&claim, &asked, NOW, CLIENT)
            .is_err()
    );
    let verifier = Verifier::new(&KEYS).accepting_sha1();
    if let Ok(permitted) = verifier.verify(&claim, &asked, NOW, CLIENT) {
        assert!(permitted.expires_at > NOW);
        assert_eq!(&*permitted.key_pair_id, "K2JCJMDEHXQW5F");
        let late = verifier.verify(&claim, &asked, permitted.expires_at, CLIENT);
        assert!(matches!(late, Err(CloudFrontError::Expired { .. })));
    }
}
