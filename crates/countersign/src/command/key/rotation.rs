//! `key rotate` and `key rotation`: a new key beside the old one, who still uses the old one, and its end.
//!
//! Rotation has three steps, each of which can be waited for: a second key is made and the first marked as
//! retiring; when the first is quiet it is disabled, which can be taken back; when it is disabled it is deleted.
//!
//! INVARIANT: a key that is in use is neither disabled nor deleted unless somebody insists.

use std::time::Duration;

use countersign_sigv4::AccessKeyId;
use countersign_state::{
    AccessKeyListing, KeyCaller, KeyOrigin, KeyStatus, NewCredential, StateError, StateStore,
    UnixMillis, UserName,
};
use thiserror::Error;

use super::report::{Finished, Rotated, Rotations};
use crate::command::{CommandError, Outcome, lookup, unix_millis_now};
use crate::render::Form;

/// Why a key is not rotated.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum RotationError {
    /// The user has two keys, and none of them was named.
    #[error("user `{user}` has two access keys; name the one that is to go by its id")]
    Ambiguous {
        /// The user.
        user: UserName,
    },
    /// It is retiring already.
    #[error(
        "access key `{id}` is retiring already; `countersign key rotation {id}` shows who still uses it"
    )]
    AlreadyRetiring {
        /// The key.
        id: AccessKeyId,
    },
    /// It lives in the configuration.
    #[error(
        "access key `{id}` is declared in the configuration; declare a second `[[user]]` with a new key there, and remove this one when it is quiet"
    )]
    Declared {
        /// The key.
        id: AccessKeyId,
    },
    /// There is nothing to rotate.
    #[error("user `{user}` has no access key")]
    NoKey {
        /// The user.
        user: UserName,
    },
    /// No key of that name is retiring.
    #[error("no access key of `{which}` is retiring; `countersign key rotate` begins")]
    NotRetiring {
        /// What was typed.
        which: String,
    },
}

/// A retiring key with whoever uses it.
pub(super) struct Retiring {
    pub(super) key: AccessKeyListing,
    pub(super) since: UnixMillis,
    pub(super) callers: Vec<KeyCaller>,
    /// The keys of the same user that are not retiring.
    pub(super) others: Vec<AccessKeyListing>,
}

impl Retiring {
    /// The last moment at which it is known to have been used, or to have begun to retire.
    pub(super) fn quiet_since(&self) -> UnixMillis {
        let noted = self.callers.iter().map(|caller| caller.last_at);
        let used = self.key.last_used_at.into_iter().chain(noted).max();
        used.unwrap_or(self.since).max(self.since)
    }

    /// Whether it was used since it retires.
    pub(super) fn was_used(&self) -> bool {
        let after = |at: UnixMillis| at > self.since;
        self.key.last_used_at.is_some_and(after) || !self.callers.is_empty()
    }
}

/// Makes the second key, and marks the first as retiring.
pub(super) async fn begin(
    store: &dyn StateStore,
    which: &str,
    form: Form,
) -> Result<Outcome, CommandError> {
    let old = to_go(store, which).await?;
    if old.retiring_at.is_some() {
        return Err(RotationError::AlreadyRetiring { id: old.id }.into());
    }
    if old.origin == KeyOrigin::Declared {
        return Err(RotationError::Declared { id: old.id }.into());
    }
    let now = unix_millis_now();
    let credential = NewCredential::generate()?;
    let new = store.create_access_key(&old.user, credential, now).await?;
    store.retire_access_key(&old.id, Some(now)).await?;
    form.print(&Rotated::new(&old.id, new))?;
    Ok(Outcome::Done)
}

/// Shows the keys that are retiring, and who uses them.
pub(super) async fn show(
    store: &dyn StateStore,
    which: Option<&str>,
    form: Form,
) -> Result<Outcome, CommandError> {
    let found = match which {
        Some(which) => vec![retiring(store, which).await?],
        None => {
            let mut all = Vec::new();
            for key in store.list_access_keys(None).await? {
                if let Some(since) = key.retiring_at {
                    all.push(with_callers(store, key, since).await?);
                }
            }
            all
        }
    };
    form.print(&Rotations::new(&found, unix_millis_now()))?;
    Ok(Outcome::Done)
}

