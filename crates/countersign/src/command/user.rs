//! `user`: who there is, and what is known of them.

mod report;

use countersign_state::{NewUser, PolicyOwner, StateError, StateStore, UserKind, UserName};

use self::report::{Created, Listed, Shown, Tagged};
use super::changed::Changed;
use super::{CommandError, Outcome, lookup, state, unix_millis_now};
use crate::args::{TagPair, UserArgs, UserCommand};
use crate::render::Form;

/// Runs `user`.
pub(super) fn run(args: &UserArgs, form: Form) -> Result<Outcome, CommandError> {
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        match &args.command {
            UserCommand::Create { name } => {
                let now = unix_millis_now();
                let user = store
                    .create_user(&NewUser::new(name, UserKind::Ordinary), now)
                    .await?;
                let owner = PolicyOwner::User(user.name.clone());
                let policies = store.list_policies(&owner).await?;
                form.print(&Created::new(&user, &policies))?;
            }
            UserCommand::Delete { name, force } => {
                if *force {
                    empty(store, name).await?;
                }
                store.delete_user(name).await?;
                form.print(&Changed::new("user", "User", name, "deleted"))?;
            }
            UserCommand::List => form.print(&Listed::new(&store.list_users().await?))?,
            UserCommand::Show { name } => form.print(&show(store, name).await?)?,
            UserCommand::Tag { name, tags, remove } => {
                form.print(&tag(store, name, tags, remove).await?)?;
            }
        }
        Ok(Outcome::Done)
    })
}

/// Takes everything from a user that can be given again. What is declared stays, and says so.
async fn empty(store: &dyn StateStore, name: &UserName) -> Result<(), CommandError> {
    let user = lookup::user(store, name).await?;
    if user.kind == UserKind::Root {
        return Err(StateError::RootKept.into());
    }
    if !store.list_buckets(Some(&user.name)).await?.is_empty() {
        let (name, holds) = (user.name, "buckets");
        return Err(StateError::UserNotEmpty { name, holds }.into());
    }
    let owner = PolicyOwner::User(user.name.clone());
    for key in store.list_access_keys(Some(&user.name)).await? {
        store.delete_access_key(&key.id).await?;
    }
    for policy in store.list_policies(&owner).await? {
        store.delete_policy(&owner, &policy.name).await?;
    }
    for policy in store.list_attached_policies(&owner).await? {
        store.detach_policy(&owner, &policy.name).await?;
    }
    let authority = store.find_authority(&user.name).await?.unwrap_or_default();
    for group in authority.groups {
        store.remove_group_member(&group, &user.name).await?;
    }
    Ok(())
}

async fn show(store: &dyn StateStore, name: &UserName) -> Result<Shown, CommandError> {
    let user = lookup::user(store, name).await?;
    let keys = store.list_access_keys(Some(&user.name)).await?;
    let authority = store.find_authority(&user.name).await?.unwrap_or_default();
    Ok(Shown::new(&user, &keys, authority))
}

/// Tag keys are one whatever their case, as in IAM.
async fn tag(
    store: &dyn StateStore,
    name: &UserName,
    add: &[TagPair],
    remove: &[String],
) -> Result<Tagged, CommandError> {
    let user = lookup::user(store, name).await?;
    let authority = store.find_authority(&user.name).await?.unwrap_or_default();
    let replaced = |key: &str| {
        let mut named = add.iter().map(|tag| tag.key.as_str());
        let mut removed = remove.iter().map(String::as_str);
        named.any(|other| other.eq_ignore_ascii_case(key))
            || removed.any(|other| other.eq_ignore_ascii_case(key))
    };
    let kept = authority.tags.into_iter().filter(|(key, _)| !replaced(key));
    let added = add.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
    let mut tags: Vec<(String, String)> = kept.chain(added).collect();
    tags.sort();
    store.set_user_tags(&user.name, &tags).await?;
    Ok(Tagged::new(&user, tags))
}

#[cfg(test)]
mod tests;
