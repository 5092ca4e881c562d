//! From what the gate says to what the caller is told.

use countersign_gate::{Denied, Refusal};
use countersign_state::StateError;

use crate::problem::Problem;

/// How the gate begins when a policy does not allow what a link would do.
const BY_POLICY: &str = "The signer of this link may not do this";

/// A link that the edge would refuse: 403 if the caller's own policies do not allow it, else 422.
pub(crate) fn by_gate(refusal: &Refusal) -> Problem {
    let sentence = refusal.fault().message();
    if sentence.starts_with(BY_POLICY) {
        // The caller is the signer, so it may know which statement it was.
        return Problem::forbidden(format!(
            "you may not do what the link would do: {}",
            refusal.reason()
        ))
        .because(refusal.reason());
    }
    Problem::refused(sentence).because(refusal.fault().code().as_str())
}

/// A call that no policy allows.
pub(crate) fn by_policy(denied: &Denied) -> Problem {
    Problem::forbidden(denied.sentence.clone()).because(denied.reason.clone())
}

/// The state did not do as asked.
pub(crate) fn by_state(error: &StateError, request_id: &str) -> Problem {
    match error {
        StateError::QuotaExceeded { limit, .. } => Problem::quota_exceeded(format!(
            "you have {limit} live links already; revoke some, or let them end"
        )),
        StateError::Busy => {
            tracing::warn!(request_id, %error, "the state is busy");
            Problem::unavailable()
        }
        other => {
            tracing::error!(request_id, error = %other, "the state failed");
            Problem::unavailable()
        }
    }
}
