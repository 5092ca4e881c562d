//! The paths of the API, and what every answer carries.
//!
//! INVARIANT: no answer may be kept by anybody on the way: it holds credentials, or what is known of them (threat C11).

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde::Serialize;

use crate::call::Brings;
use crate::issuer::Issuer;
use crate::problem::Problem;
use crate::{links, openapi, revoking, shares, whoami};

const LINK: Brings = Brings::Json(64 * 1_024);
const BATCH: Brings = Brings::Json(1_024 * 1_024);
const REVOCATION: Brings = Brings::Json(16 * 1_024);

/// The routers of an issuer: the API for backends, and the public paths of shares.
#[must_use]
pub fn routers(issuer: &Issuer) -> (Router, Router) {
    let admin = Router::new()
        .route("/v1/links", get(list).post(create))
        .route("/v1/links:batch", post(create_many))
        .route("/v1/links/{id}", get(inspect).delete(revoke))
        .route("/v1/revocations", post(create_revocation))
        .route("/v1/whoami", get(who))
        .route("/v1/openapi.json", get(document))
        .method_not_allowed_fallback(async || respond_error(Problem::method_not_allowed()))
        .fallback(async || respond_error(Problem::not_found("there is no such path")))
        .layer(from_fn(sealed))
        .with_state(issuer.clone());
    (admin, shares::router(issuer))
}

/// What every answer of the API carries.
async fn sealed(request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    seal(response.headers_mut());
    response
}

fn seal(headers: &mut HeaderMap) {
    let no_store = HeaderValue::from_static("no-store, private");
    headers.insert(CACHE_CONTROL, no_store);
    headers.insert(VARY, HeaderValue::from_static("Authorization, Origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
}

/// Sixteen hexadecimal digits by which the log knows a call.
fn new_request_id() -> String {
    format!("{:016X}", rand::random::<u64>())
}

fn respond<T: Serialize>(
    request_id: &str,
    status: StatusCode,
    outcome: Result<T, Problem>,
) -> Response {
    match outcome {
        Ok(answer) => match serde_json::to_vec(&answer) {
            Ok(body) => {
                let kind = HeaderValue::from_static("application/json");
                (status, [(CONTENT_TYPE, kind)], body).into_response()
            }
            Err(error) => {
                tracing::error!(request_id, %error, "an answer could not be written");
                Problem::internal().respond(request_id)
            }
        },
        Err(problem) => problem.respond(request_id),
    }
}

fn respond_error(problem: Problem) -> Response {
    let mut response = problem.respond(&new_request_id());
    response.headers_mut().remove(ALLOW);
    response
}

async fn create(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, LINK).await?;
        links::create::one(issuer, &call).await
    };
    respond(&id, StatusCode::CREATED, outcome.await)
}

async fn create_many(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, BATCH).await?;
        links::create::many(issuer, &call).await
    };
    respond(&id, StatusCode::OK, outcome.await)
}

async fn list(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, Brings::Nothing).await?;
        links::list::page(issuer, &call).await
    };
    respond(&id, StatusCode::OK, outcome.await)
}

async fn inspect(
    State(issuer): State<Issuer>,
    Path(link): Path<String>,
    request: Request<Body>,
) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, Brings::Nothing).await?;
        links::inspect::one(issuer, &call, &link).await
    };
    respond(&id, StatusCode::OK, outcome.await)
}

async fn revoke(
    State(issuer): State<Issuer>,
    Path(link): Path<String>,
    request: Request<Body>,
) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, Brings::Nothing).await?;
        links::revoke::one(issuer, &call, &link).await
    };
    respond(&id, StatusCode::OK, outcome.await)
}

async fn create_revocation(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, REVOCATION).await?;
        revoking::create(issuer, &call).await
    };
    respond(&id, StatusCode::CREATED, outcome.await)
}

async fn who(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, Brings::Nothing).await?;
        Ok(whoami::answer(&call))
    };
    respond(&id, StatusCode::OK, outcome.await)
}

/// What the API is: no secret, so it needs no caller.
async fn document() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, kind)], openapi::text()).into_response()
}
