//! Who is at the other end, and how: whose word counts about address, scheme and host.
//!
//! Only peers on the operator's list are believed (threats A9, G1, G5); the list is empty unless it
//! is set. A forwarded chain is walked from the right, past trusted hops, to the first address
//! that nobody trusted vouches for. IPv4 addresses mapped into IPv6 are unmapped first.

use std::net::{IpAddr, SocketAddr};

use countersign_gate::{TlsVersion, Transport};
use countersign_request::RequestHead;
use ipnet::IpNet;

/// Headers that tell of a proxy, believed or not.
const FORWARDING: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto"];

/// The facts of one connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Peer {
    /// The address the connection, or its PROXY header, came from.
    pub(crate) address: IpAddr,
    /// Whether the socket's own peer is a trusted proxy.
    pub(crate) trusted: bool,
    /// Whether TLS ends in this process.
    pub(crate) tls: bool,
    /// Its version, once it is agreed upon.
    pub(crate) tls_version: Option<TlsVersion>,
    /// Whether a trusted PROXY header named another client.
    pub(crate) proxied: bool,
}

/// The client of one request, as far as anyone trustworthy says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
    /// How the request travelled.
    pub(crate) transport: Transport,
}

impl Peer {
    /// The peer of a socket.
    pub(crate) fn of_socket(socket: SocketAddr, tls: bool, trusted: &[IpNet]) -> Self {
        let address = socket.ip().to_canonical();
        Self {
            address,
            trusted: is_listed(address, trusted),
            tls,
            tls_version: None,
            proxied: false,
        }
    }

    /// The same connection, after a trusted PROXY header named its client. What that client writes
    /// into forwarding headers is believed only if it is a listed proxy itself.
    pub(crate) fn on_behalf_of(self, client: IpAddr, trusted: &[IpNet]) -> Self {
        let address = client.to_canonical();
        Self {
            address,
            trusted: is_listed(address, trusted),
            proxied: true,
            ..self
        }
    }

    /// The client of one request on this connection.
    pub(crate) fn client_of(&self, head: &RequestHead<'_>, trusted: &[IpNet]) -> Client {
        let forwarded = self
            .trusted
            .then(|| forwarded_for(head, self.address, trusted))
            .flatten();
        let address = forwarded.unwrap_or(self.address);
        let vouched = self.trusted && forwarded_scheme_is_https(head);
        // A proxy on this machine that nobody listed would make every stranger look local.
        let through_proxy = self.proxied || FORWARDING.iter().any(|name| head.has_header(name));
        let transport = if self.tls || vouched {
            Transport::Secure
        } else if address.is_loopback() && !through_proxy {
            Transport::Loopback
        } else {
            Transport::Plain
        };
        Client { address, transport }
    }
}

/// The rightmost address of the chain that is not a trusted hop; `None` if there is no chain.
fn forwarded_for(head: &RequestHead<'_>, peer: IpAddr, trusted: &[IpNet]) -> Option<IpAddr> {
    let mut nearest = None;
    let lines: Vec<&str> = head
        .values("x-forwarded-for")
        .map(|line| std::str::from_utf8(line).unwrap_or_default())
        .collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for hop in hops {
        let Some(address) = parse_hop(hop.trim()) else {
            // A hop that cannot be read hides everything left of it.
            return nearest.or(Some(peer));
        };
        nearest = Some(address);
        if !is_listed(address, trusted) {
            break;
        }
    }
    nearest
}

/// What the nearest proxy says about the scheme: the last word of the last line. What stands before
/// may be the client's own (threat G5).
fn forwarded_scheme_is_https(head: &RequestHead<'_>) -> bool {
    head.values("x-forwarded-proto")
        .last()
        .and_then(|line| std::str::from_utf8(line).ok())
        .and_then(|chain| chain.rsplit(',').next())
        .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

/// An address with or without port, brackets and zone.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let address = match text.parse::<SocketAddr>() {
        Ok(socket) => socket.ip(),
        Err(_) => text
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .ok()?,
    };
    Some(address.to_canonical())
}

fn is_listed(address: IpAddr, list: &[IpNet]) -> bool {
    list.iter().any(|net| net.contains(&address))
}

#[cfg(test)]
mod tests;
