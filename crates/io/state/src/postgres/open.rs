//! Opening the database: schema, master key, and the thread that works with it.
//!
//! The row of `schema_version` is the lock of all that open at once: whoever has it brings the schema up to
//! date and agrees on the master key, in one transaction, and the next finds that done.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use deadpool_postgres::{Client, Transaction};
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{JoinSet, LocalSet, spawn_local};
use tokio_postgres::error::SqlState;

use super::failure::{Failure, said};
use super::{Engine, MOST_QUESTIONS, PostgresStore, Task, committer, connection, listen, tls};
use crate::issued_link::batch as record;
use crate::ledger::batch;
use crate::master_key::{MASTER_KEY_FILE, MasterKey};
use crate::state_url::PostgresUrl;
use crate::{StateError, data_directory};

/// The steps from an empty database to today's schema. Published steps are never edited.
const STEPS: &[&str] = &[
    include_str!("../../migrations/postgres/1.sql"),
    include_str!("../../migrations/postgres/2.sql"),
];

/// How long a node waits for another that brings the schema up to date.
const LOCK_TIMEOUT_MS: u32 = 60_000;
/// How often the table that holds the lock is made, if others make it at the same moment.
const ATTEMPTS: u32 = 10;

/// Starts the thread and waits until the state is open.
pub(super) fn start(url: &PostgresUrl, data_directory: &Path) -> Result<PostgresStore, StateError> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|_| StateError::Closed)?;
    let (opened, is_open) = sync_channel(1);
    let (tasks, task_queue) = mpsc::unbounded_channel();
    let (ledger, ledger_queue) = mpsc::unbounded_channel();
    let (records, record_queue) = mpsc::unbounded_channel();
    let news = Arc::new(watch::Sender::new(()));
    let opening = Opening {
        url: url.clone(),
        data_directory: data_directory.to_owned(),
        news: Arc::clone(&news),
    };
    let thread = thread::Builder::new()
        .name("state-postgres".to_owned())
        .spawn(move || {
            let all = async {
                match opening.open().await {
                    Err(error) => {
                        let _ = opened.send(Err(error));
                    }
                    Ok(engine) => {
                        let _ = opened.send(Ok(()));
                        let gathered = (ledger_queue, record_queue);
                        work(Rc::new(engine), task_queue, gathered).await;
                    }
                }
            };
            LocalSet::new().block_on(&runtime, all);
        })
        .map_err(|_| StateError::Closed)?;
    is_open.recv().map_err(|_| StateError::Closed)??;
    Ok(PostgresStore {
        tasks: Some(tasks),
        ledger: Some(ledger),
        records: Some(records),
        questions: Arc::new(Semaphore::new(MOST_QUESTIONS)),
        news,
        thread: Some(thread),
    })
}

/// Carries out tasks until nobody can send any more, and those that were sent.
async fn work(
    engine: Rc<Engine>,
    mut tasks: mpsc::UnboundedReceiver<Task>,
    (ledger, records): (
        mpsc::UnboundedReceiver<batch::Job>,
        mpsc::UnboundedReceiver<record::Job>,
    ),
) {
    let committer = spawn_local(committer::commit(Rc::clone(&engine), ledger));
    let recorder = spawn_local(committer::record(Rc::clone(&engine), records));
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            task = tasks.recv() => match task {
                Some(task) => {
                    running.spawn_local(task(Rc::clone(&engine)));
                }
                None => break,
            },
            Some(_) = running.join_next() => {}
        }
    }
    while running.join_next().await.is_some() {}
    let _ = committer.await;
    let _ = recorder.await;
}

struct Opening {
    url: PostgresUrl,
    data_directory: PathBuf,
    news: Arc<watch::Sender<()>>,
}

impl Opening {
    async fn open(self) -> Result<Engine, StateError> {
        let tls = tls::connector(&self.url.proof)?;
        data_directory::create(&self.data_directory)?;
        let pool = || connection::pool(self.url.config.clone(), tls.clone());
        let (followers, readers, writers) = (pool()?, pool()?, pool()?);
        let mut client = writers.get().await.map_err(Failure::from)?;
        let path = self.data_directory.join(MASTER_KEY_FILE);
        let master_key = bring_up_to_date(&mut client, &path).await?;
        let notifies = listen::is_possible(&client).await;
        if notifies {
            tokio::spawn(listen::listen(self.url.config, tls, self.news));
        }
        drop(client);
        Ok(Engine {
            followers,
            readers,
            writers,
            master_key,
            notifies,
        })
    }
}

