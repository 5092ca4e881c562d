//! `CreateBucket`, in this server's region.

use countersign_gate::Refusal;
use countersign_s3::xml::create_bucket::CreateBucketConfiguration;
use countersign_s3::{BucketName, ErrorCode, Fault};
use countersign_sigv4::PayloadMode;
use countersign_state::{StateError, UnixMillis, UserName};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use sha2::{Digest, Sha256};

use super::Task;
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// The largest document read.
const LONGEST_BODY: usize = 64 * 1024;

/// Creates a bucket.
pub(super) async fn perform(edge: &Edge, task: &Task, body: Incoming) -> Result<Answer, Refusal> {
    let asked = task.permit.new_bucket().unwrap_or_default();
    let name = BucketName::parse(asked).map_err(|error| {
        let fault = Fault::new(ErrorCode::InvalidBucketName).with("BucketName", asked);
        Refusal::new(fault, error.to_string())
    })?;
    let document = read_document(edge, task, body).await?;
    let configuration = CreateBucketConfiguration::read(&document).map_err(Fault::from)?;
    configuration.check_region(&edge.settings.region)?;
    let owner = UserName::parse(&task.permit.identity().user).map_err(answer::internal)?;
    let now = UnixMillis(task.now_ms);
    let state = edge.lookups.state();
    match state
        .create_bucket(&name, &edge.settings.region, &owner, now)
        .await
    {
        Ok(_) => edge.lookups.invalidate(),
        // AWS: in us-east-1 creating one's own bucket again succeeds and changes nothing.
        Err(StateError::BucketAlreadyOwnedByYou { .. }) if edge.settings.region == "us-east-1" => {}
        Err(StateError::BucketAlreadyOwnedByYou { .. }) => {
            return Err(refuse(ErrorCode::BucketAlreadyOwnedByYou, asked));
        }
        Err(StateError::BucketAlreadyExists { .. }) => {
            return Err(refuse(ErrorCode::BucketAlreadyExists, asked));
        }
        Err(error) => return Err(answer::internal(error)),
    }
    let mut answer = answer::empty(StatusCode::OK);
    let location = HeaderValue::try_from(format!("/{asked}")).map_err(answer::internal)?;
    answer.headers_mut().insert(LOCATION, location);
    answer::set_length(&mut answer, 0);
    Ok(answer)
}

fn refuse(code: ErrorCode, bucket: &str) -> Refusal {
    Refusal::from(Fault::new(code).with("BucketName", bucket))
}

/// Reads the small document, held to the signed hash of the body.
async fn read_document(edge: &Edge, task: &Task, body: Incoming) -> Result<Vec<u8>, Refusal> {
    let idle = edge.settings.limits.body_idle_time;
    let collected = tokio::time::timeout(idle, Limited::new(body, LONGEST_BODY).collect()).await;
    let bytes = match collected {
        Err(_) => return Err(Refusal::from(Fault::new(ErrorCode::RequestTimeout))),
        Ok(Err(error)) => {
            let fault = Fault::new(ErrorCode::MaxMessageLengthExceeded)
                .with("MaxMessageLengthBytes", LONGEST_BODY.to_string());
            return Err(Refusal::new(fault, error.to_string()));
        }
        Ok(Ok(collected)) => collected.to_bytes(),
    };
    match task.permit.payload() {
        PayloadMode::Unsigned => {}
        PayloadMode::Sha256(promised) => {
            let computed: [u8; 32] = Sha256::digest(&bytes).into();
            if computed != promised {
                return Err(Refusal::from(Fault::new(
                    ErrorCode::XAmzContentSHA256Mismatch,
                )));
            }
        }
        _ => {
            let fault =
                Fault::new(ErrorCode::NotImplemented).with("Header", "x-amz-content-sha256");
            return Err(Refusal::new(fault, "streaming payload for a document"));
        }
    }
    Ok(bytes.to_vec())
}
