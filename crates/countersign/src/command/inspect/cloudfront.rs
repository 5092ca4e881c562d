//! CloudFront's signed URLs, as far as they say something about themselves.
//!
//! CloudFront Developer Guide, "Use signed URLs": a canned policy is only `Expires`; a custom policy is
//! JSON in base64 with `-`, `_` and `~` for `+`, `=` and `/`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_request::Query;
use countersign_sigv4::AmzDate;
use serde::{Deserialize, Serialize};

/// What a CloudFront URL says about itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct SignedUrl {
    /// Whose key pair signed.
    pub(super) key_pair_id: String,
    /// What the policy covers, which may be more than this URL. None for a canned policy.
    pub(super) resource: Option<String>,
    /// The earliest use.
    #[serde(skip)]
    pub(super) not_before: Option<AmzDate>,
    /// The end.
    #[serde(skip)]
    pub(super) expires_at: Option<AmzDate>,
    /// Whose network may use it.
    pub(super) source_ip: Option<String>,
}

#[derive(Deserialize)]
struct Policy {
    #[serde(rename = "Statement")]
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    resource: Option<String>,
    #[serde(default)]
    condition: Condition,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    date_less_than: Option<EpochTime>,
    date_greater_than: Option<EpochTime>,
    ip_address: Option<SourceIp>,
}

#[derive(Deserialize)]
struct EpochTime {
    #[serde(rename = "AWS:EpochTime")]
    seconds: i64,
}

#[derive(Deserialize)]
struct SourceIp {
    #[serde(rename = "AWS:SourceIp")]
    network: String,
}

/// Reads a CloudFront URL; `None` if it is none.
pub(super) fn read(query: &Query) -> Option<SignedUrl> {
    let key_pair_id = query.first("Key-Pair-Id")?.to_owned();
    let Some(policy) = query.first("Policy") else {
        let expires = query.first("Expires")?.parse().ok();
        let expires_at = expires.map(AmzDate::from_unix);
        return Some(SignedUrl {
            key_pair_id,
            expires_at,
            ..SignedUrl::default()
        });
    };
    let statement = statement(policy);
    let condition = statement.as_ref().map(|statement| &statement.condition);
    let date = |time: Option<&EpochTime>| time.map(|time| AmzDate::from_unix(time.seconds));
    Some(SignedUrl {
        key_pair_id,
        expires_at: date(condition.and_then(|c| c.date_less_than.as_ref())),
        not_before: date(condition.and_then(|c| c.date_greater_than.as_ref())),
        source_ip: condition
            .and_then(|c| c.ip_address.as_ref())
            .map(|ip| ip.network.clone()),
        resource: statement.and_then(|statement| statement.resource),
    })
}

fn statement(policy: &str) -> Option<Statement> {
    let base64: String = policy
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '=',
            '~' => '/',
            other => other,
        })
        .collect();
    let json = STANDARD.decode(base64).ok()?;
    let policy: Policy = serde_json::from_slice(&json).ok()?;
    policy.statement.into_iter().next()
}
