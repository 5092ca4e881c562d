//! Decoys: links that were laid out to be found (threat F6).
//!
//! A decoy is a link like any other, made and signed like any other, that nobody was given. Whoever uses it found
//! it where it should not be. It is never permitted: to whoever decides it is a revoked link, with the same answer in the
//! same time, because it takes the same way (the list of decoys is put among the revocations).
//!
//! INVARIANT: nothing about a decoy can be told from outside; what is different is only that a touch is told.

use std::collections::BTreeSet;
use std::net::IpAddr;

use countersign_gate::LinkId;

use super::{Network, Signal};
use crate::{Action, SignalKind};

/// The decoys.
#[derive(Clone, Debug, Default)]
pub struct Decoys(BTreeSet<LinkId>);

impl Decoys {
    /// These links are decoys.
    #[must_use]
    pub fn of(links: impl IntoIterator<Item = LinkId>) -> Self {
        Self(links.into_iter().collect())
    }

    /// Every one of them, to be put among what is revoked.
    pub fn links(&self) -> impl Iterator<Item = LinkId> {
        self.0.iter().copied()
    }

    /// The signal of a touch, if the link is one: always, because each touch is news.
    #[must_use]
    pub fn note(&self, link: LinkId, address: IpAddr) -> Option<Signal> {
        self.0.contains(&link).then(|| Signal {
            kind: SignalKind::Decoy,
            action: Action::Alert,
            count: 1,
            window_s: 0,
            link: Some(link),
            network: Some(Network::of(address)),
        })
    }
}
