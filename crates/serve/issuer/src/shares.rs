//! Shares: an address that lives for days, and leads to a URL of minutes at each opening.
//!
//! The state keeps the SHA-256 of a share's token and what it is for; who reads the state learns no working address.
//! Each opening is decided upon anew, with the rights that its maker has at that moment.

pub(crate) mod create;
mod open;
mod page;
pub(crate) mod spec;

use countersign_gate::LinkId;

pub(crate) use open::router;

/// How long the URL lives that a share is swapped for, in seconds.
const OPENED_S: u32 = 300;

/// The name of the link that the opening of this number leads to. Where openings are counted each has a name of its
/// own, to be used once.
pub(crate) fn name_of_opening(share: LinkId, number: Option<u32>) -> String {
    match number {
        None => share.to_string(),
        Some(number) => format!("{share}-{number}"),
    }
}
