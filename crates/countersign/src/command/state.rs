//! Opening the state of a server, running or not, for commands that work on it.

use std::sync::Arc;

use countersign_state::StateStore;

use super::CommandError;
use crate::args::DataArgs;
use crate::config::{self, Overrides};

/// The database of an embedded state, which `countersign-state` makes at the first start.
const SQLITE_FILE: &str = "state.db";
/// The master key of any state, which is beside it or on every node.
const MASTER_KEY_FILE: &str = "master.key";

/// Opens the state that the server of this configuration has.
///
/// # Errors
/// [`CommandError::NoState`] if no server ever started there: opening would make a new, empty state, and a
/// mistyped directory would go unnoticed.
pub(super) fn open(data: &DataArgs) -> Result<Arc<dyn StateStore>, CommandError> {
    let typed = Overrides {
        data_dir: data.data_dir.clone(),
        state_url: data.state_url.clone(),
        ..Overrides::default()
    };
    let config = config::load(data.config.as_deref(), typed)?.config;
    let (url, data_dir) = (config.state.url, config.data_dir);
    let sign = if url.is_sqlite() {
        SQLITE_FILE
    } else {
        MASTER_KEY_FILE
    };
    if !data_dir.join(sign).exists() {
        return Err(CommandError::NoState { data_dir });
    }
    Ok(countersign_state::open(&url, &data_dir)?)
}
