//! `CreateBucket`, in this server's region.
//!
//! Since April 2023 a new bucket of S3 belongs to its owner alone and blocks public access; so does one
//! here, and says so.

use countersign_gate::{Identity, PrincipalKind, Refusal};
use countersign_s3::xml::bucket_configuration::{PublicAccessBlock, ownership_document};
use countersign_s3::xml::create_bucket::CreateBucketConfiguration;
use countersign_s3::xml::tagging::tagging_document;
use countersign_s3::{BucketName, ErrorCode, Fault};
use countersign_state::{BucketDocument, StateError, UnixMillis, UserName};
use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use hyper::body::Incoming;

use super::Task;
use super::document::{CONFIGURATION_BYTES, read_document};
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// The name of the root user.
const ROOT: &str = "root";

/// Creates a bucket.
pub(super) async fn perform(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let document = read_document(edge, &mut task, parts, body, CONFIGURATION_BYTES).await?;
    let asked = task.permit.new_bucket().unwrap_or_default();
    let name = BucketName::parse(asked).map_err(|error| {
        let fault = Fault::new(ErrorCode::InvalidBucketName).with("BucketName", asked);
        Refusal::new(fault, error.to_string())
    })?;
    let configuration = CreateBucketConfiguration::read(&document).map_err(Fault::from)?;
    configuration.check_region(&edge.settings.region)?;
    let owner = owner_of(task.permit.identity())?;
    let now = UnixMillis(task.now_ms);
    let documents = first_documents(&configuration);
    let state = edge.directory.state();
    match state
        .create_bucket(&name, &edge.settings.region, &owner, &documents, now)
        .await
    {
        Ok(_) => edge.directory.invalidate(),
        // AWS: in us-east-1 creating one's own bucket again succeeds and changes nothing.
        Err(StateError::BucketAlreadyOwnedByYou { .. }) if edge.settings.region == "us-east-1" => {}
        Err(StateError::BucketAlreadyOwnedByYou { .. }) => {
            return Err(refuse(ErrorCode::BucketAlreadyOwnedByYou, asked));
        }
        Err(StateError::BucketAlreadyExists { .. }) => {
            return Err(refuse(ErrorCode::BucketAlreadyExists, asked));
        }
        Err(error) => return Err(answer::without_state(&error)),
    }
    let mut answer = answer::empty(StatusCode::OK);
    let location = HeaderValue::try_from(format!("/{asked}")).map_err(answer::internal)?;
    answer.headers_mut().insert(LOCATION, location);
    answer::set_length(&mut answer, 0);
    Ok(answer)
}

/// Who will own a bucket: the user that asks for it, or root where a role does, as roles own nothing here.
fn owner_of(identity: &Identity) -> Result<UserName, Refusal> {
    let name = match identity.kind {
        PrincipalKind::Role => ROOT,
        PrincipalKind::Root | PrincipalKind::User => &identity.name,
    };
    UserName::parse(name).map_err(answer::internal)
}

/// What is configured from the beginning.
fn first_documents(asked: &CreateBucketConfiguration) -> Vec<(BucketDocument, String)> {
    let mut documents = vec![
        (BucketDocument::OwnershipControls, ownership_document()),
        (
            BucketDocument::PublicAccessBlock,
            PublicAccessBlock::ALL.document(),
        ),
    ];
    if !asked.tags.is_empty() {
        documents.push((BucketDocument::Tagging, tagging_document(&asked.tags)));
    }
    documents
}

fn refuse(code: ErrorCode, bucket: &str) -> Refusal {
    Refusal::from(Fault::new(code).with("BucketName", bucket))
}
