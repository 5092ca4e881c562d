//! `role`: who may become what for a while.

mod report;

use std::path::Path;

use countersign_policy::PolicyKind;
use countersign_state::{
    NewRole, PolicyOwner, Principal, Role, RoleName, RoleUpdate, StateError, StateStore,
};

use self::report::{Listed, Shown};
use super::changed::Changed;
use super::policy::Written;
use super::{CommandError, Outcome, state, unix_millis_now};
use crate::args::{RoleArgs, RoleCommand};
use crate::config::TimeSpan;
use crate::render::Form;

/// Runs `role`.
pub(super) fn run(args: &RoleArgs, form: Form) -> Result<Outcome, CommandError> {
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        match &args.command {
            RoleCommand::Create {
                name,
                trust,
                max_session,
                description,
                path,
            } => {
                let new = NewRole {
                    path: path.clone(),
                    max_session_s: seconds(*max_session),
                    description: description.clone(),
                    ..NewRole::new(name, &read_trust(trust)?)
                };
                let role = store.create_role(&new, unix_millis_now()).await?;
                let note =
                    "It may do nothing yet: `countersign policy attach --role` gives it a policy.";
                form.print(&Changed::new("role", "Role", role.name, "created").with(note))?;
            }
            RoleCommand::Delete { name } => {
                store.delete_role(name).await?;
                form.print(&Changed::new("role", "Role", name, "deleted"))?;
            }
            RoleCommand::List => form.print(&Listed::new(&store.list_roles().await?))?,
            RoleCommand::MaxSession { name, time } => {
                let update = RoleUpdate {
                    max_session_s: Some(seconds(*time)),
                    ..RoleUpdate::default()
                };
                store.update_role(name, &update).await?;
                form.print(&Changed::new("role", "Role", name, "changed"))?;
            }
            RoleCommand::Show { name } => form.print(&show(store, name).await?)?,
            RoleCommand::Trust { name, file } => {
                store.set_trust_policy(name, &read_trust(file)?).await?;
                form.print(&Changed::new("role", "Role", name, "changed"))?;
            }
        }
        Ok(Outcome::Done)
    })
}

/// The role of this name.
///
/// # Errors
/// [`StateError::NoSuchRole`] if there is none.
pub(super) async fn named(store: &dyn StateStore, name: &RoleName) -> Result<Role, StateError> {
    let found = store.find_role(name).await?;
    found.ok_or_else(|| StateError::NoSuchRole { name: name.clone() })
}

async fn show(store: &dyn StateStore, name: &RoleName) -> Result<Shown, CommandError> {
    let role = named(store, name).await?;
    let record = store.find_principal(&role.unique_id).await?;
    let authority = record.filter(|record| matches!(record.principal, Principal::Role(_)));
    let authority = authority.map(|record| record.authority).unwrap_or_default();
    let owner = PolicyOwner::Role(role.name.clone());
    Ok(Shown::new(&role, &owner, &authority))
}

/// Reads a trust policy and refuses one that would not be taken.
fn read_trust(file: &Path) -> Result<String, CommandError> {
    let written = Written::read(file)?;
    written.parse(PolicyKind::Trust)?;
    Ok(written.text().to_owned())
}

/// The state says what is too long.
fn seconds(time: TimeSpan) -> u32 {
    u32::try_from(time.0.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
