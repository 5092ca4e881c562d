//! What happened: one event for each request, and for each thing that changes what requests may do.
//!
//! The members and their order are those of docs/specs/audit.md, section 1. What is not known is left
//! out, so an event is begun with [`AuditEvent::new`] and filled with what there is, borrowing it:
//!
//! ```
//! use countersign_audit::{AuditEvent, EventKind, Moment, Text};
//! let mut event = AuditEvent::new(EventKind::Request, Moment::from_unix_ms(0), "DD6CC733AEXAMPLE");
//! event.bucket = Some(Text::of("examplebucket"));
//! event.wire.target = Some(Text::of("/examplebucket/a?X-Amz-Signature=0123"));
//! assert_eq!(event.wire.target.unwrap().as_str(), "/examplebucket/a?X-Amz-Signature=REDACTED");
//! ```
//!
//! INVARIANT: every text in an event is a [`Text`].

mod alert;
mod client;
mod restrictions;
mod signer;
mod verdict;
mod words;

pub use alert::{Action, Alert, Change, SignalKind};
pub use client::{AddressSource, Client, cipher_suite_name};
pub use restrictions::RestrictionList;
pub use signer::{Signer, SignerKind, SignerSession};
pub use verdict::{DecidedBy, How, Outcome, PolicyLayer, Verdict};
pub(crate) use words::tls_name;

use countersign_gate::LinkId;
use countersign_s3::Operation;
use serde::{Deserialize, Serialize};

use crate::{Moment, Text};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Something looks wrong: a [`Signal`](crate::signal::Signal).
    Alert,
    /// The server's configuration was changed.
    ConfigurationChange,
    /// A link was issued.
    Issue,
    /// An access key was made, changed or deleted.
    KeyChange,
    /// A policy, or to whom it belongs, was changed.
    PolicyChange,
    /// A request was answered.
    Request,
    /// A link, key, session or prefix was revoked.
    Revoke,
    /// A session was issued.
    Session,
}

/// One thing that happened.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct AuditEvent<'a> {
    /// What kind of thing.
    pub kind: EventKind,
    /// When the request was received, or it happened.
    pub at: Moment,
    /// The id that the answer carries in `x-amz-request-id`; empty for what no request asked for.
    pub request_id: Text<'a>,
    /// The id that the answer carries in `x-amz-id-2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<Text<'a>>,
    /// Who signed; none for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer<'a>>,
    /// Whom the link was handed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Text<'a>>,
    /// The link that was used, issued or revoked.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "words::link")]
    pub link: Option<LinkId>,
    /// What was asked for, as far as it was recognised.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::operation"
    )]
    pub operation: Option<Operation>,
    /// In which bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Text<'a>>,
    /// On which key, decoded. A batch of deletions is an event without a key for the request, and one with a key
    /// for each object that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text<'a>>,
    /// On which version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Text<'a>>,
    /// What a copy read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source<'a>>,
    /// Who was at the other end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client<'a>>,
    /// How it was asked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wire: Wire<'a>,
    /// From when to when the signature is good.
    #[serde(default, skip_serializing_if = "is_default")]
    pub life: Life,
    /// What the signer restricted the link to.
    #[serde(default, skip_serializing_if = "RestrictionList::is_empty")]
    pub restrictions: RestrictionList<'a>,
    /// What was decided, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict<'a>>,
    /// What was moved, and how long it took.
    #[serde(default, skip_serializing_if = "is_default")]
    pub traffic: Traffic,
    /// How far the time is to be trusted (threat I6).
    #[serde(default, skip_serializing_if = "is_default")]
    pub clock: Clock,
    /// What was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change<'a>>,
    /// What was noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<Alert<'a>>,
}

/// The object that a copy reads.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct Source<'a> {
    /// Its bucket.
    pub bucket: Text<'a>,
    /// Its key, decoded.
    pub key: Text<'a>,
    /// The version that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Text<'a>>,
}

/// How a request was written.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct Wire<'a> {
    /// Its method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Text<'a>>,
    /// Path and query, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Text<'a>>,
    /// `HTTP/1.1` or `HTTP/2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Text<'a>>,
    /// Where the signature stood; none for nobody's request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Authentication>,
    /// How it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureVersion>,
}

/// Where a signature stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// Among the fields of a browser's form.
    Form,
    /// In the `Authorization` header.
    Header,
    /// In the query: a presigned URL.
    Query,
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureVersion {
    /// Signature Version 2.
    V2,
    /// Signature Version 4.
    V4,
    /// Signature Version 4A.
    V4a,
}

/// From when to when a signature is good.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Moment>,
    /// How many seconds the signer gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_s: Option<u64>,
    /// How many seconds old it was when it was used; negative if its date lay ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_s: Option<i64>,
    /// The last second at which it is good, by the signer's word and the operator's ceilings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
}

/// What was moved, and how long it took.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// The status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Bytes of the request's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_in: Option<u64>,
    /// Bytes of the answer's body that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_out: Option<u64>,
    /// The size of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_bytes: Option<u64>,
    /// Microseconds from the receipt of the request to the last byte of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_us: Option<u64>,
    /// Microseconds from the last byte of the request to the first of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_around_us: Option<u64>,
}

/// How far the time is to be trusted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Where the time is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ClockSource>,
    /// How many seconds the date of the signature lay ahead of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_s: Option<i64>,
}

/// Where the time is from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockSource {
    /// The last time that was given out: the system's clock stepped back behind it.
    Held,
    /// The system's clock.
    System,
}

impl<'a> AuditEvent<'a> {
    /// An event of which nothing more is known. `request_id` is empty for what no request asked for.
    #[must_use]
    pub fn new(kind: EventKind, at: Moment, request_id: &'a str) -> Self {
        Self {
            kind,
            at,
            request_id: Text::of(request_id),
            host_id: None,
            signer: None,
            subject: None,
            link: None,
            operation: None,
            bucket: None,
            key: None,
            version: None,
            source: None,
            client: None,
            wire: Wire::default(),
            life: Life::default(),
            restrictions: RestrictionList::default(),
            verdict: None,
            traffic: Traffic::default(),
            clock: Clock::default(),
            change: None,
            alert: None,
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
pub(crate) mod tests;
