//! `PutBucketPolicy`, `GetBucketPolicy` and `GetBucketPolicyStatus`.
//!
//! A policy is read before it is kept, by the same rules as when it is evaluated, and is told as it was put. One
//! that gives something to everybody is refused where the bucket's public access block says so; nothing
//! is ever given to anybody who does not sign.

use countersign_gate::Refusal;
use countersign_policy::{PolicyDocument, PolicyKind, PolicyParseError};
use countersign_s3::xml::bucket_configuration::{PublicAccessBlock, policy_status_document};
use countersign_s3::{ErrorCode, Fault};
use countersign_state::BucketDocument;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use hyper::body::Incoming;

use super::Task;
use super::bucket_configuration::{bucket_of, document_of, done, keep, refuse_missing, told};
use super::document::{CONFIGURATION_BYTES, read_document};
use crate::answer::Answer;
use crate::edge::Edge;

/// Keeps a policy.
pub(super) async fn put(
    edge: &Edge,
    mut task: Task,
    parts: &Parts,
    body: &mut Incoming,
) -> Result<Answer, Refusal> {
    let sent = read_document(edge, &mut task, parts, body, CONFIGURATION_BYTES).await?;
    let text = std::str::from_utf8(&sent)
        .map_err(|_| Refusal::from(Fault::new(ErrorCode::MalformedPolicy)))?;
    let policy = PolicyDocument::parse(text, PolicyKind::Resource).map_err(|e| malformed(&e))?;
    let bucket = bucket_of(&task)?.name.clone();
    policy
        .check_resources(bucket.as_str())
        .map_err(|error| malformed(&error))?;
    if policy.is_public() && blocks_public_policies(edge, &task).await? {
        let user = &task.permit.identity().arn;
        return Err(Refusal::denied(format!(
            "User: {user} is not authorized to perform: s3:PutBucketPolicy on resource: \
             \"arn:aws:s3:::{bucket}\" because public policies are prevented by the BlockPublicPolicy \
             setting in S3 Block Public Access."
        )));
    }
    keep(edge, &task, BucketDocument::Policy, text).await?;
    Ok(done(StatusCode::NO_CONTENT))
}

/// Tells the policy as it was put.
pub(super) async fn get(edge: &Edge, task: &Task) -> Result<Answer, Refusal> {
    let mut answer = told(policy_of(edge, task).await?);
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    Ok(answer)
}

/// Tells whether the policy gives something to everybody. One that cannot be read any more gives nothing.
pub(super) async fn status(edge: &Edge, task: &Task) -> Result<Answer, Refusal> {
    let text = policy_of(edge, task).await?;
    let policy = PolicyDocument::parse(&text, PolicyKind::Resource);
    let is_public = policy.is_ok_and(|policy| policy.is_public());
    Ok(told(policy_status_document(is_public)))
}

async fn policy_of(edge: &Edge, task: &Task) -> Result<String, Refusal> {
    let policy = document_of(edge, task, BucketDocument::Policy).await?;
    policy.ok_or_else(|| refuse_missing(task, ErrorCode::NoSuchBucketPolicy))
}

/// A block that cannot be read any more blocks.
async fn blocks_public_policies(edge: &Edge, task: &Task) -> Result<bool, Refusal> {
    let block = document_of(edge, task, BucketDocument::PublicAccessBlock).await?;
    Ok(block.is_some_and(|text| {
        PublicAccessBlock::read(text.as_bytes()).map_or(true, |block| block.blocks_public_policy())
    }))
}

fn malformed(error: &PolicyParseError) -> Refusal {
    let sentence = error.to_string();
    let fault = Fault::new(ErrorCode::MalformedPolicy).saying(sentence.clone());
    Refusal::new(fault, sentence)
}
