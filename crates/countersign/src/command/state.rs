//! The state of a server, running or not, for the commands that work on it.
//!
//! It is opened beside the server's own connection; the server notices changes within a fraction of a
//! second.

use std::sync::Arc;

use countersign_state::StateStore;

use super::{CommandError, lookup, runtime};
use crate::args::DataArgs;
use crate::config::{self, Config, Overrides};

/// The database of an embedded state, which `countersign-state` makes at the first start.
const SQLITE_FILE: &str = "state.db";
/// The master key of any state, which is beside it or on every node.
const MASTER_KEY_FILE: &str = "master.key";

/// A state that is open, and the configuration of the server whose it is.
pub(super) struct Opened {
    /// The state.
    pub(super) store: Arc<dyn StateStore>,
    /// The configuration.
    pub(super) config: Config,
}

/// Opens the state that the server of this configuration has, and does something with it.
///
/// # Errors
/// [`CommandError::NoState`] if no server ever started there: opening would make a new, empty state, and a
/// mistyped directory would go unnoticed. Else whatever the work says.
pub(super) fn with<T>(
    data: &DataArgs,
    work: impl AsyncFnOnce(&Opened) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let typed = Overrides {
        data_dir: data.data_dir.clone(),
        state_url: data.state_url.clone(),
        ..Overrides::default()
    };
    let config = config::load(data.config.as_deref(), typed)?.config;
    let sign = if config.state.url.is_sqlite() {
        SQLITE_FILE
    } else {
        MASTER_KEY_FILE
    };
    if !config.data_dir.join(sign).exists() {
        let data_dir = config.data_dir;
        return Err(CommandError::NoState { data_dir });
    }
    runtime()?.block_on(async {
        let store = countersign_state::open(&config.state.url, &config.data_dir)?;
        let opened = Opened { store, config };
        match work(&opened).await {
            Err(error) => Err(lookup::explained(&*opened.store, error).await),
            done => done,
        }
    })
}
