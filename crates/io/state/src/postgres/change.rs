//! The change token in PostgreSQL, and the lock of all changes.

use super::failure::Failure;
use super::work::Work;
use crate::{Pulse, StateError};

/// The channel on which servers that can tell nodes that something is new.
pub(super) const CHANNEL: &str = "countersign_state";

/// Waits until no other change is under way. Each is then carried out as if it were alone, which is what
/// the checks before it (names, quotas) rely on.
pub(super) async fn lock(work: &Work<'_>) -> Result<(), Failure> {
    work.row("SELECT count FROM change FOR UPDATE", &[]).await?;
    Ok(())
}

/// Moves the token, as part of the change itself.
pub(super) async fn note(work: &Work<'_>) -> Result<(), Failure> {
    work.change("UPDATE change SET count = count + 1", &[])
        .await?;
    notify(work).await
}

/// Tells all nodes, at the commit.
pub(super) async fn notify(work: &Work<'_>) -> Result<(), Failure> {
    if work.notifies() {
        work.row("SELECT pg_notify($1, '')", &[&CHANNEL]).await?;
    }
    Ok(())
}

/// What is new, as of now.
pub(super) async fn pulse(work: &Work<'_>) -> Result<Pulse, Failure> {
    let sql = "SELECT change.count, revocation_head.serial FROM change, revocation_head";
    let row = work.row(sql, &[]).await?;
    let row = row.ok_or_else(|| StateError::unexpected("change.count"))?;
    let number = |column| -> Result<u64, Failure> {
        let number: i64 = row.try_get(column)?;
        Ok(u64::try_from(number).map_err(|_| StateError::unexpected("change.count"))?)
    };
    Ok(Pulse {
        change_token: number(0)?,
        revocation_serial: number(1)?,
    })
}
