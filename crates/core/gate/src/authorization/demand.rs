//! What a request demands of policies: actions on resources (aws-semantics 6.6, last paragraph).
//!
//! Most operations are one action. Those that say something about an object besides, or read another, need
//! the action for that as well.

use std::sync::Arc;

use countersign_policy::Resource;
use countersign_s3::{Fields, Level, Operation};

use super::BucketPolicy;
use crate::Inquiry;

/// One action on one resource.
#[derive(Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) action: &'static str,
    pub(super) resource: Resource<'a>,
    /// The policy of the resource's bucket.
    pub(super) bucket_policy: Option<&'a BucketPolicy>,
    /// The version that is named.
    pub(super) version: Option<&'a str>,
    /// Whether it is about the object that a copy reads.
    pub(super) of_source: bool,
}

/// Calls `require` with each thing that this request demands, until one fails. `key` is the object's, wherever
/// the request says it.
pub(super) fn for_each_demand<'a, E>(
    inquiry: &Inquiry<'a>,
    key: Option<&'a str>,
    fields: &Fields<'_>,
    has_tags: bool,
    mut require: impl FnMut(Demand<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let operation = inquiry.operation;
    let version = inquiry.query.first("versionId").filter(|v| !v.is_empty());
    let bucket = inquiry.address.bucket.as_deref();
    let resource = match (bucket, key) {
        (None, _) => Resource::Service,
        (Some(bucket), Some(key)) if is_about_object(operation) => Resource::Object { bucket, key },
        (Some(bucket), _) => Resource::Bucket { bucket },
    };
    let mut demand = |of: Operation| match action_of(of, version) {
        None => Ok(()),
        Some(action) => require(Demand {
            action,
            resource,
            bucket_policy: inquiry.bucket_policy.map(Arc::as_ref),
            version,
            of_source: false,
        }),
    };
    demand(operation)?;
    if operation == Operation::GetObjectAttributes {
        demand(Operation::GetObject)?;
    }
    let writes = matches!(
        operation,
        Operation::CopyObject
            | Operation::CreateMultipartUpload
            | Operation::PostObject
            | Operation::PutObject
    );
    if writes && fields.has("x-amz-acl") {
        demand(Operation::PutObjectAcl)?;
    }
    if writes && has_tags {
        demand(Operation::PutObjectTagging)?;
    }
    let Some(source) = inquiry.source else {
        return Ok(());
    };
    match action_of(Operation::GetObject, source.version) {
        None => Ok(()),
        Some(action) => require(Demand {
            action,
            resource: Resource::Object {
                bucket: source.bucket_name,
                key: source.key.as_str(),
            },
            bucket_policy: source.bucket_policy.map(Arc::as_ref),
            version: source.version,
            of_source: true,
        }),
    }
}

pub(super) fn action_of(operation: Operation, version: Option<&str>) -> Option<&'static str> {
    match version {
        Some(_) => operation.iam_action_on_version(),
        None => operation.iam_action(),
    }
}

/// Whether an operation is about one object. A form is sent to the bucket, and is.
fn is_about_object(operation: Operation) -> bool {
    operation.level() == Level::Object || operation == Operation::PostObject
}
