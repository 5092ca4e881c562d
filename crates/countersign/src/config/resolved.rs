//! The settings a server runs with: every value there, every value checked.
//!
//! Plain data, so that whoever wires the server reads it without knowing where a setting came from.
//! Guardrails are the exception: an unset one means "as the profile has it" and stays `None`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use countersign_s3::BucketName;
use countersign_s3::cors::CorsConfiguration;
use countersign_state::{DeclaredUser, StateUrl};
use ipnet::IpNet;
use serde::{Deserialize, Serialize, Serializer};

use super::{Declared, PublicUrl};

/// The settings of a server.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Config {
    /// Where state and objects are kept.
    pub(crate) data_dir: PathBuf,
    /// Where S3 is served.
    pub(crate) listen: SocketAddr,
    /// Where health and metrics are served.
    pub(crate) admin_listen: SocketAddr,
    /// The region that signatures must name.
    pub(crate) region: String,
    /// What an unset guardrail means.
    pub(crate) profile: Profile,
    /// How many threads serve; zero is one per core.
    pub(crate) workers: usize,
    /// How clients know the server, if that is not `listen`.
    pub(crate) public_url: Option<PublicUrl>,
    /// Hosts below which a bucket may be part of the host name.
    pub(crate) domains: Vec<String>,
    /// How connections are secured, if they are.
    pub(crate) tls: Option<Tls>,
    /// Peers whose word about client address and scheme counts.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Whether trusted proxies begin connections with a PROXY protocol header.
    pub(crate) proxy_protocol: bool,
    /// Bounds on connections and requests.
    pub(crate) limits: Limits,
    /// Ceilings and permissions that differ from the profile's.
    pub(crate) guardrails: Guardrails,
    /// How links are made for backends.
    pub(crate) issuer: Issuer,
    /// What browsers may do from other origins; none means nothing.
    #[serde(serialize_with = "rules")]
    pub(crate) cors: Option<CorsConfiguration>,
    /// How the country of a client is known.
    pub(crate) country: Country,
    /// How the keys of identity providers are fetched.
    pub(crate) oidc: Oidc,
    /// How revocations are followed.
    pub(crate) revocation: Revocation,
    /// How session tokens are sealed.
    pub(crate) session: Session,
    /// Where the state is.
    pub(crate) state: State,
    /// How objects are kept.
    pub(crate) store: Store,
    /// What is logged.
    pub(crate) log: Log,
    /// Users and keys that live in the configuration.
    #[serde(rename = "user", serialize_with = "without_secrets")]
    pub(crate) users: Vec<DeclaredUser>,
    /// Roles, managed policies and providers that live in configuration files.
    pub(crate) declared: Declared,
}

/// What an unset guardrail means.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    /// Short lives, object data only, no plain HTTP.
    #[default]
    Safe,
    /// What AWS does.
    S3,
}

/// Where the certificate comes from.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tls {
    /// PEM files, read again when they change.
    Files {
        /// The chain, leaf first.
        cert: PathBuf,
        /// The private key.
        key: PathBuf,
    },
    /// Made at start, for trying out.
    SelfSigned,
}

/// Bounds on connections and requests.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Limits {
    /// The most connections at a time.
    pub(crate) max_connections: usize,
    /// The most bytes of a request head.
    pub(crate) head_bytes: u64,
    /// How long a connection may be idle, and how long a request head may take.
    #[serde(serialize_with = "seconds")]
    pub(crate) idle_timeout: Duration,
    /// How long a body may stand still.
    #[serde(serialize_with = "seconds")]
    pub(crate) body_idle_timeout: Duration,
    /// How long a client may take no byte of its answer.
    #[serde(serialize_with = "seconds")]
    pub(crate) write_stall_timeout: Duration,
    /// How long running requests get when the server stops.
    #[serde(serialize_with = "seconds")]
    pub(crate) drain_timeout: Duration,
    /// The largest object.
    pub(crate) max_object_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            head_bytes: 32 << 10,
            idle_timeout: Duration::from_secs(75),
            body_idle_timeout: Duration::from_secs(30),
            write_stall_timeout: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(30),
            max_object_bytes: 5 << 30,
        }
    }
}

