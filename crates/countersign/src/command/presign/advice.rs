//! What the safe guardrails of a Countersign server would refuse about a URL.
//!
//! Said when a URL is made, because a link that works in the test and dies at the customer's is the
//! worst outcome. Guardrails that only the server can check (a root key, a ceiling of one prefix) are
//! not among these.

use std::fmt;

use countersign_gate::{Guardrails, Restrictions};
use countersign_request::{Header, Query, RequestHead, percent};
use countersign_s3::{Level, ObjectKey, Operation, recognize};
use serde::Serialize;

use super::endpoint::Endpoint;
use super::target::Target;
use crate::args::PresignArgs;
use crate::render::restrictions::{is_aws, names_an_address, no_country};
use crate::render::terminal::span;

/// One thing that a safe server would refuse.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Advice {
    /// The key has `.` or `..` segments.
    DotSegments,
    /// The life is over the ceiling.
    LifeOverCeiling {
        /// The life.
        seconds: u32,
        /// The ceiling.
        ceiling_s: u32,
    },
    /// The operation is not about the data of one object.
    NotObjectData {
        /// The operation.
        operation: &'static str,
    },
    /// The URL would travel in the clear.
    PlainHttp,
    /// A country that is none lets nobody in.
    NoCountry {
        /// The code.
        code: String,
    },
    /// S3 has no such operation.
    NoSuchOperation,
    /// AWS does not know restrictions.
    RestrictionsIgnored,
    /// An address is not a network.
    SingleAddress,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DotSegments => f.write_str(
                "browsers and proxies fold `.` and `..` in this key; a safe Countersign server \
                 refuses it",
            ),
            Self::LifeOverCeiling { seconds, ceiling_s } => write!(
                f,
                "a life of {} is over the {} that a safe Countersign server allows",
                span(u64::from(*seconds)),
                span(u64::from(*ceiling_s)),
            ),
            Self::NoCountry { code } => {
                write!(f, "{code} is no country of ISO 3166-1: nobody comes from there")
            }
            Self::NoSuchOperation => f.write_str("S3 has no operation of this method and query"),
            Self::NotObjectData { operation } => {
                write!(
                    f,
                    "a safe Countersign server refuses presigned {operation} requests"
                )
            }
            Self::RestrictionsIgnored => f.write_str(
                "AWS passes over restrictions: there this URL is not restricted; only a Countersign \
                 server holds them (--endpoint-url)",
            ),
            Self::SingleAddress => f.write_str(
                "a single address shuts out whoever moves, as telephones do; a network like \
                 203.0.113.0/24 or 2001:db8:1:2::/64 does not",
            ),
            Self::PlainHttp => f.write_str(
                "over plain HTTP anybody on the way can read and use the URL; a safe Countersign \
                 server refuses it",
            ),
        }
    }
}

/// What is to be said about the URL that these arguments make.
pub(super) fn on(
    args: &PresignArgs,
    target: &Target,
    endpoint: &Endpoint,
    operation: Option<Operation>,
    restrictions: Option<&Restrictions>,
) -> Vec<Advice> {
    let mut advice = Vec::new();
    match operation {
        None => advice.push(Advice::NoSuchOperation),
        Some(operation) if !operation.is_object_data() => {
            advice.push(Advice::NotObjectData {
                operation: operation.name(),
            });
        }
        Some(_) => {}
    }
    let ceiling_s = ceiling_s(operation);
    if args.expires_in > ceiling_s {
        advice.push(Advice::LifeOverCeiling {
            seconds: args.expires_in,
            ceiling_s,
        });
    }
    if endpoint.scheme == "http" && !endpoint.is_loopback() {
        advice.push(Advice::PlainHttp);
    }
    if ObjectKey::parse(&target.key).is_ok_and(|key| key.has_dot_segments()) {
        advice.push(Advice::DotSegments);
    }
    if let Some(restrictions) = restrictions {
        if is_aws(&endpoint.host) {
            advice.push(Advice::RestrictionsIgnored);
        }
        if names_an_address(restrictions) {
            advice.push(Advice::SingleAddress);
        }
        let code = no_country(restrictions).map(str::to_owned);
        advice.extend(code.map(|code| Advice::NoCountry { code }));
    }
    advice
}

/// The longest life the safe profile allows for an operation.
pub(in crate::command) fn ceiling_s(operation: Option<Operation>) -> u32 {
    let safe = Guardrails::safe();
    match operation.filter(|operation| operation.is_object_data()) {
        Some(operation) if operation.is_read_only() => safe.download_ttl_s,
        Some(_) => safe.upload_ttl_s,
        None => safe.other_ttl_s,
    }
}

/// The operation that these arguments are about; none if there is no such.
pub(super) fn operation(args: &PresignArgs, target: &Target) -> Option<Operation> {
    let encoded = |text: &str| percent::encode(text, percent::Component::Query);
    let pairs: Vec<String> = args
        .parameters()
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let raw = pairs.join("&");
    let query = Query::of(&raw).ok()?;
    let headers: Vec<Header<'_>> = args
        .headers
        .iter()
        .map(|pair| Header {
            name: &pair.name,
            value: pair.value.as_bytes(),
        })
        .collect();
    let level = if target.key.is_empty() {
        Level::Bucket
    } else {
        Level::Object
    };
    let head = RequestHead {
        method: &args.method,
        path: "/",
        query: &raw,
        headers: &headers,
    };
    recognize(level, &query, &head).ok()
}