async fn bring_up_to_date(client: &mut Client, key_file: &Path) -> Result<MasterKey, StateError> {
    let in_database = |error: tokio_postgres::Error| StateError::from(Failure::from(error));
    check_encoding(client).await?;
    make_lock(client).await?;
    let transaction = client.transaction().await.map_err(in_database)?;
    let patience = format!("SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}");
    transaction
        .batch_execute(&patience)
        .await
        .map_err(in_database)?;
    migrate(&transaction).await?;
    let fingerprint = transaction
        .query_opt("SELECT fingerprint FROM master_key", &[])
        .await
        .and_then(|row| row.map(|row| row.try_get::<_, Vec<u8>>(0)).transpose())
        .map_err(in_database)?;
    let (key, made) = MasterKey::of_state(key_file, fingerprint.as_deref())?;
    if let Some(fingerprint) = made {
        let insert = "INSERT INTO master_key (singleton, fingerprint) VALUES (1, $1)";
        transaction
            .execute(insert, &[&fingerprint])
            .await
            .map_err(in_database)?;
    }
    transaction.commit().await.map_err(in_database)?;
    Ok(key)
}

/// Names and keys are any text, and some encodings cannot hold all of it.
async fn check_encoding(client: &Client) -> Result<(), StateError> {
    let row = client.query_one("SHOW server_encoding", &[]).await;
    let encoding = row.and_then(|row| row.try_get::<_, String>(0));
    match encoding {
        Ok(encoding) if !encoding.replace('-', "").eq_ignore_ascii_case("utf8") => {
            Err(StateError::Database {
                message: format!("the database is encoded as {encoding}; it has to be UTF8"),
            })
        }
        Ok(_) => Ok(()),
        Err(error) => Err(StateError::Database {
            message: said(&error),
        }),
    }
}

/// Makes the table that holds the version and the lock. Servers refuse one of two that make it at once.
async fn make_lock(client: &Client) -> Result<(), StateError> {
    let make = "CREATE TABLE IF NOT EXISTS schema_version \
                  (singleton INT PRIMARY KEY CHECK (singleton = 1), version INT NOT NULL); \
                INSERT INTO schema_version VALUES (1, 0) ON CONFLICT (singleton) DO NOTHING";
    let mut attempt = 1;
    loop {
        let Err(error) = client.batch_execute(make).await else {
            return Ok(());
        };
        let others_made_it = [
            SqlState::UNIQUE_VIOLATION,
            SqlState::DUPLICATE_TABLE,
            SqlState::DUPLICATE_OBJECT,
        ];
        let failure = Failure::from(error);
        let is_race = match &failure {
            Failure::Server(error) => error.code().is_some_and(|c| others_made_it.contains(c)),
            _ => false,
        };
        if attempt == ATTEMPTS || !(is_race || failure.may_pass()) {
            return Err(failure.into());
        }
        attempt += 1;
    }
}

async fn migrate(transaction: &Transaction<'_>) -> Result<(), StateError> {
    let in_database = |error: tokio_postgres::Error| StateError::from(Failure::from(error));
    let row = transaction
        .query_one("SELECT version FROM schema_version FOR UPDATE", &[])
        .await
        .map_err(in_database)?;
    let version: i32 = row.try_get(0).map_err(in_database)?;
    let done = usize::try_from(version).map_err(|_| StateError::unexpected("schema_version"))?;
    let missing = STEPS.get(done..).ok_or(StateError::SchemaTooNew)?;
    for step in missing {
        transaction.batch_execute(step).await.map_err(in_database)?;
    }
    let latest = i32::try_from(STEPS.len()).map_err(|_| StateError::SchemaTooNew)?;
    transaction
        .execute("UPDATE schema_version SET version = $1", &[&latest])
        .await
        .map_err(in_database)?;
    Ok(())
}
