//! Things in the state by the names that were typed, and what may have been meant if they are not there.

use countersign_s3::BucketName;
use countersign_sigv4::AccessKeyId;
use countersign_state::{AccessKey, Bucket, StateError, StateStore, User, UserName};

use super::CommandError;
use crate::suggestion;

/// The user of this name.
///
/// # Errors
/// [`StateError::NoSuchUser`] if there is none.
pub(super) async fn user(store: &dyn StateStore, name: &UserName) -> Result<User, StateError> {
    let found = store.find_user(name).await?;
    found.ok_or_else(|| StateError::NoSuchUser { name: name.clone() })
}

/// The access key of this id.
///
/// # Errors
/// [`StateError::NoSuchAccessKey`] if there is none.
pub(super) async fn access_key(
    store: &dyn StateStore,
    id: &AccessKeyId,
) -> Result<AccessKey, StateError> {
    let found = store.find_access_key(id).await?;
    found.ok_or_else(|| StateError::NoSuchAccessKey { id: id.clone() })
}

/// The bucket of this name.
///
/// # Errors
/// [`StateError::NoSuchBucket`] if there is none.
pub(super) async fn bucket(
    store: &dyn StateStore,
    name: &BucketName,
) -> Result<Bucket, StateError> {
    let found = store.find_bucket(name).await?;
    found.ok_or_else(|| StateError::NoSuchBucket { name: name.clone() })
}

/// The failure with the name that may have been meant, if it is that something is not there.
pub(super) async fn explained(store: &dyn StateStore, error: CommandError) -> CommandError {
    let CommandError::State(error) = error else {
        return error;
    };
    match nearest(store, &error).await {
        Ok(Some(meant)) => CommandError::NotThere { error, meant },
        Ok(None) | Err(_) => error.into(),
    }
}

/// The name that is there and most like the one that is not.
async fn nearest(store: &dyn StateStore, error: &StateError) -> Result<Option<String>, StateError> {
    let texts = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect();
    let (typed, there): (&str, Vec<String>) = match error {
        StateError::NoSuchAccessKey { id } => {
            let keys = store.list_access_keys(None).await?;
            (
                id.as_str(),
                texts(&mut keys.iter().map(|key| key.id.as_str())),
            )
        }
        StateError::NoSuchBucket { name } => {
            let buckets = store.list_buckets(None).await?;
            (
                name.as_str(),
                texts(&mut buckets.iter().map(|b| b.name.as_str())),
            )
        }
        StateError::NoSuchGroup { name } => {
            let groups = store.list_groups().await?;
            (
                name.as_str(),
                texts(&mut groups.iter().map(|g| g.name.as_str())),
            )
        }
        StateError::NoSuchManagedPolicy { name } => {
            let policies = store.list_managed_policies().await?;
            (
                name.as_str(),
                texts(&mut policies.iter().map(|policy| policy.name.as_str())),
            )
        }
        StateError::NoSuchProvider { issuer } => {
            let providers = store.list_oidc_providers().await?;
            (
                issuer.as_str(),
                texts(&mut providers.iter().map(|one| one.issuer.as_str())),
            )
        }
        StateError::NoSuchRole { name } => {
            let roles = store.list_roles().await?;
            (
                name.as_str(),
                texts(&mut roles.iter().map(|role| role.name.as_str())),
            )
        }
        StateError::NoSuchUser { name } => {
            let users = store.list_users().await?;
            (
                name.as_str(),
                texts(&mut users.iter().map(|user| user.name.as_str())),
            )
        }
        _ => return Ok(None),
    };
    let names = there.iter().map(String::as_str);
    Ok(suggestion::nearest(typed, names).map(str::to_owned))
}
