//! The paths of the API, and what every answer carries.
//!
//! INVARIANT: no answer may be kept by anybody on the way: it holds credentials, or what is known of them (threat C11).

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ALLOW, CACHE_CONTROL, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use serde::Serialize;

use crate::call::Brings;
use crate::issuer::Issuer;
use crate::problem::{ErrorDocument, Problem, named};
use crate::wire::{
    BatchAnswer, BatchRequest, LinkAnswer, LinkList, LinkRecordAnswer, LinkRequest,
    RevocationAnswer, RevocationRequest, RevokedAnswer, WhoAnswer,
};
use crate::{links, openapi, revoking, shares, whoami};

const LINK: Brings = Brings::Json(64 * 1_024);
const BATCH: Brings = Brings::Json(1_024 * 1_024);
const REVOCATION: Brings = Brings::Json(16 * 1_024);

/// The routers of an issuer: the API for backends, and the public paths of shares.
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
        .layer(from_fn_with_state(issuer.clone(), sealed))
        .with_state(issuer.clone());
    (admin, shares::router(issuer))
}

/// What every answer of the API carries. Pages of listed origins may read it, and ask whether they may send.
async fn sealed(State(issuer): State<Issuer>, request: Request<Body>, next: Next) -> Response {
    let origin = issuer.shared.listed_origin(request.headers()).cloned();
    let asks = *request.method() == Method::OPTIONS && origin.is_some();
    let mut response = if asks {
        preflight()
    } else {
        next.run(request).await
    };
    seal(response.headers_mut());
    if let Some(origin) = origin {
        response
            .headers_mut()
            .insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, idempotency-key, x-amz-content-sha256, x-amz-date, x-amz-security-token, \
             x-countersign-role",
        ),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
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
                let response = (status, [(CONTENT_TYPE, kind)], body).into_response();
                named(response, request_id)
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

/// Makes a link.
#[utoipa::path(
    post, path = "/v1/links", operation_id = "createLink", tag = "links",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "the same answer again for the same request, for a day", min_length = 1, max_length = 200),
        ("X-Countersign-Role" = Option<String>, Header, description = "with a bearer token: the role to take", max_length = 2048),
    ),
    request_body = LinkRequest,
    responses(
        (status = 201, description = "the link, and exactly what to send", body = LinkAnswer),
        (status = 400, description = "the request makes no sense", body = ErrorDocument),
        (status = 401, description = "nobody knows who calls", body = ErrorDocument),
        (status = 403, description = "the caller may not", body = ErrorDocument),
        (status = 409, description = "the idempotency key was used for another request", body = ErrorDocument),
        (status = 413, description = "the body is too large", body = ErrorDocument),
        (status = 415, description = "the body is no JSON", body = ErrorDocument),
        (status = 422, description = "the server would refuse the link at its use", body = ErrorDocument),
        (status = 429, description = "too many links in a short time, or alive", body = ErrorDocument),
        (status = 503, description = "the server cannot answer right now", body = ErrorDocument),
    ),
    security(("sigv4" = []), ("bearer" = [])),
)]
pub(crate) async fn create(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, LINK).await?;
        links::create::one(issuer, &call).await
    };
    respond(&id, StatusCode::CREATED, outcome.await)
}

/// Makes up to 100 links, each judged by itself.
#[utoipa::path(
    post, path = "/v1/links:batch", operation_id = "createLinks", tag = "links",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "the same answer again for the same request, for a day", min_length = 1, max_length = 200),
        ("X-Countersign-Role" = Option<String>, Header, description = "with a bearer token: the role to take", max_length = 2048),
    ),
    request_body = BatchRequest,
    responses(
        (status = 200, description = "what became of each", body = BatchAnswer),
        (status = 400, description = "the request makes no sense", body = ErrorDocument),
        (status = 401, description = "nobody knows who calls", body = ErrorDocument),
        (status = 403, description = "the caller may not", body = ErrorDocument),
        (status = 409, description = "the idempotency key was used for another request", body = ErrorDocument),
        (status = 413, description = "the body is too large", body = ErrorDocument),
        (status = 415, description = "the body is no JSON", body = ErrorDocument),
        (status = 429, description = "too many links in a short time, or alive", body = ErrorDocument),
        (status = 503, description = "the server cannot answer right now", body = ErrorDocument),
    ),
    security(("sigv4" = []), ("bearer" = [])),
)]
pub(crate) async fn create_many(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, BATCH).await?;
        links::create::many(issuer, &call).await
    };
    respond(&id, StatusCode::OK, outcome.await)
}

