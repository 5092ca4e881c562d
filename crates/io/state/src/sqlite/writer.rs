//! The one thread that writes to the database.
//!
//! Changes queue up and each runs in an immediate transaction, so it sees the latest state and
//! cannot be half done. What is asked of the ledger of uses, and what is to be recorded of
//! links, is gathered: all that waits when the thread gets to it is one transaction, and so one wait for the disk. When the store is dropped, what is queued
//! is finished before the thread ends.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::{issued_link, link_use};
use crate::issued_link::batch as record;
use crate::ledger::batch;
use crate::{Answer, Recorded, StateError};

enum Job {
    Change(Box<dyn FnOnce(&mut Connection) + Send>),
    Ledger(batch::Job),
    Record(record::Job),
}

/// What is carried out in one transaction.
#[derive(Default)]
struct Gathered {
    ledger: Vec<batch::Job>,
    records: Vec<record::Job>,
}

/// A handle on the writer thread.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread and gives it its connection.
    pub(super) fn start(mut connection: Connection) -> Result<Self, StateError> {
        let (jobs, queue) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("state-writer".to_owned())
            .spawn(move || work(&mut connection, &queue))
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
        self.queue(Job::Change(Box::new(move |connection| {
            // Whoever asked may have gone away; the change stands all the same.
            let _ = answer.send(in_transaction(connection, change));
        })));
        waiting_for(answered)
    }

    /// Queues what is asked of the ledger; the future is done when it is on the disk or refused.
    pub(super) fn ask_ledger<T: Send + 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StateError>>) -> batch::Job,
    ) -> Answer<'static, T> {
        let (answer, answered) = oneshot::channel();
        self.queue(Job::Ledger(job(answer)));
        waiting_for(answered)
    }

    /// Queues what is to be recorded of links; the future is done when it is on the disk or refused.
    pub(super) fn record(&self, ask: record::Ask) -> Answer<'static, Recorded> {
        let (answer, answered) = oneshot::channel();
        let ask = Box::new(ask);
        self.queue(Job::Record(record::Job { ask, answer }));
        waiting_for(answered)
    }

    /// A failed send drops the job and with it the sender of its answer, which ends the wait for it.
    fn queue(&self, job: Job) {
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
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

fn waiting_for<T: Send + 'static>(
    answered: oneshot::Receiver<Result<T, StateError>>,
) -> Answer<'static, T> {
    Box::pin(async { answered.await.map_err(|_| StateError::Closed)? })
}

fn work(connection: &mut Connection, queue: &mpsc::Receiver<Job>) {
    let mut put_off = None;
    while let Some(job) = put_off.take().or_else(|| queue.recv().ok()) {
        match job {
            Job::Change(change) => change(connection),
            gathering => {
                let mut gathered = Gathered::default();
                let mut next = Some(gathering);
                while let Some(job) = next.take() {
                    put_off = gathered.take(job);
                    if put_off.is_none() && gathered.len() < batch::MAX_JOBS {
                        next = queue.try_recv().ok();
                    }
                }
                carry_out(connection, gathered);
            }
        }
    }
}

impl Gathered {
    fn len(&self) -> usize {
        self.ledger.len().saturating_add(self.records.len())
    }

    /// Takes a job, or gives it back if it has to have a transaction of its own.
    fn take(&mut self, job: Job) -> Option<Job> {
        match job {
            Job::Change(_) => return Some(job),
            Job::Ledger(job) => self.ledger.push(job),
            Job::Record(job) => self.records.push(job),
        }
        None
    }
}

/// Carries out what was gathered, and then gives back what nobody was there to hear of.
fn carry_out(connection: &mut Connection, gathered: Gathered) {
    let Gathered {
        mut ledger,
        mut records,
    } = gathered;
    loop {
        ledger.retain(|job| !job.is_abandoned());
        records.retain(|job| !job.is_abandoned());
        if ledger.is_empty() && records.is_empty() {
            return;
        }
        let result = in_transaction(connection, |open| {
            let uses = link_use::carry_out(open, &ledger)?;
            let recorded = if records.is_empty() {
                Vec::new()
            } else {
                issued_link::carry_out(open, &records)?
            };
            Ok((uses, recorded))
        });
        let (uses, recorded) = match result {
            Ok((uses, recorded)) => (Ok(uses), Ok(recorded)),
            Err(error) => (Err(error.clone()), Err(error)),
        };
        record::answer(std::mem::take(&mut records), recorded);
        ledger = batch::answer(ledger, uses);
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
