//! The admin listener: health for load balancers, metrics for Prometheus, and the services for operators and
//! backends (`guests.rs`), which may have a listener of their own as well.
//!
//! `/health` says whether the process serves, `/ready` whether it should be sent traffic (not while
//! draining, not while the clock is behind what was already told), `/metrics` the counters.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::client_address::Peer;
use crate::edge::Edge;
use crate::guests;
use crate::request_id::RequestId;
use crate::response_body::ResponseBody;
use crate::settling::{Settled, finish, settle};
use crate::stalling::Stalling;
use crate::tls::Certificates;

const HEAD_TIME: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: usize = 256;
const MOST_HEAD: usize = 64 * 1024;
const OWN_PATHS: [&str; 3] = ["/health", "/metrics", "/ready"];

/// Which listener it is.
#[derive(Clone)]
pub(crate) enum Door {
    /// The admin listener: health, metrics, and the services for operators and backends.
    Admin,
    /// One for the services alone, over TLS where the S3 port has it.
    Issuer(Option<Arc<Certificates>>),
}

/// Serves a listener for as long as the runtime lives.
pub(crate) async fn serve(edge: Arc<Edge>, listener: TcpListener, door: Door) {
    let places = Arc::new(tokio::sync::Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let Ok((stream, remote)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (edge, door) = (Arc::clone(&edge), door.clone());
        tokio::spawn(async move {
            serve_connection(edge, door, stream, remote).await;
            drop(place);
        });
    }
}

async fn serve_connection(edge: Arc<Edge>, door: Door, stream: TcpStream, remote: SocketAddr) {
    let certificates = match &door {
        Door::Admin => None,
        Door::Issuer(certificates) => certificates.as_ref(),
    };
    let trusted = &edge.settings.trusted_proxies;
    let peer = Peer::of_socket(remote, certificates.is_some(), trusted);
    let _ = stream.set_nodelay(true);
    match certificates.map(|certificates| TlsAcceptor::from(certificates.current())) {
        None => serve_http(&edge, &door, peer, not_stalling(&edge, stream)).await,
        Some(acceptor) => {
            let accepted = tokio::time::timeout(HEAD_TIME, acceptor.accept(stream)).await;
            if let Ok(Ok(stream)) = accepted {
                serve_http(&edge, &door, peer, not_stalling(&edge, stream)).await;
            }
        }
    }
}

/// Whoever does not read what it asked for gives its place to others (threat L1).
fn not_stalling<T>(edge: &Edge, stream: T) -> Stalling<TokioIo<T>> {
    Stalling::new(TokioIo::new(stream), edge.settings.limits.write_stall_time)
}

async fn serve_http<T>(edge: &Arc<Edge>, door: &Door, peer: Peer, io: T)
where
    T: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let service = service_fn(|request| async move {
        Ok::<_, Infallible>(answer(edge, door, peer, request).await)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MOST_HEAD)
        .serve_connection(io, service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "admin connection ended");
    }
}

async fn answer(
    edge: &Arc<Edge>,
    door: &Door,
    peer: Peer,
    request: Request<Incoming>,
) -> Response<ResponseBody> {
    let is_own = matches!(door, Door::Admin) && OWN_PATHS.contains(&request.uri().path());
    let Some(router) = edge.guests.admin.clone().filter(|_| !is_own) else {
        return own(edge, &request);
    };
    let (id, begun) = (RequestId::next(), Instant::now());
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let outcome = guests::serve(edge, &peer, router, parts, body).await;
    let operation = None;
    let settled = settle(edge, id, &asked, Settled { operation, outcome });
    finish(edge, id, begun, None, settled)
}

fn own(edge: &Edge, request: &Request<Incoming>) -> Response<ResponseBody> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET is answered here\n".to_owned(),
        );
    }
    match request.uri().path() {
        "/health" => text(StatusCode::OK, "ok\n".to_owned()),
        "/ready" => {
            if edge.draining.load(Ordering::Relaxed) {
                text(StatusCode::SERVICE_UNAVAILABLE, "draining\n".to_owned())
            } else if edge.clock.is_unsure() {
                text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "clock stepped back\n".to_owned(),
                )
            } else if edge.revocations.is_stale() {
                text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "state not heard for too long\n".to_owned(),
                )
            } else {
                text(StatusCode::OK, "ready\n".to_owned())
            }
        }
        "/metrics" => text(StatusCode::OK, edge.metrics.handle().render()),
        _ => text(
            StatusCode::NOT_FOUND,
            "try /health, /ready or /metrics\n".to_owned(),
        ),
    }
}

fn text(status: StatusCode, body: String) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::from(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
