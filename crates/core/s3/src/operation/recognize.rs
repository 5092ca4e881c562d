//! From a request head to the one operation it asks for.
//!
//! Decided by method, level, sub-resource and the few headers that change an operation (S3 API
//! reference). A pair of method and sub-resource that S3 does not have is refused with 405 and never
//! falls back to a plain read or write of the object.
//!
//! INVARIANT: total, deterministic, and the only place where a request gets its operation.
//! COST: a presigned GET whose query is all `X-Amz-*` touches neither the tables nor the heap.

use countersign_request::{Query, RequestHead};

use super::{Level, Operation, RecognizeError, ResourceType};
use crate::sub_resource::{Meaning, SubResource};

const METHODS: [&str; 5] = ["DELETE", "GET", "HEAD", "POST", "PUT"];
const COPY_SOURCE: &str = "x-amz-copy-source";

/// Names the operation that a request at this level asks for.
///
/// # Errors
/// [`RecognizeError`] if S3 has no such operation or the query can be read in two ways.
pub fn recognize(
    level: Level,
    query: &Query,
    head: &RequestHead<'_>,
) -> Result<Operation, RecognizeError> {
    if head.method == "OPTIONS" {
        return Ok(Operation::CorsPreflight);
    }
    if head.method == "POST" && level == Level::Bucket && head.path == "/WriteGetObjectResponse" {
        return Ok(Operation::WriteGetObjectResponse);
    }
    let sub_resource = selected(query)?;
    let plain = route(head.method, level, sub_resource)
        .ok_or_else(|| method_not_allowed(head.method, level, sub_resource))?;
    refine(plain, query, head)
}

/// The sub-resource in the query, after making sure that no meaningful name occurs twice.
fn selected(query: &Query) -> Result<Option<SubResource>, RecognizeError> {
    let mut seen = 0u128;
    let mut selected: Option<SubResource> = None;
    for (name, _) in query.pairs().filter(|(name, _)| !is_extension(name)) {
        let Some((number, meaning)) = Meaning::of(name) else {
            continue;
        };
        let bit = 1u128.checked_shl(number).unwrap_or(0);
        if seen & bit != 0 {
            return Err(RecognizeError::Repeated {
                name: meaning.name(),
            });
        }
        seen |= bit;
        if name != meaning.name() {
            return Err(RecognizeError::CaseVariant {
                sent: name.into(),
                meant: meaning.name(),
            });
        }
        if let Meaning::SubResource(found) = meaning
            && let Some(first) = selected.replace(found)
        {
            return Err(RecognizeError::ConflictingSubResources {
                first: first.name(),
                second: found.name(),
            });
        }
    }
    Ok(selected)
}

/// Whether the name begins with `x-`, which S3 leaves to authentication, hoisting and applications.
fn is_extension(name: &str) -> bool {
    matches!(name.as_bytes(), [b'x' | b'X', b'-', ..])
}

fn route(method: &str, level: Level, sub_resource: Option<SubResource>) -> Option<Operation> {
    match level {
        Level::Service => service(method, sub_resource),
        Level::Bucket => match sub_resource {
            None => bucket(method),
            Some(sub_resource) => bucket_sub_resource(method, sub_resource),
        },
        Level::Object => match sub_resource {
            None => object(method),
            Some(sub_resource) => object_sub_resource(method, sub_resource),
        },
    }
}

fn service(method: &str, sub_resource: Option<SubResource>) -> Option<Operation> {
    (method == "GET" && sub_resource.is_none()).then_some(Operation::ListBuckets)
}

fn bucket(method: &str) -> Option<Operation> {
    Some(match method {
        "DELETE" => Operation::DeleteBucket,
        "GET" => Operation::ListObjects,
        "HEAD" => Operation::HeadBucket,
        "POST" => Operation::PostObject,
        "PUT" => Operation::CreateBucket,
        _ => return None,
    })
}

fn object(method: &str) -> Option<Operation> {
    Some(match method {
        "DELETE" => Operation::DeleteObject,
        "GET" => Operation::GetObject,
        "HEAD" => Operation::HeadObject,
        "PUT" => Operation::PutObject,
        _ => return None,
    })
}

