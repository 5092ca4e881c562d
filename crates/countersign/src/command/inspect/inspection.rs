//! Everything that is found out about one URL.

use countersign_request::Query;
use countersign_s3::Level;
use countersign_sigv4::{AmzDate, ClaimError};
use serde::Serialize;

use super::cloudfront::{self, SignedUrl};
use super::grant::{self, Grant};
use super::place::{self, Place};
use super::redact::redacted;
use super::risk::{self, Risk};
use crate::command::url::Url;

/// What was found out about a URL.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Inspection {
    /// How it is signed.
    pub(super) mechanism: Mechanism,
    /// Whether it works now, as far as can be told without the key.
    pub(super) status: Status,
    /// Scheme and host.
    pub(super) server: String,
    /// Bucket and key.
    #[serde(flatten)]
    pub(super) place: Option<Place>,
    /// What SigV4 and SigV4A say.
    #[serde(flatten)]
    pub(super) grant: Option<Grant>,
    /// What CloudFront says.
    pub(super) cloudfront: Option<SignedUrl>,
    /// Whose key signed with SigV2.
    pub(super) sigv2_access_key_id: Option<String>,
    /// When it was signed.
    pub(super) signed_at: Option<String>,
    /// When it ends.
    pub(super) expires_at: Option<String>,
    /// How long that is from now; zero if it is over.
    pub(super) seconds_left: Option<u64>,
    /// What is risky.
    pub(super) risks: Vec<Risk>,
    /// The URL without what makes it work.
    pub(super) url: String,
}

/// How a URL is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mechanism {
    /// CloudFront, with a policy of its own or a canned one.
    CloudFront,
    /// Google Cloud Storage V4.
    Google,
    /// AWS Signature Version 2.
    SigV2,
    /// AWS Signature Version 4.
    SigV4,
    /// AWS Signature Version 4A.
    SigV4a,
    /// Not signed.
    Unsigned,
}

/// Whether a URL works now.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "status", content = "reason", rename_all = "snake_case")]
pub(super) enum Status {
    /// Its life is over.
    Expired,
    /// No server would take it, and why.
    Malformed(String),
    /// Its life has not begun.
    NotYetValid,
    /// It says nothing about its life.
    Unknown,
    /// Within its life.
    Valid,
}

impl Inspection {
    /// Finds out what can be found out.
    pub(super) fn of(url: &Url<'_>, now: AmzDate) -> Self {
        let mut inspection = Self::blank(url);
        match Query::of(url.query) {
            Ok(query) => inspection.read(url, &query, now),
            Err(error) => inspection.status = Status::Malformed(error.to_string()),
        }
        inspection.risks.extend(risk::of_transport(url));
        inspection
    }

    /// Whether it may work, now or later.
    pub(super) fn works(&self) -> bool {
        !matches!(self.status, Status::Expired | Status::Malformed(_))
    }

    fn blank(url: &Url<'_>) -> Self {
        Self {
            mechanism: Mechanism::Unsigned,
            status: Status::Unknown,
            server: format!("{}://{}", url.scheme, url.authority),
            place: place::of(url),
            grant: None,
            cloudfront: None,
            sigv2_access_key_id: None,
            signed_at: None,
            expires_at: None,
            seconds_left: None,
            risks: Vec::new(),
            url: redacted(url),
        }
    }

    fn read(&mut self, url: &Url<'_>, query: &Query, now: AmzDate) {
        if let Some(signed) = cloudfront::read(query) {
            self.mechanism = Mechanism::CloudFront;
            // CloudFront's path is a path, not a bucket and a key.
            self.place = None;
            self.set_life(signed.not_before, signed.expires_at, now);
            self.cloudfront = Some(signed);
            return;
        }
        if query.occurrences_ignoring_case("X-Goog-Signature") > 0 {
            self.mechanism = Mechanism::Google;
            return;
        }
        let level = self
            .place
            .as_ref()
            .map_or(Level::Service, |place| place.level);
        match grant::read(url, query, level) {
            Ok(None) => {}
            Ok(Some(grant)) => {
                let risks = risk::of_restrictions(&grant, url.authority);
                self.set_grant(grant, query, now);
                self.risks.extend(risks);
            }
            Err(ClaimError::SignatureVersion2 | ClaimError::SignatureVersion2Incomplete) => {
                self.read_sigv2(query, now);
            }
            Err(error) => {
                self.mechanism = Mechanism::SigV4;
                self.status = Status::Malformed(error.to_string());
            }
        }
    }

    fn set_grant(&mut self, grant: Grant, query: &Query, now: AmzDate) {
        let is_v4a = query
            .first("X-Amz-Algorithm")
            .is_some_and(|name| name.contains("ECDSA"));
        self.mechanism = if is_v4a {
            Mechanism::SigV4a
        } else {
            Mechanism::SigV4
        };
        self.signed_at = Some(grant.signed_at.iso8601());
        self.set_life(Some(grant.signed_at), Some(grant.expires_at()), now);
        self.risks = risk::of_grant(&grant, self.place.as_ref());
        if !grant.host_is_signed {
            self.status = Status::Malformed("header `host` is not signed".to_owned());
        }
        self.grant = Some(grant);
    }

    fn read_sigv2(&mut self, query: &Query, now: AmzDate) {
        self.mechanism = Mechanism::SigV2;
        self.sigv2_access_key_id = query.first("AWSAccessKeyId").map(str::to_owned);
        let expires = query.first("Expires").and_then(|text| text.parse().ok());
        self.set_life(None, expires.map(AmzDate::from_unix), now);
        self.risks.push(Risk::SignatureVersion2);
    }

    fn set_life(&mut self, from: Option<AmzDate>, until: Option<AmzDate>, now: AmzDate) {
        let Some(until) = until else { return };
        self.expires_at = Some(until.iso8601());
        self.seconds_left = Some(u64::try_from(until.seconds_since(now)).unwrap_or(0));
        self.status = if now > until {
            Status::Expired
        } else if from.is_some_and(|from| from > now) {
            Status::NotYetValid
        } else {
            Status::Valid
        };
    }
}
