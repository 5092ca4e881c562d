//! Which bucket and key a URL is about.
//!
//! On AWS the bucket may stand in the host; on any other server that cannot be told from the URL, so
//! the path is taken at its word.

use countersign_s3::{Address, Addressing, Level, Style};
use serde::Serialize;

use crate::command::url::Url;

/// What a URL is addressed to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Place {
    /// The bucket, if one is named.
    pub(super) bucket: Option<String>,
    /// The key, if one is named.
    pub(super) key: Option<String>,
    /// Whether the bucket stands in the host.
    pub(super) bucket_in_host: bool,
    /// Whether other programs may fold the key into another one.
    pub(super) has_dot_segments: bool,
    /// Service, bucket or object.
    #[serde(skip)]
    pub(super) level: Level,
}

/// Reads host and path; `None` if the path cannot be read.
pub(super) fn of(url: &Url<'_>) -> Option<Place> {
    let addressing = Addressing::new(aws_base(url.host()));
    let address: Address<'_> = addressing.resolve(url.authority, url.path).ok()?;
    Some(Place {
        bucket: address.bucket.as_deref().map(str::to_owned),
        key: address.key.as_ref().map(|key| key.as_str().to_owned()),
        bucket_in_host: address.style == Style::VirtualHosted,
        has_dot_segments: address.has_dot_segments(),
        level: address.level(),
    })
}

/// The base of an AWS host: from its label `s3`, `s3-fips`, `s3-<region>`, … on.
fn aws_base(host: &str) -> Option<&str> {
    let lower = host.to_ascii_lowercase();
    let of_aws = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];
    if !of_aws.iter().any(|suffix| lower.ends_with(suffix)) {
        return None;
    }
    // A bucket may itself have a label `s3`, so the last one counts.
    let mut start = lower.len();
    let mut base = None;
    for label in lower.rsplit('.') {
        start = start.checked_sub(label.len())?;
        if label == "s3" || label.starts_with("s3-") {
            base = host.get(start..);
        }
        start = start.saturating_sub(1);
        if base.is_some() {
            break;
        }
    }
    base
}
