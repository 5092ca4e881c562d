//! Networks of clients, IPv4 and IPv6.
//!
//! A bare address is that one address, whatever its family, and an IPv4 address is the same whether or
//! not it is written as one of IPv6 (threat G2). Bits beyond the prefix are refused: `203.0.113.7/24`
//! may mean one address or 256, and a signer should say which.

use std::net::IpAddr;

use ipnet::IpNet;

use super::value::number;

const MOST: usize = 32;
/// The length of `::ffff:0:0/96`, in which IPv4 addresses are mapped into IPv6.
const MAPPED_PREFIX: u8 = 96;

/// Reads a comma-separated list of addresses and networks.
pub(super) fn parse(text: &str) -> Option<Box<[IpNet]>> {
    let networks: Option<Box<[_]>> = text.split(',').take(MOST + 1).map(parse_one).collect();
    networks.filter(|networks| networks.len() <= MOST)
}

fn parse_one(text: &str) -> Option<IpNet> {
    let (address, prefix) = match text.split_once('/') {
        None => (text, None),
        Some((address, prefix)) => (address, Some(u8::try_from(number(prefix)?).ok()?)),
    };
    let written: IpAddr = address.parse().ok()?;
    let address = written.to_canonical();
    let Some(prefix) = prefix else {
        return Some(IpNet::from(address));
    };
    let is_mapped = written.is_ipv6() && address.is_ipv4();
    let prefix = if is_mapped {
        prefix.checked_sub(MAPPED_PREFIX)?
    } else {
        prefix
    };
    let network = IpNet::new(address, prefix).ok()?;
    (network.network() == address).then_some(network)
}

/// Whether an address lies in one of these networks.
pub(super) fn contain(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}
