//! What a change is: something that is judged and carried out in the writer's transaction.
//!
//! INVARIANT: a change that is refused has written nothing, so it may share a transaction with others.

use tokio::sync::oneshot;

use super::Work;
use crate::StoreError;
use crate::cache::ObjectCache;

/// What a change writes beside a small body: about four pages.
pub(crate) const CHANGE_BYTES: u64 = 16 << 10;

/// What a change comes to, unless the whole transaction fails.
pub(crate) type Verdict<C> =
    Result<Result<<C as Change>::Outcome, <C as Change>::Refusal>, StoreError>;

/// A change of the index.
pub(crate) trait Change: Send + Sized + 'static {
    /// What is known once it was carried out.
    type Outcome: Send;
    /// What is told to who waits.
    type Answer: Send;
    /// Why it was not carried out.
    type Refusal: From<StoreError> + Send;

    /// About how many bytes this writes: its pages, and the body if that is small.
    fn written_bytes(&self) -> u64 {
        CHANGE_BYTES
    }

    /// Judges the change, and if nothing speaks against it carries it out.
    ///
    /// # Errors
    /// The outer error fails the transaction, the inner one this change alone.
    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self>;

    /// Brings the cache in line with what was committed, and says what is to be told.
    fn settle(self, outcome: Self::Outcome, cache: &ObjectCache) -> Self::Answer;

    /// Ends a change whose transaction failed. It may yet be found on the disk, so files that it
    /// would have named are left to the sweeper, who looks.
    fn abandon(self) {}
}

/// A change that waits, with whom to tell.
pub(super) struct Waiting<C: Change> {
    change: C,
    verdict: Option<Result<C::Outcome, C::Refusal>>,
    answer: oneshot::Sender<Result<C::Answer, C::Refusal>>,
}

/// Any change that waits.
pub(super) trait Queued: Send {
    fn written_bytes(&self) -> u64;
    fn apply(&mut self, work: &mut Work<'_>) -> Result<(), StoreError>;
    /// After the transaction: the cache first, then the answer.
    fn settle(self: Box<Self>, cache: &ObjectCache);
    /// After a transaction that failed.
    fn fail(self: Box<Self>, error: &StoreError);
}

impl<C: Change> Waiting<C> {
    pub(super) fn new(change: C, answer: oneshot::Sender<Result<C::Answer, C::Refusal>>) -> Self {
        Self {
            change,
            verdict: None,
            answer,
        }
    }
}

impl<C: Change> Queued for Waiting<C> {
    fn written_bytes(&self) -> u64 {
        self.change.written_bytes()
    }

    fn apply(&mut self, work: &mut Work<'_>) -> Result<(), StoreError> {
        self.verdict = Some(self.change.apply(work)?);
        Ok(())
    }

    fn settle(self: Box<Self>, cache: &ObjectCache) {
        let Self {
            change,
            verdict,
            answer,
        } = *self;
        let told = match verdict {
            Some(Ok(outcome)) => Ok(change.settle(outcome, cache)),
            Some(Err(refusal)) => {
                // Its files go before that is told.
                drop(change);
                Err(refusal)
            }
            None => Err(StoreError::Closed.into()),
        };
        let _ = answer.send(told);
    }

    fn fail(self: Box<Self>, error: &StoreError) {
        self.change.abandon();
        let _ = self.answer.send(Err(error.clone().into()));
    }
}
