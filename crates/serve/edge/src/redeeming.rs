//! Counted links: a use is taken before the first byte, and given back if nothing came of it.
//!
//! The state counts, for all nodes together (docs/specs/restrictions.md, section 5). Here is when it is
//! asked: after every other check, so that refusals cost nothing; before the first byte, so that no answer
//! can be had twice.
//!
//! INVARIANT: a use is given back only where it is certain that nothing was sent or stored. Whatever is
//! in doubt, a lost connection to the state or a killed process among it, stays used (threats D1, D6).

use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_gate::{
    Authorized, ClientNetwork, LinkId, Receipt, Redeemed, Redemption, Refusal, RestrictionName,
    Restrictions, SESSION_MS, UseOf,
};
use countersign_s3::{ErrorCode, Fault, Operation};
use countersign_sigv4::LONGEST_EXPIRES_S;
use countersign_state::StateStore;

use crate::answer::{self, Answer};
use crate::edge::Edge;

/// How long a request waits for its use to be counted (threat L7).
const PATIENCE: Duration = Duration::from_secs(5);

/// What must be counted of a permitted request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    link: LinkId,
    limit: Option<u32>,
    binds: bool,
    creates: bool,
    network: ClientNetwork,
    forget_at_ms: i64,
}

/// A use that was taken. It is given back when this is dropped, unless it is kept.
pub(crate) struct TakenUse {
    state: Arc<dyn StateStore>,
    receipt: Option<Receipt>,
}

impl Counted {
    /// What is to be counted; none for most requests. To ask for the head alone is free.
    pub(crate) fn of(
        permit: &Authorized,
        client: IpAddr,
        now_ms: i64,
        skew_s: u32,
    ) -> Option<Self> {
        let (link, restrictions) = (permit.link()?, permit.restrictions()?);
        if permit.operation() == Operation::HeadObject {
            return None;
        }
        let limit = limit_of(restrictions);
        let binds = restrictions.binds_first();
        if limit.is_none() && !binds {
            return None;
        }
        // Another URL of the same name may live on when this one is over, as long as any URL may, and be
        // dated ahead by the skew.
        let life_ms = match restrictions.id() {
            Some(_) => i64::from(LONGEST_EXPIRES_S)
                .saturating_add(skew_s.into())
                .saturating_mul(1_000),
            None => permit
                .expires_at()?
                .unix()
                .saturating_mul(1_000)
                .saturating_sub(now_ms),
        };
        Some(Self {
            link,
            limit,
            binds,
            creates: restrictions.creates_only(),
            network: ClientNetwork::of(client),
            forget_at_ms: now_ms.saturating_add(life_ms).saturating_add(SESSION_MS),
        })
    }

    /// Takes a use.
    ///
    /// # Errors
    /// The refusal, if there is none left, it belongs to another network, or nobody can tell.
    pub(crate) async fn redeem(&self, edge: &Edge, what: UseOf) -> Result<TakenUse, Refusal> {
        let state = edge.directory.state();
        let redemption = Redemption {
            link: self.link,
            limit: self.limit,
            network: self.network,
            binds: self.binds,
            what,
            now_ms: edge.clock.unix_ms(),
            forget_at_ms: self.forget_at_ms,
        };
        let asked = tokio::time::timeout(PATIENCE, state.redeem_use(&redemption));
        let redeemed = match asked.await {
            Ok(Ok(redeemed)) => redeemed,
            Ok(Err(error)) => return Err(untold(&error)),
            Err(_) => return Err(untold(&"the state did not answer in time")),
        };
        edge.metrics.count_redemption(&redeemed);
        match redeemed {
            Redeemed::New(receipt) | Redeemed::Joined(receipt) => Ok(TakenUse {
                state: Arc::clone(state),
                receipt: Some(receipt),
            }),
            Redeemed::Exhausted { used } => Err(self.exhausted(used)),
            Redeemed::BoundElsewhere => Err(self.refuse(
                RestrictionName::Bind,
                "This link belongs to the network that used it first.".to_owned(),
            )),
        }
    }

    /// Takes a use for something that is one as a whole, and does it. It goes on by itself: a client that
    /// goes away breaks the body off and thereby ends it, so that there is always somebody who knows whether
    /// anything was stored.
    pub(crate) async fn whole<B, F>(
        &self,
        edge: &Edge,
        body: B,
        carry_out: impl FnOnce(B) -> F,
    ) -> (Result<Answer, Refusal>, Option<B>)
    where
        B: Send + 'static,
        F: Future<Output = (Result<Answer, Refusal>, B)> + Send + 'static,
    {
        let taken = match self.redeem(edge, UseOf::Whole).await {
            Ok(taken) => taken,
            Err(refusal) => return (Err(refusal), Some(body)),
        };
        let carrying_out = carry_out(body);
        let running = tokio::spawn(async move {
            let (outcome, body) = carrying_out.await;
            taken.settle(&outcome);
            (outcome, body)
        });
        match running.await {
            Ok((outcome, body)) => (outcome, Some(body)),
            Err(error) => (Err(answer::internal(error)), None),
        }
    }

    fn exhausted(&self, used: u32) -> Refusal {
        if self.creates {
            let sentence = "This link makes one object, and it has made it.";
            return self.refuse(RestrictionName::Create, sentence.to_owned());
        }
        let sentence = match self.limit {
            Some(1) => "This link works once, and it has been used. Ask for a new one.".to_owned(),
            limit => {
                let limit = limit.unwrap_or_default();
                format!(
                    "This link works {limit} times, and it has been used {used} times. Ask for a new one."
                )
            }
        };
        self.refuse(RestrictionName::Uses, sentence)
    }

    fn refuse(&self, restriction: RestrictionName, sentence: String) -> Refusal {
        let reason = format!("link {}: {sentence}", self.link);
        let fault = Fault::new(ErrorCode::AccessDenied)
            .saying(sentence)
            .with("Restriction", restriction.as_str());
        Refusal::new(fault, reason)
    }
}

/// A link that creates is over after its first success, whatever becomes of the object (threat D12).
fn limit_of(restrictions: &Restrictions) -> Option<u32> {
    if restrictions.creates_only() {
        return Some(1);
    }
    restrictions.uses().map(std::num::NonZeroU32::get)
}

impl TakenUse {
    /// Something was sent or stored, or nobody knows: the use stays used.
    pub(crate) fn keep(mut self) {
        self.receipt = None;
    }

    /// Keeps the use unless it is certain that nothing was stored.
    pub(crate) fn settle<T>(self, outcome: &Result<T, Refusal>) {
        let is_certain = |refusal: &Refusal| refusal.fault().code() != ErrorCode::InternalError;
        match outcome {
            Err(refusal) if is_certain(refusal) => drop(self),
            _ => self.keep(),
        }
    }
}

impl Drop for TakenUse {
    fn drop(&mut self) {
        let Some(receipt) = self.receipt.take() else {
            return;
        };
        // Without a runtime the server is about to end, and in a panic nobody knows: it stays used.
        if std::thread::panicking() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let state = Arc::clone(&self.state);
        runtime.spawn(async move {
            if let Err(error) = state.refund_use(&receipt).await {
                tracing::warn!(link = %receipt.link, %error, "a use could not be given back");
            }
        });
    }
}

/// On doubt nothing is served (threat D2).
fn untold(reason: &dyn Display) -> Refusal {
    let fault = Fault::new(ErrorCode::ServiceUnavailable);
    Refusal::new(fault, format!("a use could not be counted: {reason}"))
}