/// Takes the next step with a retiring key, if it is quiet: disables it, or deletes it once it is disabled.
pub(super) async fn finish(
    store: &dyn StateStore,
    which: &str,
    quiet_for: Duration,
    force: bool,
    form: Form,
) -> Result<Outcome, CommandError> {
    let found = retiring(store, which).await?;
    let now = unix_millis_now();
    let quiet_ms = now.0.saturating_sub(found.quiet_since().0);
    let wanted_ms = i64::try_from(quiet_for.as_millis()).unwrap_or(i64::MAX);
    let id = &found.key.id;
    let step = if !force && quiet_ms < wanted_ms {
        "kept"
    } else if found.key.status == KeyStatus::Active {
        store.set_access_key_status(id, KeyStatus::Disabled).await?;
        "disabled"
    } else {
        store.delete_access_key(id).await?;
        "deleted"
    };
    form.print(&Finished::new(&found, step, now, quiet_for))?;
    Ok(if step == "kept" {
        Outcome::Negative
    } else {
        Outcome::Done
    })
}

/// Takes back that a key retires.
pub(super) async fn cancel(
    store: &dyn StateStore,
    which: &str,
) -> Result<AccessKeyId, CommandError> {
    let found = retiring(store, which).await?;
    store.retire_access_key(&found.key.id, None).await?;
    Ok(found.key.id)
}

/// The key that was typed, or the only one of the user who was typed.
async fn to_go(store: &dyn StateStore, which: &str) -> Result<AccessKeyListing, CommandError> {
    let keys = store.list_access_keys(None).await?;
    if let Some(key) = keys.iter().find(|key| key.id.as_str() == which) {
        return Ok(key.clone());
    }
    let user = user(store, which).await?;
    let of_user: Vec<_> = keys.into_iter().filter(|key| key.user == user).collect();
    let retiring = of_user.iter().find(|key| key.retiring_at.is_some());
    match (retiring, of_user.as_slice()) {
        (Some(key), _) | (None, [key]) => Ok(key.clone()),
        (None, []) => Err(RotationError::NoKey { user }.into()),
        (None, _) => Err(RotationError::Ambiguous { user }.into()),
    }
}

/// The retiring key that was typed, or that of the user who was typed.
async fn retiring(store: &dyn StateStore, which: &str) -> Result<Retiring, CommandError> {
    let keys = store.list_access_keys(None).await?;
    let key = match keys.iter().find(|key| key.id.as_str() == which) {
        Some(key) => Some(key.clone()),
        None => {
            let user = user(store, which).await?;
            let mut of_user = keys.into_iter().filter(|key| key.user == user);
            of_user.find(|key| key.retiring_at.is_some())
        }
    };
    let key = key.and_then(|key| Some((key.retiring_at?, key)));
    let Some((since, key)) = key else {
        let which = which.to_owned();
        return Err(RotationError::NotRetiring { which }.into());
    };
    with_callers(store, key, since).await
}

async fn with_callers(
    store: &dyn StateStore,
    key: AccessKeyListing,
    since: UnixMillis,
) -> Result<Retiring, CommandError> {
    let others = store.list_access_keys(Some(&key.user)).await?;
    let others = others
        .into_iter()
        .filter(|other| other.retiring_at.is_none());
    Ok(Retiring {
        callers: store.list_key_callers(&key.id).await?,
        others: others.collect(),
        since,
        key,
    })
}

/// The user of this name; what looks like a key id is said to be none.
async fn user(store: &dyn StateStore, which: &str) -> Result<UserName, CommandError> {
    let no_key = || StateError::NoSuchAccessKey {
        id: AccessKeyId::new(which),
    };
    if which.starts_with("AKIA") {
        return Err(no_key().into());
    }
    let name = which.parse().map_err(|_| no_key())?;
    Ok(lookup::user(store, &name).await?.name)
}

#[cfg(test)]
mod tests;
