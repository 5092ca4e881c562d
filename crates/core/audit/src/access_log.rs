//! S3's server access log: one line for one request, every field in AWS's place.
//!
//! AWS, "Amazon S3 server access log format": 27 fields with one blank between them, `-` for what is not known or does
//! not apply, three fields in quotation marks. AWS defines no escape for a quotation mark within those, so
//! whatever could end a field is percent-encoded (docs/specs/audit.md, section 5.1).
//!
//! INVARIANT: whatever a client sent, an event is one line of 27 fields (threat I2).

mod operation_name;

pub use operation_name::operation_name;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write as _;

use countersign_request::percent::{Component, encode_into};
use countersign_s3::Operation;

use crate::event::tls_name;
use crate::hash::{Hash, hex};
use crate::{AuditEvent, Authentication, EventKind, Moment, SignatureVersion, SignerKind};

/// What is the same in every line of a log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AccessLog<'a> {
    /// The canonical id of the buckets' owner: 64 hexadecimal digits.
    pub owner: &'a str,
    /// The region that requests come from, as far as that can be said.
    pub source_region: Option<&'a str>,
}

/// How the object is named that a log is delivered as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogKey<'a> {
    /// `<prefix>YYYY-mm-DD-HH-MM-SS-<UNIQUE>`, by the time of the delivery.
    Simple,
    /// `<prefix><account>/<region>/<bucket>/YYYY/MM/DD/YYYY-mm-DD-HH-MM-SS-<UNIQUE>`.
    Partitioned {
        /// The account.
        account: &'a str,
        /// The region of the bucket.
        region: &'a str,
        /// The bucket whose log it is.
        bucket: &'a str,
        /// Whether the date is that of the events: then hour, minute and second are zero.
        by_event_time: bool,
    },
}

impl AccessLog<'_> {
    /// Appends the line of an event, with LF. Events of other kinds than [`EventKind::Request`], and requests that
    /// reach no bucket, have none: then nothing is appended, and the answer is `false`.
    pub fn write(&self, event: &AuditEvent<'_>, out: &mut Vec<u8>) -> bool {
        let Some(bucket) = text(event.bucket.as_ref()) else {
            return false;
        };
        let target = Target {
            bucket,
            operation: event.operation.map(|operation| match operation {
                // An event of a batch that names a key is of one of its objects.
                Operation::DeleteObjects if event.key.is_some() => "BATCH.DELETE.OBJECT".into(),
                _ => operation_name(operation),
            }),
            key: text(event.key.as_ref()),
            version: text(event.version.as_ref()),
            bytes_out: event.traffic.bytes_out,
        };
        self.line(event, &target, out)
    }

    /// Appends the line that the reading half of a copy has in the log of the bucket it reads from. Other events
    /// have none: then nothing is appended, and the answer is `false`.
    pub fn write_source(&self, event: &AuditEvent<'_>, out: &mut Vec<u8>) -> bool {
        let operation = match event.operation {
            Some(Operation::CopyObject) => "REST.COPY.OBJECT_GET",
            Some(Operation::UploadPartCopy) => "REST.COPY.PART_GET",
            _ => return false,
        };
        let Some(source) = &event.source else {
            return false;
        };
        let target = Target {
            bucket: source.bucket.as_str(),
            operation: Some(operation.into()),
            key: Some(source.key.as_str()),
            version: text(source.version.as_ref()),
            bytes_out: None,
        };
        self.line(event, &target, out)
    }

    fn line(&self, event: &AuditEvent<'_>, target: &Target<'_>, out: &mut Vec<u8>) -> bool {
        if event.kind != EventKind::Request {
            return false;
        }
        let client = event.client.as_ref();
        let wire = &event.wire;
        let traffic = &event.traffic;
        bare(Some(self.owner), out);
        bare(Some(target.bucket), out);
        out.push(b'[');
        event.at.write_access_log(out);
        out.extend_from_slice(b"] ");
        number(client.map(|client| client.address), out);
        bare(requester(event, self.owner), out);
        bare(Some(event.request_id.as_str()), out);
        bare(target.operation.as_deref(), out);
        key(target.key, out);
        request_line(event, out);
        number(traffic.status, out);
        let verdict = event.verdict.as_ref();
        bare(verdict.and_then(|v| text(v.code.as_ref())), out);
        number(target.bytes_out.filter(|bytes| *bytes > 0), out);
        number(traffic.object_bytes, out);
        number(traffic.total_us.map(|us| us / 1_000), out);
        number(traffic.turn_around_us.map(|us| us / 1_000), out);
        quoted(client.and_then(|c| text(c.referer.as_ref())), out);
        quoted(client.and_then(|c| text(c.user_agent.as_ref())), out);
        bare(target.version, out);
        bare(text(event.host_id.as_ref()), out);
        bare(wire.signature.map(signature_name), out);
        bare(client.and_then(|c| text(c.tls_cipher.as_ref())), out);
        bare(wire.authentication.map(authentication_name), out);
        bare(client.and_then(|c| text(c.host.as_ref())), out);
        bare(client.and_then(|c| c.tls_version).map(tls_name), out);
        // Access points there are none, and no access list was ever needed to permit something.
        out.extend_from_slice(b"- - ");
        bare(self.source_region, out);
        out.pop();
        out.push(b'\n');
        true
    }
}