/// Guardrails that differ from the profile's.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Guardrails {
    /// The longest life of a presigned download.
    #[serde(serialize_with = "seconds_if_set")]
    pub(crate) download_ttl: Option<Duration>,
    /// The longest life of a presigned upload.
    #[serde(serialize_with = "seconds_if_set")]
    pub(crate) upload_ttl: Option<Duration>,
    /// The longest life of any other presigned request.
    #[serde(serialize_with = "seconds_if_set")]
    pub(crate) other_ttl: Option<Duration>,
    /// How far clocks may differ.
    #[serde(serialize_with = "seconds_if_set")]
    pub(crate) clock_skew: Option<Duration>,
    /// Whether a presigned request may delete.
    pub(crate) allow_presigned_delete: Option<bool>,
    /// Whether a presigned request may reach a sub-resource.
    pub(crate) allow_presigned_subresources: Option<bool>,
    /// Whether keys may have `.` and `..` segments.
    pub(crate) allow_dot_segments: Option<bool>,
    /// Whether requests may come over plain HTTP from beyond this machine.
    pub(crate) allow_plain_http: Option<bool>,
    /// Whether a URL presigned for GET answers HEAD.
    pub(crate) head_with_get: Option<bool>,
    /// Whether root keys may presign.
    pub(crate) allow_root_presign: Option<bool>,
    /// Whether only links of the issuer are served.
    pub(crate) registered_only: Option<bool>,
    /// Whether forms signed with SigV2 are taken.
    pub(crate) allow_sigv2_forms: Option<bool>,
    /// Origins of the pages to which a form may send the browser after its upload.
    pub(crate) redirect_origins: Option<Vec<PublicUrl>>,
    /// Ceilings for parts of buckets.
    #[serde(rename = "prefix")]
    pub(crate) prefixes: Vec<PrefixCeiling>,
}

/// The longest lives below one prefix of a bucket.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PrefixCeiling {
    /// The bucket.
    #[serde(serialize_with = "as_text")]
    pub(crate) bucket: BucketName,
    /// The beginning of the keys meant; empty means all.
    pub(crate) prefix: String,
    /// The longest life of a download there.
    #[serde(serialize_with = "seconds_if_set")]
    pub(crate) download_ttl: Option<Duration>,
    /// The longest life of an upload there.
    #[serde(serialize_with = "seconds_if_set")]
    pub(crate) upload_ttl: Option<Duration>,
}

/// Where the state is.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct State {
    /// In the data directory, or in a database that several nodes share.
    #[serde(serialize_with = "without_credentials")]
    pub(crate) url: StateUrl,
}

/// When an upload is acknowledged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Durability {
    /// Once it would survive a power cut.
    #[default]
    Full,
    /// Once it would survive the end of the process.
    Relaxed,
}

/// How links are made for backends.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Issuer {
    /// Whether they are.
    pub(crate) enabled: bool,
    /// Where, besides the admin listener.
    pub(crate) listen: Option<SocketAddr>,
    /// The role that a caller with an OpenID Connect token takes if it names none.
    pub(crate) bearer_role: Option<String>,
    /// The longest life of a share.
    #[serde(serialize_with = "seconds")]
    pub(crate) share_max: Duration,
    /// The life of a link for which none is asked.
    #[serde(serialize_with = "seconds")]
    pub(crate) default_ttl: Duration,
    /// Links that a principal may have made each second.
    pub(crate) links_per_second: u32,
    /// And at once, after a pause.
    pub(crate) burst: u32,
    /// Links that a subject of a principal may be given each second.
    pub(crate) subject_links_per_second: u32,
    /// And at once, after a pause.
    pub(crate) subject_burst: u32,
    /// How many living links a principal may have.
    pub(crate) live_links_per_principal: u32,
    /// Pages of these origins may call.
    pub(crate) allowed_origins: Vec<PublicUrl>,
}

