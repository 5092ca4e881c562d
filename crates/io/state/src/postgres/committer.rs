//! Group commit in PostgreSQL: what waits while one batch commits is the next batch.

use std::rc::Rc;

use tokio::sync::mpsc;

use super::Engine;
use super::transact::{Purpose, transact};
use super::work::Work;
use super::{issued_link, link_use};
use crate::issued_link::batch as record;
use crate::ledger::batch::{self, Job};

/// Carries out what is asked of the ledger until nobody can ask any more.
pub(super) async fn commit(engine: Rc<Engine>, mut queue: mpsc::UnboundedReceiver<Job>) {
    while let Some(first) = queue.recv().await {
        let mut jobs = vec![first];
        while jobs.len() < batch::MAX_JOBS
            && let Ok(job) = queue.try_recv()
        {
            jobs.push(job);
        }
        carry_out(&engine, jobs).await;
    }
}

/// Records links until nobody can ask for it any more.
pub(super) async fn record(engine: Rc<Engine>, mut queue: mpsc::UnboundedReceiver<record::Job>) {
    while let Some(first) = queue.recv().await {
        let mut jobs = vec![first];
        while jobs.len() < batch::MAX_JOBS
            && let Ok(job) = queue.try_recv()
        {
            jobs.push(job);
        }
        jobs.retain(|job| !job.is_abandoned());
        if !jobs.is_empty() {
            let batch = async |work: &Work<'_>| issued_link::carry_out(work, &jobs).await;
            let result = transact(&engine, Purpose::Write, batch).await;
            record::answer(jobs, result);
        }
    }
}

/// Carries out a batch, and then gives back what nobody was there to hear of.
async fn carry_out(engine: &Engine, mut jobs: Vec<Job>) {
    loop {
        jobs.retain(|job| !job.is_abandoned());
        if jobs.is_empty() {
            return;
        }
        let batch = async |work: &Work<'_>| link_use::carry_out(work, &jobs).await;
        let result = transact(engine, Purpose::Write, batch).await;
        jobs = batch::answer(jobs, result);
    }
}
