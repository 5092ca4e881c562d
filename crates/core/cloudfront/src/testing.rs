//! What the tests share: the keys of the vectors, and short ways to a claim.

use std::net::IpAddr;
use std::path::PathBuf;

use countersign_request::{Header, Query, RequestHead};
use serde_json::Value;

use crate::{
    AskedUrl, Claim, CloudFrontError, EpochTime, KeyGroup, Permitted, PrivateKey, PublicKey,
    Scheme, TrustedKey, Verifier, alphabet,
};

pub(crate) const KEY_PAIR_ID: &str = "K2JCJMDEHXQW5F";
pub(crate) const END: EpochTime = EpochTime::from_unix(1_767_225_600);
/// The last second before the end.
pub(crate) const NOW: EpochTime = EpochTime::from_unix(1_767_225_599);

pub(crate) fn client() -> IpAddr {
    "203.0.113.7".parse().unwrap()
}

fn file(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../vectors/cloudfront");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The lines of a file of vectors.
pub(crate) fn vectors(name: &str) -> Vec<Value> {
    let lines = file(name);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(crate) fn pem(name: &str) -> String {
    file(&format!("{name}.pem"))
}

pub(crate) fn public_key(name: &str) -> PublicKey {
    PublicKey::from_pem(&pem(&format!("{name}.public"))).unwrap()
}

pub(crate) fn private_key(name: &str) -> PrivateKey {
    PrivateKey::from_pem(&pem(&format!("{name}.private"))).unwrap()
}

/// A group of one key.
pub(crate) fn group(name: &str) -> KeyGroup {
    KeyGroup::new([TrustedKey::new(KEY_PAIR_ID, public_key(name)).unwrap()]).unwrap()
}

/// The query of a policy, signed as it is, whatever it says.
pub(crate) fn signed_query(key: &str, policy: &[u8]) -> String {
    let signature = private_key(key).sign(policy).unwrap();
    format!(
        "Policy={}&Signature={}&Key-Pair-Id={KEY_PAIR_ID}&Hash-Algorithm=SHA256",
        alphabet::encode(policy),
        alphabet::encode(&signature)
    )
}

/// Verifies a request as an edge would: parts of a URL as they came, and a `Cookie` header.
pub(crate) fn verify(
    verifier: &Verifier<'_>,
    url: &str,
    cookie: &str,
    now: EpochTime,
    client: IpAddr,
) -> Result<Permitted, CloudFrontError> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let scheme = if scheme == "https" {
        Scheme::Https
    } else {
        Scheme::Http
    };
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = before.split_at(before.find('/').unwrap());
    let cookies = [Header {
        name: "Cookie",
        value: cookie.as_bytes(),
    }];
    let head = RequestHead {
        method: "GET",
        path,
        query,
        headers: &cookies,
    };
    let query = Query::of(query).unwrap();
    let claim = Claim::find(&head, &query)?;
    let asked = AskedUrl::of(scheme, authority, path, &query).unwrap();
    verifier.verify(&claim, &asked, now, client)
}
