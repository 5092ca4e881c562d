//! The first start in a data directory: the users `root` and `app`, each with a key.
//!
//! `root` administers and may not presign; `app` is an ordinary user who may do everything with object
//! data, so that a newcomer can presign at once. Their secrets exist in the clear only in what is
//! returned here, to be printed once.
//!
//! INVARIANT: the root user is created last of the users, so an interrupted first start is one that
//! has not happened: the next one creates what is missing and gives out fresh keys.

use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use countersign_state::{
    NewCredential, NewUser, PolicyName, PolicyOwner, StateError, StateStore, UnixMillis, UserKind,
    UserName,
};

const ROOT: &str = "root";
const APP: &str = "app";
/// What lets `app` have links made by the issuer.
const LINKS: &str = "Links";
const LINKS_DOCUMENT: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "countersign:*", "Resource": "*" }]
}
"#;

/// The two keys of a first start.
#[derive(Clone, Debug)]
pub(in crate::command) struct FirstKeys {
    /// The key for administration.
    pub(in crate::command) root: FirstKey,
    /// The key of the user `app`; none if the configuration declares that user.
    pub(in crate::command) app: Option<FirstKey>,
}

/// A key and its secret.
#[derive(Clone, Debug)]
pub(in crate::command) struct FirstKey {
    /// The public id.
    pub(in crate::command) id: AccessKeyId,
    /// The secret.
    pub(in crate::command) secret: SecretAccessKey,
}

/// Makes the first users and keys, unless there is a root user already.
///
/// # Errors
/// [`StateError`] if the state cannot be used.
pub(super) async fn first_keys(
    store: &dyn StateStore,
    now: UnixMillis,
) -> Result<Option<FirstKeys>, StateError> {
    let root_name = known_name(ROOT)?;
    let has_root = store
        .list_users()
        .await?
        .iter()
        .any(|user| user.kind == UserKind::Root);
    if has_root {
        return Ok(None);
    }
    let app_name = known_name(APP)?;
    let app = app_key(store, &app_name, now).await?;
    match store
        .create_user(&NewUser::new(&root_name, UserKind::Root), now)
        .await
    {
        Ok(_) => {}
        // Another process was faster; it has printed the keys.
        Err(StateError::RootAlreadyExists | StateError::UserAlreadyExists { .. }) => {
            if let Some(key) = app {
                store.delete_access_key(&key.id).await?;
            }
            return Ok(None);
        }
        Err(error) => return Err(error),
    }
    let root = new_key(store, &root_name, now).await?;
    Ok(Some(FirstKeys { root, app }))
}

/// A key of the ordinary user, who is made if need be; `None` if there are keys already. Nodes that share
/// a state may all be at it.
async fn app_key(
    store: &dyn StateStore,
    name: &UserName,
    now: UnixMillis,
) -> Result<Option<FirstKey>, StateError> {
    if !store.list_access_keys(Some(name)).await?.is_empty() {
        return Ok(None);
    }
    match store
        .create_user(&NewUser::new(name, UserKind::Ordinary), now)
        .await
    {
        Ok(_) | Err(StateError::UserAlreadyExists { .. }) => {}
        Err(error) => return Err(error),
    }
    let owner = PolicyOwner::User(name.clone());
    let links = PolicyName::parse(LINKS).map_err(|error| StateError::Database {
        message: format!("policy name {LINKS}: {error}"),
    })?;
    store.put_policy(&owner, &links, LINKS_DOCUMENT).await?;
    match new_key(store, name, now).await {
        Ok(key) => Ok(Some(key)),
        Err(StateError::TooManyAccessKeys { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn new_key(
    store: &dyn StateStore,
    user: &UserName,
    now: UnixMillis,
) -> Result<FirstKey, StateError> {
    let key = store
        .create_access_key(user, NewCredential::generate()?, now)
        .await?;
    Ok(FirstKey {
        id: key.id,
        secret: key.secret,
    })
}

/// Both names follow the rules, so the error never comes back.
fn known_name(name: &'static str) -> Result<UserName, StateError> {
    UserName::parse(name).map_err(|error| StateError::Database {
        message: format!("user name {name}: {error}"),
    })
}

#[cfg(test)]
mod tests;
