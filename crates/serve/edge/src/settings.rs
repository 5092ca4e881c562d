//! What the listener must be told. Values only: reading files and flags is the command line's work.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use countersign_gate::Guardrails;
use countersign_s3::cors::CorsConfiguration;
use ipnet::IpNet;

/// Everything a server is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where S3 is served. Port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where health and metrics are served. Port 0 picks a free one.
    pub admin_listen: SocketAddr,
    /// Where the services for backends are served besides, over TLS if the S3 port has it. Port 0 picks a free one.
    pub issuer_listen: Option<SocketAddr>,
    /// How many threads serve, each with its own listener; 0 means one per core.
    pub workers: usize,
    /// This server's region: the one that scopes must name.
    pub region: String,
    /// What presigned requests may do.
    pub guardrails: Guardrails,
    /// Host and port of the public URL: what clients sign when a trusted proxy changes `Host`.
    pub public_authority: Option<String>,
    /// Host names under which buckets appear as `<bucket>.<host>`.
    pub base_hosts: Vec<String>,
    /// How TLS is ended here; `None` for plain HTTP.
    pub tls: Option<TlsSource>,
    /// Who is believed about the client's address, the scheme and the host.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether connections from trusted proxies begin with a PROXY protocol header.
    pub proxy_protocol: bool,
    /// The table that tells the country of an address, in MaxMind DB format; read again when it changes.
    pub country_table: Option<PathBuf>,
    /// Bounds on size, number and time.
    pub limits: Limits,
    /// The CORS rules of every bucket; `None` refuses all cross-origin requests.
    pub cors: Option<CorsConfiguration>,
}

/// Where the certificate comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TlsSource {
    /// PEM files, read again when they change.
    Files {
        /// The certificate chain, leaf first.
        certificate: PathBuf,
        /// The private key.
        key: PathBuf,
    },
    /// A certificate made at start, for trying out, good for these names and addresses.
    SelfSigned {
        /// Host names and IP addresses.
        names: Vec<String>,
    },
}

/// Bounds on what a client may take.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Open connections in all.
    pub connections: usize,
    /// Bytes of request line and headers.
    pub head_bytes: usize,
    /// Bytes of one object in one PUT. S3: 5 GiB.
    pub object_bytes: u64,
    /// Time for a request head to arrive; also how long a connection may idle between requests.
    pub head_time: Duration,
    /// Time without a byte of a request body.
    pub body_idle_time: Duration,
    /// Time without the client taking a byte of a response.
    pub write_stall_time: Duration,
    /// Time that requests in flight get when the server stops.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_bytes: 32 * 1024,
            object_bytes: 5 * 1024 * 1024 * 1024,
            head_time: Duration::from_secs(75),
            body_idle_time: Duration::from_secs(30),
            write_stall_time: Duration::from_secs(60),
            drain_time: Duration::from_secs(30),
        }
    }
}
