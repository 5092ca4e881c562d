//! How the uses of a link are counted: one pure function for every engine.
//!
//! The rules are those of docs/specs/restrictions.md, section 5. A use of a download is a session: one
//! network, one object as it is, ten minutes, twice its bytes at most; requests for ranges that fit into a living
//! session join it. Every other use stands by itself. An engine locks the row of a link, lets [`redeem`] or [`refund`]
//! change it, writes it back and commits before anybody is answered.
//!
//! INVARIANT: a use that was counted is given back only against its receipt, once, and only while
//! nobody else took part in it. INVARIANT: a link without uses is bound to no network.

pub(crate) mod batch;
pub(crate) mod text;

use countersign_gate::{
    ClientNetwork, LinkId, Receipt, Redeemed, Redemption, SESSION_MS, SESSION_SIZES, UseOf,
};

use crate::UnixMillis;

/// The most sessions of one link that are remembered; beyond it the oldest is forgotten, which costs
/// whoever would have joined it another use.
pub(crate) const MAX_SESSIONS: usize = 64;

/// For how long a use that is no session can be given back: longer than any upload takes.
const WHOLE_MS: i64 = 24 * 60 * 60 * 1_000;

/// How a link was used so far.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LinkUse {
    /// The link.
    pub link: LinkId,
    /// How many uses were counted.
    pub used: u32,
    /// How many there may be, as the latest use said; none if it set no limit.
    pub limit: Option<u32>,
    /// The network the link belongs to, if it belongs to one.
    pub bound: Option<ClientNetwork>,
    /// What is remembered of recent uses, oldest first.
    pub sessions: Vec<Session>,
    /// The number that the next use gets. It never goes back, so that an old receipt fits no new use.
    pub next_number: u64,
    /// When the link was first used.
    pub first_at: UnixMillis,
    /// When it was last used.
    pub last_at: UnixMillis,
    /// From when on the link is dead and all this may be forgotten.
    pub forget_at: UnixMillis,
}

/// A use of a link that others may join, or that may be given back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Session {
    /// Its number among those of the link.
    pub number: u64,
    /// Where it came from.
    pub network: ClientNetwork,
    /// When it began.
    pub began_at: UnixMillis,
    /// The bytes it may still carry; none if the use stands by itself and cannot be joined.
    pub bytes_left: Option<u64>,
    /// How many requests take part.
    pub requests: u32,
    /// Which object it carries; zero if it stands by itself.
    pub object: u64,
}

impl LinkUse {
    /// A link that was never used.
    pub(crate) fn unused(link: LinkId, now: UnixMillis) -> Self {
        Self {
            link,
            used: 0,
            limit: None,
            bound: None,
            sessions: Vec::new(),
            next_number: 1,
            first_at: now,
            last_at: now,
            forget_at: now,
        }
    }
}

/// Redeems a use, or says why there is none. A refusal changes nothing that counts.
pub(crate) fn redeem(state: &mut LinkUse, asked: &Redemption) -> Redeemed {
    let elsewhere = |bound: ClientNetwork| asked.binds && bound != asked.network;
    if state.bound.is_some_and(elsewhere) {
        return Redeemed::BoundElsewhere;
    }
    state
        .sessions
        .retain(|session| session.lives_at(asked.now_ms));
    if let Some(receipt) = join(state, asked) {
        note(state, asked);
        return Redeemed::Joined(receipt);
    }
    if asked.limit.is_some_and(|limit| state.used >= limit) {
        return Redeemed::Exhausted { used: state.used };
    }
    let receipt = begin(state, asked);
    note(state, asked);
    Redeemed::New(receipt)
}

/// Gives back what a receipt stands for, and says whether that changed anything: the whole use if nobody
/// else takes part in it, else the bytes alone.
pub(crate) fn refund(state: &mut LinkUse, receipt: &Receipt) -> bool {
    let number = receipt.number;
    let Some(session) = state.sessions.iter_mut().find(|s| s.number == number) else {
        return false;
    };
    if session.requests > 1 {
        session.requests -= 1;
        session.bytes_left = session
            .bytes_left
            .map(|left| left.saturating_add(receipt.bytes));
        return true;
    }
    state.sessions.retain(|session| session.number != number);
    state.used = state.used.saturating_sub(1);
    if state.used == 0 {
        state.bound = None;
    }
    true
}

/// Gives back every use, for the owner of a link that somebody else used up (threat D4).
pub(crate) fn rearm(state: &mut LinkUse) {
    state.used = 0;
    state.bound = None;
    state.sessions.clear();
}

/// Takes the bytes of a download from the oldest session that has enough left.
fn join(state: &mut LinkUse, asked: &Redemption) -> Option<Receipt> {
    let UseOf::Download {
        bytes,
        object,
        is_partial: true,
        ..
    } = asked.what
    else {
        return None;
    };
    state.sessions.iter_mut().find_map(|session| {
        let left = session
            .bytes_left
            .filter(|_| session.network == asked.network && session.object == object)?;
        session.bytes_left = Some(left.checked_sub(bytes)?);
        session.requests = session.requests.saturating_add(1);
        Some(Receipt {
            link: asked.link,
            number: session.number,
            bytes,
        })
    })
}

/// Counts a new use.
fn begin(state: &mut LinkUse, asked: &Redemption) -> Receipt {
    let (bytes, bytes_left, object) = match asked.what {
        UseOf::Download {
            bytes,
            object_bytes,
            object,
            ..
        } => {
            let in_all = object_bytes.saturating_mul(SESSION_SIZES);
            (bytes, Some(in_all.saturating_sub(bytes)), object)
        }
        UseOf::Whole => (0, None, 0),
    };
    let number = state.next_number;
    state.next_number = number.saturating_add(1);
    state.used = state.used.saturating_add(1);
    if state.sessions.len() >= MAX_SESSIONS {
        state.sessions.remove(0);
    }
    state.sessions.push(Session {
        number,
        network: asked.network,
        began_at: UnixMillis(asked.now_ms),
        bytes_left,
        requests: 1,
        object,
    });
    Receipt {
        link: asked.link,
        number,
        bytes,
    }
}

/// What every use leaves behind, counted or joined.
fn note(state: &mut LinkUse, asked: &Redemption) {
    if asked.binds {
        state.bound = Some(asked.network);
    }
    state.limit = asked.limit;
    state.last_at = state.last_at.max(UnixMillis(asked.now_ms));
    state.forget_at = state.forget_at.max(UnixMillis(asked.forget_at_ms));
}

impl Session {
    fn lives_at(&self, now_ms: i64) -> bool {
        let life = if self.bytes_left.is_some() {
            SESSION_MS
        } else {
            WHOLE_MS
        };
        now_ms < self.began_at.0.saturating_add(life)
    }
}

#[cfg(test)]
mod tests;
