//! One data event.

use countersign_request::Query;
use countersign_s3::{Level, Operation};
use serde::{Serialize, Serializer};

use super::Trail;
use super::identity::UserIdentity;
use crate::access_log::{authentication_name, signature_name};
use crate::event::tls_name;
use crate::hash::{Hash, hex};
use crate::json::write_json;
use crate::{AuditEvent, EventKind, Outcome, Text};

/// The most bytes of `userAgent`, brackets included.
const LONGEST_AGENT: usize = 1_024;
/// The most bytes of `requestParameters`.
const MOST_PARAMETERS: usize = 100 * 1_024;
/// Parameters of the query that are no parameters of the request.
const LEFT_OUT: [&str; 4] = [
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "Signature",
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'static str,
    user_identity: UserIdentity<'a>,
    event_time: String,
    event_source: &'static str,
    event_name: &'static str,
    aws_region: &'a str,
    #[serde(rename = "sourceIPAddress", skip_serializing_if = "Option::is_none")]
    source_ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    request_parameters: Option<Parameters<'a>>,
    response_elements: Option<ResponseElements<'a>>,
    additional_event_data: Additional<'a>,
    #[serde(rename = "requestID")]
    request_id: &'a str,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    resources: Vec<Resource<'a>>,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: &'a str,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_details: Option<TlsDetails<'a>>,
}

#[derive(Serialize)]
struct ResponseElements<'a> {
    #[serde(rename = "x-amz-version-id")]
    version: &'a str,
}

#[derive(Serialize)]
struct Additional<'a> {
    #[serde(rename = "SignatureVersion", skip_serializing_if = "Option::is_none")]
    signature: Option<&'static str>,
    #[serde(rename = "CipherSuite", skip_serializing_if = "Option::is_none")]
    cipher: Option<&'a str>,
    #[serde(rename = "bytesTransferredIn")]
    bytes_in: u64,
    #[serde(
        rename = "AuthenticationMethod",
        skip_serializing_if = "Option::is_none"
    )]
    authentication: Option<&'static str>,
    #[serde(rename = "x-amz-id-2", skip_serializing_if = "Option::is_none")]
    host_id: Option<&'a str>,
    #[serde(rename = "bytesTransferredOut")]
    bytes_out: u64,
}

#[derive(Serialize)]
struct Resource<'a> {
    #[serde(rename = "accountId", skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
    r#type: &'static str,
    #[serde(rename = "ARN")]
    arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TlsDetails<'a> {
    tls_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cipher_suite: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_provided_host_header: Option<&'a str>,
}

/// Appends the data event of a record with this hash, if there is one.
pub(super) fn write_record(
    trail: &Trail<'_>,
    event: &AuditEvent<'_>,
    hash: &Hash,
    out: &mut Vec<u8>,
) -> bool {
    let operation = event.operation.filter(|operation| is_data(*operation));
    // CloudTrail tells of a batch, and not of each of its objects.
    let operation = operation.filter(|of| *of != Operation::DeleteObjects || event.key.is_none());
    let identity = UserIdentity::of(event, trail.account);
    let bucket = event.bucket.as_ref();
    let (EventKind::Request, Some(operation), Some(user_identity), Some(bucket)) =
        (event.kind, operation, identity, bucket)
    else {
        return false;
    };
    let bucket = bucket.as_str();
    let verdict = event.verdict.as_ref();
    let failure = verdict.filter(|verdict| verdict.outcome != Outcome::Permitted);
    let client = event.client.as_ref();
    let key = text(event.key.as_ref());
    let version = text(event.version.as_ref());
    let parameters = Parameters::of(event, bucket, key);
    let record = Record {
        event_version: "1.11",
        user_identity,
        event_time: event.at.to_seconds(),
        event_source: "s3.amazonaws.com",
        event_name: operation.name(),
        aws_region: trail.region,
        source_ip_address: client.map(|client| client.address.to_string()),
        user_agent: client.and_then(|client| text(client.user_agent.as_ref()).map(bracketed)),
        error_code: failure.and_then(|failure| text(failure.code.as_ref())),
        error_message: failure.and_then(|failure| text(failure.reason.as_ref())),
        request_parameters: parameters.fits().then_some(parameters),
        response_elements: version
            .filter(|_| !operation.is_read_only() && failure.is_none())
            .map(|version| ResponseElements { version }),
        additional_event_data: Additional {
            signature: event.wire.signature.map(signature_name),
            cipher: client.and_then(|client| text(client.tls_cipher.as_ref())),
            bytes_in: event.traffic.bytes_in.unwrap_or(0),
            authentication: event.wire.authentication.map(authentication_name),
            host_id: text(event.host_id.as_ref()),
            bytes_out: event.traffic.bytes_out.unwrap_or(0),
        },
        request_id: event.request_id.as_str(),
        event_id: event_id(hash),
        read_only: operation.is_read_only(),
        resources: resources(bucket, key, trail.account),
        event_type: "AwsApiCall",
        management_event: false,
        recipient_account_id: trail.account,
        event_category: "Data",
        tls_details: client.and_then(|client| {
            Some(TlsDetails {
                tls_version: tls_name(client.tls_version?),
                cipher_suite: text(client.tls_cipher.as_ref()),
                client_provided_host_header: text(client.host.as_ref()),
            })
        }),
    };
    write_json(&record, out);
    true
}

