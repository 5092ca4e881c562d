//! The one thread that changes the index, by group commit.
//!
//! Whoever wants a change queues it and waits. The thread takes all that are waiting into one
//! transaction, so under load one fsync makes many of them durable. Each change is judged by itself
//! inside: a condition that fails refuses that change and leaves the others alone.
//!
//! INVARIANT: the order is transaction, cache, acknowledgement, unlinking of what was replaced. So no
//! reader finds an old version after the new one was acknowledged, and no file goes while a row that
//! could come back names it.

mod apply;

use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use countersign_s3::BucketId;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use self::apply::Outcome;
use crate::cache::ObjectCache;
use crate::housekeeper::Housekeeper;
use crate::object::Body;
use crate::place::OwnedPlace;
use crate::upload::Put;
use crate::{CloseError, CommitError, Object, StoreError, failpoint};

/// The most changes in one transaction.
const BATCH_CHANGES: usize = 256;

/// The most bytes written in one transaction, or one change more.
const BATCH_BYTES: u64 = 8 << 20;

/// What a change writes beside a small body: about four pages.
const CHANGE_BYTES: u64 = 16 << 10;

/// A handle on the writer thread.
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Change>>,
    thread: Option<JoinHandle<()>>,
}

/// A change that waits, with whom to tell.
enum Change {
    Close(BucketId, oneshot::Sender<Result<(), CloseError>>),
    Delete(OwnedPlace, oneshot::Sender<Result<bool, StoreError>>),
    Put(Put, oneshot::Sender<Result<Arc<Object>, CommitError>>),
}

/// What the thread works with.
pub(crate) struct Desk {
    pub(crate) connection: Connection,
    pub(crate) cache: Arc<ObjectCache>,
    pub(crate) housekeeper: Housekeeper,
}

impl Writer {
    pub(crate) fn start(desk: Desk) -> Result<Self, StoreError> {
        let (queue, changes) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("object-writer".to_owned())
            .spawn(move || desk.work(&changes))
            .map_err(|_| StoreError::Closed)?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    pub(crate) async fn put(&self, put: Put) -> Result<Arc<Object>, CommitError> {
        let (answer, answered) = oneshot::channel();
        self.send(Change::Put(put, answer));
        answered.await.map_err(|_| StoreError::Closed)?
    }

    pub(crate) async fn delete(&self, place: OwnedPlace) -> Result<bool, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Change::Delete(place, answer));
        answered.await.map_err(|_| StoreError::Closed)?
    }

    pub(crate) async fn close(&self, bucket: BucketId) -> Result<(), CloseError> {
        let (answer, answered) = oneshot::channel();
        self.send(Change::Close(bucket, answer));
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// A change that cannot be queued is dropped, and whoever waits for it learns that.
    fn send(&self, change: Change) {
        let _ = self.queue.as_ref().map(|queue| queue.send(change));
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Desk {
    fn work(mut self, changes: &mpsc::Receiver<Change>) {
        while let Ok(first) = changes.recv() {
            let batch = gather(first, changes);
            let written = batch.iter().map(Change::written_bytes).sum();
            match self.commit(&batch) {
                Ok(outcomes) => {
                    for (change, outcome) in batch.into_iter().zip(outcomes) {
                        self.settle(change, outcome);
                    }
                    self.housekeeper.after_commit(written, &self.connection);
                }
                Err(error) => batch.into_iter().for_each(|change| refuse(change, &error)),
            }
        }
    }

    /// Carries all changes out in one transaction.
    fn commit(&mut self, batch: &[Change]) -> Result<Vec<Outcome>, StoreError> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for change in batch {
            outcomes.push(match change {
                Change::Close(bucket, _) => apply::close(&transaction, *bucket)?,
                Change::Delete(place, _) => apply::delete(&transaction, place.borrow())?,
                Change::Put(put, _) => apply::put(&transaction, put)?,
            });
            failpoint::reached("in-transaction");
        }
        transaction.commit()?;
        failpoint::reached("after-commit");
        Ok(outcomes)
    }

    /// Brings cache and files in line with what was committed, and tells who waits. Whoever went
    /// away is not told; the change stands all the same.
    fn settle(&mut self, change: Change, outcome: Outcome) {
        let replaced = match &outcome {
            Outcome::Done { replaced_file } => *replaced_file,
            _ => None,
        };
        match change {
            Change::Close(bucket, answer) => {
                let _ = answer.send(match outcome {
                    Outcome::NotEmpty => Err(CloseError::NotEmpty { bucket }),
                    _ => Ok(()),
                });
            }
            Change::Delete(place, answer) => {
                self.cache.remove(place.borrow());
                let _ = answer.send(Ok(!matches!(outcome, Outcome::Absent)));
            }
            Change::Put(put, answer) => {
                let _ = answer.send(self.settle_put(put, outcome));
            }
        }
        if let Some(id) = replaced {
            failpoint::reached("before-unlink");
            self.housekeeper.remove_file_of(id);
        }
    }

    fn settle_put(&self, put: Put, outcome: Outcome) -> Result<Arc<Object>, CommitError> {
        let Put {
            place,
            object,
            claim,
            ..
        } = put;
        match outcome {
            Outcome::BucketGone => Err(CommitError::BucketGone {
                bucket: place.bucket,
            }),
            Outcome::PreconditionFailed { current } => {
                Err(CommitError::PreconditionFailed { current })
            }
            // The first and the last are never the outcome of a put.
            Outcome::Absent | Outcome::Done { .. } | Outcome::NotEmpty => {
                self.cache.replace(place, Arc::clone(&object));
                if let Some(claim) = claim {
                    claim.keep();
                }
                Ok(object)
            }
        }
    }
}

/// Takes what waits already, up to the limits of one transaction.
fn gather(first: Change, changes: &mpsc::Receiver<Change>) -> Vec<Change> {
    let mut bytes = first.written_bytes();
    let mut batch = vec![first];
    while batch.len() < BATCH_CHANGES && bytes < BATCH_BYTES {
        let Ok(change) = changes.try_recv() else {
            break;
        };
        bytes += change.written_bytes();
        batch.push(change);
    }
    batch
}

/// Tells who waits that the transaction failed. A commit that failed may yet be found on the disk,
/// so a file is left to the sweeper, who looks.
fn refuse(change: Change, error: &StoreError) {
    match change {
        Change::Close(_, answer) => drop(answer.send(Err(error.clone().into()))),
        Change::Delete(_, answer) => drop(answer.send(Err(error.clone()))),
        Change::Put(put, answer) => {
            if let Some(claim) = put.claim {
                claim.keep();
            }
            drop(answer.send(Err(error.clone().into())));
        }
    }
}

impl Change {
    /// About how many bytes this writes: its pages, and the body if that is small.
    fn written_bytes(&self) -> u64 {
        let body = match self {
            Self::Put(put, _) if matches!(put.object.body, Body::Memory(_)) => put.object.size,
            Self::Close(..) | Self::Delete(..) | Self::Put(..) => 0,
        };
        CHANGE_BYTES + body
    }
}

#[cfg(test)]
mod tests;
