//! `policy`: documents that say what users may do. They are read and checked before they are stored.

mod check;
mod document;
mod lint;
mod managed;
mod report;
mod simulate;

use std::path::Path;

use countersign_policy::PolicyKind;
use countersign_state::{
    Boundary, PolicyName, PolicyOwner, PrincipalName, StateError, StateStore, UserName,
};

use self::report::{Changed, Listed, Shown};
use super::{CommandError, Outcome, lookup, state};
use crate::args::{BoundaryCommand, OwnerArgs, PolicyArgs, PolicyCommand};
use crate::render::Form;

pub(in crate::command) use self::document::Written;
pub(crate) use self::document::{Excerpt, RefusedDocument};
pub(crate) use self::simulate::SimulationError;

/// Runs `policy`.
pub(super) fn run(args: &PolicyArgs, form: Form) -> Result<Outcome, CommandError> {
    // What does not need the state works without one.
    match &args.command {
        PolicyCommand::Check { file, kind, bucket } => {
            return check::run(file, *kind, bucket.as_ref(), form);
        }
        PolicyCommand::Simulate(simulated) => return simulate::run(&args.data, simulated, form),
        _ => {}
    }
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        match &args.command {
            PolicyCommand::Attach { name, owner } => {
                let owner = of(owner)?;
                store.attach_policy(&owner, name).await?;
                form.print(&Changed::policy(&owner, name, "attached"))?;
            }
            PolicyCommand::Boundary(command) => boundary(store, command, form).await?,
            PolicyCommand::Check { .. } | PolicyCommand::Simulate(_) => {}
            PolicyCommand::Delete { owner, name } => {
                let owner = of(owner)?;
                store.delete_policy(&owner, name).await?;
                form.print(&Changed::policy(&owner, name, "deleted"))?;
            }
            PolicyCommand::Detach { name, owner } => {
                let owner = of(owner)?;
                store.detach_policy(&owner, name).await?;
                form.print(&Changed::policy(&owner, name, "detached"))?;
            }
            PolicyCommand::Managed(command) => managed::run(store, command, form).await?,
            PolicyCommand::List { owner } => {
                form.print(&Listed::new(&list(store, &of(owner)?).await?))?;
            }
            PolicyCommand::Put { owner, name, file } => {
                form.print(&put(store, &of(owner)?, name, file).await?)?;
            }
            PolicyCommand::Show { owner, name } => {
                form.print(&show(store, &of(owner)?, name).await?)?;
            }
        }
        Ok(Outcome::Done)
    })
}

async fn put(
    store: &dyn StateStore,
    owner: &PolicyOwner,
    name: &PolicyName,
    file: &Path,
) -> Result<Changed, CommandError> {
    let written = Written::read(file)?;
    written.parse(PolicyKind::Identity)?;
    store.put_policy(owner, name, written.text()).await?;
    let beside = store.list_policies(owner).await?;
    let warnings = lint::warnings(written.text());
    Ok(Changed::policy(owner, name, "stored").with(warnings, &beside))
}

/// A user's policies are its own and those of its groups.
async fn list(
    store: &dyn StateStore,
    owner: &PolicyOwner,
) -> Result<Vec<countersign_state::StoredPolicy>, CommandError> {
    match owner {
        PolicyOwner::Group(_) | PolicyOwner::Role(_) => Ok(store.list_policies(owner).await?),
        PolicyOwner::User(name) => {
            let user = lookup::user(store, name).await?;
            let authority = store.find_authority(&user.name).await?.unwrap_or_default();
            Ok(authority.policies)
        }
    }
}

async fn show(
    store: &dyn StateStore,
    owner: &PolicyOwner,
    name: &PolicyName,
) -> Result<Shown, CommandError> {
    let policies = store.list_policies(owner).await?;
    let found = policies.into_iter().find(|policy| policy.name == *name);
    let found = found.ok_or_else(|| StateError::NoSuchPolicy { name: name.clone() })?;
    Ok(Shown::new(found.document))
}

async fn boundary(
    store: &dyn StateStore,
    command: &BoundaryCommand,
    form: Form,
) -> Result<(), CommandError> {
    match command {
        BoundaryCommand::Remove { user } => {
            let of = PrincipalName::User(user.clone());
            store.set_permissions_boundary(&of, None).await?;
            form.print(&Changed::boundary(user, "removed"))?;
        }
        BoundaryCommand::Set { user, file } => {
            let written = Written::read(file)?;
            written.parse(PolicyKind::Boundary)?;
            let boundary = Boundary::Document(written.text().to_owned());
            let of = PrincipalName::User(user.clone());
            store.set_permissions_boundary(&of, Some(&boundary)).await?;
            form.print(&Changed::boundary(user, "set"))?;
        }
        BoundaryCommand::Show { user } => form.print(&show_boundary(store, user).await?)?,
    }
    Ok(())
}

async fn show_boundary(store: &dyn StateStore, user: &UserName) -> Result<Shown, CommandError> {
    let user = lookup::user(store, user).await?;
    let authority = store.find_authority(&user.name).await?.unwrap_or_default();
    Ok(Shown::boundary(authority.boundary))
}

/// The command line has been held to one of the two already.
fn of(owner: &OwnerArgs) -> Result<PolicyOwner, CommandError> {
    owner
        .owner()
        .ok_or_else(|| SimulationError::NobodyAsks.into())
}

#[cfg(test)]
mod tests;
