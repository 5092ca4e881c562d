//! `group`: users who have policies in common.

mod report;

use countersign_state::StateStore;

use self::report::{Changed, Listed, Members};
use super::{CommandError, Outcome, state, unix_millis_now};
use crate::args::{GroupArgs, GroupCommand};
use crate::render::Form;

/// Runs `group`.
pub(super) fn run(args: &GroupArgs, form: Form) -> Result<Outcome, CommandError> {
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        match &args.command {
            GroupCommand::Add { group, user } => {
                store.add_group_member(group, user).await?;
                form.print(&Changed::member(group, user, "added"))?;
            }
            GroupCommand::Create { group } => {
                let made = store.create_group(group, unix_millis_now()).await?;
                form.print(&Changed::group(&made.name, "created"))?;
            }
            GroupCommand::Delete { group } => {
                store.delete_group(group).await?;
                form.print(&Changed::group(group, "deleted"))?;
            }
            GroupCommand::List => form.print(&list(store).await?)?,
            GroupCommand::Members { group } => {
                let members = store.list_group_members(group).await?;
                form.print(&Members::new(group, &members))?;
            }
            GroupCommand::Remove { group, user } => {
                store.remove_group_member(group, user).await?;
                form.print(&Changed::member(group, user, "removed"))?;
            }
        }
        Ok(Outcome::Done)
    })
}

async fn list(store: &dyn StateStore) -> Result<Listed, CommandError> {
    let mut listed = Listed::default();
    for group in store.list_groups().await? {
        let members = store.list_group_members(&group.name).await?;
        listed.add(&group, members.len());
    }
    Ok(listed)
}

#[cfg(test)]
mod tests;
