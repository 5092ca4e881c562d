//! What S3's access log calls an operation: `REST.<METHOD>.<RESOURCE>`.
//!
//! AWS documents a few of these names and shows more in its samples; the others here are made of the operation's own
//! name by the same pattern (`PutObjectLegalHold` is `REST.PUT.OBJECT_LEGAL_HOLD`), so that nothing goes without one.

use std::borrow::Cow;

use countersign_s3::Operation;

/// The name of an operation in access logs.
///
/// ```
/// use countersign_audit::operation_name;
/// use countersign_s3::Operation;
/// assert_eq!(operation_name(Operation::UploadPart), "REST.PUT.PART");
/// assert_eq!(operation_name(Operation::PutObjectLegalHold), "REST.PUT.OBJECT_LEGAL_HOLD");
/// ```
#[must_use]
pub fn operation_name(operation: Operation) -> Cow<'static, str> {
    use Operation as O;
    Cow::Borrowed(match operation {
        O::AbortMultipartUpload => "REST.DELETE.UPLOAD",
        O::CompleteMultipartUpload => "REST.POST.UPLOAD",
        O::CopyObject => "REST.COPY.OBJECT",
        O::CorsPreflight => "REST.OPTIONS.PREFLIGHT",
        O::CreateBucket => "REST.PUT.BUCKET",
        O::CreateMultipartUpload => "REST.POST.UPLOADS",
        O::DeleteBucketPolicy => "REST.DELETE.BUCKETPOLICY",
        O::DeleteObjects => "REST.POST.MULTI_OBJECT_DELETE",
        O::DeleteObjectTagging => "REST.DELETE.OBJECT_TAGGING",
        O::GetBucketAcl | O::GetObjectAcl => "REST.GET.ACL",
        O::GetBucketLifecycleConfiguration => "REST.GET.LIFECYCLE",
        O::GetBucketLogging => "REST.GET.LOGGING_STATUS",
        O::GetBucketNotificationConfiguration => "REST.GET.NOTIFICATION",
        O::GetBucketPolicy => "REST.GET.BUCKETPOLICY",
        O::GetBucketPolicyStatus => "REST.GET.POLICY_STATUS",
        O::GetBucketRequestPayment => "REST.GET.REQUEST_PAYMENT",
        O::GetObjectTagging => "REST.GET.OBJECT_TAGGING",
        O::ListBuckets => "REST.GET.SERVICE",
        O::ListMultipartUploads => "REST.GET.UPLOADS",
        O::ListObjects | O::ListObjectsV2 => "REST.GET.BUCKET",
        O::ListObjectVersions => "REST.GET.BUCKETVERSIONS",
        O::ListParts => "REST.GET.UPLOAD",
        O::PostObject => "REST.POST.OBJECT",
        O::PutBucketAcl | O::PutObjectAcl => "REST.PUT.ACL",
        O::PutBucketLifecycleConfiguration => "REST.PUT.LIFECYCLE",
        O::PutBucketLogging => "REST.PUT.LOGGING_STATUS",
        O::PutBucketNotificationConfiguration => "REST.PUT.NOTIFICATION",
        O::PutBucketPolicy => "REST.PUT.BUCKETPOLICY",
        O::PutObjectTagging => "REST.PUT.OBJECT_TAGGING",
        O::UploadPart => "REST.PUT.PART",
        O::UploadPartCopy => "REST.COPY.PART",
        other => return Cow::Owned(by_its_own_name(other.name())),
    })
}

/// The verb decides upon the method; the rest, less what every name has, is the resource.
fn by_its_own_name(name: &str) -> String {
    const METHODS: [(&str, &str); 9] = [
        ("Create", "PUT"),
        ("Delete", "DELETE"),
        ("Get", "GET"),
        ("Head", "HEAD"),
        ("List", "GET"),
        ("Put", "PUT"),
        ("Rename", "PUT"),
        ("Update", "PUT"),
        ("Write", "POST"),
    ];
    let split = METHODS
        .iter()
        .find_map(|(verb, method)| Some((*method, name.strip_prefix(verb)?)));
    let (method, resource) = split.unwrap_or(("POST", name));
    let resource = match resource.strip_prefix("Bucket") {
        Some(rest) if !rest.is_empty() => rest.strip_suffix("Configuration").unwrap_or(rest),
        _ => resource,
    };
    let mut out = format!("REST.{method}.");
    for (at, letter) in resource.chars().enumerate() {
        if at > 0 && letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}
