//! Takes everything that makes a URL work out of it.
//!
//! Names are compared after percent-decoding and without regard to case, because leaks have slipped
//! through in other spellings (threat F1). A query that cannot be decoded is left out as a whole.

use countersign_request::Query;

use crate::command::url::Url;

/// Parameters whose value is a signature, a token or a whole credential.
const SECRETS: [&str; 9] = [
    "x-amz-signature",
    "x-amz-security-token",
    "signature",
    "x-goog-signature",
    "sig",
    "token",
    "access_token",
    "password",
    "x-amz-s3session-token",
];

/// The URL with every secret replaced.
pub(super) fn redacted(url: &Url<'_>) -> String {
    let mut out = format!("{}://{}{}", url.scheme, url.authority, url.path);
    if url.query.is_empty() {
        return out;
    }
    let Ok(query) = Query::of(url.query) else {
        out.push_str("?REDACTED");
        return out;
    };
    for (at, (name, _, raw_name, raw_value)) in query.located_pairs().enumerate() {
        let mark = if at == 0 { '?' } else { '&' };
        let raw = |range| url.query.get(range).unwrap_or_default();
        let is_secret = SECRETS
            .iter()
            .any(|secret| secret.eq_ignore_ascii_case(name));
        let value = if is_secret {
            "REDACTED"
        } else {
            raw(raw_value)
        };
        out.push(mark);
        out.push_str(raw(raw_name));
        out.push('=');
        out.push_str(value);
    }
    out
}
