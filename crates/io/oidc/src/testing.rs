//! What the tests of this crate share: real keys, tokens, and a provider on a free loopback port.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::{Options, ProviderRef, TokenError, Verified, Verifier};

/// The time of all tests: 2026-05-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_777_593_600;
/// Where keys and configuration are.
pub(crate) const KEYS: &str = "/keys";
pub(crate) const CONFIGURATION: &str = "/.well-known/openid-configuration";
/// Whom tokens are for.
pub(crate) const US: &str = "countersign";

/// A private key with its name.
pub(crate) struct TestKey {
    pub(crate) kid: String,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
}

impl TestKey {
    pub(crate) fn rsa(kid: &str) -> Self {
        let pair = Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
        let kid = kid.to_owned();
        Self { kid, pair }
    }

    pub(crate) fn p256(kid: &str) -> Self {
        let pair = Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
        let kid = kid.to_owned();
        Self { kid, pair }
    }

    pub(crate) fn p384(kid: &str) -> Self {
        let pair = Pair::P384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap());
        let kid = kid.to_owned();
        Self { kid, pair }
    }

    /// Its public half, as it is published.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let (n, e) = (modulus_of(pair), [1, 0, 1]);
                json!({"kty": "RSA", "n": encoded(n), "e": encoded(&e)})
            }
            Pair::P256(pair) => point("P-256", pair),
            Pair::P384(pair) => point("P-384", pair),
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// The algorithm that it signs with unless another is wanted.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::P256(_) => "ES256",
            Pair::P384(_) => "ES384",
        }
    }

    /// A token with these claims, signed with the key's own algorithm.
    pub(crate) fn token(&self, claims: &Value) -> String {
        let header = json!({"alg": self.algorithm(), "kid": self.kid, "typ": "JWT"});
        self.token_with(&header, claims)
    }

    /// A token with this header, signed as its `alg` says, or with SHA-256 if this key cannot.
    pub(crate) fn token_with(&self, header: &Value, claims: &Value) -> String {
        let signed = format!(
            "{}.{}",
            encoded(header.to_string().as_bytes()),
            encoded(claims.to_string().as_bytes())
        );
        let signature = self.sign(header["alg"].as_str().unwrap_or_default(), &signed);
        format!("{signed}.{}", encoded(&signature))
    }

    pub(crate) fn sign(&self, algorithm: &str, signed: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let padding = match algorithm {
                    "RS384" => &RSA_PKCS1_SHA384,
                    "RS512" => &RSA_PKCS1_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, signed.as_bytes(), &mut signature)
                    .unwrap();
                signature
            }
            Pair::P256(pair) | Pair::P384(pair) => {
                let signature = pair.sign(&random, signed.as_bytes()).unwrap();
                signature.as_ref().to_vec()
            }
        }
    }
}

