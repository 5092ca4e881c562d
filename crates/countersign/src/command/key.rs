//! `key`: access keys in the state of a server, running or not.
//!
//! A secret is printed once, when its key is created, and never again.

mod report;

use countersign_state::{KeyStatus, NewCredential, NewUser, StateStore, UserKind, UserName};

use self::report::{Changed, Created, Listed};
use super::{CommandError, Outcome, state, unix_millis_now};
use crate::args::{KeyArgs, KeyCommand};
use crate::render::Form;

/// Runs `key`.
pub(super) fn run(args: &KeyArgs, form: Form) -> Result<Outcome, CommandError> {
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        match &args.command {
            KeyCommand::Create { user } => form.print(&create(store, user).await?)?,
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

async fn create(store: &dyn StateStore, user: &UserName) -> Result<Created, CommandError> {
    let now = unix_millis_now();
    let is_new_user = store.find_user(user).await?.is_none();
    if is_new_user {
        store
            .create_user(&NewUser::new(user, UserKind::Ordinary), now)
            .await?;
    }
    let key = store
        .create_access_key(user, NewCredential::generate()?, now)
        .await?;
    Ok(Created::new(key, is_new_user))
}

#[cfg(test)]
mod tests;
