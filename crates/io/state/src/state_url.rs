//! Where the state is: `sqlite:`, or the URL of a PostgreSQL database.
//!
//! The PostgreSQL form is libpq's (PostgreSQL documentation 34.1.1.2): `postgres://user:password@host:port,
//! host:port/database?parameters`. Two things are stricter here. Without `sslmode`, a server that is not
//! this machine has to prove who it is (`verify-full`), and of several hosts only one that takes writes is
//! ever used, so that nobody reads revocations from a replica that lags behind.
//!
//! INVARIANT: a password is in neither `Debug` nor `Display`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// How long it may take to reach one host.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long sent bytes may wait for an acknowledgement before a connection counts as lost.
const UNACKNOWLEDGED: Duration = Duration::from_secs(4);

/// Where the state is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum StateUrl {
    /// In a PostgreSQL database, that many nodes share.
    Postgres(Box<PostgresUrl>),
    /// In the data directory.
    #[default]
    Sqlite,
}

/// A PostgreSQL database, and how its server has to prove itself.
#[derive(Clone, Eq, PartialEq)]
pub struct PostgresUrl {
    pub(crate) config: Config,
    pub(crate) proof: Proof,
    /// The URL without user, password and parameters.
    place: String,
}

/// What a server has to show before it is trusted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Proof {
    /// Nothing. An encrypted connection may still be one to somebody else.
    None,
    /// A certificate for its name, by an authority from this file or of this machine.
    Certificate { roots: Option<PathBuf> },
}

/// Why a text is no place of a state. No variant holds any of it, since there may be a password in it.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum StateUrlError {
    /// Part of it cannot be understood.
    #[error("the URL of the state cannot be understood: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// It is for something else.
    #[error("the URL of the state begins with `sqlite:` or `postgres://`")]
    Scheme,
    /// The way of trusting the server is not one of ours.
    #[error("`sslmode` is `disable`, `prefer`, `require` or `verify-full`")]
    SslMode,
}

impl StateUrl {
    /// Reads the URL.
    ///
    /// # Errors
    /// [`StateUrlError`] with what is wrong with it.
    pub fn parse(url: &str) -> Result<Self, StateUrlError> {
        if url == "sqlite:" {
            return Ok(Self::Sqlite);
        }
        let scheme = ["postgres://", "postgresql://"];
        if scheme.iter().any(|scheme| url.starts_with(scheme)) {
            return PostgresUrl::parse(url).map(|url| Self::Postgres(Box::new(url)));
        }
        Err(StateUrlError::Scheme)
    }

    /// Whether the state is a file in the data directory.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite)
    }
}

impl PostgresUrl {
    fn parse(url: &str) -> Result<Self, StateUrlError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut ssl_mode = None;
        let mut roots = None;
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", mode)) => ssl_mode = Some(mode),
                // The machine's own, which are taken anyway.
                Some(("sslrootcert", "system")) => {}
                Some(("sslrootcert", path)) => roots = Some(file_path(path)?),
                _ => others.push(pair),
            }
        }
        let mut known = base.to_owned();
        if !others.is_empty() {
            known.push('?');
            known.push_str(&others.join("&"));
        }
        let mut config = Config::from_str(&known).map_err(|_| StateUrlError::Malformed {
            reason: "see postgresql.org, \"Connection URIs\"",
        })?;
        if config.get_hosts().is_empty() {
            return Err(StateUrlError::Malformed {
                reason: "it names no host",
            });
        }
        let certificate = Proof::Certificate {
            roots: roots.clone(),
        };
        let (mode, proof) = match ssl_mode {
            Some("disable") => (SslMode::Disable, Proof::None),
            Some("prefer") => (SslMode::Prefer, Proof::None),
            Some("require") if roots.is_none() => (SslMode::Require, Proof::None),
            Some("require" | "verify-full") => (SslMode::Require, certificate),
            Some(_) => return Err(StateUrlError::SslMode),
            None if config.get_hosts().iter().all(is_this_machine) && roots.is_none() => {
                (SslMode::Prefer, Proof::None)
            }
            None => (SslMode::Require, certificate),
        };
        config.ssl_mode(mode);
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        config.tcp_user_timeout(UNACKNOWLEDGED);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("countersign");
        }
        Ok(Self {
            config,
            proof,
            place: without_credentials(base),
        })
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresUrl").field(&self.place).finish()
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Display for StateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(url) => url.fmt(f),
            Self::Sqlite => f.write_str("sqlite:"),
        }
    }
}

impl FromStr for StateUrl {
    type Err = StateUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        Self::parse(url)
    }
}

/// A path as it stands in a URL. Percent-encoding is for characters that hardly any path has.
fn file_path(text: &str) -> Result<PathBuf, StateUrlError> {
    if text.contains('%') || text.is_empty() {
        return Err(StateUrlError::Malformed {
            reason: "`sslrootcert` is a path, without percent-encoding",
        });
    }
    Ok(PathBuf::from(text))
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let address: Result<std::net::IpAddr, _> = name.parse();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
    }
}

fn without_credentials(base: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or((base, ""));
    // The last `@`: one in a password would have to be encoded, and need not be shown if it is not.
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests;
