//! What went wrong, in JSON: `{"error": {"code", "message", …}}`.
//!
//! The message is for whoever wrote the calling program and says what to do. What an upstream, a file system or a
//! database says never gets here (threat C9): it goes to the log under the request id.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

const REQUEST_ID: &str = "x-amz-request-id";

/// What went wrong with a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Box<ErrorBody>,
    retry_after_s: Option<u64>,
}

/// What went wrong, as it is answered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// A word for programs.
    #[schema(value_type = String, example = "invalid_value")]
    pub(crate) code: Cow<'static, str>,
    /// A sentence for people.
    pub(crate) message: String,
    /// What decided, where a layer of policies or a guardrail did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The member of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// What the server's log knows this request by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
}

/// The document of an error.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorDocument {
    /// What went wrong.
    pub(crate) error: ErrorBody,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            body: Box::new(ErrorBody {
                code: code.into(),
                message: message.into(),
                reason: None,
                field: None,
                request_id: None,
            }),
            retry_after_s: None,
        }
    }

    /// The body is no JSON, or not of the right shape.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    /// A member has a value that makes no sense.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_value", message).about(field)
    }

    /// Nobody knows who is asking.
    pub(crate) fn unauthenticated(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    /// Whoever is asking may not.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// There is no such thing, or it is somebody else's.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// The method is none of this path.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "this path has no such method";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            message,
        )
    }

    /// The idempotency key was used for something else.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "idempotency_conflict", message)
    }

    /// The body is too large.
    pub(crate) fn too_large(most: usize) -> Self {
        let message = format!("the body may have {most} bytes at most");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    /// The body is not JSON, or does not say so.
    pub(crate) fn media_type() -> Self {
        let message = "send JSON with `Content-Type: application/json`";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            message,
        )
    }

    /// The link would be refused at its use.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", message)
    }

    /// Too much at once.
    pub(crate) fn rate_limited(message: impl Into<String>, retry_after_s: u64) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message);
        problem.retry_after_s = Some(retry_after_s.max(1));
        problem
    }

    /// Too many live links.
    pub(crate) fn quota_exceeded(message: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "quota_exceeded", message);
        problem.retry_after_s = Some(60);
        problem
    }

    /// Something of ours cannot answer right now; the log knows what.
    pub(crate) fn unavailable() -> Self {
        let message = "the server cannot answer right now; try again";
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
        problem.retry_after_s = Some(1);
        problem
    }

    /// Something of ours went wrong; the log knows what.
    pub(crate) fn internal() -> Self {
        let message = "something went wrong here; the server's log knows it by the request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    /// The same about a member of the request.
    pub(crate) fn about(mut self, field: impl Into<String>) -> Self {
        self.body.field = Some(field.into());
        self
    }

    /// The same with what decided.
    pub(crate) fn because(mut self, reason: impl Into<String>) -> Self {
        self.body.reason = Some(reason.into());
        self
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What is answered, for a batch.
    pub(crate) fn into_body(self) -> ErrorBody {
        *self.body
    }

    /// What is answered.
    #[cfg(test)]
    pub(crate) fn body(&self) -> &ErrorBody {
        &self.body
    }

    /// The answer, with the request id in it.
    pub(crate) fn respond(mut self, request_id: &str) -> Response {
        self.body.request_id = Some(request_id.to_owned());
        named(self.into_response(), request_id)
    }
}

/// The answer under the id by which the log knows the call: the listener keeps it instead of giving its own.
pub(crate) fn named(mut response: Response, request_id: &str) -> Response {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = ErrorDocument { error: *self.body };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let schemes =
                HeaderValue::from_static("AWS4-HMAC-SHA256, Bearer realm=\"countersign\"");
            headers.insert(WWW_AUTHENTICATE, schemes);
        }
        response
    }
}
