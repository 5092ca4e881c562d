//! Counted uses: what is asked of the ledger that counts them.
//!
//! The rules are those of docs/specs/restrictions.md, section 5: a use of a download is a session of one
//! network, ten minutes long and twice the object large at most; a use of an upload is one stored body.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};

use crate::LinkId;

/// How long a session lasts, in milliseconds.
pub const SESSION_MS: i64 = 10 * 60 * 1_000;
/// How many times the object's bytes one session may carry.
pub const SESSION_SIZES: u64 = 2;

/// The network a client comes from, as far as uses go: the /24 of an IPv4 address, the /64 of an IPv6
/// address. Wide enough for a telephone that changes its address, and for privacy addresses (threat G9).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ClientNetwork(IpAddr);

/// What is to be redeemed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UseOf {
    /// A download: this request carries so many bytes of an object of that size.
    Download {
        /// Bytes that this request may carry.
        bytes: u64,
        /// Bytes of the object.
        object_bytes: u64,
        /// Which object, as it is now: a digest of its place and its tag. Only the same goes on with a use.
        object: u64,
        /// Whether it asks for a part of the object only, and so may go on with a use made before. Who asks
        /// for all of it again wants another use.
        is_partial: bool,
    },
    /// An upload or another request that is a use by itself.
    Whole,
}

/// A use that somebody wants to make of a link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Redemption {
    /// The link.
    pub link: LinkId,
    /// How many uses it has in all; none if it counts nothing but is bound to its first network.
    pub limit: Option<u32>,
    /// Where the client is.
    pub network: ClientNetwork,
    /// Whether the first network to use the link becomes the only one.
    pub binds: bool,
    /// What for.
    pub what: UseOf,
    /// Now, in milliseconds since 1970.
    pub now_ms: i64,
    /// From when on the link is dead and its count may be forgotten, in milliseconds since 1970.
    pub forget_at_ms: i64,
}

/// What the ledger says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Redeemed {
    /// It belongs to another network.
    BoundElsewhere,
    /// There is no use left.
    Exhausted {
        /// How many there were.
        used: u32,
    },
    /// It goes on with a use made before.
    Joined(Receipt),
    /// It is a new use.
    New(Receipt),
}

/// What a refund is asked for with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Receipt {
    /// The link.
    pub link: LinkId,
    /// The session, or the use, among those of the link.
    pub number: u64,
    /// The bytes that were taken from the session.
    pub bytes: u64,
}

/// The digest of an object as it is now: where it is and what its tag says. The same on every node.
#[must_use]
pub fn object_digest(bucket: &str, key: &str, etag: &str) -> u64 {
    let mut hash = Sha256::new();
    for part in [bucket, key, etag] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let whole: [u8; 32] = hash.finalize().into();
    whole
        .first_chunk()
        .map_or(0, |first| u64::from_be_bytes(*first))
}

impl ClientNetwork {
    /// The network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8))),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        })
    }

    /// The network that was written so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, _) = text.split_once('/')?;
        let network = Self::of(address.parse().ok()?);
        (network.to_string() == text).then_some(network)
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 24 } else { 64 };
        write!(f, "{}/{bits}", self.0)
    }
}

#[cfg(test)]
mod tests;
