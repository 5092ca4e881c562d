//! How tokens are verified.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// What an operator may choose. The default is right for public providers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Options {
    /// Whether hosts may be asked whose addresses are private, link-local or loopback, though the issuer
    /// is not written as such an address. Default: no.
    pub allow_private_networks: bool,
    /// A PEM file of authorities that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// The longest that keys are kept before they are fetched anew; `Cache-Control` may shorten it.
    /// Default: 10 minutes.
    pub keep_keys: Duration,
    /// The longest that keys are used while their provider does not answer. Default: an hour.
    pub keep_stale_keys: Duration,
    /// The most bytes that a token may have. Default: 16 KiB; STS allows 20,000.
    pub max_token_bytes: usize,
    /// How far clocks may be apart. Default: a minute.
    pub skew: Duration,
    /// How long one fetch may take, from looking up the address to the last byte. Default: 5 s.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_private_networks: false,
            ca_file: None,
            keep_keys: Duration::from_secs(600),
            keep_stale_keys: Duration::from_secs(3600),
            max_token_bytes: 16 * 1024,
            skew: Duration::from_secs(60),
            timeout: Duration::from_secs(5),
        }
    }
}

/// Why a verifier cannot be had with these options.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum OptionsError {
    /// The authorities cannot be read.
    #[error("cannot read certificates from `{file}`: {reason}")]
    Authorities {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("cannot set up TLS: {reason}")]
    Tls {
        /// What is wrong.
        reason: String,
    },
}
