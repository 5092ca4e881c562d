//! From an HTTP request to an action and back.
//!
//! The order is: transport, form, signature, action. The signature covers the body's hash, so the body is read first, and is
//! bounded. What is refused is one line in the log; so is what changed something, with who did it and without parameters.
//!
//! INVARIANT: calls of one server that change something do so one after the other, since some look before they change: two that tag a
//! user at once both count.
//! INVARIANT: no line of the log holds a parameter or a part of an answer.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use countersign_aws_query::{AtFault, CONTENT_TYPE as XML, Fault, QueryRequest, RequestId};
use countersign_directory::{CallRefusal, Caller, Directory, ServiceCall};
use countersign_gate::{CallOrigin, PrincipalKind, Transport};
use countersign_state::UnixMillis;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use tokio::sync::Mutex;

use crate::actions;
use crate::call::Call;
use crate::refused::{Outcome, Refused};

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
const VERSION: &str = "2010-05-08";
const SERVICE: &str = "iam";
/// The region that clients sign for, IAM being one for all regions.
const GLOBAL_REGION: &str = "us-east-1";
const FORM: &str = "application/x-www-form-urlencoded";
/// The most bytes of a call: a policy as large as any may be, percent-encoded, and the rest.
const MOST_BYTES: usize = 512 * 1_024;

/// What the service is made of.
pub struct Iam {
    directory: Arc<Directory>,
    plain_http: bool,
    /// Held by the one call that changes something.
    changing: Mutex<()>,
}

impl Iam {
    /// The service over this directory and its state; `plain_http` lets calls over plain HTTP in from elsewhere.
    #[must_use]
    pub const fn new(directory: Arc<Directory>, plain_http: bool) -> Self {
        Self {
            directory,
            plain_http,
            changing: Mutex::const_new(()),
        }
    }

    /// The routes: calls are posted to `/`.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", post(serve))
            .with_state(Arc::new(self))
    }
}

impl std::fmt::Debug for Iam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Iam")
            .field("plain_http", &self.plain_http)
            .finish_non_exhaustive()
    }
}

/// What is known of a call so far, for its line in the log.
#[derive(Debug, Default)]
struct Seen {
    action: Option<Box<str>>,
    caller: Option<Box<str>>,
}

async fn serve(State(iam): State<Arc<Iam>>, request: Request) -> Response {
    let id = RequestId::from_random(rand::random());
    let mut seen = Seen::default();
    let outcome = iam.settle(request, &mut seen).await;
    let action = seen.action.as_deref().unwrap_or("-");
    let caller = seen.caller.as_deref().unwrap_or("-");
    log(&id, action, caller, &outcome);
    let (status, document) = match outcome {
        Ok(answer) => (StatusCode::OK, answer.document(action, NAMESPACE, &id)),
        Err(Refused { fault, .. }) => {
            let status = StatusCode::from_u16(fault.status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, fault.document(NAMESPACE, &id))
        }
    };
    let mut response = Response::new(Body::from(document));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(XML));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

impl Iam {
    async fn settle(&self, request: Request, seen: &mut Seen) -> Outcome {
        let (parts, body) = request.into_parts();
        let origin = parts.extensions.get::<CallOrigin>().cloned();
        let origin = origin.ok_or_else(|| Refused::internal("call without an origin"))?;
        if origin.transport == Transport::Plain && !self.plain_http {
            let fault = Fault::access_denied("Calls to IAM are taken over TLS only.");
            return Err(Refused::from(fault).because("plain http"));
        }
        let kind = parts.headers.get(CONTENT_TYPE);
        if !kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(is_form)
        {
            return Err(Fault::malformed(format!("calls are posted as {FORM}")).into());
        }
        let body = to_bytes(body, MOST_BYTES).await.map_err(|error| {
            let fault = Fault::sender(413, "RequestEntityTooLarge", "The call is too large.");
            Refused::from(fault).because(error)
        })?;
        let regions = [self.directory.region(), GLOBAL_REGION];
        let call = ServiceCall {
            parts: &parts,
            body: &body,
            origin: &origin,
            service: SERVICE,
            regions: &regions,
        };
        let caller = self.directory.authenticate_call(&call).await?;
        seen.caller = Some(caller.identity().arn.clone());
        check_caller(&caller)?;
        let query = parts.uri.query().unwrap_or_default();
        let request = QueryRequest::parse(query, &body).map_err(Fault::from)?;
        self.carry_out(&request, &caller, seen).await
    }

    async fn carry_out(&self, request: &QueryRequest, caller: &Caller, seen: &mut Seen) -> Outcome {
        let action = request.action().unwrap_or_default();
        let is_known = request.version() == Some(VERSION) && actions::NAMES.contains(&action);
        if !is_known {
            return Err(request.unknown_action().into());
        }
        seen.action = Some(action.into());
        let call = Call {
            action,
            request,
            caller,
            now: UnixMillis(self.directory.clock().unix_ms()),
            state: self.directory.state().as_ref(),
        };
        if !changes(action) {
            return actions::carry_out(&call).await;
        }
        let _one_at_a_time = self.changing.lock().await;
        let outcome = actions::carry_out(&call).await;
        // What this server changed, it knows at once.
        self.directory.invalidate();
        outcome
    }
}

/// Refuses callers who may call no action at all.
fn check_caller(caller: &Caller) -> Result<(), Refused> {
    let identity = caller.identity();
    // AWS: credentials of GetSessionToken cannot call IAM ("Comparing AWS STS credentials"); there is no MFA here that would
    // make them able to.
    if identity.kind != PrincipalKind::Role && identity.session.is_some() {
        let invalid = "The security token included in the request is invalid.";
        let fault = Fault::sender(403, "InvalidClientTokenId", invalid);
        return Err(Refused::from(fault).because("sessions of users may not call IAM"));
    }
    if caller.is_presigned {
        let fault = Fault::access_denied("Calls to IAM are signed in the Authorization header.");
        return Err(fault.into());
    }
    Ok(())
}

fn is_form(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case(FORM)
}

/// Whether an action changes something.
fn changes(action: &str) -> bool {
    !["Get", "List", "Simulate"]
        .iter()
        .any(|reading| action.starts_with(reading))
}

fn log(id: &RequestId, action: &str, caller: &str, outcome: &Outcome) {
    let request_id = id.as_str();
    match outcome {
        Ok(_) if changes(action) => tracing::info!(request_id, action, caller, "iam: done"),
        Ok(_) => tracing::debug!(request_id, action, caller, "iam: told"),
        Err(Refused { fault, reason }) => {
            let reason = reason.as_deref().unwrap_or_default();
            let code = fault.code();
            if fault.at_fault() == AtFault::Receiver {
                tracing::error!(request_id, action, caller, code, reason, "iam: failed");
            } else {
                tracing::info!(request_id, action, caller, code, reason, "iam: refused");
            }
        }
    }
}

impl From<CallRefusal> for Refused {
    fn from(refusal: CallRefusal) -> Self {
        let error = &refusal.error;
        let fault = match error.status() {
            503 => Fault::unavailable(),
            status => Fault::sender(status, error.code(), error.sentence().to_owned()),
        };
        Self::from(fault).because(refusal.reason)
    }
}

#[cfg(test)]
mod tests;
