//! Connections: how they are made, kept, and how long anything on them may take.
//!
//! A lock is waited for up to `LOCK_TIMEOUT_MS`; a transaction whose node went silent is ended by the
//! server, so that its locks do not outlive it. There is no `statement_timeout`, and one that a role or
//! database has is taken off: it would also end the wait of a commit for a synchronous replica, and then
//! the server answers that the commit succeeded.
//!
//! INVARIANT: a commit that is acknowledged is on the disk: `synchronous_commit` is raised where it is off
//! or skips the replicas, and never lowered.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::{Config, GenericClient};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::StateError;

/// The most connections of one node to ask with, as many to change with, and as many to follow what is new,
/// beside the one that listens. They are apart so that commits which wait for a lost replica keep nobody
/// from asking, and that whoever asks much keeps no node from learning what was revoked.
const MAX_CONNECTIONS: usize = 4;
/// How long one verb may take in all, with every new attempt.
pub(super) const VERB_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_TIMEOUT_MS: u32 = 4_000;
const IDLE_IN_TRANSACTION_MS: u32 = 10_000;

/// Makes the pool. Nothing is connected yet.
pub(super) fn pool(config: Config, tls: MakeRustlsConnect) -> Result<Pool, StateError> {
    let keep = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    Pool::builder(Manager::from_config(config, tls, keep))
        .max_size(MAX_CONNECTIONS)
        .wait_timeout(Some(VERB_TIMEOUT))
        .create_timeout(Some(VERB_TIMEOUT))
        .recycle_timeout(Some(VERB_TIMEOUT))
        .runtime(Runtime::Tokio1)
        .post_create(Hook::async_fn(|client, _| {
            Box::pin(async move { prepare(&**client).await.map_err(HookError::Backend) })
        }))
        .build()
        .map_err(|error| StateError::Unreachable {
            message: error.to_string(),
        })
}

/// Sets a new connection up.
pub(super) async fn prepare(client: &impl GenericClient) -> Result<(), tokio_postgres::Error> {
    let settings = format!(
        "SET statement_timeout = 0; SET lock_timeout = {LOCK_TIMEOUT_MS}; \
         SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_MS}"
    );
    client.batch_execute(&settings).await?;
    // A server that does not know the setting has no way to be lax.
    let row = client
        .query_one("SELECT current_setting('synchronous_commit', true)", &[])
        .await?;
    if let Some("off" | "local") = row.try_get(0)? {
        client
            .batch_execute("SET synchronous_commit = 'on'")
            .await?;
    }
    Ok(())
}