/// What a line is about.
struct Target<'a> {
    bucket: &'a str,
    operation: Option<Cow<'static, str>>,
    key: Option<&'a str>,
    version: Option<&'a str>,
    bytes_out: Option<u64>,
}

impl LogKey<'_> {
    /// The key of the object that begins with a record of this hash.
    #[must_use]
    pub fn key(&self, prefix: &str, date: Moment, first: &Hash) -> String {
        let stamp = date.to_seconds();
        let mut parts = stamp.split(['-', 'T', ':', 'Z']);
        let [year, month, day, hour, minute, second] =
            [(); 6].map(|()| parts.next().unwrap_or_default());
        let unique: String = first
            .as_bytes()
            .iter()
            .take(8)
            .flat_map(|byte| hex(*byte))
            .map(|digit| char::from(digit.to_ascii_uppercase()))
            .collect();
        let (folder, time) = match self {
            Self::Simple => (String::new(), format!("{hour}-{minute}-{second}")),
            Self::Partitioned {
                account,
                region,
                bucket,
                by_event_time,
            } => {
                let folder = format!("{account}/{region}/{bucket}/{year}/{month}/{day}/");
                let time = if *by_event_time {
                    "00-00-00".to_owned()
                } else {
                    format!("{hour}-{minute}-{second}")
                };
                (folder, time)
            }
        };
        format!("{prefix}{folder}{year}-{month}-{day}-{time}-{unique}")
    }
}

/// `SigV4` and the like, as AWS's logs have it.
pub(crate) const fn signature_name(version: SignatureVersion) -> &'static str {
    match version {
        SignatureVersion::V2 => "SigV2",
        SignatureVersion::V4 => "SigV4",
        SignatureVersion::V4a => "SigV4A",
    }
}

/// `QueryString` and the like, as AWS's logs have it.
pub(crate) const fn authentication_name(authentication: Authentication) -> &'static str {
    match authentication {
        Authentication::Form => "HtmlForm",
        Authentication::Header => "AuthHeader",
        Authentication::Query => "QueryString",
    }
}

fn text<'t>(text: Option<&'t crate::Text<'_>>) -> Option<&'t str> {
    text.map(crate::Text::as_str)
}

/// The root is the owner itself.
fn requester<'t>(event: &'t AuditEvent<'_>, owner: &'t str) -> Option<&'t str> {
    let signer = event.signer.as_ref()?;
    Some(match signer.kind {
        SignerKind::Root => owner,
        SignerKind::Session | SignerKind::User => signer.arn.as_str(),
    })
}

/// A field without quotation marks, and the blank behind it.
fn bare(text: Option<&str>, out: &mut Vec<u8>) {
    let before = out.len();
    for byte in text.unwrap_or_default().bytes() {
        // A blank ends the field, and a bracket begins one of its own for some readers.
        escaped(byte, !matches!(byte, b' ' | b'[' | b']'), out);
    }
    if out.len() == before {
        out.push(b'-');
    }
    out.push(b' ');
}

/// A field in quotation marks, and the blank behind it.
fn quoted(text: Option<&str>, out: &mut Vec<u8>) {
    out.push(b'"');
    match text.filter(|text| !text.is_empty()) {
        None => out.push(b'-'),
        Some(text) => text.bytes().for_each(|byte| escaped(byte, true, out)),
    }
    out.extend_from_slice(b"\" ");
}

fn escaped(byte: u8, is_allowed: bool, out: &mut Vec<u8>) {
    if is_allowed && matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\') {
        out.push(byte);
    } else {
        let [high, low] = hex(byte).map(|digit| digit.to_ascii_uppercase());
        out.extend_from_slice(&[b'%', high, low]);
    }
}

fn number(value: Option<impl Display>, out: &mut Vec<u8>) {
    match value {
        None => out.extend_from_slice(b"- "),
        Some(value) => {
            // Memory takes every byte.
            let _ = write!(out, "{value} ");
        }
    }
}

fn key(key: Option<&str>, out: &mut Vec<u8>) {
    match key.filter(|key| !key.is_empty()) {
        None => out.push(b'-'),
        Some(key) => encode_into(key.as_bytes(), Component::Path, out),
    }
    out.push(b' ');
}

/// The first line of the request. Over HTTP/2 there is none, and it is written as if there were.
fn request_line(event: &AuditEvent<'_>, out: &mut Vec<u8>) {
    let wire = &event.wire;
    let parts = [&wire.method, &wire.target, &wire.protocol];
    let mut parts = parts.into_iter().filter_map(|part| text(part.as_ref()));
    out.push(b'"');
    match parts.next() {
        None => out.push(b'-'),
        Some(first) => {
            first.bytes().for_each(|byte| escaped(byte, true, out));
            for part in parts {
                out.push(b' ');
                // A blank within the target would make another field of the rest for whoever splits the line.
                part.bytes()
                    .for_each(|byte| escaped(byte, byte != b' ', out));
            }
        }
    }
    out.extend_from_slice(b"\" ");
}

#[cfg(test)]
mod tests;
