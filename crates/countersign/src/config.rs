//! The configuration of a server: where each setting comes from and what it ends up as.
//!
//! A setting is taken from the command line, else from the environment (`COUNTERSIGN_<FLAG>`), else
//! from the TOML file, else it has the default in [`Config`]. Two steps keep that readable: [`raw`]
//! is the file as written, all optional, unknown keys refused; [`resolve`] merges and checks it.
//!
//! INVARIANT: an error names the file, the line and the key, and never quotes a secret.

mod byte_count;
mod declared;
mod duration;
mod error;
mod public_url;
mod raw;
mod resolve;
mod resolved;
mod secret_file;
mod source;

use std::path::Path;

pub(crate) use byte_count::ByteCount;
pub(crate) use declared::Declared;
pub(crate) use duration::TimeSpan;
pub(crate) use error::ConfigError;
pub(crate) use public_url::PublicUrl;
pub(crate) use resolve::{Overrides, StateUrlText};
pub(crate) use resolved::{
    Config, Country, Durability, Guardrails, Issuer, Limits, Log, LogFormat, LogLevel, Oidc,
    PrefixCeiling, Profile, REGION, Revocation, Session, State, Store, Tls, parse_region,
};
pub(crate) use secret_file::SecretFileWarning;

/// A configuration that holds, and what the operator should still know about it.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The settings.
    pub(crate) config: Config,
    /// What works but is unwise.
    pub(crate) warnings: Vec<SecretFileWarning>,
}

/// Reads the file, if there is one, and puts the overrides on top.
///
/// # Errors
/// [`ConfigError`] with the first thing that is wrong.
pub(crate) fn load(file: Option<&Path>, overrides: Overrides) -> Result<Loaded, ConfigError> {
    let source = match file {
        Some(path) => source::Source::read(path)?,
        None => source::Source::default(),
    };
    resolve::resolve(source.parse()?, overrides, &source)
}

#[cfg(test)]
mod tests;
