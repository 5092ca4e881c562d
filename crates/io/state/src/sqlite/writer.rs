//! The one thread that writes to the database.
//!
//! Changes queue up and each runs in an immediate transaction, so it sees the latest state and
//! cannot be half done. When the store is dropped, what is queued is finished before the thread ends.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::{Answer, StateError};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle on the writer thread.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread and gives it its connection.
    pub(super) fn start(mut connection: Connection) -> Result<Self, StateError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = thread::Builder::new()
            .name("state-writer".to_owned())
            .spawn(move || {
                for job in queue {
                    job(&mut connection);
                }
            })
            .map_err(|_| StateError::Closed)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Queues a change at once; the future is done when the change is on the disk or refused.
    pub(super) fn run<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StateError> + Send + 'static,
    ) -> Answer<'static, T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Whoever asked may have gone away; the change stands all the same.
            let _ = answer.send(in_transaction(connection, change));
        });
        // A failed send drops the job and with it `answer`, which ends the wait below.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
        Box::pin(async { answered.await.map_err(|_| StateError::Closed)? })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    change: impl FnOnce(&Transaction<'_>) -> Result<T, StateError>,
) -> Result<T, StateError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = change(&transaction)?;
    transaction.commit()?;
    Ok(answer)
}
