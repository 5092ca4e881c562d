//! What a request demands of policies: actions on resources (aws-semantics 6.6, last paragraph).
//!
//! Most operations are one action. Those that say something about an object besides, or read another, need
//! the action for that as well.

use countersign_policy::Resource;
use countersign_s3::{Fields, Level, Operation};
use smallvec::SmallVec;

use crate::{Inquiry, OwnPolicy};

/// One action on one resource.
#[derive(Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) action: &'static str,
    pub(super) resource: Resource<'a>,
    /// The policy of the resource's bucket.
    pub(super) bucket_policy: &'a OwnPolicy,
    /// The version that is named.
    pub(super) version: Option<&'a str>,
    /// Whether it is about the object that a copy reads.
    pub(super) of_source: bool,
}

/// Everything a request needs to be allowed.
pub(super) type Demands<'a> = SmallVec<[Demand<'a>; 2]>;

/// What this request demands. `key` is the object's, wherever the request says it.
pub(super) fn demands_of<'a>(
    inquiry: &'a Inquiry<'a>,
    key: Option<&'a str>,
    fields: &Fields<'_>,
    has_tags: bool,
) -> Demands<'a> {
    let operation = inquiry.operation;
    let version = inquiry.query.first("versionId").filter(|v| !v.is_empty());
    let bucket = inquiry.address.bucket.as_deref();
    let resource = match (bucket, key) {
        (None, _) => Resource::Service,
        (Some(bucket), Some(key)) if is_about_object(operation) => Resource::Object { bucket, key },
        (Some(bucket), _) => Resource::Bucket { bucket },
    };
    let main = |action| Demand {
        action,
        resource,
        bucket_policy: inquiry.bucket_policy,
        version,
        of_source: false,
    };
    let action = match version {
        Some(_) => operation.iam_action_on_version(),
        None => operation.iam_action(),
    };
    let mut demands = Demands::new();
    demands.extend(action.map(main));
    let writes = matches!(
        operation,
        Operation::CopyObject
            | Operation::CreateMultipartUpload
            | Operation::PostObject
            | Operation::PutObject
    );
    if operation == Operation::GetObjectAttributes {
        let read = match version {
            Some(_) => Operation::GetObject.iam_action_on_version(),
            None => Operation::GetObject.iam_action(),
        };
        demands.extend(read.map(main));
    }
    if writes && fields.has("x-amz-acl") {
        demands.extend(Operation::PutObjectAcl.iam_action().map(main));
    }
    if writes && has_tags {
        demands.extend(Operation::PutObjectTagging.iam_action().map(main));
    }
    if let Some(source) = inquiry.source {
        let action = match source.version {
            Some(_) => Operation::GetObject.iam_action_on_version(),
            None => Operation::GetObject.iam_action(),
        };
        demands.extend(action.map(|action| Demand {
            action,
            resource: Resource::Object {
                bucket: source.bucket_name,
                key: source.key.as_str(),
            },
            bucket_policy: source.bucket_policy,
            version: source.version,
            of_source: true,
        }));
    }
    demands
}

/// Whether an operation is about one object. A form is sent to the bucket, and is.
fn is_about_object(operation: Operation) -> bool {
    operation.level() == Level::Object || operation == Operation::PostObject
}