fn bucket_sub_resource(method: &str, sub_resource: SubResource) -> Option<Operation> {
    use Operation as O;
    use SubResource as S;
    Some(match (method, sub_resource) {
        ("DELETE", S::Analytics) => O::DeleteBucketAnalyticsConfiguration,
        ("DELETE", S::Cors) => O::DeleteBucketCors,
        ("DELETE", S::Encryption) => O::DeleteBucketEncryption,
        ("DELETE", S::IntelligentTiering) => O::DeleteBucketIntelligentTieringConfiguration,
        ("DELETE", S::Inventory) => O::DeleteBucketInventoryConfiguration,
        ("DELETE", S::Lifecycle) => O::DeleteBucketLifecycle,
        ("DELETE", S::MetadataConfiguration) => O::DeleteBucketMetadataConfiguration,
        ("DELETE", S::MetadataTable) => O::DeleteBucketMetadataTableConfiguration,
        ("DELETE", S::Metrics) => O::DeleteBucketMetricsConfiguration,
        ("DELETE", S::OwnershipControls) => O::DeleteBucketOwnershipControls,
        ("DELETE", S::Policy) => O::DeleteBucketPolicy,
        ("DELETE", S::PublicAccessBlock) => O::DeletePublicAccessBlock,
        ("DELETE", S::Replication) => O::DeleteBucketReplication,
        ("DELETE", S::Tagging) => O::DeleteBucketTagging,
        ("DELETE", S::Website) => O::DeleteBucketWebsite,
        ("GET", S::Abac) => O::GetBucketAbac,
        ("GET", S::Accelerate) => O::GetBucketAccelerateConfiguration,
        ("GET", S::Acl) => O::GetBucketAcl,
        ("GET", S::Analytics) => O::ListBucketAnalyticsConfigurations,
        ("GET", S::Cors) => O::GetBucketCors,
        ("GET", S::Encryption) => O::GetBucketEncryption,
        ("GET", S::IntelligentTiering) => O::ListBucketIntelligentTieringConfigurations,
        ("GET", S::Inventory) => O::ListBucketInventoryConfigurations,
        ("GET", S::Lifecycle) => O::GetBucketLifecycleConfiguration,
        ("GET", S::Location) => O::GetBucketLocation,
        ("GET", S::Logging) => O::GetBucketLogging,
        ("GET", S::MetadataConfiguration) => O::GetBucketMetadataConfiguration,
        ("GET", S::MetadataTable) => O::GetBucketMetadataTableConfiguration,
        ("GET", S::Metrics) => O::ListBucketMetricsConfigurations,
        ("GET", S::Notification) => O::GetBucketNotificationConfiguration,
        ("GET", S::ObjectLock) => O::GetObjectLockConfiguration,
        ("GET", S::OwnershipControls) => O::GetBucketOwnershipControls,
        ("GET", S::Policy) => O::GetBucketPolicy,
        ("GET", S::PolicyStatus) => O::GetBucketPolicyStatus,
        ("GET", S::PublicAccessBlock) => O::GetPublicAccessBlock,
        ("GET", S::Replication) => O::GetBucketReplication,
        ("GET", S::RequestPayment) => O::GetBucketRequestPayment,
        ("GET", S::Session) => O::CreateSession,
        ("GET", S::Tagging) => O::GetBucketTagging,
        ("GET", S::Uploads) => O::ListMultipartUploads,
        ("GET", S::Versioning) => O::GetBucketVersioning,
        ("GET", S::Versions) => O::ListObjectVersions,
        ("GET", S::Website) => O::GetBucketWebsite,
        ("POST", S::Delete) => O::DeleteObjects,
        ("POST", S::MetadataConfiguration) => O::CreateBucketMetadataConfiguration,
        ("POST", S::MetadataTable) => O::CreateBucketMetadataTableConfiguration,
        ("PUT", S::Abac) => O::PutBucketAbac,
        ("PUT", S::Accelerate) => O::PutBucketAccelerateConfiguration,
        ("PUT", S::Acl) => O::PutBucketAcl,
        ("PUT", S::Analytics) => O::PutBucketAnalyticsConfiguration,
        ("PUT", S::Cors) => O::PutBucketCors,
        ("PUT", S::Encryption) => O::PutBucketEncryption,
        ("PUT", S::IntelligentTiering) => O::PutBucketIntelligentTieringConfiguration,
        ("PUT", S::Inventory) => O::PutBucketInventoryConfiguration,
        ("PUT", S::Lifecycle) => O::PutBucketLifecycleConfiguration,
        ("PUT", S::Logging) => O::PutBucketLogging,
        ("PUT", S::MetadataInventoryTable) => O::UpdateBucketMetadataInventoryTableConfiguration,
        ("PUT", S::MetadataJournalTable) => O::UpdateBucketMetadataJournalTableConfiguration,
        ("PUT", S::Metrics) => O::PutBucketMetricsConfiguration,
        ("PUT", S::Notification) => O::PutBucketNotificationConfiguration,
        ("PUT", S::ObjectLock) => O::PutObjectLockConfiguration,
        ("PUT", S::OwnershipControls) => O::PutBucketOwnershipControls,
        ("PUT", S::Policy) => O::PutBucketPolicy,
        ("PUT", S::PublicAccessBlock) => O::PutPublicAccessBlock,
        ("PUT", S::Replication) => O::PutBucketReplication,
        ("PUT", S::RequestPayment) => O::PutBucketRequestPayment,
        ("PUT", S::Tagging) => O::PutBucketTagging,
        ("PUT", S::Versioning) => O::PutBucketVersioning,
        ("PUT", S::Website) => O::PutBucketWebsite,
        _ => return None,
    })
}

