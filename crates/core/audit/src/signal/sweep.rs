//! One network, many links that were refused: somebody tries links that were never handed to them (threat F3).

use std::net::IpAddr;

use super::window::{Distinct, Recent, Told};
use super::{Ladder, Network, Signal};
use crate::{Moment, SignalKind};

/// What is counted, and what is done. Nothing can be revoked here: the links are not the client's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SweepRule {
    /// How long a window is, in seconds.
    pub window_s: u64,
    /// By the number of different links that were refused.
    pub links: Ladder,
    /// Of how many networks at most this is kept. Each takes up to 16 bytes for each step to the highest threshold.
    pub networks: usize,
}

/// Watches networks.
#[derive(Clone, Debug)]
pub struct Sweep {
    rule: SweepRule,
    networks: Recent<Network, Tries>,
}

#[derive(Clone, Debug, Default)]
struct Tries {
    links: Distinct,
    told: Told,
}

impl Default for SweepRule {
    /// Ten minutes, twenty links, an alert.
    fn default() -> Self {
        Self {
            window_s: 600,
            links: Ladder::alert_from(20),
            networks: 4_096,
        }
    }
}

impl Sweep {
    /// Watches by this rule.
    #[must_use]
    pub fn new(rule: SweepRule) -> Self {
        Self {
            rule,
            networks: Recent::new(rule.networks),
        }
    }

    /// Notes a refused try of a link, named by whatever tells it from others: what was presented, for a link that
    /// nobody could verify.
    pub fn note(&mut self, address: IpAddr, link: &[u8], now: Moment) -> Option<Signal> {
        let now = now.unix_ms().div_euclid(1_000);
        let rule = &self.rule;
        let network = Network::of(address);
        let tries = self.networks.entry(network);
        let most = usize::try_from(rule.links.highest()).unwrap_or(usize::MAX);
        let thing = Distinct::thing(link);
        let count = tries.links.note(thing, now, rule.window_s, most);
        let reached = rule.links.reached(count);
        let is_news = tries.told.is_news(reached, now, rule.window_s);
        reached.filter(|_| is_news).map(|action| Signal {
            kind: SignalKind::Sweep,
            action,
            count,
            window_s: rule.window_s,
            link: None,
            network: Some(network),
        })
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.networks.len()
    }
}
