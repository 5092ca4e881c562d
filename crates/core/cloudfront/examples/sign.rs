//! Signs URLs and cookies, one JSON object a line.
//!
//! ```text
//! {"key": "-----BEGIN PRIVATE KEY-----\n…", "key_pair_id": "K2JCJMDEHXQW5F", "url": "https://…", "expires_at": 1767225600}
//! {"url": "https://…&Signature=…", "policy": "{\"Statement\":…", "cookies": {"CloudFront-Expires": "1767225600", …}}
//! ```
//!
//! With `resource`, `not_before` or `network` the policy is a custom one. Tests let this implementation sign and others
//! verify: `cargo run -q -p countersign-cloudfront --example sign`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, Write as _};

use countersign_cloudfront::{EpochTime, Policy, PrivateKey, Resource, Signer, canned_policy};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    key: String,
    key_pair_id: String,
    url: String,
    expires_at: u64,
    resource: Option<String>,
    not_before: Option<u64>,
    network: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let order: Order = serde_json::from_str(&line?)?;
        writeln!(out, "{}", sign(&order)?)?;
    }
    Ok(())
}

fn sign(order: &Order) -> Result<Value, Box<dyn Error>> {
    let signer = Signer::new(&order.key_pair_id, PrivateKey::from_pem(&order.key)?)?;
    let expires_at = EpochTime::from_unix(order.expires_at);
    let (url, cookies, text) = match policy(order, expires_at)? {
        None => (
            signer.sign_url(&order.url, expires_at)?,
            signer.sign_cookies_for(&order.url, expires_at)?,
            canned_policy(&order.url, expires_at),
        ),
        Some(policy) => (
            signer.sign_url_with(&order.url, &policy)?,
            signer.sign_cookies(&policy)?,
            policy.to_json(),
        ),
    };
    let cookies: BTreeMap<&str, &str> = cookies.pairs().collect();
    Ok(json!({ "url": url, "cookies": cookies, "policy": text }))
}

/// The custom policy that is asked for, if one is.
fn policy(order: &Order, expires_at: EpochTime) -> Result<Option<Policy>, Box<dyn Error>> {
    if order.resource.is_none() && order.not_before.is_none() && order.network.is_none() {
        return Ok(None);
    }
    let resource = order.resource.as_deref().unwrap_or(&order.url);
    let mut policy = Policy::new(Resource::parse(resource)?, expires_at);
    if let Some(moment) = order.not_before {
        policy = policy.not_before(EpochTime::from_unix(moment));
    }
    if let Some(network) = &order.network {
        policy = policy.within(network.parse()?);
    }
    Ok(Some(policy))
}