fn object_sub_resource(method: &str, sub_resource: SubResource) -> Option<Operation> {
    use Operation as O;
    use SubResource as S;
    Some(match (method, sub_resource) {
        ("DELETE", S::Tagging) => O::DeleteObjectTagging,
        ("DELETE", S::UploadId) => O::AbortMultipartUpload,
        ("GET", S::Acl) => O::GetObjectAcl,
        ("GET", S::Attributes) => O::GetObjectAttributes,
        ("GET", S::LegalHold) => O::GetObjectLegalHold,
        ("GET", S::Retention) => O::GetObjectRetention,
        ("GET", S::Tagging) => O::GetObjectTagging,
        ("GET", S::Torrent) => O::GetObjectTorrent,
        ("GET", S::UploadId) => O::ListParts,
        ("POST", S::Restore) => O::RestoreObject,
        ("POST", S::Select) => O::SelectObjectContent,
        ("POST", S::UploadId) => O::CompleteMultipartUpload,
        ("POST", S::Uploads) => O::CreateMultipartUpload,
        ("PUT", S::Acl) => O::PutObjectAcl,
        ("PUT", S::Encryption) => O::UpdateObjectEncryption,
        ("PUT", S::LegalHold) => O::PutObjectLegalHold,
        ("PUT", S::RenameObject) => O::RenameObject,
        ("PUT", S::Retention) => O::PutObjectRetention,
        ("PUT", S::Tagging) => O::PutObjectTagging,
        ("PUT", S::UploadId) => O::UploadPart,
        _ => return None,
    })
}

/// Tells apart the operations that share method and sub-resource.
fn refine(
    plain: Operation,
    query: &Query,
    head: &RequestHead<'_>,
) -> Result<Operation, RecognizeError> {
    use Operation as O;
    let one_or_all = |one, all| if query.has("id") { one } else { all };
    Ok(match plain {
        O::ListBuckets if query.has("max-directory-buckets") => O::ListDirectoryBuckets,
        O::ListObjects => listing(query)?,
        O::PostObject if !is_multipart_form(head) => return Err(RecognizeError::NotMultipartForm),
        O::PutObject => put_object(query, head)?,
        O::SelectObjectContent if query.first("select-type") != Some("2") => {
            return Err(parameter_missing("select", "select-type"));
        }
        O::UploadPart if !query.has("partNumber") => {
            return Err(parameter_missing("uploadId", "partNumber"));
        }
        O::UploadPart if is_copy(query, head) => O::UploadPartCopy,
        O::ListBucketAnalyticsConfigurations => {
            one_or_all(O::GetBucketAnalyticsConfiguration, plain)
        }
        O::ListBucketIntelligentTieringConfigurations => {
            one_or_all(O::GetBucketIntelligentTieringConfiguration, plain)
        }
        O::ListBucketInventoryConfigurations => {
            one_or_all(O::GetBucketInventoryConfiguration, plain)
        }
        O::ListBucketMetricsConfigurations => one_or_all(O::GetBucketMetricsConfiguration, plain),
        _ => plain,
    })
}

fn listing(query: &Query) -> Result<Operation, RecognizeError> {
    match query.first("list-type") {
        None => Ok(Operation::ListObjects),
        Some("2") => Ok(Operation::ListObjectsV2),
        Some(value) => Err(RecognizeError::ListTypeUnknown {
            value: value.into(),
        }),
    }
}

fn put_object(query: &Query, head: &RequestHead<'_>) -> Result<Operation, RecognizeError> {
    if query.has("partNumber") {
        return Err(parameter_missing("partNumber", "uploadId"));
    }
    let operation = if is_copy(query, head) {
        Operation::CopyObject
    } else {
        Operation::PutObject
    };
    match query.first("versionId") {
        None => Ok(operation),
        Some(id) => Err(RecognizeError::VersionNotAccepted {
            operation,
            version_id: id.into(),
        }),
    }
}

/// Whether a copy source is named, in a header or in its hoisted form, in whatever case.
fn is_copy(query: &Query, head: &RequestHead<'_>) -> bool {
    head.has_header(COPY_SOURCE) || query.occurrences_ignoring_case(COPY_SOURCE) > 0
}

fn is_multipart_form(head: &RequestHead<'_>) -> bool {
    let media_type = head.header_text("content-type").unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("multipart/form-data")
}

const fn parameter_missing(present: &'static str, missing: &'static str) -> RecognizeError {
    RecognizeError::ParameterMissing { present, missing }
}

fn method_not_allowed(
    method: &str,
    level: Level,
    sub_resource: Option<SubResource>,
) -> RecognizeError {
    let allowed: Vec<&str> = METHODS
        .into_iter()
        .filter(|m| route(m, level, sub_resource).is_some())
        .collect();
    RecognizeError::MethodNotAllowed {
        method: method.into(),
        resource: ResourceType(level),
        allow: allowed.join(", "),
    }
}

#[cfg(test)]
mod tests;
