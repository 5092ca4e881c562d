//! One connection: who it is from, TLS, HTTP/1.1 or HTTP/2, and its bounds.
//!
//! Head and body of an answer leave in one `writev`, and TCP_NODELAY is set, so that no answer waits
//! for Nagle's algorithm and a delayed acknowledgement.

use std::net::SocketAddr;
use std::sync::Arc;

use countersign_gate::TlsVersion;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ProtocolVersion;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::client_address::Peer;
use crate::edge::Edge;
use crate::proxy_protocol;
use crate::service::serve;
use crate::settings::Limits;
use crate::stalling::Stalling;
use crate::tls::Certificates;

/// The largest read at once. It also bounds what a client can make us hold of its head.
const READ_BUFFER: usize = 128 * 1024;
const MOST_STREAMS: u32 = 128;
/// The most bytes of an object that are read at once for HTTP/2. A client may leave all of its streams where they are, and
/// for each hyper holds two pieces.
const STREAM_PIECE: usize = 64 * 1024;
/// The first bytes of HTTP/2 with prior knowledge (RFC 9113, section 3.4).
const HTTP2_PREFACE: &[u8; 3] = b"PRI";

/// Serves one accepted connection until it ends or `stop` asks it to.
pub(crate) async fn serve_connection(
    edge: Arc<Edge>,
    certificates: Option<Arc<Certificates>>,
    stream: TcpStream,
    remote: SocketAddr,
    mut stop: watch::Receiver<bool>,
) {
    // Before HTTP begins there is nothing to finish: a stopping server just lets go.
    let mut stopped = stop.clone();
    let opened = tokio::select! {
        opened = open(&edge, certificates, stream, remote) => opened,
        () = asked_to_stop(&mut stopped) => return,
    };
    let stall = edge.settings.limits.write_stall_time;
    match opened {
        None => {}
        Some((
            peer,
            Opened::Plain {
                stream,
                speaks_http2,
            },
        )) => {
            let io = Stalling::new(TokioIo::new(stream), stall);
            serve_http(&edge, peer, io, speaks_http2, &mut stop).await;
        }
        Some((mut peer, Opened::Tls(tls))) => {
            peer.tls_version = match tls.get_ref().1.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => Some(TlsVersion::V1_2),
                Some(ProtocolVersion::TLSv1_3) => Some(TlsVersion::V1_3),
                _ => None,
            };
            let speaks_http2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
            let io = Stalling::new(TokioIo::new(*tls), stall);
            serve_http(&edge, peer, io, speaks_http2, &mut stop).await;
        }
    }
}

/// A connection on which HTTP can begin.
enum Opened {
    Plain {
        stream: TcpStream,
        speaks_http2: bool,
    },
    Tls(Box<TlsStream<TcpStream>>),
}

/// Reads what comes before HTTP: the proxy's header, the TLS handshake, the HTTP/2 preface.
async fn open(
    edge: &Edge,
    certificates: Option<Arc<Certificates>>,
    mut stream: TcpStream,
    remote: SocketAddr,
) -> Option<(Peer, Opened)> {
    let trusted = &edge.settings.trusted_proxies;
    let mut peer = Peer::of_socket(remote, certificates.is_some(), trusted);
    let limits = &edge.settings.limits;
    stream.set_nodelay(true).ok()?;
    if edge.settings.proxy_protocol && peer.trusted {
        match tokio::time::timeout(limits.head_time, proxy_protocol::read(&mut stream)).await {
            Ok(Ok(Some(client))) => peer = peer.on_behalf_of(client, trusted),
            Ok(Ok(None)) => {}
            Ok(Err(error)) => {
                tracing::info!(%remote, %error, "connection refused");
                return None;
            }
            Err(_) => return None,
        }
    }
    let opened = match certificates {
        None => {
            let speaks_http2 = begins_with_preface(&stream, limits).await;
            Opened::Plain {
                stream,
                speaks_http2,
            }
        }
        Some(certificates) => {
            let acceptor = TlsAcceptor::from(certificates.current());
            let accepted = tokio::time::timeout(limits.head_time, acceptor.accept(stream)).await;
            let mut tls = accepted.ok()?.ok()?;
            tls.get_mut().1.set_buffer_limit(Some(TLS_BUFFER));
            Opened::Tls(Box::new(tls))
        }
    };
    Some((peer, opened))
}

/// What rustls may hold of an answer: enough for one piece of an object and its head.
const TLS_BUFFER: usize = 320 * 1024;

async fn begins_with_preface(stream: &TcpStream, limits: &Limits) -> bool {
    let mut first = [0u8; 3];
    let peeked = tokio::time::timeout(limits.head_time, stream.peek(&mut first)).await;
    matches!(peeked, Ok(Ok(3))) && first == *HTTP2_PREFACE
}

async fn serve_http<T>(
    edge: &Arc<Edge>,
    peer: Peer,
    io: T,
    speaks_http2: bool,
    stop: &mut watch::Receiver<bool>,
) where
    T: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let limits = &edge.settings.limits;
    let service = service_fn(|request| serve(edge, peer, request));
    if speaks_http2 {
        let edge = Arc::clone(edge);
        let service = service_fn(move |request| {
            let serving = serve(&edge, peer, request);
            async {
                let answer = serving.await;
                answer.map(|answer| answer.map(|body| body.in_pieces_of(STREAM_PIECE)))
            }
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(MOST_STREAMS)
            .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(Some(limits.head_time))
            .adaptive_window(true)
            .serve_connection(io, service);
        // Boxed, so that the rarer protocol does not make every connection's future larger.
        let mut connection = Box::pin(connection);
        tokio::select! {
            outcome = connection.as_mut() => report(outcome),
            () = asked_to_stop(stop) => {
                connection.as_mut().graceful_shutdown();
                report(connection.await);
            }
        }
        return;
    }
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(READ_BUFFER)
        .serve_connection(io, service);
    tokio::pin!(connection);
    tokio::select! {
        outcome = connection.as_mut() => report(outcome),
        () = asked_to_stop(stop) => {
            connection.as_mut().graceful_shutdown();
            report(connection.await);
        }
    }
}

/// Waits until the server is asked to stop, or is gone.
pub(crate) async fn asked_to_stop(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Clients go away all the time; only the curious want to know.
fn report(outcome: hyper::Result<()>) {
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection ended");
    }
}
