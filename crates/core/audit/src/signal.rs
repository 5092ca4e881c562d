//! Signals: what looks wrong in the stream of events, as values (docs/specs/audit.md, section 6).
//!
//! Everything here is told what happened and when, and answers with [`Signal`]s; what becomes of them (an alert, a
//! slower link, a revocation) is for whoever asks. A signal is told once, and again when it gets worse or after a
//! window without it.
//!
//! INVARIANT: memory is bounded by numbers that are set beforehand, whatever strangers send; what is full forgets
//! what was used longest ago. INVARIANT: nothing here refuses or permits anything.

mod decoy;
mod ladder;
mod network;
mod scanner;
mod spread;
mod sweep;
mod window;

pub use decoy::Decoys;
pub use ladder::Ladder;
pub use network::Network;
pub use scanner::{ScannerKind, Scanners};
pub use spread::{Spread, SpreadRule, Use};
pub use sweep::{Sweep, SweepRule};

use countersign_gate::LinkId;

use crate::{Action, Alert, AuditEvent, EventKind, Moment, SignalKind, Text};

/// Something that looks wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Signal {
    /// What.
    pub kind: SignalKind,
    /// What is to be done.
    pub action: Action,
    /// How many of them.
    pub count: u32,
    /// Within how many seconds; zero for what needs no more than once.
    pub window_s: u64,
    /// Which link it is about.
    pub link: Option<LinkId>,
    /// Which network it is about.
    pub network: Option<Network>,
}

impl Signal {
    /// The event that tells of it.
    #[must_use]
    pub fn event(&self, at: Moment, request_id: &'_ str) -> AuditEvent<'static> {
        let mut event = AuditEvent::new(EventKind::Alert, at, "");
        event.request_id = Text::of(request_id).into_owned();
        event.link = self.link;
        event.alert = Some(Alert {
            signal: self.kind,
            action: self.action,
            count: Some(self.count),
            window_s: (self.window_s > 0).then_some(self.window_s),
            note: self.network.map(|network| Text::from(network.to_string())),
        });
        event
    }
}

#[cfg(test)]
mod tests;
