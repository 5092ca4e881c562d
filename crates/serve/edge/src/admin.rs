//! The admin listener: health for load balancers, metrics for Prometheus.
//!
//! `/health` says whether the process serves, `/ready` whether it should be sent traffic (not while
//! draining, not while the clock is behind what was already told), `/metrics` the counters.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::edge::Edge;

const HEAD_TIME: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: usize = 64;

/// Serves the admin listener for as long as the runtime lives.
pub(crate) async fn serve(edge: Arc<Edge>, listener: TcpListener) {
    let places = Arc::new(tokio::sync::Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let edge = Arc::clone(&edge);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answer = answer(&edge, &request);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIME)
                .max_buf_size(16 * 1024)
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "admin connection ended");
            }
            drop(place);
        });
    }
}

fn answer(edge: &Edge, request: &Request<Incoming>) -> Response<Full<Bytes>> {
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

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
