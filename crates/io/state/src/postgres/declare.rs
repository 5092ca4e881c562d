//! Bringing what is declared in line with the configuration, in PostgreSQL.
//!
//! What is already as declared is not written again, so a restart with the same files changes nothing and
//! moves no change token. What others lean on comes first and goes last. Nodes that share a state are to declare
//! the same: each makes its own files true.

mod attachment;
mod policy;
mod provider;
mod role;
mod user;

use super::failure::Failure;
use super::work::Work;
use crate::{Declaration, UnixMillis};

/// Makes what is declared exactly `declaration`, or changes nothing.
pub(super) async fn declare(
    work: &Work<'_>,
    declaration: &Declaration,
    now: UnixMillis,
) -> Result<(), Failure> {
    policy::declare(work, &declaration.policies, now).await?;
    user::declare(work, &declaration.users, now).await?;
    role::declare(work, &declaration.roles, now).await?;
    provider::declare(work, &declaration.providers, now).await?;
    attachment::declare(work, declaration).await?;
    user::remove_users(work, &declaration.users).await?;
    policy::remove_undeclared(work, &declaration.policies).await
}
