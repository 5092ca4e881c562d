//! Where a bucket is reached: scheme, host, and whether the bucket stands in host or path.
//!
//! As the AWS CLI version 2 does it. AWS: regional hosts, the bucket in the host unless its name has
//! dots (no certificate covers those) or is none of today's rules. Any other server: the bucket in
//! the path, because few have a name for every bucket; `addressing_style = virtual` changes that.

use std::net::IpAddr;

use countersign_s3::BucketName;

use super::target::{Target, TargetError};
use crate::aws::Settings;
use crate::config::parse_region;

/// Where the bucket is reached.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Endpoint {
    /// `https` or `http`.
    pub(super) scheme: String,
    /// Host and, unless it is the scheme's own, port.
    pub(super) host: String,
    /// What every path begins with; empty or a slash and more.
    prefix: String,
    /// Whether the bucket stands in the host.
    bucket_in_host: bool,
}

impl Endpoint {
    /// Finds the endpoint for a target.
    pub(super) fn find(
        settings: &Settings,
        region: &str,
        target: &Target,
    ) -> Result<Self, TargetError> {
        parse_region(region).map_err(|_| TargetError::Region {
            name: region.to_owned(),
        })?;
        let (base, own_server) = match &settings.endpoint_url {
            Some(url) => (custom(url)?, true),
            None => (aws(settings, region), false),
        };
        let style = settings.addressing_style.as_deref();
        let fits = fits_into_host(&target.bucket);
        let bucket_in_host = match style {
            Some("path") => false,
            Some("virtual") if !fits => {
                return Err(TargetError::NotAHost {
                    name: target.bucket.clone(),
                });
            }
            Some("virtual") => true,
            _ => fits && !own_server,
        };
        if bucket_in_host && base.is_ip_address() {
            return Err(TargetError::NotAHost {
                name: target.bucket.clone(),
            });
        }
        let host = if bucket_in_host {
            format!("{}.{}", target.bucket, base.host)
        } else {
            base.host
        };
        Ok(Self {
            host,
            bucket_in_host,
            ..base
        })
    }

    /// The path to a target, as text.
    pub(super) fn path(&self, target: &Target) -> String {
        let Target { bucket, key } = target;
        match (self.bucket_in_host, key.is_empty()) {
            (true, _) => format!("{}/{key}", self.prefix),
            (false, false) => format!("{}/{bucket}/{key}", self.prefix),
            (false, true) => format!("{}/{bucket}", self.prefix),
        }
    }

    /// Whether only this machine can be reached under this name.
    pub(super) fn is_loopback(&self) -> bool {
        let host = host_of(&self.host);
        host == "localhost"
            || host.ends_with(".localhost")
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    fn is_ip_address(&self) -> bool {
        host_of(&self.host).parse::<IpAddr>().is_ok()
    }
}

/// The host without port and brackets.
fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

fn custom(url: &str) -> Result<Endpoint, TargetError> {
    let error = || TargetError::Endpoint {
        url: url.to_owned(),
    };
    let (scheme, rest) = url.split_once("://").ok_or_else(error)?;
    let scheme = scheme.to_ascii_lowercase();
    let own_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return Err(error()),
    };
    let (authority, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = authority.to_ascii_lowercase();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    if authority.is_empty() || !authority.bytes().all(plain) || prefix.contains(['?', '#']) {
        return Err(error());
    }
    Ok(Endpoint {
        host: authority
            .strip_suffix(own_port)
            .unwrap_or(&authority)
            .to_owned(),
        scheme,
        prefix: prefix.trim_end_matches('/').to_owned(),
        bucket_in_host: false,
    })
}

fn aws(settings: &Settings, region: &str) -> Endpoint {
    let fips = if settings.fips { "-fips" } else { "" };
    let dual_stack = if settings.dual_stack {
        ".dualstack"
    } else {
        ""
    };
    let host = format!("s3{fips}{dual_stack}.{region}.{}", dns_suffix(region));
    Endpoint {
        scheme: "https".to_owned(),
        host,
        prefix: String::new(),
        bucket_in_host: false,
    }
}

/// The domain of a region's partition, from botocore's `partitions.json`.
fn dns_suffix(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 6] = [
        ("cn-", "amazonaws.com.cn"),
        ("eusc-", "amazonaws.eu"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
    ];
    let partition = PARTITIONS
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix));
    partition.map_or("amazonaws.com", |(_, suffix)| suffix)
}

fn fits_into_host(bucket: &str) -> bool {
    !bucket.contains('.') && BucketName::parse(bucket).is_ok()
}

#[cfg(test)]
mod tests;
