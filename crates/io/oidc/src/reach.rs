//! Which addresses a provider's host may have.
//!
//! A provider is registered by somebody who may administer; still its URL must not become a way to ask machines
//! that only this server reaches. Addresses are looked at after the name was looked up, and the connection goes to
//! the address that was looked at, so a name that changes between the two (DNS rebinding) wins nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::issuer_url::{Host, IssuerUrl};

/// Where connections for one URL may go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// Anywhere: the operator allows private networks.
    Anywhere,
    /// To one address, because the issuer is written so.
    Exactly(IpAddr),
    /// To this machine, because the issuer is written so.
    Loopback,
    /// To addresses of the public Internet.
    Public,
}

impl Reach {
    /// For an issuer's own host.
    pub(crate) fn of_issuer(issuer: &IssuerUrl, allow_private_networks: bool) -> Self {
        match issuer.host() {
            Host::Address(address) => Self::Exactly(*address),
            host if host.is_written_loopback() => Self::Loopback,
            Host::Name(_) if allow_private_networks => Self::Anywhere,
            Host::Name(_) => Self::Public,
        }
    }

    /// For a URL that the issuer's configuration names: the same host may be asked as the issuer itself, any other
    /// as if nothing were said about it.
    pub(crate) fn of_endpoint(
        endpoint: &IssuerUrl,
        issuer: &IssuerUrl,
        allow_private_networks: bool,
    ) -> Self {
        if endpoint.host() == issuer.host() {
            Self::of_issuer(issuer, allow_private_networks)
        } else if allow_private_networks {
            Self::Anywhere
        } else {
            Self::Public
        }
    }

    /// Whether a connection may go to `address`.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Exactly(one) => address == one,
            Self::Loopback => address.is_loopback(),
            Self::Public => is_public(address),
        }
    }
}

/// Whether an address is of the public Internet (IANA's special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [first, second, third, ..] = address.segments();
    // RFC 6052: networks without IPv4 write every IPv4 address so.
    if (first, second, third) == (0x64, 0xff9b, 0) {
        let [.., high, low] = address.segments();
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    let is_global_unicast = first & 0xe000 == 0x2000;
    // 2001::/23 is for protocols (Teredo among them), 2002::/16 wraps IPv4 addresses.
    let is_special = (first == 0x2001 && (second < 0x200 || second == 0xdb8))
        || first == 0x2002
        || (first == 0x3fff && second < 0x1000);
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests;
