//! `key`: access keys in the state of a server, running or not.
//!
//! The state is opened beside the server's own connection; the server notices changes within a
//! fraction of a second. A secret is printed once, when its key is created, and never again.

mod report;

use countersign_state::{KeyStatus, NewCredential, SqliteStore, StateStore, UserKind, UserName};

use self::report::{Changed, Created, Listed};
use super::{CommandError, Outcome, runtime, unix_millis_now};
use crate::args::{KeyArgs, KeyCommand};
use crate::config::{self, Overrides};
use crate::render::Form;

/// The database of the state, which `countersign-state` makes at the first start.
const STATE_FILE: &str = "state.db";

/// Runs `key`.
pub(super) fn run(args: &KeyArgs, form: Form) -> Result<Outcome, CommandError> {
    let typed = Overrides {
        data_dir: args.data.data_dir.clone(),
        ..Overrides::default()
    };
    let data_dir = config::load(args.data.config.as_deref(), typed)?
        .config
        .data_dir;
    // Opening would make a new, empty state, and a mistyped directory would go unnoticed.
    if !data_dir.join(STATE_FILE).exists() {
        return Err(CommandError::NoState { data_dir });
    }
    runtime()?.block_on(async {
        let store = SqliteStore::open(&data_dir)?;
        match &args.command {
            KeyCommand::Create { user } => form.print(&create(&store, user).await?)?,
            KeyCommand::Delete { id } => {
                store.delete_access_key(id).await?;
                form.print(&Changed::new(id, "deleted"))?;
            }
            KeyCommand::Disable { id } => {
                store.set_access_key_status(id, KeyStatus::Disabled).await?;
                form.print(&Changed::new(id, "disabled"))?;
            }
            KeyCommand::Enable { id } => {
                store.set_access_key_status(id, KeyStatus::Active).await?;
                form.print(&Changed::new(id, "enabled"))?;
            }
            KeyCommand::List { user } => {
                form.print(&Listed::new(store.list_access_keys(user.as_ref()).await?))?;
            }
        }
        Ok(Outcome::Done)
    })
}

async fn create(store: &SqliteStore, user: &UserName) -> Result<Created, CommandError> {
    let now = unix_millis_now();
    let is_new_user = store.find_user(user).await?.is_none();
    if is_new_user {
        store.create_user(user, UserKind::Ordinary, now).await?;
    }
    let key = store
        .create_access_key(user, NewCredential::generate()?, now)
        .await?;
    Ok(Created::new(key, is_new_user))
}

#[cfg(test)]
mod tests;
