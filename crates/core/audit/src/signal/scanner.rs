//! Clients that look at links which were not given to them, and say so: previews of chats, scanners of mail, crawlers
//! (threat F3).
//!
//! Most say what they are. Those that do not come from networks that the operator may list. A preview is no attack,
//! but it is a use that nobody meant, and with a scanner that publishes what it finds the link has leaked.

use std::net::IpAddr;

use countersign_gate::LinkId;
use ipnet::IpNet;

use super::{Network, Signal};
use crate::{Action, SignalKind};

/// What kind of scanner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ScannerKind {
    /// Reads what it finds for a search engine or an archive.
    Crawler,
    /// Looks at links for a mail server, a proxy or whoever asks, and may publish them.
    LinkScanner,
    /// Comes from a network that the operator listed.
    Listed,
    /// Shows what is behind a link in a chat or a post.
    Preview,
}

/// Tells scanners from others.
#[derive(Clone, Debug, Default)]
pub struct Scanners {
    networks: Vec<IpNet>,
}

/// Words in the names of agents, in lower case.
const AGENTS: [(&str, ScannerKind); 32] = [
    ("ahrefsbot", ScannerKind::Crawler),
    ("archive.org_bot", ScannerKind::Crawler),
    ("baiduspider", ScannerKind::Crawler),
    ("bingbot", ScannerKind::Crawler),
    ("ccbot", ScannerKind::Crawler),
    ("claudebot", ScannerKind::Crawler),
    ("duckduckbot", ScannerKind::Crawler),
    ("googlebot", ScannerKind::Crawler),
    ("gptbot", ScannerKind::Crawler),
    ("semrushbot", ScannerKind::Crawler),
    ("yandexbot", ScannerKind::Crawler),
    ("barracuda", ScannerKind::LinkScanner),
    ("censysinspect", ScannerKind::LinkScanner),
    ("checkphish", ScannerKind::LinkScanner),
    ("cloudflare-radar", ScannerKind::LinkScanner),
    ("expanse", ScannerKind::LinkScanner),
    ("mimecast", ScannerKind::LinkScanner),
    ("nuclei", ScannerKind::LinkScanner),
    ("proofpoint", ScannerKind::LinkScanner),
    ("urlscan", ScannerKind::LinkScanner),
    ("virustotal", ScannerKind::LinkScanner),
    ("zgrab", ScannerKind::LinkScanner),
    ("bingpreview", ScannerKind::Preview),
    ("discordbot", ScannerKind::Preview),
    ("facebookexternalhit", ScannerKind::Preview),
    ("linkedinbot", ScannerKind::Preview),
    ("skypeuripreview", ScannerKind::Preview),
    ("slack-imgproxy", ScannerKind::Preview),
    ("slackbot", ScannerKind::Preview),
    ("telegrambot", ScannerKind::Preview),
    ("twitterbot", ScannerKind::Preview),
    ("whatsapp", ScannerKind::Preview),
];

impl Scanners {
    /// Also takes clients in these networks for scanners.
    #[must_use]
    pub fn in_networks(networks: Vec<IpNet>) -> Self {
        Self { networks }
    }

    /// What kind of scanner this client is, if it is one.
    #[must_use]
    pub fn kind_of(&self, address: IpAddr, agent: &str) -> Option<ScannerKind> {
        let address = address.to_canonical();
        if self
            .networks
            .iter()
            .any(|network| network.contains(&address))
        {
            return Some(ScannerKind::Listed);
        }
        let agent = agent.as_bytes();
        let names = |word: &str| {
            let mut windows = agent.windows(word.len());
            windows.any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
        };
        AGENTS
            .iter()
            .find_map(|(word, kind)| names(word).then_some(*kind))
    }

    /// The signal of a use by such a client: an alert, and never more, because anybody can call themselves so.
    #[must_use]
    pub fn note(&self, link: LinkId, address: IpAddr, agent: &str) -> Option<Signal> {
        self.kind_of(address, agent).map(|_| Signal {
            kind: SignalKind::Scanner,
            action: Action::Alert,
            count: 1,
            window_s: 0,
            link: Some(link),
            network: Some(Network::of(address)),
        })
    }
}
