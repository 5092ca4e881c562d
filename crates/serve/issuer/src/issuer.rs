//! What every call to the issuer shares.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use countersign_directory::{Directory, Found, Revocations, Sought};
use countersign_gate::{CallOrigin, Guardrails};
use countersign_objects::LocalStore;
use countersign_s3::Addressing;
use countersign_sigv4::AmzDate;

use crate::exchange::TokenExchange;
use crate::lifetime::Life;
use crate::mint::Endpoint;
use crate::problem::Problem;
use crate::rates::{Rate, Rates};
use crate::signing::{LinkKey, LinkKeys, Maker};

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// The guardrails of the S3 listener, which every link is held to.
    pub guardrails: Guardrails,
    /// Hosts below which a bucket may be part of the host name, the public one among them.
    pub base_hosts: Vec<String>,
    /// The role that a caller with an OpenID Connect token takes if it names none: a name or an ARN.
    pub bearer_role: Option<String>,
    /// The longest life of a share, in seconds.
    pub share_max_s: u32,
    /// The life of a link for which none is asked, in seconds.
    pub default_ttl_s: u32,
    /// How many links a principal may have made in time.
    pub principal_rate: Rate,
    /// How many links a subject of a principal may be given in time.
    pub subject_rate: Rate,
    /// How many living links a principal may have.
    pub live_links: u32,
    /// Pages of these origins may call.
    pub allowed_origins: Vec<String>,
    /// The rule for plain HTTP from beyond this machine.
    pub plain_http: bool,
}

/// The longest life of a share that anybody may allow, in seconds.
pub const SHARE_MAX_S: u32 = 365 * 86_400;

/// The issuer. Cheap to clone.
#[derive(Clone)]
pub struct Issuer {
    pub(crate) shared: Arc<Shared>,
}

/// Everything in it can be used from any thread.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) directory: Arc<Directory>,
    pub(crate) objects: LocalStore,
    exchange: OnceLock<Arc<dyn TokenExchange>>,
    pub(crate) addressing: Addressing,
    pub(crate) rates: Rates,
    keys: LinkKeys,
    endpoint: OnceLock<Endpoint>,
}

impl Default for Options {
    fn default() -> Self {
        let rate = |per_second: u32, burst: u32| Rate {
            per_second: NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN),
            burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
        };
        Self {
            guardrails: Guardrails::safe(),
            base_hosts: Vec::new(),
            bearer_role: None,
            share_max_s: 30 * 86_400,
            default_ttl_s: 15 * 60,
            principal_rate: rate(1_000, 2_000),
            subject_rate: rate(10, 100),
            live_links: 1_000_000,
            allowed_origins: Vec::new(),
            plain_http: false,
        }
    }
}

impl Issuer {
    /// An issuer over these parts.
    #[must_use]
    pub fn new(directory: Arc<Directory>, objects: LocalStore, options: Options) -> Self {
        let shared = Shared {
            addressing: Addressing::new(&options.base_hosts),
            rates: Rates::new(options.principal_rate, options.subject_rate),
            keys: LinkKeys::new(directory.region()),
            endpoint: OnceLock::new(),
            options,
            directory,
            objects,
            exchange: OnceLock::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Says who exchanges OpenID Connect tokens for sessions of roles. Until then none are taken.
    pub fn takes_tokens(&self, exchange: Arc<dyn TokenExchange>) {
        let _ = self.shared.exchange.set(exchange);
    }

    /// Says where S3 is served, as clients know it. Until then no links can be made. What is said first counts.
    pub fn serves_at(&self, endpoint: Endpoint) {
        let _ = self.shared.endpoint.set(endpoint);
    }
}

impl Shared {
    pub(crate) fn exchange(&self) -> Option<&dyn TokenExchange> {
        self.exchange.get().map(AsRef::as_ref)
    }

    pub(crate) fn region(&self) -> &str {
        self.directory.region()
    }

    pub(crate) fn revocations(&self) -> &Revocations {
        self.directory.revocations()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.directory.clock().unix_ms()
    }

    pub(crate) fn now(&self) -> AmzDate {
        AmzDate::from_unix(self.now_ms().div_euclid(1_000))
    }

    /// Where S3 is served.
    ///
    /// # Errors
    /// 503 until the server runs.
    pub(crate) fn endpoint_for(&self, origin: &CallOrigin) -> Result<Endpoint, Problem> {
        let known = self.endpoint.get().ok_or_else(Problem::unavailable)?;
        Ok(known.as_seen_from(&origin.authority))
    }

    /// What a link of this life is signed with.
    ///
    /// # Errors
    /// 422 if the caller's session is too large to be carried, 503 if there is nothing to seal with.
    pub(crate) fn link_key(&self, maker: &Maker, life: &Life) -> Result<Arc<LinkKey>, Problem> {
        let sealed = self.keys.of(&self.directory.ring(), maker, life);
        sealed.map_err(|error| {
            tracing::error!(%error, "could not seal a session for links");
            Problem::unavailable()
        })
    }

    /// Finds what is sought, in memory or in the state.
    ///
    /// # Errors
    /// 503 if the state cannot answer.
    pub(crate) async fn look_up(
        &self,
        sought: Sought<'_>,
        request_id: &str,
    ) -> Result<Found, Problem> {
        if let Some(found) = self.directory.in_memory(&sought) {
            return Ok(found);
        }
        let fetched = self.directory.fetch(sought).await;
        fetched.map_err(|error| crate::refused::by_state(&error, request_id))
    }
}
