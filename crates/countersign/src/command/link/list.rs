//! `link list` and `link revocations`: page by page, so that a million of either cost no memory.

use std::collections::HashSet;

use countersign_gate::{LinkId, RevocationTarget};
use countersign_state::{LinkUse, MAX_LISTED, RevocationEntry, StateStore, UnixMillis};

use super::report::{ListedLinks, ListedRevocations};
use super::target::UserNames;
use crate::args::LinkListArgs;
use crate::command::CommandError;

/// Lists counted links.
pub(super) async fn links(
    store: &dyn StateStore,
    args: &LinkListArgs,
    now: UnixMillis,
) -> Result<ListedLinks, CommandError> {
    let mut found: Vec<(LinkUse, bool)> = Vec::new();
    let mut after = args.after;
    loop {
        let page = store.list_link_uses(MAX_LISTED, after).await?;
        let has_more = page.len() == MAX_LISTED;
        after = page.last().map(|used| used.link);
        let fitting: Vec<LinkUse> = page
            .into_iter()
            .filter(|used| !args.used_up || is_used_up(used))
            .collect();
        let revoked = revoked_among(store, &fitting, now).await?;
        let with_fate = fitting.into_iter().map(|used| {
            let is_revoked = revoked.contains(&used.link);
            (used, is_revoked)
        });
        found.extend(with_fate.filter(|(_, is_revoked)| !args.revoked || *is_revoked));
        if found.len() > args.limit {
            found.truncate(args.limit);
            let last = found.last().map(|(used, _)| used.link);
            return Ok(ListedLinks::new(found, last));
        }
        if !has_more {
            return Ok(ListedLinks::new(found, None));
        }
    }
}

/// Lists what is revoked, the latest first.
pub(super) async fn revocations(
    store: &dyn StateStore,
    limit: usize,
    before: Option<u64>,
    now: UnixMillis,
) -> Result<ListedRevocations, CommandError> {
    let page = store.list_revocations(limit, before).await?;
    let next = (page.len() == limit)
        .then(|| page.last().map(|entry| entry.serial))
        .flatten();
    let live: Vec<RevocationEntry> = page
        .into_iter()
        .filter(|entry| entry.revocation.expires_at_ms > now.0)
        .collect();
    let users = UserNames::of(store).await?;
    Ok(ListedRevocations::new(&live, next, &users))
}

/// Which of these links are revoked by themselves.
async fn revoked_among(
    store: &dyn StateStore,
    links: &[LinkUse],
    now: UnixMillis,
) -> Result<HashSet<LinkId>, CommandError> {
    let asked: HashSet<LinkId> = links.iter().map(|used| used.link).collect();
    let mut revoked = HashSet::new();
    let mut since = 0;
    while !asked.is_empty() {
        let page = store.revocations_since(since).await?;
        let has_more = page.has_more() && page.up_to > since;
        since = page.up_to;
        for RevocationEntry { revocation, .. } in page.entries {
            if let RevocationTarget::Link(link) = revocation.target
                && revocation.expires_at_ms > now.0
                && asked.contains(&link)
            {
                revoked.insert(link);
            }
        }
        if !has_more {
            break;
        }
    }
    Ok(revoked)
}

fn is_used_up(used: &LinkUse) -> bool {
    used.limit.is_some_and(|limit| used.used >= limit)
}