fn point(curve: &str, pair: &EcdsaKeyPair) -> Value {
    let bytes = pair.public_key().as_ref();
    let (x, y) = bytes[1..].split_at(bytes.len() / 2);
    json!({"kty": "EC", "crv": curve, "x": encoded(x), "y": encoded(y)})
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of an RSA key's modulus.
pub(crate) fn modulus(key: &TestKey) -> Vec<u8> {
    let Pair::Rsa(pair) = &key.pair else {
        unreachable!("an RSA key");
    };
    modulus_of(pair).to_vec()
}

/// Behind nine bytes of DER; the exponent, 65537, is the last three.
fn modulus_of(pair: &RsaKeyPair) -> &[u8] {
    &pair.public_key().as_ref()[9..265]
}

/// Claims that are good at [`NOW`].
pub(crate) fn claims(issuer: &str) -> Value {
    json!({"iss": issuer, "sub": "repo:acme/site", "aud": US, "iat": NOW - 5, "exp": NOW + 300})
}

/// The same with one of them otherwise; `null` leaves it out.
pub(crate) fn claims_with(issuer: &str, name: &str, value: Value) -> Value {
    let mut claims = claims(issuer);
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

/// A verifier as by default.
pub(crate) fn verifier() -> Verifier {
    Verifier::new(Options::default()).unwrap()
}

/// Verifies with one provider trusted, for us.
pub(crate) async fn verify(
    verifier: &Verifier,
    provider: &TestProvider,
    token: &str,
    now_s: i64,
) -> Result<Verified, TokenError> {
    let audiences = [US.to_owned()];
    let provider = ProviderRef {
        issuer: &provider.issuer,
        audiences: &audiences,
    };
    verifier.verify(token, &[provider], now_s).await
}

/// What is answered for a path.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

/// A provider that answers what it is told to, and counts.
pub(crate) struct TestProvider {
    pub(crate) issuer: String,
    site: Arc<Mutex<Site>>,
    _running: JoinSet<()>,
}

#[derive(Default)]
struct Site {
    replies: HashMap<String, Reply>,
    hits: HashMap<String, usize>,
}

impl TestProvider {
    /// A provider with these keys, over plain HTTP.
    pub(crate) async fn start(keys: &[&TestKey]) -> Self {
        Self::start_with(keys, None).await
    }

    /// The same, over TLS if there is a certificate.
    pub(crate) async fn start_with(keys: &[&TestKey], tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let issuer = match &tls {
            None => format!("http://127.0.0.1:{port}"),
            Some(_) => format!("https://localhost:{port}"),
        };
        let site = Arc::new(Mutex::new(Site::default()));
        let mut running = JoinSet::new();
        running.spawn(serve(listener, Arc::clone(&site), tls));
        let provider = Self {
            issuer,
            site,
            _running: running,
        };
        let configuration = json!({
            "issuer": provider.issuer,
            "jwks_uri": format!("{}{KEYS}", provider.issuer),
        });
        provider.answer(CONFIGURATION, 200, "", configuration.to_string().as_bytes());
        provider.publish(&keys.iter().map(|key| key.jwk()).collect::<Vec<_>>());
        provider
    }

    /// Publishes these keys instead.
    pub(crate) fn publish(&self, keys: &[Value]) {
        let body = json!({ "keys": keys }).to_string();
        self.answer(KEYS, 200, "", body.as_bytes());
    }

    /// Answers a path so from now on; `headers` are whole lines.
    pub(crate) fn answer(&self, path: &str, status: u16, headers: &str, body: &[u8]) {
        let reply = Reply {
            status,
            headers: headers.to_owned(),
            body: body.to_vec(),
        };
        let mut site = self.site.lock().unwrap();
        site.replies.insert(path.to_owned(), reply);
    }

    /// Fails whatever is asked.
    pub(crate) fn fail(&self) {
        self.answer(CONFIGURATION, 503, "", b"");
        self.answer(KEYS, 503, "", b"");
    }

    /// How often a path was asked for.
    pub(crate) fn hits(&self, path: &str) -> usize {
        self.site
            .lock()
            .unwrap()
            .hits
            .get(path)
            .copied()
            .unwrap_or(0)
    }
}

async fn serve(listener: TcpListener, site: Arc<Mutex<Site>>, tls: Option<TlsAcceptor>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (site, tls) = (Arc::clone(&site), tls.clone());
        connections.spawn(async move {
            match tls {
                None => answer_one(stream, &site).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        answer_one(stream, &site).await;
                    }
                }
            }
        });
    }
}

async fn answer_one(mut stream: impl AsyncRead + AsyncWrite + Unpin, site: &Mutex<Site>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let reply = {
        let mut site = site.lock().unwrap();
        *site.hits.entry(path.clone()).or_default() += 1;
        site.replies.get(&path).cloned()
    };
    let reply = reply.unwrap_or(Reply {
        status: 404,
        headers: String::new(),
        body: Vec::new(),
    });
    let head = format!(
        "HTTP/1.1 {} x\r\ncontent-length: {}\r\nconnection: close\r\n{}\r\n",
        reply.status,
        reply.body.len(),
        reply.headers
    );
    // A client that has read enough closes; that is no trouble of the provider's.
    let _ = stream
        .write_all(&[head.as_bytes(), &reply.body].concat())
        .await;
    let _ = stream.shutdown().await;
}
