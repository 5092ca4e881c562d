//! The ARNs of what IAM administers.
//!
//! "IAM identifiers": `arn:aws:iam::ACCOUNT:user/PATH/NAME` and its like. Lists are asked for at their prefix.

use countersign_gate::ACCOUNT;
use countersign_oidc::IssuerUrl;

/// `arn:aws:iam::ACCOUNT:` and a resource.
pub(crate) fn of(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

/// The ARN of a kind of entity, its path and its name: `user`, `/`, `alice`.
pub(crate) fn entity(kind: &str, path: &str, name: &str) -> String {
    of(&format!("{kind}{path}{name}"))
}

/// The ARN of the provider with this issuer.
pub(crate) fn provider(issuer: &str) -> String {
    of(&format!("oidc-provider/{}", without_scheme(issuer)))
}

/// The issuers that the provider with this ARN may have: over TLS, or else on this machine. None if it is no ARN of a
/// provider here.
pub(crate) fn issuers(arn: &str) -> Vec<String> {
    let resource = of("oidc-provider/");
    let Some(host_and_path) = arn.strip_prefix(&resource) else {
        return Vec::new();
    };
    let over = |scheme| format!("{scheme}://{host_and_path}");
    let is_issuer = |text: &String| text.parse::<IssuerUrl>().is_ok();
    let both = [over("https"), over("http")];
    both.into_iter().filter(is_issuer).collect()
}

/// An issuer as AWS shows it: without its scheme.
pub(crate) fn without_scheme(issuer: &str) -> &str {
    issuer.split_once("://").map_or(issuer, |(_, rest)| rest)
}

#[cfg(test)]
mod tests;
