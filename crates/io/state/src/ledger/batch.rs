//! Group commit: what many callers ask of the ledger, carried out in one transaction.
//!
//! An engine gathers [`Job`]s, locks the rows of [`links`], lets [`evaluate`] change them in the order in
//! which the jobs came, writes back what changed, commits, and only then answers.
//!
//! INVARIANT: nobody is answered before the commit, and a use whose asker went away before it was counted
//! is not counted; one whose asker went away meanwhile is given back. INVARIANT: a row that cannot be read fails
//! the jobs of its own link and no others, and is not written.

use std::collections::{BTreeMap, BTreeSet};

use countersign_gate::{LinkId, Receipt, Redeemed, Redemption};
use tokio::sync::oneshot;

use super::{LinkUse, rearm, redeem, refund};
use crate::{StateError, UnixMillis};

/// The most jobs of one transaction.
pub(crate) const MAX_JOBS: usize = 1_024;

/// One thing that is asked of the ledger, and who waits for it.
pub(crate) enum Job {
    Rearm {
        link: LinkId,
        answer: oneshot::Sender<Result<(), StateError>>,
    },
    Redeem {
        asked: Redemption,
        answer: oneshot::Sender<Result<Redeemed, StateError>>,
    },
    Refund {
        receipt: Receipt,
        /// Nobody, if a use is given back because its asker went away.
        answer: Option<oneshot::Sender<Result<(), StateError>>>,
    },
}

/// What became of a job, before the commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Done,
    NoSuchLink,
    Redeemed(Redeemed),
}

/// The rows a batch works on, as far as they can be read.
pub(crate) type Rows = BTreeMap<LinkId, Result<Row, StateError>>;

/// A row and whether it must be written back.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) state: LinkUse,
    pub(crate) is_changed: bool,
}

impl Job {
    pub(crate) fn link(&self) -> LinkId {
        match self {
            Self::Rearm { link, .. } => *link,
            Self::Redeem { asked, .. } => asked.link,
            Self::Refund { receipt, .. } => receipt.link,
        }
    }

    /// Whether this job is a redemption that nobody waits for any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        matches!(self, Self::Redeem { answer, .. } if answer.is_closed())
    }

    /// Answers whoever waits. What comes back is a use to be given back, because nobody does.
    pub(crate) fn answer(self, result: Result<Outcome, StateError>) -> Option<Receipt> {
        match (self, result) {
            (Self::Redeem { answer, .. }, Ok(Outcome::Redeemed(redeemed))) => {
                let unheard = answer.send(Ok(redeemed)).is_err();
                match redeemed {
                    Redeemed::Joined(receipt) | Redeemed::New(receipt) => {
                        unheard.then_some(receipt)
                    }
                    Redeemed::BoundElsewhere | Redeemed::Exhausted { .. } => None,
                }
            }
            (Self::Redeem { answer, .. }, result) => {
                let error = result.err().unwrap_or(StateError::Closed);
                let _ = answer.send(Err(error));
                None
            }
            (Self::Rearm { link, answer }, result) => {
                let _ = answer.send(match result {
                    Ok(Outcome::NoSuchLink) => Err(StateError::NoSuchLink { link }),
                    other => other.map(|_| ()),
                });
                None
            }
            (Self::Refund { answer, .. }, result) => {
                let _ = answer.map(|answer| answer.send(result.map(|_| ())));
                None
            }
        }
    }
}

impl From<LinkUse> for Row {
    /// A row as it was read.
    fn from(state: LinkUse) -> Self {
        Self {
            state,
            is_changed: false,
        }
    }
}

/// The links whose rows must be locked, in the one order in which everybody locks them.
pub(crate) fn links(jobs: &[Job]) -> BTreeSet<LinkId> {
    jobs.iter().map(Job::link).collect()
}

/// Carries out the jobs on rows that are locked, one after the other.
pub(crate) fn evaluate(jobs: &[Job], rows: &mut Rows) -> Vec<Result<Outcome, StateError>> {
    jobs.iter().map(|job| carry_out(job, rows)).collect()
}

/// The rows that must be written back.
pub(crate) fn changed(rows: &Rows) -> impl Iterator<Item = &LinkUse> {
    let readable = rows.values().flatten();
    readable.filter(|row| row.is_changed).map(|row| &row.state)
}

fn carry_out(job: &Job, rows: &mut Rows) -> Result<Outcome, StateError> {
    let row = match job {
        Job::Redeem { asked, .. } => {
            let unused = || Row::from(LinkUse::unused(asked.link, UnixMillis(asked.now_ms)));
            Some(rows.entry(asked.link).or_insert_with(|| Ok(unused())))
        }
        Job::Refund { .. } | Job::Rearm { .. } => rows.get_mut(&job.link()),
    };
    let row = match row {
        None => None,
        Some(Ok(row)) => Some(row),
        Some(Err(error)) => return Err(error.clone()),
    };
    Ok(match (job, row) {
        (Job::Redeem { asked, .. }, Some(row)) => {
            let redeemed = redeem(&mut row.state, asked);
            row.is_changed |= matches!(redeemed, Redeemed::Joined(_) | Redeemed::New(_));
            Outcome::Redeemed(redeemed)
        }
        (Job::Refund { receipt, .. }, Some(row)) => {
            row.is_changed |= refund(&mut row.state, receipt);
            Outcome::Done
        }
        (Job::Rearm { .. }, Some(row)) => {
            rearm(&mut row.state);
            row.is_changed = true;
            Outcome::Done
        }
        (Job::Refund { .. }, None) => Outcome::Done,
        (Job::Redeem { .. } | Job::Rearm { .. }, None) => Outcome::NoSuchLink,
    })
}

/// Answers every job. What comes back are the jobs that give back what nobody was there to hear of.
pub(crate) fn answer(
    jobs: Vec<Job>,
    result: Result<Vec<Result<Outcome, StateError>>, StateError>,
) -> Vec<Job> {
    let unheard: Vec<Receipt> = match result {
        Ok(outcomes) => jobs
            .into_iter()
            .zip(outcomes)
            .filter_map(|(job, outcome)| job.answer(outcome))
            .collect(),
        Err(error) => jobs
            .into_iter()
            .filter_map(|job| job.answer(Err(error.clone())))
            .collect(),
    };
    let give_back = |receipt| Job::Refund {
        receipt,
        answer: None,
    };
    unheard.into_iter().map(give_back).collect()
}
