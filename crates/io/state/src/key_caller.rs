//! Who still uses an access key that is to go.
//!
//! While a key is retiring, requests that it signed leave behind where they came from, with what program, and by
//! which link, so that whoever rotates it knows whom to wait for.

use countersign_gate::{ClientNetwork, LinkId};
use countersign_sigv4::AccessKeyId;

use crate::UnixMillis;

/// The most callers that are kept of one key; beyond it the one that was quiet for longest is forgotten.
pub const MAX_KEY_CALLERS: usize = 50;
/// The most characters that are kept of a user agent.
pub const MAX_AGENT_CHARACTERS: usize = 80;

/// One use of a retiring key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyUse {
    /// The key.
    pub access_key_id: AccessKeyId,
    /// Where the request came from.
    pub network: ClientNetwork,
    /// What the client calls itself; what is beyond [`MAX_AGENT_CHARACTERS`] is cut off.
    pub agent: String,
    /// The link it used, if it used one.
    pub link: Option<LinkId>,
    /// When.
    pub at: UnixMillis,
}

/// A caller of a retiring key: all its uses from one network by one program.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyCaller {
    /// Where it is.
    pub network: ClientNetwork,
    /// What it calls itself.
    pub agent: String,
    /// The link it used last, if it used any.
    pub link: Option<LinkId>,
    /// How many uses were noted; those that are close together are noted as one.
    pub uses: u64,
    /// The first.
    pub first_at: UnixMillis,
    /// The last.
    pub last_at: UnixMillis,
}

/// What is kept of a user agent: printable, and not too much of it.
pub(crate) fn shortened(agent: &str) -> String {
    let printable = agent.chars().map(|c| if c.is_control() { '?' } else { c });
    printable.take(MAX_AGENT_CHARACTERS).collect()
}
