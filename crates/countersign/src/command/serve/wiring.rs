//! The server's parts, put together: state, objects, listeners.
//!
//! The order matters. Opening the objects locks the data directory, so a second server on it goes no
//! further. The listeners open before the first keys are made, because keys made by a start that then
//! fails would never be printed.

mod guests;
mod issuer;
mod settings;

use std::path::PathBuf;
use std::sync::Arc;

use countersign_directory::{Clock, Directory, SystemClock};
use countersign_edge::{Server, ServerError};
use countersign_objects::{LocalStore, StoreError};
use countersign_oidc::OptionsError;
use countersign_state::{Declaration, StateError, StateUrl};
use thiserror::Error;

use super::first_start::{FirstKeys, first_keys};
use crate::command::unix_millis_now;
use crate::config::{Config, Profile};

/// Why a server did not start or did not go on.
#[derive(Debug, Error)]
pub(crate) enum ServeError {
    /// The object store cannot be used.
    #[error(transparent)]
    Objects(#[from] StoreError),
    /// Tokens of identity providers cannot be verified.
    #[error(transparent)]
    Oidc(#[from] OptionsError),
    /// The listeners, their threads or the certificate.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The thread that waited for the server to stop did not come back.
    #[error("the server did not stop in order")]
    Stop,
}

impl ServeError {
    /// Whether it is the state or the objects that cannot be used, rather than the network.
    pub(in crate::command) fn is_about_data(&self) -> bool {
        matches!(self, Self::Objects(_) | Self::State(_))
    }
}

/// A server that runs.
pub(in crate::command) struct Running {
    server: Server,
    /// The address clients use.
    pub(in crate::command) s3_url: String,
    /// Where health and metrics are.
    pub(in crate::command) admin_url: String,
    /// Where objects are, and the state if it is embedded.
    pub(in crate::command) data_dir: PathBuf,
    /// Where the state is.
    pub(in crate::command) state_url: StateUrl,
    /// The region that signatures must name.
    pub(in crate::command) region: String,
    /// What an unset guardrail means.
    pub(in crate::command) profile: Profile,
    /// The keys of a first start, to be shown once.
    pub(in crate::command) first_keys: Option<FirstKeys>,
}

impl Running {
    /// Stops accepting, lets requests in flight finish, and ends.
    ///
    /// # Errors
    /// [`ServeError::Stop`] if that went wrong.
    pub(in crate::command) async fn stop(self) -> Result<(), ServeError> {
        let server = self.server;
        tokio::task::spawn_blocking(move || server.stop())
            .await
            .map_err(|_| ServeError::Stop)
    }
}

/// Starts a server.
///
/// # Errors
/// [`ServeError`].
pub(in crate::command) async fn start(config: Config) -> Result<Running, ServeError> {
    let state = countersign_state::open(&config.state.url, &config.data_dir)?;
    let objects = LocalStore::open(&config.data_dir, settings::objects(&config.store))?;
    let declared = config.declared.clone();
    let declaration = Declaration {
        users: config.users.clone(),
        roles: declared.roles,
        policies: declared.policies,
        providers: declared.providers,
    };
    state.declare(&declaration, unix_millis_now()).await?;

    let clock = Clock::new(SystemClock);
    let known = Directory::open(Arc::clone(&state), clock, settings::directory(&config)).await?;
    let known = Arc::new(known);
    let edge = settings::edge(&config);
    let (guests, issuer) = guests::guests(&config, &edge, &known, &objects)?;
    let server = Server::start(edge, known, objects, guests)?;
    if let Some(issuer) = &issuer {
        issuer.serves_at(issuer::endpoint(&config, server.address()));
    }
    let first_keys = first_keys(state.as_ref(), unix_millis_now()).await?;

    let scheme = if config.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let s3_url = match &config.public_url {
        Some(url) => url.to_string(),
        None => format!("{scheme}://{}", server.address()),
    };
    Ok(Running {
        s3_url,
        admin_url: format!("http://{}", server.admin_address()),
        data_dir: config.data_dir,
        state_url: config.state.url,
        region: config.region,
        profile: config.profile,
        first_keys,
        server,
    })
}

#[cfg(test)]
mod tests;
