//! The engine for many nodes: a PostgreSQL database, or one that speaks its protocol.
//!
//! A thread of its own, with a runtime of its own, does all talking to the database, so that no request's
//! thread is kept by it and connections outlive whoever asked first. A verb is a task on that thread.
//! Redemptions go to one task there that gathers them, and what is to be recorded of links to another.
//!
//! INVARIANT: every verb ends in bounded time. INVARIANT: nothing is in a node's memory alone, so that a
//! node can go at any moment.

mod access_key;
mod attachment;
mod boundary;
mod bucket;
mod change;
mod committer;
mod connection;
mod declare;
mod failure;
mod filter;
mod group;
mod issued_link;
mod link_use;
mod listen;
mod managed_policy;
mod oidc_provider;
mod open;
mod policy;
mod revocation;
mod role;
mod rotation;
mod sealing_key;
mod share;
mod store;
mod tag;
mod tls;
mod transact;
mod user;
mod work;

use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;

use deadpool_postgres::Pool;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use self::failure::Failure;
use self::transact::{Purpose, transact};
use self::work::Work;
use crate::issued_link::batch as record;
use crate::ledger::batch;
use crate::master_key::MasterKey;
use crate::state_url::PostgresUrl;
use crate::{Answer, Recorded, StateError};

/// The state in a PostgreSQL database.
pub struct PostgresStore {
    tasks: Option<mpsc::UnboundedSender<Task>>,
    ledger: Option<mpsc::UnboundedSender<batch::Job>>,
    records: Option<mpsc::UnboundedSender<record::Job>>,
    /// Places for questions that wait.
    questions: Arc<Semaphore>,
    news: Arc<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread works with.
struct Engine {
    /// For what every node asks all the time, whatever else is asked: whether anything is new.
    followers: Pool,
    readers: Pool,
    writers: Pool,
    master_key: MasterKey,
    /// Whether the server passes on notifications.
    notifies: bool,
}

/// How many questions of one node wait at a time; more are refused at once. Every change makes a node ask anew
/// for all requests that it has under way, so this is near the connections it takes, and about what is
/// answered before a verb's time is over.
const MOST_QUESTIONS: usize = 8_192;

type Task = Box<dyn FnOnce(Rc<Engine>) -> Pin<Box<dyn Future<Output = ()>>> + Send>;

impl PostgresStore {
    /// Opens the state in this database, bringing its schema up to date. The master key is in the data
    /// directory of the node, and is made there if the database is new.
    ///
    /// # Errors
    /// [`StateError`] if the database cannot be reached or used, the master key is missing, foreign or
    /// readable by others, or the schema comes from a newer release.
    pub fn open(url: &PostgresUrl, data_directory: &Path) -> Result<Self, StateError> {
        open::start(url, data_directory)
    }

    /// As [`run`](Self::run), but for what need not be done if nobody waits for it any more.
    fn run_unless_abandoned<T: Send + 'static>(
        &self,
        body: impl AsyncFnOnce(&Engine) -> Result<T, StateError> + Send + 'static,
    ) -> Answer<'static, T> {
        let (mut answer, answered) = oneshot::channel();
        let task: Task = Box::new(move |engine| {
            Box::pin(async move {
                let answered = tokio::select! {
                    biased;
                    () = answer.closed() => return,
                    answered = body(&engine) => answered,
                };
                let _ = answer.send(answered);
            })
        });
        let _ = self.tasks.as_ref().map(|tasks| tasks.send(task));
        waiting_for(answered)
    }

    /// Queues a task at once; the future is done when the task is.
    fn run<T: Send + 'static>(
        &self,
        body: impl AsyncFnOnce(&Engine) -> Result<T, StateError> + Send + 'static,
    ) -> Answer<'static, T> {
        let (answer, answered) = oneshot::channel();
        let task: Task = Box::new(move |engine| {
            Box::pin(async move {
                // Whoever asked may have gone away; what was done stands all the same.
                let _ = answer.send(body(&engine).await);
            })
        });
        // A failed send drops the task and with it `answer`, which ends the wait below.
        let _ = self.tasks.as_ref().map(|tasks| tasks.send(task));
        waiting_for(answered)
    }

    /// Answers a question of one snapshot. Strangers can make a node ask (for keys that they invent), so
    /// no more than so many questions wait, and none whose asker has gone away.
    fn read<T: Send + 'static>(
        &self,
        question: impl AsyncFn(&Work<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Answer<'static, T> {
        let Ok(place) = Arc::clone(&self.questions).try_acquire_owned() else {
            return Box::pin(async { Err(StateError::Busy) });
        };
        self.run_unless_abandoned(async move |engine: &Engine| {
            let answer = transact(engine, Purpose::Read, question).await;
            drop(place);
            answer
        })
    }

    /// Answers what a node must know to go on serving, whatever else is asked.
    fn follow<T: Send + 'static>(
        &self,
        question: impl AsyncFn(&Work<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Answer<'static, T> {
        self.run(async move |engine: &Engine| transact(engine, Purpose::Follow, question).await)
    }

    /// Carries out a change that a request can notice.
    fn write<T: Send + 'static>(
        &self,
        change: impl AsyncFn(&Work<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Answer<'static, T> {
        self.write_quietly(async move |work: &Work<'_>| {
            change::lock(work).await?;
            let answer = change(work).await?;
            if work.rows_changed() > 0 {
                change::note(work).await?;
            }
            Ok(answer)
        })
    }

    /// Carries out a change that moves no token.
    fn write_quietly<T: Send + 'static>(
        &self,
        change: impl AsyncFn(&Work<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Answer<'static, T> {
        self.run(async move |engine: &Engine| transact(engine, Purpose::Write, change).await)
    }

    /// Queues what is asked of the ledger; the future is done when it is committed or refused.
    fn ask_ledger<T: Send + 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StateError>>) -> batch::Job,
    ) -> Answer<'static, T> {
        let (answer, answered) = oneshot::channel();
        let _ = self.ledger.as_ref().map(|ledger| ledger.send(job(answer)));
        waiting_for(answered)
    }

    /// Queues what is to be recorded of links; the future is done when it is committed or refused.
    fn ask_to_record(&self, ask: record::Ask) -> Answer<'static, Recorded> {
        let (answer, answered) = oneshot::channel();
        let ask = Box::new(ask);
        let job = record::Job { ask, answer };
        let _ = self.records.as_ref().map(|records| records.send(job));
        waiting_for(answered)
    }
}

impl Drop for PostgresStore {
    /// Lets what is queued finish, which takes bounded time.
    fn drop(&mut self) {
        self.tasks = None;
        self.ledger = None;
        self.records = None;
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

#[cfg(test)]
mod tests;
