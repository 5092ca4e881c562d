//! The one thread that changes the index, by group commit.
//!
//! Whoever wants a [`Change`] queues it and waits. The thread takes all that are waiting into one
//! transaction, so under load one fsync makes many of them durable. Each change is judged by itself
//! inside: one that is refused changes nothing and leaves the others alone.
//!
//! INVARIANT: the order is transaction, cache, acknowledgement, unlinking of what was replaced. So no
//! reader finds an old version after the new one was acknowledged, and no file goes while a row that
//! could come back names it.

mod change;
mod versions;
mod work;

use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

pub(crate) use self::change::{CHANGE_BYTES, Change, Verdict};
use self::change::{Queued, Waiting};
pub(crate) use self::versions::{Version, Whereabouts};
pub(crate) use self::work::{Leaving, OldVersions, Work};
use crate::cache::ObjectCache;
use crate::housekeeper::Housekeeper;
use crate::ids::Ids;
use crate::pin::Pins;
use crate::{StoreError, failpoint};

/// The most changes in one transaction.
const BATCH_CHANGES: usize = 256;

/// The most bytes written in one transaction, or one change more.
const BATCH_BYTES: u64 = 8 << 20;

/// A handle on the writer thread.
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Queued>>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread works with.
pub(crate) struct Desk {
    pub(crate) connection: Connection,
    pub(crate) ids: Ids,
    pub(crate) cache: Arc<ObjectCache>,
    pub(crate) pins: Arc<Pins>,
    pub(crate) old_versions: OldVersions,
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

    /// Has a change carried out. Whoever stops waiting is not told; the change stands all the same.
    pub(crate) async fn perform<C: Change>(&self, change: C) -> Result<C::Answer, C::Refusal> {
        let (answer, answered) = oneshot::channel();
        // A change that cannot be queued is dropped, and its answer with it.
        let waiting = Box::new(Waiting::new(change, answer));
        let _ = self.queue.as_ref().map(|queue| queue.send(waiting));
        answered.await.map_err(|_| StoreError::Closed)?
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
    fn work(mut self, changes: &mpsc::Receiver<Box<dyn Queued>>) {
        while let Ok(first) = changes.recv() {
            let mut batch = gather(first, changes);
            let written = batch.iter().map(|change| change.written_bytes()).sum();
            match self.commit(&mut batch) {
                Ok(leaving) => {
                    for change in batch {
                        change.settle(&self.cache);
                    }
                    for body in leaving {
                        failpoint::reached("before-unlink");
                        self.remove(body);
                    }
                    self.housekeeper.after_commit(written, &self.connection);
                }
                Err(error) => batch.into_iter().for_each(|change| change.fail(&error)),
            }
        }
    }

    /// Carries all changes out in one transaction, and says which bodies it left without a row.
    fn commit(&mut self, batch: &mut [Box<dyn Queued>]) -> Result<Vec<Leaving>, StoreError> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let mut work = Work::new(&transaction, &self.ids, &self.pins, &self.old_versions);
        for change in batch {
            change.apply(&mut work)?;
            failpoint::reached("in-transaction");
        }
        let leaving = work.into_leaving();
        for body in &leaving {
            if let Leaving::Parts { body, files } = body {
                self.pins.announce(*body, files);
            }
        }
        transaction.commit()?;
        failpoint::reached("after-commit");
        Ok(leaving)
    }

    fn remove(&self, leaving: Leaving) {
        match leaving {
            Leaving::File(file) => self.housekeeper.remove_files(vec![file]),
            Leaving::Parts { body, .. } => self.pins.depart(body),
            Leaving::Files(files) => self.housekeeper.remove_files(files),
        }
    }
}

/// Takes what waits already, up to the limits of one transaction.
fn gather(
    first: Box<dyn Queued>,
    changes: &mpsc::Receiver<Box<dyn Queued>>,
) -> Vec<Box<dyn Queued>> {
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

#[cfg(test)]
mod tests;
