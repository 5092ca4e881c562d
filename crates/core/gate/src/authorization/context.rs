//! What policies may ask of a request: every condition key, from the real request (aws-semantics 6.6).
//!
//! Keys are found out when a condition asks for them. Headers count where S3 reads them: as headers, as
//! hoisted parameters of a presigned URL, or as fields of a form.
//!
//! INVARIANT: a field that has two values has none that a policy could rely on: the request is refused
//! ([`RequestContext::take_doubt`]).

use std::cell::{Cell, OnceCell};

use countersign_policy::{Context, Value, Values};
use countersign_s3::{Fields, Level, Operation};
use countersign_sigv4::{AnyClaim, PayloadMode, Placement};

use crate::{Country, Credential, Inquiry, LinkId, Restrictions, Transport};

/// Condition keys that are the value of the header of the same name.
const HEADERS: [&str; 16] = [
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-metadata-directive",
    "x-amz-object-ownership",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "if-match",
    "if-none-match",
];

/// Tags, as key and value.
pub(super) type Tags = [(String, String)];

/// A request, as policies see it.
pub(super) struct RequestContext<'a> {
    pub(super) inquiry: &'a Inquiry<'a>,
    pub(super) claim: &'a AnyClaim<'a>,
    pub(super) payload: PayloadMode,
    pub(super) fields: Fields<'a>,
    pub(super) credential: &'a Credential,
    pub(super) restrictions: Option<&'a Restrictions>,
    /// How long the link lives in all, in seconds; none for requests signed by their header.
    pub(super) declared_ttl_s: Option<i64>,
    pub(super) link: Option<LinkId>,
    pub(super) region: &'a str,
    /// The version that is asked for.
    pub(super) version: Option<&'a str>,
    /// The tags of the object as it is, if they were looked up.
    pub(super) existing_tags: Option<&'a Tags>,
    /// The tags that the request gives an object.
    pub(super) request_tags: &'a Tags,
    pub(super) cells: Cells<'a>,
}

/// What is made of a request once it is asked for.
#[derive(Default)]
pub(super) struct Cells<'a> {
    doubt: Cell<bool>,
    link_id: OnceCell<String>,
    names: OnceCell<Vec<&'static str>>,
    tag_keys: OnceCell<Vec<&'a str>>,
}

