//! Condition keys that are claims of an identity provider: `token.actions.githubusercontent.com:sub`.
//!
//! "Available keys for AWS OIDC federation": the provider's URL without `https://`, a colon, the claim's
//! name. Which claims a provider makes is its own affair, so any name is taken.

/// Whether a key has the form of such a claim: `HOST[:PORT][/PATH]:CLAIM`, where the host has a dot in it or
/// is `localhost`, as no service's name does.
pub(super) fn is_claim(key: &str) -> bool {
    let Some((provider, claim)) = key.rsplit_once(':') else {
        return false;
    };
    let (authority, path) = provider.split_once('/').unwrap_or((provider, ""));
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, after)) => (host, after.strip_prefix(':').unwrap_or(after)),
            None => return false,
        },
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let is_v6 =
        authority.starts_with('[') && host.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    let is_host = !host.is_empty()
        && host.bytes().all(is_name)
        && (host.contains('.') || host.eq_ignore_ascii_case("localhost"));
    (is_v6 || is_host)
        && port.bytes().all(|b| b.is_ascii_digit())
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b))
        && !claim.is_empty()
        && claim
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}
