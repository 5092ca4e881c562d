//! What is said to whom about a policy that does not allow.
//!
//! Who signs with a header is told in AWS's words, with the kind of policy. Who holds a link is somebody else
//! than its signer, so neither the signer's name nor the policy's is told; which statement it was, is in the
//! private reason.

use countersign_policy::{Decision, Layer, Request, Resource};
use countersign_s3::{ErrorCode, Fault, Operation};

use crate::Refusal;

/// The refusal of a request that is not allowed to `who`, an ARN.
pub(super) fn denied(
    who: &str,
    request: &Request<'_>,
    decision: &Decision<'_>,
    is_link: bool,
) -> Refusal {
    let action = request.action;
    let resource = arn_of(request.resource);
    let sentence = if is_link {
        let how = match decision {
            Decision::ExplicitDeny { .. } => "a policy denies",
            Decision::TooCostly { .. } => "it takes too long to find out who may do",
            _ => "no policy allows",
        };
        format!("The signer of this link may not do this: {how} {action}.")
    } else {
        let why = because(decision, action);
        format!(
            "User: {who} is not authorized to perform: {action} on resource: \"{resource}\" {why}"
        )
    };
    let fault = Fault::new(ErrorCode::AccessDenied).saying(sentence);
    Refusal::new(fault, format!("{action} on {resource}: {decision}"))
}

/// The sentence that a service beside S3 has for it.
pub(crate) fn sentence(who: &str, request: &Request<'_>, because: &str) -> String {
    let (action, resource) = (request.action, arn_of(request.resource));
    format!("User: {who} is not authorized to perform: {action} on resource: {resource} {because}")
}

/// Why a decision is not to allow, in AWS's words.
pub(crate) fn because(decision: &Decision<'_>, action: &str) -> String {
    match decision {
        Decision::ExplicitDeny { statement } => {
            format!("with an explicit deny in {}", kind_of(statement.layer))
        }
        Decision::ImplicitDeny { silent } => {
            let kind = bare_kind_of(*silent);
            format!("because no {kind} allows the {action} action")
        }
        Decision::TooCostly { .. } => {
            "because it takes too long to find out what the policies say".to_owned()
        }
        Decision::Allow { .. } => String::new(),
    }
}

/// The refusal of a request that does not say clearly what a condition asks for.
pub(super) fn ambiguous() -> Refusal {
    let sentence = "A header that a policy asks for has two values, or none that can be read.";
    let fault = Fault::new(ErrorCode::InvalidArgument).saying(sentence);
    Refusal::new(fault, "a condition asks for a header that is ambiguous")
}

/// The refusal because of something stored that cannot be read any more.
pub(super) fn damaged(what: &str) -> Refusal {
    let fault = Fault::new(ErrorCode::AccessDenied);
    Refusal::new(fault, format!("the {what} cannot be read any more"))
}

/// The refusal of an operation that no policy could allow, because it is not there.
pub(super) fn unnamed(operation: Operation) -> Refusal {
    Refusal::new(
        Fault::new(ErrorCode::NotImplemented).saying(format!(
            "The operation {} is not implemented by this server.",
            operation.name()
        )),
        "operation is not implemented",
    )
}

fn kind_of(layer: Layer) -> &'static str {
    match layer {
        Layer::Boundary => "a permissions boundary",
        Layer::Identity => "an identity-based policy",
        Layer::Resource => "a resource-based policy",
        Layer::Session => "a session policy",
        Layer::Trust => "a role trust policy",
    }
}

fn bare_kind_of(layer: Layer) -> &'static str {
    kind_of(layer)
        .trim_start_matches("an ")
        .trim_start_matches("a ")
}

pub(crate) fn arn_of(resource: Resource<'_>) -> String {
    match resource {
        Resource::Bucket { bucket } => format!("arn:aws:s3:::{bucket}"),
        Resource::Object { bucket, key } => format!("arn:aws:s3:::{bucket}/{key}"),
        Resource::Other { arn } => arn.to_owned(),
        Resource::Service => "*".to_owned(),
    }
}
