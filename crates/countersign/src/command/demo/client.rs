//! A small S3 client: signs or presigns with one key and speaks HTTP/1.1 to one server.

use std::io;

use bytes::Bytes;
use countersign_request::{Header, RequestHead};
use countersign_sigv4::presign::{PresignError, PresignRequest, Signer, presign};
use countersign_sigv4::sign::sign;
use countersign_sigv4::{AmzDate, SigningKey, UNSIGNED_PAYLOAD};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::answer::Answer;
use crate::command::serve::FirstKey;

/// A client with one key.
pub(super) struct Client<'a> {
    /// The address and port of the server, as it stands in every URL.
    pub(super) authority: &'a str,
    /// The region to sign for.
    pub(super) region: &'a str,
    /// The key to sign with.
    pub(super) key: &'a FirstKey,
}

impl<'a> Client<'a> {
    /// A client for the server at `url`, which is plain HTTP on loopback.
    pub(super) fn new(url: &'a str, region: &'a str, key: &'a FirstKey) -> io::Result<Self> {
        let authority = url
            .strip_prefix("http://")
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Self {
            authority,
            region,
            key,
        })
    }

    /// Makes a URL for an object.
    pub(super) fn presign(
        &self,
        method: &str,
        path: &str,
        expires_s: u32,
        date: AmzDate,
    ) -> Result<String, PresignError> {
        let request = PresignRequest {
            method,
            scheme: "http",
            host: self.authority,
            path,
            query: &[],
            headers: &[],
            expires_s,
        };
        let key = self.signing_key(date);
        presign(&request, &self.signer(&key), date)
    }

    /// Sends a request that is signed in its header.
    pub(super) async fn send_signed(
        &self,
        method: &str,
        path: &str,
        date: AmzDate,
    ) -> io::Result<Answer> {
        let host = Header {
            name: "host",
            value: self.authority.as_bytes(),
        };
        let head = RequestHead {
            method,
            path,
            query: "",
            headers: &[host],
        };
        let key = self.signing_key(date);
        let signed =
            sign(&head, UNSIGNED_PAYLOAD, &self.signer(&key), date).map_err(io::Error::other)?;
        self.send(method, path, &signed.headers, Bytes::new()).await
    }

    /// Uses a URL as any other program would.
    pub(super) async fn use_url(&self, method: &str, url: &str, body: Bytes) -> io::Result<Answer> {
        let target = url
            .strip_prefix("http://")
            .and_then(|rest| rest.strip_prefix(self.authority))
            .ok_or(io::ErrorKind::InvalidInput)?;
        self.send(method, target, &[], body).await
    }

    async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> io::Result<Answer> {
        let stream = TcpStream::connect(self.authority).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        let connection = tokio::spawn(connection);
        let mut request = http::Request::builder()
            .method(method)
            .uri(target)
            .header("host", self.authority);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(body)).map_err(io::Error::other)?;
        let response = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?;
        let status = response.status().as_u16();
        let body = response
            .into_body()
            .collect()
            .await
            .map_err(io::Error::other)?
            .to_bytes();
        drop(sender);
        connection.await?.map_err(io::Error::other)?;
        Ok(Answer {
            status,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    fn signing_key(&self, date: AmzDate) -> SigningKey {
        SigningKey::derive(&self.key.secret, date.format().day(), self.region, "s3")
    }

    fn signer<'k>(&'k self, key: &'k SigningKey) -> Signer<'k> {
        Signer {
            access_key_id: self.key.id.as_str(),
            session_token: None,
            region: self.region,
            service: "s3",
            key,
        }
    }
}
