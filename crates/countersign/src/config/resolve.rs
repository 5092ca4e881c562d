//! From what was written and typed to what holds.
//!
//! INVARIANT: precedence lives here alone: override (flag, then environment; clap has merged those),
//! then file, then default. Paths in a file are taken from the file's directory, typed ones from the
//! working directory.

mod sections;

use std::net::SocketAddr;
use std::path::PathBuf;

use countersign_state::{DeclaredUser, StateUrl};

use super::raw::{RawConfig, RawState, RawUser};
use super::resolved::{ADMIN_LISTEN, DATA_DIR, LISTEN, REGION};
use super::source::Source;
use super::{
    Config, ConfigError, Loaded, Profile, PublicUrl, SecretFileWarning, State, Tls, declared,
    secret_file,
};

/// Settings from the command line or the environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    /// `--data-dir`
    pub(crate) data_dir: Option<PathBuf>,
    /// `--listen`
    pub(crate) listen: Option<SocketAddr>,
    /// `--admin-listen`
    pub(crate) admin_listen: Option<SocketAddr>,
    /// `--region`
    pub(crate) region: Option<String>,
    /// `--profile`
    pub(crate) profile: Option<Profile>,
    /// `--public-url`
    pub(crate) public_url: Option<PublicUrl>,
    /// `--state-url`
    pub(crate) state_url: Option<StateUrlText>,
    /// `--tls-cert`
    pub(crate) tls_cert: Option<PathBuf>,
    /// `--tls-key`
    pub(crate) tls_key: Option<PathBuf>,
    /// `--tls-self-signed`
    pub(crate) tls_self_signed: Option<bool>,
}

/// The URL of a state as it was typed: there may be a password in it.
#[derive(Clone)]
pub(crate) struct StateUrlText(String);

impl std::str::FromStr for StateUrlText {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for StateUrlText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StateUrlText")
    }
}

/// Merges and checks.
pub(super) fn resolve(
    raw: RawConfig,
    typed: Overrides,
    source: &Source,
) -> Result<Loaded, ConfigError> {
    let tls = tls(&raw, &typed, source)?;
    let (users, warnings) = users(raw.user.unwrap_or_default(), source)?;
    let declared = declared::read(
        raw.role.unwrap_or_default(),
        raw.oidc_provider.unwrap_or_default(),
        raw.policies_dir.as_deref(),
        source,
    )?;
    let data_dir = typed
        .data_dir
        .or(raw.data_dir.map(|path| source.beside(&path)));
    let config = Config {
        data_dir: data_dir.unwrap_or_else(|| DATA_DIR.into()),
        listen: typed
            .listen
            .or(raw.listen.map(|listen| listen.0.0))
            .unwrap_or(LISTEN),
        admin_listen: typed
            .admin_listen
            .or(raw.admin_listen.map(|listen| listen.0.0))
            .unwrap_or(ADMIN_LISTEN),
        region: typed
            .region
            .or(raw.region.map(|region| region.0.0))
            .unwrap_or_else(|| REGION.to_owned()),
        profile: typed.profile.or(raw.profile).unwrap_or_default(),
        workers: raw.workers.unwrap_or(0),
        public_url: typed.public_url.or(raw.public_url.map(|url| url.0)),
        domains: raw
            .domains
            .unwrap_or_default()
            .into_iter()
            .map(|domain| domain.0.0)
            .collect(),
        tls,
        trusted_proxies: raw
            .trusted_proxies
            .unwrap_or_default()
            .into_iter()
            .map(|network| network.0.0)
            .collect(),
        proxy_protocol: raw.proxy_protocol.unwrap_or(false),
        limits: sections::limits(raw.limits.unwrap_or_default(), source)?,
        guardrails: sections::guardrails(raw.guardrails.unwrap_or_default(), source)?,
        issuer: sections::issuer(raw.issuer.unwrap_or_default(), source)?,
        cors: sections::cors(raw.cors.unwrap_or_default(), source)?,
        country: sections::country(raw.country.unwrap_or_default(), source),
        oidc: sections::oidc(raw.oidc.unwrap_or_default(), source),
        revocation: sections::revocation(raw.revocation.unwrap_or_default(), source)?,
        session: sections::session(raw.session.unwrap_or_default(), source)?,
        store: sections::store(raw.store.unwrap_or_default(), source)?,
        log: sections::log(raw.log.unwrap_or_default()),
        state: state(raw.state.unwrap_or_default(), typed.state_url)?,
        users,
        declared,
    };
    if config.proxy_protocol && config.trusted_proxies.is_empty() {
        let at = source.place_of(&["proxy_protocol"]);
        return Err(ConfigError::Incomplete {
            at,
            key: "proxy_protocol",
            missing: "trusted_proxies",
        });
    }
    Ok(Loaded { config, warnings })
}

