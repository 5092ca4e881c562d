//! One call to the issuer: signed with SigV4 for the service `countersign`, over HTTP/1.1, plain or TLS.

use std::io;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign_request::{Header, RequestHead};
use countersign_sigv4::presign::Signer;
use countersign_sigv4::sign::sign;
use countersign_sigv4::{AmzDate, SigningKey, sha256_hex};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::aws::Credentials;

const SERVICE: &str = "countersign";
const PATH: &str = "/v1/links";
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_ANSWER: usize = 16 * 1024 * 1024;

/// Where the issuer is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct IssuerUrl {
    is_tls: bool,
    host: String,
    port: u16,
    authority: String,
}

/// What it answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: String,
}

/// A call that is to be signed and sent.
pub(super) struct Signed<'a> {
    pub(super) url: &'a IssuerUrl,
    pub(super) region: &'a str,
    pub(super) credentials: &'a Credentials,
    pub(super) date: AmzDate,
    pub(super) body: String,
}

impl FromStr for IssuerUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || "it is no URL like https://issuer.example.com".to_owned();
        let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
        let is_tls = match scheme {
            "http" => false,
            "https" => true,
            _ => return Err(bad()),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let is_authority = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if authority.is_empty() || !authority.bytes().all(is_authority) {
            return Err(bad());
        }
        let usual = if is_tls { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| bad())?),
            _ => (authority, usual),
        };
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        Ok(Self {
            is_tls,
            host,
            port,
            authority: authority.to_owned(),
        })
    }
}

impl Signed<'_> {
    /// Signs and sends it.
    pub(super) async fn send(self, ca_file: Option<&Path>) -> io::Result<Reply> {
        let sent = tokio::time::timeout(PATIENCE, self.send_unbounded(ca_file)).await;
        sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn send_unbounded(self, ca_file: Option<&Path>) -> io::Result<Reply> {
        let request = self.request()?;
        let stream = TcpStream::connect((self.url.host.as_str(), self.url.port)).await?;
        if !self.url.is_tls {
            return ask(stream, request).await;
        }
        let name = ServerName::try_from(self.url.host.clone()).map_err(io::Error::other)?;
        let stream = connector(ca_file)?.connect(name, stream).await?;
        ask(stream, request).await
    }

    fn request(&self) -> io::Result<http::Request<Full<Bytes>>> {
        let plain = [
            ("content-type", "application/json"),
            ("host", self.url.authority.as_str()),
        ];
        let headers = plain.map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        });
        let head = RequestHead {
            method: "POST",
            path: PATH,
            query: "",
            headers: &headers,
        };
        let secret = &self.credentials.secret;
        let key = SigningKey::derive(secret, self.date.format().day(), self.region, SERVICE);
        let token = self.credentials.session_token.as_ref();
        let signer = Signer {
            access_key_id: self.credentials.access_key_id.as_str(),
            session_token: token.map(|token| token.expose()),
            region: self.region,
            service: SERVICE,
            key: &key,
        };
        let hash = sha256_hex(self.body.as_bytes());
        let signed = sign(&head, hash.as_str(), &signer, self.date).map_err(io::Error::other)?;
        let mut request = http::Request::builder().method("POST").uri(PATH);
        for (name, value) in plain {
            request = request.header(name, value);
        }
        for (name, value) in &signed.headers {
            request = request.header(*name, value);
        }
        let body = Full::new(Bytes::from(self.body.clone()));
        request.body(body).map_err(io::Error::other)
    }
}

async fn ask<S>(stream: S, request: http::Request<Full<Bytes>>) -> io::Result<Reply>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(connection);
    let response = sender
        .send_request(request)
        .await
        .map_err(io::Error::other)?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MOST_ANSWER)
        .collect()
        .await;
    let body = body.map_err(io::Error::other)?.to_bytes();
    Ok(Reply {
        status,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

fn connector(ca_file: Option<&Path>) -> io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        for certificate in CertificateDer::pem_file_iter(file).map_err(io::Error::other)? {
            let certificate = certificate.map_err(io::Error::other)?;
            roots.add(certificate).map_err(io::Error::other)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
