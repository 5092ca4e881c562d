//! `link`: what links are revoked, how they were used, and giving uses back.
//!
//! A link is named by its id, by the name that its signer gave it, or by its URL, from which the id is
//! derived as the gate derives it.
//!
//! INVARIANT: no output holds a URL, its query or its signature (threats F1, F9).

mod create;
mod list;
mod report;
mod revoke;
mod show;
mod signed;
mod target;
mod which;

use countersign_state::StateStore;

use self::report::Rearmed;
use super::{CommandError, Outcome, state, unix_millis_now};
use crate::args::{LinkArgs, LinkCommand};
use crate::render::Form;

pub(crate) use self::create::CreateError;
pub(super) use self::revoke::{LEAST_SKEW, kept_until_ms};
pub(crate) use self::which::LinkError;

/// Runs `link`.
pub(super) fn run(args: &LinkArgs, form: Form) -> Result<Outcome, CommandError> {
    if let LinkCommand::Create(args) = &args.command {
        return create::run(args, form);
    }
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        let now = unix_millis_now();
        match &args.command {
            // Asked of a running server, above.
            LinkCommand::Create(_) => {}
            LinkCommand::List(which) => form.print(&list::links(store, which, now).await?)?,
            LinkCommand::Rearm { link } => {
                let link = which::find(opened, link).await?;
                form.print(&rearm(store, &link).await?)?;
            }
            LinkCommand::Revocations { limit, before } => {
                form.print(&list::revocations(store, *limit, *before, now).await?)?;
            }
            LinkCommand::Revoke(args) => {
                form.print(&revoke::revoke(opened, args, now).await?)?;
            }
            LinkCommand::Show { link } => {
                let link = which::find(opened, link).await?;
                form.print(&show::show(store, &link, now).await?)?;
            }
        }
        Ok(Outcome::Done)
    })
}

async fn rearm(store: &dyn StateStore, link: &which::Link) -> Result<Rearmed, CommandError> {
    store.rearm_link(link.id).await?;
    let by = show::revocations_of(store, link, unix_millis_now()).await?;
    Ok(Rearmed::new(link, !by.is_empty()))
}

#[cfg(test)]
mod tests;
