//! From an issuer to its keys: OpenID Connect Discovery 1.0, section 4.
//!
//! INVARIANT: the configuration is the issuer's own: what it calls its issuer is what we asked for. Otherwise a
//! host with many tenants could speak for one that it is not.

use serde_json::Value;

use crate::FetchError;
use crate::fetch::Fetcher;
use crate::issuer_url::{IssuerUrl, IssuerUrlError, same_issuer, without_slash};
use crate::key_set::KeySet;
use crate::reach::Reach;
use crate::strict_json;

const CONFIGURATION: &str = "the provider's configuration";
const KEYS: &str = "the provider's key set";

/// What an issuer publishes.
#[derive(Debug)]
pub(crate) struct IssuerKeys {
    /// The issuer, as it writes itself; so it stands in its tokens.
    pub(crate) issuer: String,
    /// Its keys.
    pub(crate) set: KeySet,
}

/// Keys, and for how many seconds they may be kept if their answer says.
pub(crate) struct Discovered {
    pub(crate) keys: IssuerKeys,
    pub(crate) max_age_s: Option<u64>,
}

/// Fetches an issuer's configuration and then its keys.
pub(crate) async fn discover(
    fetcher: &Fetcher,
    issuer: &str,
    allow_private_networks: bool,
) -> Result<Discovered, FetchError> {
    let url: IssuerUrl = issuer
        .parse()
        .map_err(|reason| not_fetched(issuer, reason))?;
    let place = format!("{}/.well-known/openid-configuration", without_slash(issuer));
    let place = parse_endpoint(&place)?;
    let reach = Reach::of_issuer(&url, allow_private_networks);
    let configuration = fetcher.get(&place, reach).await?.body;
    let (issuer, endpoint) = read_configuration(&configuration, &url)?;
    let reach = Reach::of_endpoint(&endpoint, &url, allow_private_networks);
    let answer = fetcher.get(&endpoint, reach).await?;
    let set = KeySet::parse(&answer.body).map_err(|what| FetchError::Document {
        document: KEYS,
        what,
    })?;
    Ok(Discovered {
        keys: IssuerKeys { issuer, set },
        max_age_s: answer.max_age_s,
    })
}

/// How the issuer writes itself, and where its keys are.
fn read_configuration(
    configuration: &[u8],
    issuer: &IssuerUrl,
) -> Result<(String, IssuerUrl), FetchError> {
    let wrong = |what| FetchError::Document {
        document: CONFIGURATION,
        what,
    };
    let document = strict_json::object(configuration)
        .map_err(|_| wrong("it is no JSON object, or a name stands twice in it"))?;
    let text = |name| document.get(name).and_then(Value::as_str);
    let named = text("issuer").ok_or(wrong("it names no issuer"))?;
    if !same_issuer(named, issuer.as_str()) {
        return Err(wrong("it is of another issuer"));
    }
    let endpoint = parse_endpoint(text("jwks_uri").ok_or(wrong("it names no jwks_uri"))?)?;
    // Keys over http only where the issuer itself is: on this machine, at the same port.
    if !endpoint.is_tls() && !endpoint.has_origin_of(issuer) {
        return Err(not_fetched(endpoint.as_str(), IssuerUrlError::Scheme));
    }
    Ok((named.to_owned(), endpoint))
}

fn parse_endpoint(text: &str) -> Result<IssuerUrl, FetchError> {
    IssuerUrl::parse_endpoint(text).map_err(|reason| not_fetched(text, reason))
}

fn not_fetched(url: &str, reason: IssuerUrlError) -> FetchError {
    FetchError::Url {
        url: crate::error::shown(url),
        reason,
    }
}

#[cfg(test)]
mod tests;