/// Typed TLS settings replace those of the file as a whole, so that no certificate meets a key of
/// another origin.
fn tls(raw: &RawConfig, typed: &Overrides, source: &Source) -> Result<Option<Tls>, ConfigError> {
    let any_typed =
        typed.tls_cert.is_some() || typed.tls_key.is_some() || typed.tls_self_signed.is_some();
    let (cert, key, self_signed) = if any_typed {
        (
            typed.tls_cert.clone(),
            typed.tls_key.clone(),
            typed.tls_self_signed,
        )
    } else {
        let beside = |path: &PathBuf| source.beside(path);
        (
            raw.tls_cert.as_ref().map(beside),
            raw.tls_key.as_ref().map(beside),
            raw.tls_self_signed,
        )
    };
    let at = |key: &str| {
        if any_typed {
            None
        } else {
            source.place_of(&[key])
        }
    };
    match (cert, key, self_signed.unwrap_or(false)) {
        (None, None, false) => Ok(None),
        (None, None, true) => Ok(Some(Tls::SelfSigned)),
        (Some(cert), Some(key), false) => Ok(Some(Tls::Files { cert, key })),
        (Some(_), Some(_), true) => Err(ConfigError::Conflict {
            at: at("tls_self_signed"),
            key: "tls_self_signed",
            other: "tls_cert",
        }),
        (Some(_), None, _) => Err(ConfigError::Incomplete {
            at: at("tls_cert"),
            key: "tls_cert",
            missing: "tls_key",
        }),
        (None, Some(_), _) => Err(ConfigError::Incomplete {
            at: at("tls_key"),
            key: "tls_key",
            missing: "tls_cert",
        }),
    }
}

/// The text of a URL that was typed may hold a password, so it is read here and never quoted.
fn state(raw: RawState, typed: Option<StateUrlText>) -> Result<State, ConfigError> {
    let url = match typed {
        Some(typed) => {
            StateUrl::parse(&typed.0).map_err(|reason| ConfigError::StateUrl { reason })?
        }
        None => raw.url.map(|url| url.0).unwrap_or_default(),
    };
    Ok(State { url })
}

fn users(
    raw: Vec<RawUser>,
    source: &Source,
) -> Result<(Vec<DeclaredUser>, Vec<SecretFileWarning>), ConfigError> {
    let mut users: Vec<DeclaredUser> = Vec::with_capacity(raw.len());
    let mut warnings = Vec::new();
    for (index, user) in raw.into_iter().enumerate() {
        let index = index.to_string();
        let place = |key: &str| source.place_of(&["user", &index, key]);
        let access_key_id = user.access_key_id.0.0;
        if users
            .iter()
            .any(|known| known.access_key_id == access_key_id)
        {
            let at = place("access_key_id");
            return Err(ConfigError::RepeatedAccessKeyId {
                at,
                id: access_key_id.to_string(),
            });
        }
        let path = source.beside(&user.secret_access_key_file);
        let (secret, warning) = secret_file::read(&path, place("secret_access_key_file"))?;
        warnings.extend(warning);
        users.push(DeclaredUser {
            name: user.name.0,
            access_key_id,
            secret,
            policies: user.policies.map(declared::names),
        });
    }
    Ok((users, warnings))
}
