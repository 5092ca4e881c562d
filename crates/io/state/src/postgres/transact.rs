//! Carrying out a verb: one transaction, tried again where that is safe, in bounded time.

use std::cell::Cell;

use deadpool_postgres::{Client, Object};
use tokio::task::spawn_local;
use tokio::time::timeout;
use tokio_postgres::IsolationLevel;

use super::Engine;
use super::connection::VERB_TIMEOUT;
use super::failure::{Failure, of_commit};
use super::work::Work;
use crate::StateError;

/// How often a transaction is tried, if others are in its way or its connection was lost.
const ATTEMPTS: u32 = 8;

/// What a transaction is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    Follow,
    Read,
    Write,
}

/// A connection that goes back to the pool only if it was left as it was found.
struct Borrowed<'a> {
    client: Option<Client>,
    is_clean: bool,
    is_committing: &'a Cell<bool>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let Some(client) = self.client.take().filter(|_| !self.is_clean) else {
            return;
        };
        if self.is_committing.get() {
            // The server waits for its replica, with or without us. The connection keeps its place in the
            // pool until then, so that those which wait do not become more and more.
            spawn_local(async move { client.simple_query("").await.map(drop) });
        } else {
            // Taken out of the pool it is closed.
            drop(Object::take(client));
        }
    }
}

/// Carries out `body` in one transaction.
pub(super) async fn transact<T>(
    engine: &Engine,
    purpose: Purpose,
    body: impl AsyncFn(&Work<'_>) -> Result<T, Failure>,
) -> Result<T, StateError> {
    let is_committing = Cell::new(false);
    let all = async {
        let mut attempt = 1;
        loop {
            let failure = match once(engine, purpose, &body, &is_committing).await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Failed(failure)) => failure,
                Err(Attempt::Unknown) => return Err(StateError::OutcomeUnknown),
            };
            if attempt == ATTEMPTS || !failure.may_pass() {
                return Err(failure.into());
            }
            attempt += 1;
        }
    };
    match timeout(VERB_TIMEOUT, all).await {
        Ok(result) => result,
        // What was changed but not committed is rolled back with its connection.
        Err(_) if is_committing.get() && purpose == Purpose::Write => {
            Err(StateError::OutcomeUnknown)
        }
        Err(_) => Err(StateError::Busy),
    }
}

enum Attempt {
    Failed(Failure),
    Unknown,
}

impl<E: Into<Failure>> From<E> for Attempt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

async fn once<T>(
    engine: &Engine,
    purpose: Purpose,
    body: &impl AsyncFn(&Work<'_>) -> Result<T, Failure>,
    is_committing: &Cell<bool>,
) -> Result<T, Attempt> {
    is_committing.set(false);
    let pool = match purpose {
        Purpose::Follow => &engine.followers,
        Purpose::Read => &engine.readers,
        Purpose::Write => &engine.writers,
    };
    let mut borrowed = Borrowed {
        client: Some(pool.get().await?),
        is_clean: false,
        is_committing,
    };
    let result = on(engine, &mut borrowed, purpose, body, is_committing).await;
    borrowed.is_clean = match &result {
        Ok(_) => true,
        Err(Attempt::Failed(failure)) => !failure.spoils_connection(),
        Err(Attempt::Unknown) => false,
    };
    result
}

async fn on<T>(
    engine: &Engine,
    borrowed: &mut Borrowed<'_>,
    purpose: Purpose,
    body: &impl AsyncFn(&Work<'_>) -> Result<T, Failure>,
    is_committing: &Cell<bool>,
) -> Result<T, Attempt> {
    let Some(client) = borrowed.client.as_mut() else {
        return Err(Attempt::Failed(StateError::Closed.into()));
    };
    let builder = client.build_transaction();
    let builder = match purpose {
        // Several questions are asked of one moment.
        Purpose::Follow | Purpose::Read => builder
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true),
        // Rows are locked before they are read, so that each statement must see what was committed since.
        Purpose::Write => builder.isolation_level(IsolationLevel::ReadCommitted),
    };
    let work = Work::new(engine, builder.start().await?);
    match body(&work).await {
        Ok(answer) => {
            is_committing.set(true);
            match work.commit().await {
                Ok(()) => Ok(answer),
                Err(error) if purpose != Purpose::Write => Err(error.into()),
                Err(error) => Err(of_commit(error).map_or(Attempt::Unknown, Attempt::Failed)),
            }
        }
        Err(failure) => {
            // A connection that cannot even roll back is lost.
            work.roll_back().await?;
            Err(Attempt::Failed(failure))
        }
    }
}
