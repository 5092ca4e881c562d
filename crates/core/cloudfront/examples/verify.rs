//! Verifies requests, one JSON object a line, and says for each whether it is let in, one JSON object a line.
//!
//! ```text
//! {"keys": {"K2JCJMDEHXQW5F": "-----BEGIN PUBLIC KEY-----\n…"}, "url": "https://…", "cookie": "CloudFront-…",
//!  "now": 1767225599, "client": "203.0.113.7", "sha1": false}
//! {"permitted": {"kind": "custom", "carrier": "url", "expires_at": 1767225600, "query_cover": "literal"}}
//! {"refused": "AccessDenied", "reason": "expired at 1767225600, and it is 1767225600"}
//! ```
//!
//! Tests let other implementations sign and this one verify:
//! `cargo run -q -p countersign-cloudfront --example verify`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::net::IpAddr;

use countersign_cloudfront::{
    AskedUrl, Carrier, Claim, CloudFrontError, EpochTime, KeyGroup, Permitted, PolicyKind,
    PublicKey, QueryCover, Scheme, TrustedKey, Verifier,
};
use countersign_request::{Header, Query, RequestHead};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    keys: BTreeMap<String, String>,
    url: String,
    #[serde(default)]
    cookie: String,
    now: u64,
    client: IpAddr,
    #[serde(default)]
    sha1: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let request: Request = serde_json::from_str(&line?)?;
        let answer = match verify(&request)? {
            Ok(permitted) => json!({ "permitted": shown(&permitted) }),
            Err(error) => json!({ "refused": error.code().as_str(), "reason": error.to_string() }),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

/// What a server does with a request. The outer error is a mistake of the caller.
fn verify(request: &Request) -> Result<Result<Permitted, CloudFrontError>, Box<dyn Error>> {
    let keys = request.keys.iter().map(|(id, pem)| {
        let key = PublicKey::from_pem(pem)?;
        Ok(TrustedKey::new(id, key)?)
    });
    let keys = KeyGroup::new(keys.collect::<Result<Vec<_>, Box<dyn Error>>>()?)?;
    let (scheme, rest) = request
        .url
        .split_once("://")
        .ok_or("the URL has no scheme")?;
    let scheme = match scheme {
        "https" => Scheme::Https,
        _ => Scheme::Http,
    };
    let (before, raw_query) = rest.split_once('?').unwrap_or((rest, ""));
    let slash = before.find('/').ok_or("the URL has no path")?;
    let (authority, path) = before.split_at(slash);
    let headers = [Header {
        name: "cookie",
        value: request.cookie.as_bytes(),
    }];
    let head = RequestHead {
        method: "GET",
        path,
        query: raw_query,
        headers: &headers,
    };
    let query = Query::of(raw_query)?;
    let asked = AskedUrl::of(scheme, authority, path, &query)?;
    let verifier = match request.sha1 {
        true => Verifier::new(&keys).accepting_sha1(),
        false => Verifier::new(&keys),
    };
    let now = EpochTime::from_unix(request.now);
    Ok(Claim::find(&head, &query)
        .and_then(|claim| verifier.verify(&claim, &asked, now, request.client)))
}

fn shown(permitted: &Permitted) -> Value {
    json!({
        "kind": match permitted.policy_kind {
            PolicyKind::Canned => "canned",
            PolicyKind::Custom => "custom",
        },
        "carrier": match permitted.carrier {
            Carrier::Cookies => "cookies",
            Carrier::Url => "url",
        },
        "expires_at": permitted.expires_at.unix(),
        "query_cover": match permitted.query_cover {
            QueryCover::Literal => "literal",
            QueryCover::Wildcard => "wildcard",
        },
    })
}