/// What AWS calls data events: operations on objects, and those on buckets that are about objects.
fn is_data(operation: Operation) -> bool {
    operation.level() == Level::Object
        || matches!(
            operation,
            Operation::DeleteObjects
                | Operation::HeadBucket
                | Operation::ListMultipartUploads
                | Operation::ListObjectVersions
                | Operation::ListObjects
                | Operation::ListObjectsV2
                | Operation::PostObject
        )
}

/// A UUID of version 8 (RFC 9562, section 5.8), made of the first half of the record's hash.
fn event_id(hash: &Hash) -> String {
    let mut out = String::with_capacity(36);
    for (at, byte) in hash.as_bytes().iter().take(16).enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        let byte = match at {
            6 => byte & 0x0F | 0x80,
            8 => byte & 0x3F | 0x80,
            _ => *byte,
        };
        out.extend(hex(byte).map(char::from));
    }
    out
}

fn text<'t>(text: Option<&'t Text<'_>>) -> Option<&'t str> {
    text.map(Text::as_str)
}

fn bracketed(agent: &str) -> String {
    let kept = agent.floor_char_boundary(LONGEST_AGENT - 2);
    format!("[{}]", agent.get(..kept).unwrap_or_default())
}

fn resources<'a>(bucket: &str, key: Option<&str>, account: &'a str) -> Vec<Resource<'a>> {
    let object = key.map(|key| Resource {
        account_id: None,
        r#type: "AWS::S3::Object",
        arn: format!("arn:aws:s3:::{bucket}/{key}"),
    });
    let bucket = Resource {
        account_id: Some(account),
        r#type: "AWS::S3::Bucket",
        arn: format!("arn:aws:s3:::{bucket}"),
    };
    object.into_iter().chain([bucket]).collect()
}

/// `requestParameters`: what the request named, each name once.
struct Parameters<'a> {
    fixed: [(&'static str, Option<&'a str>); 3],
    query: Option<Query>,
}

impl<'a> Parameters<'a> {
    fn of(event: &'a AuditEvent<'_>, bucket: &'a str, key: Option<&'a str>) -> Self {
        let target = text(event.wire.target.as_ref());
        let query = target.and_then(|target| target.split_once('?'));
        let host = event.client.as_ref().and_then(|c| text(c.host.as_ref()));
        Self {
            fixed: [("bucketName", Some(bucket)), ("Host", host), ("key", key)],
            query: query.and_then(|(_, query)| Query::of(query).ok()),
        }
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        let fixed = self
            .fixed
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)));
        let mut pairs: Vec<(&str, &str)> = fixed.collect();
        for (name, value) in self.query.iter().flat_map(Query::pairs) {
            let left_out = LEFT_OUT.iter().any(|left| left.eq_ignore_ascii_case(name));
            if !left_out && !pairs.iter().any(|(known, _)| *known == name) {
                pairs.push((name, value));
            }
        }
        pairs
    }

    fn fits(&self) -> bool {
        let pairs = self.pairs();
        let bytes: usize = pairs.iter().map(|(n, v)| n.len() + v.len() + 6).sum();
        bytes <= MOST_PARAMETERS
    }
}

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.pairs())
    }
}
