//! Services beside S3 on the same listeners: what is theirs, and how a request is handed over.
//!
//! On the S3 port a guest has what no bucket can have: paths below `/_`, as no bucket's name begins so, and
//! calls of the AWS query protocol, which go to `/`. On the admin listener it has everything but health and metrics.
//! A guest learns the client from [`CallOrigin`], and below `/_` from its [`countersign_gate::Country`],
//! and from nothing else.
//!
//! INVARIANT: no guest is handed a request that is addressed to a bucket.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use countersign_gate::{CallOrigin, Refusal};
use countersign_request::Query;
use countersign_s3::Level;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use crate::answer::{self, Answer};
use crate::client_address::Peer;
use crate::considering::headers_of;
use crate::edge::Edge;
use crate::head;
use crate::response_body::ResponseBody;

/// How long a guest may take for an answer, the request's body included.
const MOST_TIME: Duration = Duration::from_secs(60);
/// The most bytes of a guest's answer, which lies in memory as a whole.
const MOST_ANSWER: usize = 16 * 1024 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";

/// The services beside S3.
#[derive(Clone, Debug, Default)]
pub struct Guests {
    /// Those that everybody may reach, on the S3 port.
    pub public: Option<Router>,
    /// Those for operators and backends, on the admin listener and on the issuer's own.
    pub admin: Option<Router>,
}

/// The guest that a request on the S3 port is for.
pub(crate) fn of_public<'a>(edge: &'a Edge, peer: &Peer, parts: &Parts) -> Option<&'a Router> {
    let router = edge.guests.public.as_ref()?;
    let path = parts.uri.path();
    let theirs = path.starts_with("/_") || path == "/" && is_query_call(parts);
    (theirs && names_no_bucket(edge, peer, parts)).then_some(router)
}

/// Whether it is a call of the AWS query protocol: a form, or a query with its two parameters.
fn is_query_call(parts: &Parts) -> bool {
    let is_form = || {
        let kind = parts.headers.get(CONTENT_TYPE);
        kind.and_then(|kind| kind.to_str().ok())
            .and_then(|kind| kind.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM))
    };
    match parts.method {
        Method::POST => is_form(),
        Method::GET => Query::of(parts.uri.query().unwrap_or_default())
            .is_ok_and(|query| query.has("Action") && query.has("Version")),
        _ => false,
    }
}

/// By the host that S3 reads as well: behind a trusted proxy that is not the one in `Host`. What names no host in one
/// way is left to S3, which says so.
fn names_no_bucket(edge: &Edge, peer: &Peer, parts: &Parts) -> bool {
    let Ok(headers) = headers_of(edge, peer, parts) else {
        return false;
    };
    let head = head::request_head(parts, &headers);
    edge.addressing
        .resolve(head.header_text("host").unwrap_or_default(), "/")
        .is_ok_and(|address| address.level() == Level::Service)
}

/// Hands a request to a guest.
///
/// # Errors
/// The refusal of a request whose client or host cannot be told.
pub(crate) async fn serve(
    edge: &Arc<Edge>,
    peer: &Peer,
    router: Router,
    mut parts: Parts,
    body: Incoming,
) -> Result<Answer, Refusal> {
    let origin = origin_of(edge, peer, &parts)?;
    // What is below `/_` is for holders of links, which may be for some countries only.
    if parts.uri.path().starts_with("/_") {
        let country = edge.countries.country_of(origin.address);
        parts.extensions.insert(country);
    }
    parts.extensions.insert(origin);
    let request = Request::from_parts(parts, axum::body::Body::new(body));
    let served = async {
        let (parts, body) = match router.oneshot(request).await {
            Ok(response) => response.into_parts(),
            Err(never) => match never {},
        };
        let body = axum::body::to_bytes(body, MOST_ANSWER).await;
        let body = body.map_err(answer::internal)?;
        Ok(Answer::from_parts(parts, ResponseBody::Full(body)))
    };
    let served = tokio::time::timeout(MOST_TIME, served).await;
    served.unwrap_or_else(|_| Ok(answer::empty(StatusCode::REQUEST_TIMEOUT)))
}

fn origin_of(edge: &Edge, peer: &Peer, parts: &Parts) -> Result<CallOrigin, Refusal> {
    let headers = headers_of(edge, peer, parts)?;
    let head = head::request_head(parts, &headers);
    let client = peer.client_of(&head, &edge.settings.trusted_proxies);
    Ok(CallOrigin {
        address: client.address,
        transport: client.transport,
        tls: peer.tls_version,
        authority: head.header_text("host").unwrap_or_default().into(),
    })
}
