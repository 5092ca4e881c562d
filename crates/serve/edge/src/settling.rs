//! The end of a request: its outcome becomes an answer, counted and logged.
//!
//! INVARIANT: every refusal leaves here, so none is without its code in the metrics, its reason in the
//! log and its document for the client.

use std::time::Instant;

use countersign_gate::Refusal;
use countersign_s3::Operation;
use countersign_s3::cors::CorsAnswer;
use http::request::Parts;

use crate::answer::{self, Answer};
use crate::edge::Edge;
use crate::lingering::leaves_a_body;
use crate::request_id::RequestId;

/// The end of a request: an answer or a refusal, and the operation as far as it was recognised.
pub(crate) struct Settled {
    pub(crate) operation: Option<Operation>,
    pub(crate) outcome: Result<Answer, Refusal>,
}

/// The one exit of refusals: counted, logged with its reason, written.
pub(crate) fn settle(edge: &Edge, id: RequestId, parts: &Parts, settled: Settled) -> Answer {
    let Settled { operation, outcome } = settled;
    let is_last = expects_in_vain(parts) || outcome.is_err() && leaves_a_body(parts);
    let mut answer = outcome.unwrap_or_else(|refusal| {
        log_refusal(edge, id, operation, &refusal);
        answer::refuse(edge, id, &parts.method, &refusal)
    });
    if is_last && parts.version <= http::Version::HTTP_11 {
        let close = http::HeaderValue::from_static("close");
        answer.headers_mut().insert(http::header::CONNECTION, close);
    }
    edge.metrics.count(operation, answer.status().as_u16());
    answer
}

/// Adds what every answer carries, and notes how long it took.
pub(crate) fn finish(
    edge: &Edge,
    id: RequestId,
    begun: Instant,
    cors: Option<CorsAnswer>,
    mut answer: Answer,
) -> Answer {
    answer::seal(edge, id, cors, &mut answer);
    edge.metrics.duration.record(begun.elapsed());
    answer
}

/// Whether the client waits for a 100 that will not come, because there is no body to ask for.
///
/// QUIRK: botocore up to 1.43, and the AWS CLI 1.46 with it, upload empty files so. After an answer
/// without a 100 they misread the next one on the same connection, and wait until they time out.
fn expects_in_vain(parts: &Parts) -> bool {
    parts.headers.contains_key(http::header::EXPECT)
        && parts
            .headers
            .get(http::header::CONTENT_LENGTH)
            .is_some_and(|length| length == "0")
}

fn log_refusal(edge: &Edge, id: RequestId, operation: Option<Operation>, refusal: &Refusal) {
    let code = refusal.fault().code();
    let (request_id, code_name) = (id.as_str(), code.as_str());
    let operation = operation.map_or("-", Operation::name);
    let reason = refusal.reason();
    edge.metrics.count_refusal(code);
    if code == countersign_s3::ErrorCode::InternalError {
        tracing::error!(request_id, operation, reason, "failed");
    } else if code == countersign_s3::ErrorCode::ServiceUnavailable {
        tracing::warn!(request_id, operation, reason, "not served");
    } else {
        tracing::info!(request_id, operation, code = code_name, reason, "refused");
    }
    if refusal.exposed() {
        edge.metrics.exposed_signatures.increment(1);
        tracing::warn!(
            request_id,
            "a signature came over plain http: treat the url as leaked"
        );
    }
}
