//! Who used a retiring key, until it is written into the state.
//!
//! Only uses of keys that are to go come here, so nothing here is in the way of other requests. Uses of one caller
//! that are close together become one.
//!
//! INVARIANT: memory is bounded: beyond so many callers the rest goes unnoted until the next writing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use countersign_gate::{ClientNetwork, LinkId};
use countersign_sigv4::AccessKeyId;
use countersign_state::{KeyUse, MAX_AGENT_CHARACTERS, UnixMillis};

/// The most callers that wait to be written.
const MOST: usize = 1_024;

/// A key, where it is used, and what the client calls itself.
type Caller = (AccessKeyId, ClientNetwork, Box<str>);

/// Callers that wait to be written.
#[derive(Default)]
pub(crate) struct KeyCallers(Mutex<HashMap<Caller, KeyUse>>);

impl KeyCallers {
    /// Notes a use.
    pub(crate) fn note(
        &self,
        key: &AccessKeyId,
        address: IpAddr,
        agent: &str,
        link: Option<LinkId>,
        now_ms: i64,
    ) {
        let network = ClientNetwork::of(address);
        let agent: Box<str> = agent.chars().take(MAX_AGENT_CHARACTERS).collect();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let caller = (key.clone(), network, agent);
        if waiting.len() >= MOST && !waiting.contains_key(&caller) {
            return;
        }
        let used = KeyUse {
            access_key_id: caller.0.clone(),
            network,
            agent: caller.2.to_string(),
            link,
            at: UnixMillis(now_ms),
        };
        let noted = waiting.entry(caller).or_insert_with(|| used.clone());
        noted.at = noted.at.max(used.at);
        noted.link = link.or(noted.link);
    }

    /// Those who wait, who do not any more.
    pub(crate) fn take(&self) -> Vec<KeyUse> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting).into_values().collect()
    }
}

#[cfg(test)]
mod tests;
