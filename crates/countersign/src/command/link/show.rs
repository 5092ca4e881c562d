//! `link show`: whether a link is revoked, by what, and how it was used.

use countersign_gate::{Revocation, RevocationSet};
use countersign_state::{MAX_LISTED, RevocationEntry, StateStore, UnixMillis};

use super::report::Shown;
use super::target::UserNames;
use super::which::Link;
use crate::command::CommandError;

/// Finds out all that is known of a link.
pub(super) async fn show(
    store: &dyn StateStore,
    link: &Link,
    now: UnixMillis,
) -> Result<Shown, CommandError> {
    let revocations = revocations_of(store, link, now).await?;
    let used = store.find_link_use(link.id).await?;
    let users = UserNames::of(store).await?;
    Ok(Shown::new(link, &revocations, used, &users))
}

/// The revocations that concern a link, as far as is known what it is; the latest first.
pub(super) async fn revocations_of(
    store: &dyn StateStore,
    link: &Link,
    now: UnixMillis,
) -> Result<Vec<RevocationEntry>, CommandError> {
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page = store.list_revocations(MAX_LISTED, before).await?;
        before = page.last().map(|entry| entry.serial);
        let is_last = page.len() < MAX_LISTED;
        let live = |entry: &RevocationEntry| entry.revocation.expires_at_ms > now.0;
        let concerning = |entry: &RevocationEntry| live(entry) && concerns(&entry.revocation, link);
        found.extend(page.into_iter().filter(concerning));
        if is_last {
            return Ok(found);
        }
    }
}

/// Whether a revocation concerns a link. The gate's own rule decides.
fn concerns(revocation: &Revocation, link: &Link) -> bool {
    let mut alone = RevocationSet::default();
    alone.add(revocation.clone());
    alone.find(&link.revocation_facts()).is_some()
}
