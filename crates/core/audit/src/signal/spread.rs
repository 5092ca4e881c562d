//! One link, many places: from how many networks, countries and agents it is used (threat F5).
//!
//! A link that was passed on is used from places that have nothing to do with each other. One office with many
//! agents is one network, so agents count only together with networks; a phone that moves between its
//! networks stays below the thresholds that are the default.

use std::net::IpAddr;

use countersign_gate::{CountryCode, LinkId};

use super::window::{Distinct, Recent, Told};
use super::{Ladder, Network, Signal};
use crate::{Moment, SignalKind};

/// What is counted, and what is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SpreadRule {
    /// How long a window is, in seconds.
    pub window_s: u64,
    /// By the number of networks.
    pub networks: Ladder,
    /// By the number of countries.
    pub countries: Ladder,
    /// By the number of agents, or of networks if those are fewer.
    pub agents: Ladder,
    /// Of how many links at most this is kept. Each takes up to 48 bytes for each step to its highest threshold.
    pub links: usize,
}

/// A use of a link, by a verified signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Use<'a> {
    /// Which link.
    pub link: LinkId,
    /// From where.
    pub address: IpAddr,
    /// In which country that is, if it is known.
    pub country: Option<CountryCode>,
    /// What the client calls itself; empty if it says nothing.
    pub agent: &'a str,
}

/// Watches links.
#[derive(Clone, Debug)]
pub struct Spread {
    rule: SpreadRule,
    links: Recent<LinkId, Places>,
}

#[derive(Clone, Debug, Default)]
struct Places {
    networks: Distinct,
    countries: Distinct,
    agents: Distinct,
    told: [Told; 3],
}

impl Default for SpreadRule {
    /// An hour, twelve networks, four countries, twelve agents; and nothing but an alert.
    fn default() -> Self {
        Self {
            window_s: 3_600,
            networks: Ladder::alert_from(12),
            countries: Ladder::alert_from(4),
            agents: Ladder::alert_from(12),
            links: 16_384,
        }
    }
}

impl Spread {
    /// Watches by this rule.
    #[must_use]
    pub fn new(rule: SpreadRule) -> Self {
        Self {
            rule,
            links: Recent::new(rule.links),
        }
    }

    /// Notes a use. Gives what is news about the link.
    pub fn note(&mut self, used: &Use<'_>, now: Moment) -> Vec<Signal> {
        let now = now.unix_ms().div_euclid(1_000);
        let rule = &self.rule;
        let places = self.links.entry(used.link);
        let most = |ladder: &Ladder| usize::try_from(ladder.highest()).unwrap_or(usize::MAX);
        let counted = |distinct: &mut Distinct, ladder: &Ladder, bytes: &[u8]| {
            distinct.note(Distinct::thing(bytes), now, rule.window_s, most(ladder))
        };
        let network = Network::of(used.address).to_string();
        // Networks are counted for two ladders.
        let higher = if rule.agents.highest() > rule.networks.highest() {
            &rule.agents
        } else {
            &rule.networks
        };
        let networks = counted(&mut places.networks, higher, network.as_bytes());
        let countries = used.country.map_or(0, |country| {
            let country = country.to_string();
            counted(&mut places.countries, &rule.countries, country.as_bytes())
        });
        let agents = counted(&mut places.agents, &rule.agents, used.agent.as_bytes());
        let found = [
            (SignalKind::Networks, networks, &rule.networks),
            (SignalKind::Countries, countries, &rule.countries),
            (SignalKind::Agents, agents.min(networks), &rule.agents),
        ];
        let mut news = Vec::new();
        for ((kind, count, ladder), told) in found.into_iter().zip(&mut places.told) {
            let reached = ladder.reached(count);
            if told.is_news(reached, now, rule.window_s)
                && let Some(action) = reached
            {
                news.push(Signal {
                    kind,
                    action,
                    count,
                    window_s: rule.window_s,
                    link: Some(used.link),
                    network: None,
                });
            }
        }
        news
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.links.len()
    }
}
