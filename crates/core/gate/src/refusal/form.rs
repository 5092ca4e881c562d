//! Refusals of browsers' forms, in the sentences of aws-semantics 4.4.

use countersign_s3::{ErrorCode, Fault, missing_form_field};
use countersign_sigv4::ClaimError;
use countersign_sigv4::post_policy::{PolicyParseError, PolicyViolation};

use super::{Refusal, query_fault};

/// A form has sentences of its own for its fields; what is in a credential is refused as in a query.
pub(super) fn claim_fault(error: &ClaimError) -> Fault {
    match error {
        ClaimError::MissingParameter { name } => missing_form_field(name),
        ClaimError::UnknownAlgorithm { found } => Fault::invalid_argument(
            "Only AWS4-HMAC-SHA256 is supported",
            "X-Amz-Algorithm",
            found.clone(),
        ),
        // AWS's own spelling.
        ClaimError::MalformedDate => Fault::invalid_argument(
            "X-Amz-Date must be formated via ISO8601 Long format",
            "X-Amz-Date",
            "",
        ),
        other => query_fault(other),
    }
}

/// Turns a policy that could not be read into a refusal.
pub(crate) fn refuse_policy(error: &PolicyParseError) -> Refusal {
    let sentence = format!("Invalid Policy: {error}");
    let fault = Fault::new(ErrorCode::InvalidPolicyDocument).saying(sentence);
    Refusal::new(fault, error.to_string())
}

/// Turns a form that its policy does not allow into a refusal.
pub(crate) fn refuse_form(violation: &PolicyViolation) -> Refusal {
    let rest = match violation {
        PolicyViolation::ConditionFailed { condition } => {
            format!("Policy Condition failed: {condition}")
        }
        PolicyViolation::Expired => "Policy expired.".to_owned(),
        PolicyViolation::ExtraField { name } => format!("Extra input fields: {name}"),
    };
    let sentence = format!("Invalid according to Policy: {rest}");
    let fault = Fault::new(ErrorCode::AccessDenied).saying(sentence);
    Refusal::new(fault, violation.to_string())
}
