//! What counts as one network: IPv4 /24, IPv6 /48.
//!
//! A subscriber has a /56 or /48 of IPv6 and takes new addresses in it all day (RFC 8981); behind an IPv4 address may
//! be a household or, with carrier-grade translation, a town, and neighbours in a /24 are mostly one provider's.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// The network of a client.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Network(IpNet);

impl Network {
    /// The network that this address is in. An IPv4 address mapped into IPv6 is the IPv4 address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let prefix = if address.is_ipv4() { 24 } else { 48 };
        let network = IpNet::new(address, prefix).unwrap_or_else(|_| IpNet::from(address));
        Self(network.trunc())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
