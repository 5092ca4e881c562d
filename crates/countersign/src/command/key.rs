//! `key`: access keys in the state of a server, running or not.
//!
//! A secret is printed once, when its key is created, and never again.

mod report;
mod rotation;

use countersign_sigv4::AccessKeyId;
use countersign_state::{KeyStatus, NewCredential, NewUser, StateStore, UserKind, UserName};

pub(crate) use self::rotation::RotationError;

use self::report::{Changed, Created, Listed};
use super::{CommandError, Outcome, state, unix_millis_now};
use crate::args::{KeyArgs, KeyCommand, When};
use crate::render::Form;

/// Runs `key`.
pub(super) fn run(args: &KeyArgs, form: Form) -> Result<Outcome, CommandError> {
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        match &args.command {
            KeyCommand::Create {
                user,
                expires,
                description,
            } => {
                let made = create(store, user, *expires, description.as_deref()).await?;
                form.print(&made)?;
            }
            KeyCommand::Delete { id } => {
                let user = user_of(store, id).await?;
                store.delete_access_key(id).await?;
                form.print(&Changed::ended(id, "deleted", user.as_ref()))?;
            }
            KeyCommand::Disable { id } => {
                let user = user_of(store, id).await?;
                store.set_access_key_status(id, KeyStatus::Disabled).await?;
                form.print(&Changed::ended(id, "disabled", user.as_ref()))?;
            }
            KeyCommand::Enable { id } => {
                store.set_access_key_status(id, KeyStatus::Active).await?;
                form.print(&Changed::new(id, "enabled"))?;
            }
            KeyCommand::Expire { id, when, .. } => {
                let expires_at = when.map(|when| when.from(unix_millis_now()));
                store.set_access_key_expiry(id, expires_at).await?;
                form.print(&Changed::expiry(id, expires_at))?;
            }
            KeyCommand::Rotate {
                which,
                cancel: true,
                ..
            } => {
                let id = rotation::cancel(store, which).await?;
                form.print(&Changed::new(&id, "does not retire any more"))?;
            }
            KeyCommand::Rotate {
                which,
                finish: true,
                quiet_for,
                force,
                ..
            } => return rotation::finish(store, which, quiet_for.0, *force, form).await,
            KeyCommand::Rotate { which, .. } => return rotation::begin(store, which, form).await,
            KeyCommand::Rotation { which } => {
                return rotation::show(store, which.as_deref(), form).await;
            }
            KeyCommand::List { user } => {
                form.print(&Listed::new(store.list_access_keys(user.as_ref()).await?))?;
            }
        }
        Ok(Outcome::Done)
    })
}

/// Whose key it is.
async fn user_of(
    store: &dyn StateStore,
    id: &AccessKeyId,
) -> Result<Option<UserName>, CommandError> {
    let key = store.find_access_key(id).await?;
    Ok(key.map(|key| key.user.name))
}

async fn create(
    store: &dyn StateStore,
    user: &UserName,
    expires: Option<When>,
    description: Option<&str>,
) -> Result<Created, CommandError> {
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
    let expires_at = expires.map(|when| when.from(now));
    if expires_at.is_some() {
        store.set_access_key_expiry(&key.id, expires_at).await?;
    }
    if description.is_some() {
        store
            .set_access_key_description(&key.id, description)
            .await?;
    }
    Ok(Created::new(key, is_new_user, expires_at))
}

#[cfg(test)]
mod tests;
