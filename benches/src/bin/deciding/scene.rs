//! The policies of the measurement, of the size that people write, and the request.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::Result;
use countersign_policy::{
    Context, NamedPolicy, PolicyDocument, PolicyKind, Principal, Request, Resource, Values,
};

/// A policy as a team has it: list a folder, work in it, and do neither over plain HTTP.
pub(crate) const ORDINARY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "ListFolder", "Effect": "Allow", "Action": "s3:ListBucket",
     "Resource": "arn:aws:s3:::project-NUMBER-data",
     "Condition": {"StringLike": {"s3:prefix": ["reports/*", "uploads/*"]}}},
    {"Sid": "WorkInFolder", "Effect": "Allow",
     "Action": ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:DeleteObject"],
     "Resource": ["arn:aws:s3:::project-NUMBER-data/reports/*",
                  "arn:aws:s3:::project-NUMBER-data/uploads/*"]},
    {"Sid": "OnlyOverTls", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
  ]
}"#;

/// A bucket's policy with AWS's guardrails for presigned URLs in it.
const BUCKET: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "DenyPresignedOver15Minutes", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
     "Resource": "arn:aws:s3:::project-0-data/*",
     "Condition": {"NumericGreaterThan": {"s3:signatureAge": "900000"},
                   "StringNotEquals": {"aws:PrincipalTag/long-presigned-allowed": "true"}}},
    {"Sid": "DenyPresignedFromElsewhere", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
     "Resource": ["arn:aws:s3:::project-0-data", "arn:aws:s3:::project-0-data/*"],
     "Condition": {"NotIpAddressIfExists": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24", "2001:db8::/32"]},
                   "StringEquals": {"s3:authType": "REST-QUERY-STRING"},
                   "BoolIfExists": {"aws:ViaAWSService": "false"}}},
    {"Sid": "Readers", "Effect": "Allow",
     "Principal": {"AWS": ["arn:aws:iam::000000000000:user/bob", "arn:aws:iam::000000000000:user/eve"]},
     "Action": ["s3:GetObject", "s3:ListBucket"],
     "Resource": ["arn:aws:s3:::project-0-data", "arn:aws:s3:::project-0-data/*"]}
  ]
}"#;

/// What a user is created with.
pub(crate) fn full_access() -> Result<NamedPolicy> {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    Ok(NamedPolicy::new(
        "FullAccess",
        PolicyDocument::parse(text, PolicyKind::Identity)?,
    ))
}

/// The policies of so many projects; the request is about the last one looked at.
pub(crate) fn project_policies(count: usize) -> Result<Vec<NamedPolicy>> {
    (0..count)
        .rev()
        .map(|number| {
            let text = ORDINARY.replace("NUMBER", &number.to_string());
            let document = PolicyDocument::parse(&text, PolicyKind::Identity)?;
            Ok(NamedPolicy::new(format!("project-{number}"), document))
        })
        .collect()
}

/// The policy of the bucket.
pub(crate) fn bucket_policy() -> Result<PolicyDocument> {
    Ok(PolicyDocument::parse(BUCKET, PolicyKind::Resource)?)
}

/// A presigned GET over TLS.
#[derive(Clone, Copy)]
pub(crate) struct PresignedGet {
    pub(crate) age_ms: i64,
}

impl PresignedGet {
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            principal: Principal::User {
                account: "000000000000",
                arn: "arn:aws:iam::000000000000:user/ann",
                name: "ann",
                id: "AIDAEXAMPLEANN",
            },
            action: "s3:GetObject",
            resource: Resource::Object {
                bucket: "project-0-data",
                key: "reports/2026/11/summary-of-the-month.pdf",
            },
            account: "000000000000",
            context: self,
        }
    }
}

impl Context for PresignedGet {
    fn values(&self, key: &str) -> Values<'_> {
        match key {
            "aws:securetransport" => true.into(),
            "aws:sourceip" => IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)).into(),
            "s3:authtype" => "REST-QUERY-STRING".into(),
            "s3:signatureage" => self.age_ms.into(),
            "s3:signatureversion" => "AWS4-HMAC-SHA256".into(),
            _ => Values::Absent,
        }
    }
}
