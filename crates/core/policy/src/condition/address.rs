//! IP addresses and networks.
//!
//! INVARIANT: an IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is that IPv4 address, in policies and
//! in requests (threat G2); otherwise the two families never match each other.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use crate::context::Value;

/// A network in a policy; a bare address is one address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Network(IpNet);

impl Network {
    /// Reads an address or a CIDR range; bits behind the prefix do not count.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let network = match text.parse::<IpNet>() {
            Ok(network) => network,
            Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
        };
        Some(Self(unmapped(network.trunc())))
    }

    pub(crate) fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// Whether block public access takes the range for the whole Internet: wider than /8 or /32, unless
    /// private.
    pub(crate) fn is_broad(self) -> bool {
        match self.0 {
            IpNet::V4(network) => network.prefix_len() < 8 && !is_private(network),
            IpNet::V6(network) => network.prefix_len() < 32,
        }
    }
}

/// The address that a value is, if it is one.
pub(crate) fn of(value: Value<'_>) -> Option<IpAddr> {
    let address = match value {
        Value::Address(address) => address,
        Value::Text(text) => text.parse().ok()?,
        _ => return None,
    };
    Some(address.to_canonical())
}

fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(six) = network else {
        return network;
    };
    let four = six.network().to_ipv4_mapped();
    let prefix = six.prefix_len().checked_sub(96);
    match (four, prefix) {
        (Some(four), Some(prefix)) => Ipv4Net::new(four, prefix).map_or(network, IpNet::V4),
        _ => network,
    }
}

fn is_private(network: Ipv4Net) -> bool {
    [
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
    ]
    .into_iter()
    .any(|(address, prefix)| {
        Ipv4Net::new(address, prefix).is_ok_and(|private| private.contains(&network))
    })
}

#[cfg(test)]
mod tests;
