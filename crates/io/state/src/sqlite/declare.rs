//! Bringing what is declared in line with the configuration.
//!
//! What is already as declared is not written again, so a restart with the same files changes nothing
//! and moves no change token. What others lean on comes first and goes last.

mod attachment;
mod policy;
mod provider;
mod role;
mod user;

use rusqlite::Transaction;

use crate::master_key::MasterKey;
use crate::{Declaration, StateError, UnixMillis};

/// Makes what is declared exactly `declaration`, or changes nothing.
pub(super) fn declare(
    transaction: &Transaction<'_>,
    master_key: &MasterKey,
    declaration: &Declaration,
    now: UnixMillis,
) -> Result<(), StateError> {
    policy::declare(transaction, &declaration.policies, now)?;
    user::declare(transaction, master_key, &declaration.users, now)?;
    role::declare(transaction, &declaration.roles, now)?;
    provider::declare(transaction, &declaration.providers, now)?;
    attachment::declare(transaction, declaration)?;
    user::remove_users(transaction, &declaration.users)?;
    policy::remove_undeclared(transaction, &declaration.policies)
}