impl RequestContext<'_> {
    /// Whether a policy asked for something that the request does not say clearly, since this was last asked.
    pub(super) fn take_doubt(&self) -> bool {
        self.cells.doubt.take()
    }

    fn header(&self, name: &str) -> Values<'_> {
        match self.fields.single(name) {
            Ok(value) => value.into(),
            Err(_) => {
                self.cells.doubt.set(true);
                Values::Absent
            }
        }
    }

    fn of_s3(&self, key: &str) -> Values<'_> {
        let (query, operation) = (self.inquiry.query, self.inquiry.operation);
        match key {
            "authtype" => match self.claim.placement() {
                Placement::Header => "REST-HEADER".into(),
                Placement::PostForm => "POST".into(),
                Placement::Query { .. } => "REST-QUERY-STRING".into(),
            },
            "signatureage" => match self.claim.placement() {
                Placement::Header => Values::Absent,
                Placement::PostForm | Placement::Query { .. } => {
                    let age_s = |date| self.inquiry.now.seconds_since(date).max(0);
                    // AWS: a signature without a date is as young as can be.
                    let age_s = self.claim.date().map_or(0, age_s);
                    age_s.saturating_mul(1_000).into()
                }
            },
            "signatureversion" => match self.claim {
                AnyClaim::V2Form(_) => "AWS".into(),
                AnyClaim::V4(claim) => claim.algorithm.name().into(),
            },
            "x-amz-content-sha256" => match self.payload {
                PayloadMode::Unsigned => "UNSIGNED-PAYLOAD".into(),
                _ => self.header("x-amz-content-sha256"),
            },
            "tlsversion" => self.inquiry.tls.map(|version| version.number()).into(),
            // Who asks for one object lists nothing.
            "delimiter" | "max-keys" | "prefix" if operation.level() == Level::Object => {
                Values::Absent
            }
            "delimiter" | "prefix" => query.first(key).into(),
            "if-match" | "if-none-match" if !holds_conditions(operation) => Values::Absent,
            "objectcreationoperation" => creates_object(operation).into(),
            "max-keys" => {
                let keys = query.first("max-keys").map(str::parse::<i64>);
                keys.map_or(Values::Absent, |keys| {
                    keys.map_or(Values::Absent, Into::into)
                })
            }
            "versionid" => self.version.into(),
            "requestobjecttagkeys" => {
                let keys = || {
                    self.request_tags
                        .iter()
                        .map(|(key, _)| key.as_str())
                        .collect()
                };
                Values::Many(self.cells.tag_keys.get_or_init(keys))
            }
            _ => match key.split_once('/') {
                Some(("existingobjecttag", tag)) => {
                    find(self.existing_tags.unwrap_or_default(), tag)
                }
                Some(("requestobjecttag", tag)) => find(self.request_tags, tag),
                _ if HEADERS.contains(&key) => self.header(key),
                _ => Values::Absent,
            },
        }
    }

    fn of_aws(&self, key: &str) -> Values<'_> {
        let header = |name: &str| self.inquiry.head.header_text(name).into();
        match key {
            "currenttime" => {
                let ms = self.inquiry.now.unix().saturating_mul(1_000);
                Values::One(Value::Date(ms))
            }
            "epochtime" => self.inquiry.now.unix().into(),
            "referer" => header("referer"),
            "requestedregion" => self.region.into(),
            "securetransport" => (self.inquiry.transport == Transport::Secure).into(),
            "sourceip" => self.inquiry.client.into(),
            "useragent" => header("user-agent"),
            _ => Values::Absent,
        }
    }

    fn of_ours(&self, key: &str) -> Values<'_> {
        match key {
            "country" => match &self.inquiry.country {
                Country::Known(code) => code.as_str().into(),
                Country::NotLookedUp | Country::Unknown => Values::Absent,
            },
            "declaredttl" => self.declared_ttl_s.map_or(Values::Absent, Into::into),
            "linkid" => self.link.map_or(Values::Absent, |link| {
                let text = self.cells.link_id.get_or_init(|| link.to_string());
                text.as_str().into()
            }),
            "restricted" => {
                let Some(restrictions) = self.restrictions else {
                    return Values::Absent;
                };
                let names = || restrictions.names().collect();
                Values::Many(self.cells.names.get_or_init(names))
            }
            "subject" => self.restrictions.and_then(Restrictions::subject).into(),
            "uses" => {
                let uses = self.restrictions.and_then(Restrictions::uses);
                uses.map_or(Values::Absent, |uses| i64::from(uses.get()).into())
            }
            _ => Values::Absent,
        }
    }
}

impl Context for RequestContext<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        if let Some(values) = self.credential.values(key) {
            return values;
        }
        match key.split_once(':') {
            Some(("aws", rest)) => self.of_aws(rest),
            Some(("countersign", rest)) => self.of_ours(rest),
            Some(("s3", rest)) => self.of_s3(rest),
            _ => Values::Absent,
        }
    }
}

/// Whether an operation makes an object at once, so that it can be held to `If-None-Match`. The steps of a
/// multipart upload before its completion need the same action and make none.
fn creates_object(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CompleteMultipartUpload
            | Operation::CopyObject
            | Operation::PostObject
            | Operation::PutObject
    )
}

/// Whether an operation is held to `If-Match` and `If-None-Match`. Where these mean nothing, sending them
/// satisfies no policy.
fn holds_conditions(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CompleteMultipartUpload
            | Operation::CopyObject
            | Operation::DeleteObject
            | Operation::GetObject
            | Operation::HeadObject
            | Operation::PutObject
    )
}

/// The value of a tag. Conditions name tags in lower case, and IAM does not mind the case of their keys.
pub(super) fn find<'a, K: AsRef<str>, V: AsRef<str>>(tags: &'a [(K, V)], key: &str) -> Values<'a> {
    let found = tags
        .iter()
        .find(|(name, _)| name.as_ref().to_lowercase() == key);
    found.map(|(_, value)| value.as_ref()).into()
}
