//! Who brings bad tokens of identity providers too often is not listened to for a while.
//!
//! No secret here can be guessed, so this is about work: checking such a token costs a signature of RSA and may
//! make the provider be asked. Calls that are signed cost a few MACs and are not counted, so that no
//! misconfigured client locks out others behind the same address. Each address, of IPv6 each network of 64 bits, may fail
//! [`BURST`] times at once, and regains one every [`REGAINED_MS`].
//!
//! INVARIANT: the memory is bounded; when it is full of addresses that failed lately, no more are remembered.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// How often an address may fail at once.
pub(crate) const BURST: i64 = 50;
/// How long it takes to regain one, in milliseconds.
const REGAINED_MS: i64 = 500;
/// The most addresses that are remembered.
const MOST: usize = 10_000;

/// When each address will have regained all of its tries, in milliseconds since 1970.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    whole_at_ms: Mutex<HashMap<IpAddr, i64>>,
}

impl Failures {
    /// Whether the address has used up its tries.
    pub(crate) fn are_too_many(&self, address: IpAddr, now_ms: i64) -> bool {
        let known = self
            .whole_at_ms
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let owed = known
            .get(&network_of(address))
            .map_or(0, |whole_at| whole_at.saturating_sub(now_ms));
        owed > (BURST - 1) * REGAINED_MS
    }

    /// Notes that a call from the address failed.
    pub(crate) fn note(&self, address: IpAddr, now_ms: i64) {
        let mut known = self
            .whole_at_ms
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let network = network_of(address);
        if known.len() >= MOST && !known.contains_key(&network) {
            known.retain(|_, whole_at| *whole_at > now_ms);
            if known.len() >= MOST {
                return;
            }
        }
        let whole_at = known.entry(network).or_insert(now_ms);
        *whole_at = (*whole_at).max(now_ms).saturating_add(REGAINED_MS);
    }
}

fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests;
