//! One GET of one document.
//!
//! No redirect is followed and no proxy asked, so what is fetched is what was checked. Connections are not kept:
//! a provider is asked every ten minutes.
//!
//! INVARIANT: a connection goes only to an address that the [`Reach`] allows.
//! INVARIANT: time and size are bounded, from looking up the name to the last byte.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::issuer_url::{Host, IssuerUrl};
use crate::reach::Reach;
use crate::{FetchError, Options, OptionsError};

/// The most bytes of a document.
const MOST_BODY: usize = 256 * 1024;
/// The most bytes of an answer's head.
const MOST_HEAD: usize = 64 * 1024;

/// Fetches documents of providers.
pub(crate) struct Fetcher {
    tls: TlsConnector,
    timeout: Duration,
}

/// A document as it came.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Its bytes.
    pub(crate) body: Bytes,
    /// For how many seconds it may be kept, if the answer says.
    pub(crate) max_age_s: Option<u64>,
}

impl Fetcher {
    /// Reads the authorities of the system and those of the options.
    pub(crate) fn new(options: &Options) -> Result<Self, OptionsError> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        if system.certs.is_empty() && options.ca_file.is_none() {
            tracing::warn!(
                "the system has no certificate authorities: no provider can be reached over TLS"
            );
        }
        roots.add_parsable_certificates(system.certs);
        if let Some(file) = &options.ca_file {
            add_authorities(&mut roots, file)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| OptionsError::Tls {
                reason: error.to_string(),
            })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            timeout: options.timeout,
        })
    }

    /// Fetches a document.
    pub(crate) async fn get(&self, url: &IssuerUrl, reach: Reach) -> Result<Fetched, FetchError> {
        let host = || url.host().to_string();
        match timeout(self.timeout, self.get_unbounded(url, reach)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(FetchError::Timeout { host: host() }),
        }
    }

    async fn get_unbounded(&self, url: &IssuerUrl, reach: Reach) -> Result<Fetched, FetchError> {
        let stream = connect(url, reach).await?;
        if !url.is_tls() {
            return ask(url, stream).await;
        }
        let name = match url.host() {
            Host::Address(address) => ServerName::from(*address),
            Host::Name(name) => {
                ServerName::try_from(name.clone()).map_err(|error| broken(url, error))?
            }
        };
        let stream = self.tls.connect(name, stream).await;
        ask(url, stream.map_err(|error| broken(url, error))?).await
    }
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Fetcher");
        shown
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn add_authorities(roots: &mut RootCertStore, file: &Path) -> Result<(), OptionsError> {
    let unreadable = |reason: String| OptionsError::Authorities {
        file: file.display().to_string(),
        reason,
    };
    let pem = fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let mut count = 0_usize;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unreadable(error.to_string()))?;
        count = count.saturating_add(1);
    }
    if count == 0 {
        return Err(unreadable("it has no certificate".to_owned()));
    }
    Ok(())
}

/// A connection to the first address of the host that is allowed and answers.
async fn connect(url: &IssuerUrl, reach: Reach) -> Result<TcpStream, FetchError> {
    let addresses: Vec<SocketAddr> = match url.host() {
        Host::Address(address) => vec![SocketAddr::new(*address, url.port())],
        Host::Name(name) => lookup_host((name.as_str(), url.port()))
            .await
            .map_err(|error| broken(url, error))?
            .collect(),
    };
    let mut failure = FetchError::Address {
        host: url.host().to_string(),
    };
    for address in addresses {
        if reach.allows(address.ip()) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = broken(url, error),
            }
        }
    }
    Err(failure)
}

/// Sends the request and reads the answer.
async fn ask<S>(url: &IssuerUrl, stream: S) -> Result<Fetched, FetchError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MOST_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(url, error))?;
    // Ends with this function, however it ends.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let target = if url.path().is_empty() {
        "/"
    } else {
        url.path()
    };
    let request = Request::get(target)
        .header("host", url.authority())
        .header("accept", "application/json")
        .header("user-agent", "countersign")
        .body(Empty::<Bytes>::new())
        .map_err(|error| broken(url, error))?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| broken(url, error))?;
    let status = answer.status().as_u16();
    if status != 200 {
        let host = url.host().to_string();
        return Err(FetchError::Status { host, status });
    }
    let max_age_s = max_age_of(&answer);
    let body = Limited::new(answer.into_body(), MOST_BODY).collect().await;
    let body = body.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            FetchError::Oversize {
                host: url.host().to_string(),
                most: MOST_BODY,
            }
        } else {
            broken(url, error)
        }
    })?;
    Ok(Fetched {
        body: body.to_bytes(),
        max_age_s,
    })
}

/// For how long an answer may be kept, by its `Cache-Control` (RFC 9111, section 5.2.2).
fn max_age_of(answer: &Response<Incoming>) -> Option<u64> {
    let mut least: Option<u64> = None;
    for value in answer.headers().get_all("cache-control") {
        for directive in value.to_str().unwrap_or_default().split(',') {
            let directive = directive.trim().to_ascii_lowercase();
            let seconds = match directive.split_once('=') {
                None if directive == "no-store" || directive == "no-cache" => Some(0),
                Some(("max-age", seconds)) => seconds.trim_matches('"').parse().ok(),
                _ => None,
            };
            least = match (least, seconds) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
    }
    least
}

fn broken(
    url: &IssuerUrl,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> FetchError {
    FetchError::Connection {
        host: url.host().to_string(),
        reason: error.into().to_string(),
    }
}

#[cfg(test)]
mod tests;
