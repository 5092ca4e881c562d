//! What was signed: the one statement of a policy, canned or custom.
//!
//! "Create a policy statement for a signed URL that uses a custom policy", CloudFront Developer Guide.
//!
//! INVARIANT: a policy is read strictly or refused (threat K2); nothing in it is passed over. INVARIANT: what
//! [`Policy::to_json`] writes, [`Policy::parse`] reads as the same policy.

mod read;

use std::fmt::Write as _;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::asked_url::AskedUrl;
use crate::epoch_time::EpochTime;
use crate::error::CloudFrontError;
use crate::resource::{QueryCover, Resource};

pub use read::PolicyError;

/// Whether the policy is sent with the signature or rebuilt from the URL.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PolicyKind {
    /// For one URL until a moment; never sent, always rebuilt.
    Canned,
    /// Sent, with whatever resource and conditions its signer wrote.
    Custom,
}

/// A custom policy: what may be asked for, when, and from where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    resource: Option<Resource>,
    expires_at: EpochTime,
    not_before: Option<EpochTime>,
    network: Option<IpNet>,
}

impl Policy {
    /// A policy for everything a resource covers, before a moment.
    ///
    /// ```
    /// use countersign_cloudfront::{EpochTime, Policy, Resource};
    /// let resource = Resource::parse("https://media.example.com/films/*")?;
    /// let policy = Policy::new(resource, EpochTime::from_unix(1_767_225_600))
    ///     .not_before(EpochTime::from_unix(1_767_222_000))
    ///     .within("203.0.113.0/24".parse()?);
    /// assert_eq!(
    ///     policy.to_json(),
    ///     r#"{"Statement":[{"Resource":"https://media.example.com/films/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767225600},"DateGreaterThan":{"AWS:EpochTime":1767222000},"IpAddress":{"AWS:SourceIp":"203.0.113.0/24"}}}]}"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(resource: Resource, expires_at: EpochTime) -> Self {
        Self {
            resource: Some(resource),
            expires_at,
            not_before: None,
            network: None,
        }
    }

    /// The same, from a moment on.
    #[must_use]
    pub fn not_before(mut self, moment: EpochTime) -> Self {
        self.not_before = Some(moment);
        self
    }

    /// The same, for clients in a network. CloudFront knows IPv4 only.
    #[must_use]
    pub fn within(mut self, network: Ipv4Net) -> Self {
        self.network = Some(network.into());
        self
    }

    /// Reads a custom policy from the bytes that were signed.
    ///
    /// # Errors
    /// [`PolicyError`] for anything that is not exactly one statement of known elements.
    pub fn parse(json: &[u8]) -> Result<Self, PolicyError> {
        read::policy(json)
    }

    /// Writes the policy without white space, its conditions in the order of AWS's SDK for JavaScript.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::from(r#"{"Statement":[{"#);
        if let Some(resource) = &self.resource {
            // The one character of a resource that JSON escapes.
            let escaped = resource.as_str().replace('\\', r"\\");
            let _ = write!(json, r#""Resource":"{escaped}","#);
        }
        let _ = write!(
            json,
            r#""Condition":{{"DateLessThan":{{"AWS:EpochTime":{}}}"#,
            self.expires_at
        );
        if let Some(moment) = self.not_before {
            let _ = write!(json, r#","DateGreaterThan":{{"AWS:EpochTime":{moment}}}"#);
        }
        if let Some(network) = self.network {
            let _ = write!(json, r#","IpAddress":{{"AWS:SourceIp":"{network}"}}"#);
        }
        json.push_str("}}]}");
        json
    }

    /// What it covers; `None` is everything its key is trusted for.
    #[must_use]
    pub fn resource(&self) -> Option<&Resource> {
        self.resource.as_ref()
    }

    /// The first moment at which it does not hold any more.
    #[must_use]
    pub fn expires_at(&self) -> EpochTime {
        self.expires_at
    }

    /// The first moment at which it holds.
    #[must_use]
    pub fn begins_at(&self) -> Option<EpochTime> {
        self.not_before
    }

    /// The network a client must be in.
    #[must_use]
    pub fn network(&self) -> Option<IpNet> {
        self.network
    }

    /// Whether it covers whatever its key is trusted for.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.resource.as_ref().is_none_or(Resource::is_unbounded)
    }

    /// Says how it covers the URL.
    pub(crate) fn check_resource(&self, asked: &AskedUrl) -> Result<QueryCover, CloudFrontError> {
        let Some(resource) = &self.resource else {
            return Ok(match asked.raw_query() {
                Some(_) => QueryCover::Wildcard,
                None => QueryCover::Literal,
            });
        };
        resource
            .cover(asked)
            .ok_or_else(|| CloudFrontError::ResourceMismatch {
                resource: resource.as_str().into(),
                asked: asked.as_str().into(),
            })
    }

    /// Refuses moments and clients that it was not signed for.
    pub(crate) fn check_conditions(
        &self,
        now: EpochTime,
        client: IpAddr,
    ) -> Result<(), CloudFrontError> {
        check_expiry(self.expires_at, now)?;
        // AWS does not say whether the first second counts. A link that begins now is used now.
        if let Some(not_before) = self.not_before.filter(|moment| now < *moment) {
            return Err(CloudFrontError::NotYetValid { not_before, now });
        }
        match self.network {
            Some(network) if !contains(network, client) => {
                Err(CloudFrontError::AddressNotAllowed { client, network })
            }
            _ => Ok(()),
        }
    }
}

/// The bytes that a signature under a canned policy covers.
///
/// ```
/// use countersign_cloudfront::{EpochTime, canned_policy};
/// assert_eq!(
///     canned_policy("https://example.com/a?x=1", EpochTime::from_unix(1_767_225_600)),
///     r#"{"Statement":[{"Resource":"https://example.com/a?x=1","Condition":{"DateLessThan":{"AWS:EpochTime":1767225600}}}]}"#,
/// );
/// ```
#[must_use]
pub fn canned_policy(url: &str, expires_at: EpochTime) -> String {
    format!(
        r#"{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires_at}}}}}}}]}}"#
    )
}

/// Refuses what was to be used before now. `DateLessThan` is strict: its own second does not count.
pub(crate) fn check_expiry(expires_at: EpochTime, now: EpochTime) -> Result<(), CloudFrontError> {
    if now < expires_at {
        Ok(())
    } else {
        Err(CloudFrontError::Expired { expires_at, now })
    }
}

/// An IPv4 client is in an IPv4 network however its address is written; nobody is in one of IPv6, as on CloudFront.
fn contains(network: IpNet, client: IpAddr) -> bool {
    match (network, client.to_canonical()) {
        (IpNet::V4(network), IpAddr::V4(client)) => network.contains(&client),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