/// Lists links, the latest first.
#[utoipa::path(
    get, path = "/v1/links", operation_id = "listLinks", tag = "links",
    params(
        ("principal" = Option<String>, Query, description = "whose: `me`, a lasting unique id, or `*` for all", max_length = 128),
        ("subject" = Option<String>, Query, description = "handed to whom", max_length = 128),
        ("bucket" = Option<String>, Query, description = "in which bucket", max_length = 63),
        ("prefix" = Option<String>, Query, description = "with keys that begin so", max_length = 1024),
        ("live" = Option<bool>, Query, description = "only those that have not ended"),
        ("limit" = Option<u32>, Query, description = "how many at most", minimum = 1, maximum = 1000),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before", max_length = 128),
    ),
    responses(
        (status = 200, description = "a page of links", body = LinkList),
        (status = 400, description = "the request makes no sense", body = ErrorDocument),
        (status = 401, description = "nobody knows who calls", body = ErrorDocument),
        (status = 403, description = "the caller may not", body = ErrorDocument),
        (status = 503, description = "the server cannot answer right now", body = ErrorDocument),
    ),
    security(("sigv4" = []), ("bearer" = [])),
)]
pub(crate) async fn list(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, Brings::Nothing).await?;
        links::list::page(issuer, &call).await
    };
    respond(&id, StatusCode::OK, outcome.await)
}

/// Tells what is known of a link. Never its URL.
#[utoipa::path(
    get, path = "/v1/links/{id}", operation_id = "getLink", tag = "links",
    params(("id" = String, Path, description = "the id of the link", min_length = 32, max_length = 32)),
    responses(
        (status = 200, description = "what is known", body = LinkRecordAnswer),
        (status = 400, description = "the request makes no sense", body = ErrorDocument),
        (status = 401, description = "nobody knows who calls", body = ErrorDocument),
        (status = 403, description = "the caller may not", body = ErrorDocument),
        (status = 404, description = "there is no such link, or it is not yours", body = ErrorDocument),
        (status = 503, description = "the server cannot answer right now", body = ErrorDocument),
    ),
    security(("sigv4" = []), ("bearer" = [])),
)]
pub(crate) async fn inspect(
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

/// Revokes a link or a share. To do so again is harmless.
#[utoipa::path(
    delete, path = "/v1/links/{id}", operation_id = "revokeLink", tag = "links",
    params(("id" = String, Path, description = "the id of the link", min_length = 32, max_length = 32)),
    responses(
        (status = 200, description = "it is over, on every node within a second", body = RevokedAnswer),
        (status = 400, description = "the request makes no sense", body = ErrorDocument),
        (status = 401, description = "nobody knows who calls", body = ErrorDocument),
        (status = 403, description = "the caller may not", body = ErrorDocument),
        (status = 404, description = "there is no such link, or it is not yours", body = ErrorDocument),
        (status = 503, description = "the server cannot answer right now", body = ErrorDocument),
    ),
    security(("sigv4" = []), ("bearer" = [])),
)]
pub(crate) async fn revoke(
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

/// Revokes everything of a kind that was signed up to an instant.
#[utoipa::path(
    post, path = "/v1/revocations", operation_id = "createRevocation", tag = "revocations",
    request_body = RevocationRequest,
    responses(
        (status = 201, description = "it is written", body = RevocationAnswer),
        (status = 400, description = "the request makes no sense", body = ErrorDocument),
        (status = 401, description = "nobody knows who calls", body = ErrorDocument),
        (status = 403, description = "the caller may not", body = ErrorDocument),
        (status = 404, description = "there is no such thing to revoke", body = ErrorDocument),
        (status = 413, description = "the body is too large", body = ErrorDocument),
        (status = 415, description = "the body is no JSON", body = ErrorDocument),
        (status = 503, description = "the server cannot answer right now", body = ErrorDocument),
    ),
    security(("sigv4" = []), ("bearer" = [])),
)]
pub(crate) async fn create_revocation(
    State(issuer): State<Issuer>,
    request: Request<Body>,
) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, REVOCATION).await?;
        revoking::create(issuer, &call).await
    };
    respond(&id, StatusCode::CREATED, outcome.await)
}

/// Tells who calls, and in short what it may do.
#[utoipa::path(
    get, path = "/v1/whoami", operation_id = "whoAmI", tag = "callers",
    responses(
        (status = 200, description = "who calls", body = WhoAnswer),
        (status = 400, description = "the request makes no sense", body = ErrorDocument),
        (status = 401, description = "nobody knows who calls", body = ErrorDocument),
        (status = 403, description = "the caller may not", body = ErrorDocument),
        (status = 503, description = "the server cannot answer right now", body = ErrorDocument),
    ),
    security(("sigv4" = []), ("bearer" = [])),
)]
pub(crate) async fn who(State(issuer): State<Issuer>, request: Request<Body>) -> Response {
    let (issuer, id) = (&*issuer.shared, new_request_id());
    let outcome = async {
        let call = issuer.admit(request, &id, Brings::Nothing).await?;
        Ok(whoami::answer(&call))
    };
    respond(&id, StatusCode::OK, outcome.await)
}

/// What the API is: no secret, so it needs no caller.
#[utoipa::path(
    get, path = "/v1/openapi.json", operation_id = "describeApi", tag = "callers",
    responses((status = 200, description = "this document", content_type = "application/json")),
)]
pub(crate) async fn document() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, kind)], openapi::text()).into_response()
}
