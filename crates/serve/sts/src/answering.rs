//! The way of a call: read, recognized, authenticated, served, answered.
//!
//! INVARIANT: credentials travel over TLS or within this machine, unless the operator says otherwise.
//! INVARIANT: no answer is kept by a cache.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use countersign_aws_query::{Answer, CONTENT_TYPE, Fault, QueryRequest, RequestId};
use countersign_directory::{CallRefusal, ServiceCall};
use countersign_gate::{CallOrigin, Transport};
use countersign_sigv4::AmzDate;
use http::header::{CACHE_CONTROL, USER_AGENT, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use rand::RngExt as _;

use crate::refusal::Refusal;
use crate::service::Sts;
use crate::web_identity::Circumstances;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const VERSION: &str = "2011-06-15";
const SERVICE: &str = "sts";
/// The region of AWS's global endpoint, which clients that were told none sign for.
const GLOBAL_REGION: &str = "us-east-1";
/// The most bytes of a call's body.
const MOST_BODY: usize = 64 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The service, for the listener that S3 has: calls to `/`.
pub fn router(sts: Arc<Sts>) -> Router {
    Router::new()
        .route("/", get(serve).post(serve))
        .with_state(sts)
}

/// A call, read.
struct Call {
    parts: Parts,
    body: axum::body::Bytes,
    request: QueryRequest,
    origin: CallOrigin,
}

async fn serve(State(sts): State<Arc<Sts>>, request: Request) -> Response {
    let id = RequestId::from_random(rand::rng().random());
    let (action, outcome) = match read(request).await {
        Err(refusal) => (String::new(), Err(refusal)),
        Ok(call) => {
            let action = call.request.action().unwrap_or_default().to_owned();
            (action, sts.answer(&call).await)
        }
    };
    match outcome {
        Ok(answer) => respond(200, answer.document(&action, NAMESPACE, &id), &id),
        Err(Refusal { fault, reason }) => {
            let (request_id, code, reason) = (id.as_str(), fault.code(), &*reason);
            // What is no action of ours is the client's text.
            let operation = ACTIONS.iter().find(|known| **known == action);
            let operation = operation.copied().unwrap_or("-");
            if fault.status() >= 500 {
                tracing::error!(request_id, operation, code, reason, "failed");
            } else {
                tracing::info!(request_id, operation, code, reason, "refused");
            }
            respond(fault.status(), fault.document(NAMESPACE, &id), &id)
        }
    }
}

/// The actions that there are.
const ACTIONS: [&str; 5] = [
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetSessionToken",
];

async fn read(request: Request) -> Result<Call, Refusal> {
    let (parts, body) = request.into_parts();
    let origin = parts.extensions.get::<CallOrigin>().cloned();
    let origin =
        origin.ok_or_else(|| Refusal::internal("nobody says where the call comes from"))?;
    let body = to_bytes(body, MOST_BODY).await.map_err(|error| {
        let sentence = format!("The body of a call has at most {MOST_BODY} bytes.");
        let fault = Fault::sender(413, "RequestEntityTooLarge", sentence);
        Refusal::new(fault, error.to_string())
    })?;
    let query = parts.uri.query().unwrap_or_default();
    let request = QueryRequest::parse(query, &body).map_err(Fault::from)?;
    Ok(Call {
        parts,
        body,
        request,
        origin,
    })
}

impl Sts {
    async fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        let request = &call.request;
        let action = request.action().unwrap_or_default();
        if !ACTIONS.contains(&action) || request.version() != Some(VERSION) {
            return Err(request.unknown_action().into());
        }
        if call.origin.transport == Transport::Plain && !self.settings.plain_http {
            let sentence = "Credentials are only given and taken over TLS.";
            return Err(Refusal::plain(Fault::access_denied(sentence)));
        }
        if action == "AssumeRoleWithWebIdentity" {
            let user_agent = call.parts.headers.get(USER_AGENT);
            let circumstances = Circumstances {
                origin: &call.origin,
                user_agent: user_agent.and_then(|value| value.to_str().ok()),
                now: AmzDate::from_unix(self.directory.clock().unix_ms().div_euclid(1_000)),
            };
            return self
                .assume_role_with_web_identity(&circumstances, request)
                .await;
        }
        let caller = self.caller(call).await?;
        match action {
            "AssumeRole" => self.assume_role(&caller, request).await,
            "GetAccessKeyInfo" => self.access_key_info(request).await,
            "GetCallerIdentity" => Ok(Self::caller_identity(&caller)),
            "GetSessionToken" => self.session_token(&caller, request),
            _ => Err(request.unknown_action().into()),
        }
    }

    /// Who signed the call.
    async fn caller(&self, call: &Call) -> Result<countersign_directory::Caller, Refusal> {
        let signed = ServiceCall {
            parts: &call.parts,
            body: &call.body,
            origin: &call.origin,
            service: SERVICE,
            regions: &[self.directory.region(), GLOBAL_REGION],
        };
        self.directory
            .authenticate_call(&signed)
            .await
            .map_err(|refused| {
                let CallRefusal { error, reason } = refused;
                let sentence = error.sentence().to_owned();
                Refusal::new(
                    Fault::sender(error.status(), error.code(), sentence),
                    reason,
                )
            })
    }
}

fn respond(status: u16, document: String, id: &RequestId) -> Response {
    let mut response = Response::new(Body::from(document));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static(CONTENT_TYPE),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, private"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

#[cfg(test)]
mod tests;
