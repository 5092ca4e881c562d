//! The ARNs of what IAM administers.
//!
//! "IAM identifiers": `arn:aws:iam::ACCOUNT:user/PATH/NAME` and its like. Lists are asked for at their prefix.

use countersign_gate::ACCOUNT;

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

/// An issuer as AWS shows it: without its scheme.
pub(crate) fn without_scheme(issuer: &str) -> &str {
    issuer
        .split_once("://")
        .map_or(issuer, |(_, host_and_path)| host_and_path)
}
