//! The configuration of a bucket: what is put is checked and kept, what is asked is told.
//!
//! Most kinds are not offered here; asking for them is answered as AWS does for a bucket where they
//! are not configured, so that tools that look before they act can go on.

use countersign_gate::{BucketRef, Refusal};
use countersign_s3::xml::bucket_configuration::{
    PublicAccessBlock, access_list_document, empty_document, ownership_document, read_access_list,
    read_ownership, read_versioning, request_payment_document, versioning_document,
};
use countersign_s3::xml::bucket_cors::{cors_document, read_cors};
use countersign_s3::xml::tagging::{MAX_BUCKET_TAGS, read_tagging, tagging_document};
use countersign_s3::{ErrorCode, Fault, Operation};
use countersign_state::{BucketDocument, StateError};
use http::StatusCode;
use http::request::Parts;
use hyper::body::Incoming;

use super::bucket_policy;
use super::document::{CONFIGURATION_BYTES, read_document};
use super::list_buckets::OWNER;
use super::versioned::{found_object, object_to_change};
use super::{Task, refuse_store, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Carries out an operation on the configuration of a bucket; none if it is another operation.
pub(super) async fn perform(
    edge: &Edge,
    task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    use BucketDocument as D;
    use Operation as O;
    match task.permit.operation() {
        O::GetBucketVersioning => Ok(told(versioning_document(bucket_of(&task)?.versioning))),
        O::PutBucketVersioning => put_versioning(edge, task, parts, body).await,
        O::GetBucketCors => kept(edge, &task, D::Cors, ErrorCode::NoSuchCORSConfiguration).await,
        O::GetBucketTagging => kept(edge, &task, D::Tagging, ErrorCode::NoSuchTagSet).await,
        O::GetPublicAccessBlock => {
            let missing = ErrorCode::NoSuchPublicAccessBlockConfiguration;
            kept(edge, &task, D::PublicAccessBlock, missing).await
        }
        O::GetBucketOwnershipControls => {
            let missing = ErrorCode::OwnershipControlsNotFoundError;
            kept(edge, &task, D::OwnershipControls, missing).await
        }
        O::PutBucketCors
        | O::PutBucketOwnershipControls
        | O::PutBucketTagging
        | O::PutPublicAccessBlock => put(edge, task, parts, body).await,
        O::DeleteBucketCors => remove(edge, &task, D::Cors).await,
        O::DeleteBucketOwnershipControls => remove(edge, &task, D::OwnershipControls).await,
        O::DeleteBucketTagging => remove(edge, &task, D::Tagging).await,
        O::DeletePublicAccessBlock => remove(edge, &task, D::PublicAccessBlock).await,
        O::GetBucketAcl => Ok(told(access_list_document(OWNER))),
        O::GetObjectAcl => object_access_list(edge, &task).await,
        O::PutBucketAcl | O::PutObjectAcl => put_access_list(edge, task, parts, body).await,
        O::DeleteBucketPolicy => remove(edge, &task, D::Policy).await,
        O::GetBucketPolicy => bucket_policy::get(edge, &task).await,
        O::GetBucketPolicyStatus => bucket_policy::status(edge, &task).await,
        O::PutBucketPolicy => bucket_policy::put(edge, task, parts, body).await,
        O::GetBucketRequestPayment => Ok(told(request_payment_document())),
        O::GetBucketAccelerateConfiguration => Ok(told(empty_document("AccelerateConfiguration"))),
        O::GetBucketLogging => Ok(told(empty_document("BucketLoggingStatus"))),
        O::GetBucketNotificationConfiguration => {
            Ok(told(empty_document("NotificationConfiguration")))
        }
        other => Err(refuse_missing(&task, not_configured(other))),
    }
}

/// Whether [`perform`] knows the operation.
pub(super) fn knows(operation: Operation) -> bool {
    use Operation as O;
    not_configured(operation) != ErrorCode::NotImplemented
        || matches!(
            operation,
            O::DeleteBucketCors
                | O::DeleteBucketPolicy
                | O::DeleteBucketOwnershipControls
                | O::DeleteBucketTagging
                | O::DeletePublicAccessBlock
                | O::GetBucketAccelerateConfiguration
                | O::GetBucketAcl
                | O::GetBucketCors
                | O::GetBucketLogging
                | O::GetBucketNotificationConfiguration
                | O::GetBucketOwnershipControls
                | O::GetBucketPolicy
                | O::GetBucketPolicyStatus
                | O::GetBucketRequestPayment
                | O::GetBucketTagging
                | O::GetBucketVersioning
                | O::GetObjectAcl
                | O::GetPublicAccessBlock
                | O::PutBucketAcl
                | O::PutBucketCors
                | O::PutBucketOwnershipControls
                | O::PutBucketPolicy
                | O::PutBucketTagging
                | O::PutBucketVersioning
                | O::PutObjectAcl
                | O::PutPublicAccessBlock
        )
}

/// What AWS answers where nothing of a kind is configured.
fn not_configured(operation: Operation) -> ErrorCode {
    match operation {
        Operation::GetBucketEncryption => ErrorCode::ServerSideEncryptionConfigurationNotFoundError,
        Operation::GetBucketLifecycleConfiguration => ErrorCode::NoSuchLifecycleConfiguration,
        Operation::GetBucketReplication => ErrorCode::ReplicationConfigurationNotFoundError,
        Operation::GetBucketWebsite => ErrorCode::NoSuchWebsiteConfiguration,
        Operation::GetObjectLockConfiguration => ErrorCode::ObjectLockConfigurationNotFoundError,
        _ => ErrorCode::NotImplemented,
    }
}

pub(super) fn told(document: String) -> Answer {
    answer::document(document)
}

pub(super) fn done(status: StatusCode) -> Answer {
    let mut answer = answer::empty(status);
    if status == StatusCode::OK {
        answer::set_length(&mut answer, 0);
    }
    answer
}

pub(super) fn bucket_of(task: &Task) -> Result<&BucketRef, Refusal> {
    let bucket = task.permit.bucket();
    bucket.ok_or_else(|| answer::internal("permit without bucket"))
}

pub(super) fn refuse_missing(task: &Task, code: ErrorCode) -> Refusal {
    let name = task.permit.bucket().map(|bucket| bucket.name.as_str());
    Fault::new(code)
        .with("BucketName", name.unwrap_or_default())
        .into()
}

fn refuse_state(error: StateError, task: &Task) -> Refusal {
    match error {
        StateError::NoSuchBucket { .. } => refuse_missing(task, ErrorCode::NoSuchBucket),
        other => answer::without_state(&other),
    }
}

/// Tells a document as it was put.
async fn kept(
    edge: &Edge,
    task: &Task,
    kind: BucketDocument,
    missing: ErrorCode,
) -> Result<Answer, Refusal> {
    match document_of(edge, task, kind).await? {
        Some(document) => Ok(told(document)),
        None => Err(refuse_missing(task, missing)),
    }
}

/// The document of this kind, if there is one.
pub(super) async fn document_of(
    edge: &Edge,
    task: &Task,
    kind: BucketDocument,
) -> Result<Option<String>, Refusal> {
    let permitted = bucket_of(task)?;
    let found = edge.directory.state().find_bucket(&permitted.name).await;
    let bucket = found
        .map_err(|error| answer::without_state(&error))?
        .filter(|bucket| bucket.id == permitted.id)
        .ok_or_else(|| refuse_missing(task, ErrorCode::NoSuchBucket))?;
    Ok(bucket.document(kind).map(str::to_owned))
}

/// Checks a document and keeps it, written anew.
async fn put(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let sent = read_document(edge, &mut task, parts, body, CONFIGURATION_BYTES).await?;
    let (kind, document) = match task.permit.operation() {
        Operation::PutBucketCors => {
            let rules = read_cors(&sent).map_err(Fault::from)?;
            (BucketDocument::Cors, cors_document(&rules))
        }
        Operation::PutBucketOwnershipControls => {
            read_ownership(&sent).map_err(Fault::from)?;
            (BucketDocument::OwnershipControls, ownership_document())
        }
        Operation::PutBucketTagging => {
            let tags = read_tagging(&sent, MAX_BUCKET_TAGS).map_err(Fault::from)?;
            (BucketDocument::Tagging, tagging_document(&tags))
        }
        _ => {
            let block = PublicAccessBlock::read(&sent).map_err(Fault::from)?;
            (BucketDocument::PublicAccessBlock, block.document())
        }
    };
    keep(edge, &task, kind, &document).await?;
    Ok(done(StatusCode::OK))
}

/// Keeps a document in place of an earlier one of its kind.
pub(super) async fn keep(
    edge: &Edge,
    task: &Task,
    kind: BucketDocument,
    document: &str,
) -> Result<(), Refusal> {
    let bucket = bucket_of(task)?;
    let state = edge.directory.state();
    let put = state.put_bucket_document(&bucket.name, bucket.id, kind, document);
    put.await.map_err(|error| refuse_state(error, task))?;
    edge.directory.invalidate();
    Ok(())
}

async fn remove(edge: &Edge, task: &Task, kind: BucketDocument) -> Result<Answer, Refusal> {
    let bucket = bucket_of(task)?;
    let state = edge.directory.state();
    let removed = state.delete_bucket_document(&bucket.name, bucket.id, kind);
    removed.await.map_err(|error| refuse_state(error, task))?;
    edge.directory.invalidate();
    Ok(done(StatusCode::NO_CONTENT))
}

async fn put_versioning(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let sent = read_document(edge, &mut task, parts, body, CONFIGURATION_BYTES).await?;
    let versioning = read_versioning(&sent).map_err(Fault::from)?;
    let bucket = bucket_of(&task)?;
    let state = edge.directory.state();
    let set = state.set_bucket_versioning(&bucket.name, bucket.id, versioning);
    set.await.map_err(|error| refuse_state(error, &task))?;
    edge.directory.invalidate();
    Ok(done(StatusCode::OK))
}

async fn object_access_list(edge: &Edge, task: &Task) -> Result<Answer, Refusal> {
    let found = edge.objects.find(&task.permit).await;
    found_object(found.map_err(|error| refuse_store(&error))?, &task.permit)?;
    Ok(told(access_list_document(OWNER)))
}

/// Takes an access list that changes nothing. A canned one was judged with the other headers.
async fn put_access_list(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let sent = read_document(edge, &mut task, parts, body, CONFIGURATION_BYTES).await?;
    if !sent.is_empty() {
        read_access_list(&sent, OWNER).map_err(Fault::from)?;
    } else if !names_canned_list(&task, parts)? {
        return Err(Fault::new(ErrorCode::MissingSecurityHeader)
            .with("MissingHeaderName", "x-amz-acl")
            .into());
    }
    if task.permit.operation() == Operation::PutObjectAcl {
        let found = edge.objects.find(&task.permit).await;
        object_to_change(found.map_err(|error| refuse_store(&error))?, &task.permit)?;
    }
    Ok(done(StatusCode::OK))
}

fn names_canned_list(task: &Task, parts: &Parts) -> Result<bool, Refusal> {
    with_fields(parts, task.is_presigned(), |_, _, fields| {
        Ok(fields.single("x-amz-acl").map_err(Fault::from)?.is_some())
    })
}