impl Default for Issuer {
    fn default() -> Self {
        Self {
            enabled: true,
            listen: None,
            bearer_role: None,
            share_max: Duration::from_secs(30 * 86_400),
            default_ttl: Duration::from_secs(15 * 60),
            links_per_second: 1_000,
            burst: 2_000,
            subject_links_per_second: 10,
            subject_burst: 100,
            live_links_per_principal: 1_000_000,
            allowed_origins: Vec::new(),
        }
    }
}

/// How revocations are followed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Revocation {
    /// How long a server that does not hear what was revoked goes on to serve what can be.
    #[serde(serialize_with = "seconds")]
    pub(crate) max_staleness: Duration,
}

impl Default for Revocation {
    fn default() -> Self {
        Self {
            max_staleness: Duration::from_secs(5),
        }
    }
}

/// How the keys of identity providers are fetched.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Oidc {
    /// Whether providers may have addresses of private networks, though they are not written as such.
    pub(crate) allow_private_networks: bool,
    /// A PEM file of authorities that are trusted beside the system's.
    pub(crate) ca_file: Option<PathBuf>,
}

/// How session tokens are sealed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Session {
    /// How long a key seals new sessions before the next one does.
    #[serde(serialize_with = "seconds")]
    pub(crate) rotation: Duration,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            rotation: countersign_directory::DEFAULT_ROTATION,
        }
    }
}

/// How objects are kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Store {
    /// When an upload is acknowledged.
    pub(crate) durability: Durability,
    /// The most memory for cached objects.
    pub(crate) cache_bytes: u64,
    /// The largest body that is kept in the index.
    pub(crate) inline_max: u64,
    /// When a multipart upload that nobody completes is swept away.
    #[serde(serialize_with = "seconds")]
    pub(crate) upload_max_age: Duration,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            cache_bytes: 16 << 20,
            inline_max: 64 << 10,
            upload_max_age: Duration::from_secs(7 * 24 * 3600),
        }
    }
}

/// How the country of a client is known.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Country {
    /// A table in MaxMind DB format; without one no country is known.
    pub(crate) database: Option<PathBuf>,
}

/// What is logged.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Log {
    /// From which level on.
    pub(crate) level: LogLevel,
    /// In which form.
    pub(crate) format: LogFormat,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    /// Only what went wrong on our side.
    Error,
    /// What may go wrong soon, too.
    Warn,
    /// What happens, too.
    #[default]
    Info,
    /// Why it happens, too.
    Debug,
    /// Everything.
    Trace,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Where a server listens unless told otherwise.
pub(super) const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9000);
/// Where health and metrics are unless told otherwise.
pub(super) const ADMIN_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9001);
/// The region unless told otherwise.
pub(crate) const REGION: &str = "us-east-1";
/// The data directory unless told otherwise.
pub(crate) const DATA_DIR: &str = "./countersign-data";

/// Checks a region name: it stands in every credential scope, between slashes.
pub(crate) fn parse_region(text: &str) -> Result<String, String> {
    let is_good = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if is_good {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is not a region; write lower-case letters, digits and dashes"
        ))
    }
}

fn seconds<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(span.as_secs())
}

fn seconds_if_set<S: Serializer>(
    span: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    span.map(|span| span.as_secs()).serialize(serializer)
}

fn as_text<S: Serializer>(name: &BucketName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name.as_str())
}

fn without_credentials<S: Serializer>(url: &StateUrl, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(url)
}

fn rules<S: Serializer>(
    cors: &Option<CorsConfiguration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    cors.as_ref()
        .map_or(&[][..], CorsConfiguration::rules)
        .serialize(serializer)
}

fn without_secrets<S: Serializer>(
    users: &[DeclaredUser],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Shown<'a> {
        name: &'a str,
        access_key_id: &'a str,
    }
    serializer.collect_seq(users.iter().map(|user| Shown {
        name: user.name.as_str(),
        access_key_id: user.access_key_id.as_str(),
    }))
}
