//! One entry of the feed of revocations, as reports show it.

use countersign_gate::Revocation;
use countersign_state::{RevocationEntry, UnixMillis};
use serde::Serialize;

use crate::command::link::target::{Described, UserNames};
use crate::render::date;

/// One entry of the feed.
#[derive(Serialize)]
pub(super) struct Entry {
    pub(super) serial: u64,
    #[serde(flatten)]
    target: Described,
    /// The last second of signing that is concerned; none for links, of which it does not matter.
    pub(super) signed_until: Option<String>,
    pub(super) ends_transfers: bool,
    pub(super) revoked_at: String,
    pub(super) kept_until: String,
}

impl Entry {
    pub(super) fn new(serial: u64, target: Described, revocation: &Revocation) -> Self {
        let is_link = target.kind == "link";
        Self {
            serial,
            target,
            signed_until: (!is_link).then(|| revocation.signed_until.iso8601()),
            ends_transfers: revocation.ends_transfers,
            revoked_at: date(UnixMillis(revocation.made_at_ms)).iso8601(),
            kept_until: date(UnixMillis(revocation.expires_at_ms)).iso8601(),
        }
    }

    pub(super) fn of(entry: &RevocationEntry, users: &UserNames) -> Self {
        let target = Described::of(&entry.revocation.target, users);
        Self::new(entry.serial, target, &entry.revocation)
    }

    /// Which links it concerns.
    pub(super) fn concerned(&self) -> String {
        let links = self.target.links();
        match &self.signed_until {
            Some(until) => format!("{links}, signed until {until}"),
            None => links,
        }
    }
}
