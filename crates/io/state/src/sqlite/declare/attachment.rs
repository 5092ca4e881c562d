//! Declared attachments of managed policies to declared users and roles.

use std::collections::BTreeSet;

use rusqlite::{Row, Transaction};

use super::super::text::AsWord;
use super::super::{attachment, managed_policy, policy};
use crate::declaration::attachments;
use crate::{Declaration, Origin, StateError};

/// Makes the declared attachments exactly those of the declaration.
pub(super) fn declare(
    transaction: &Transaction<'_>,
    declaration: &Declaration,
) -> Result<(), StateError> {
    let wanted = attachments(declaration);
    let mut named = BTreeSet::new();
    for (owner, name) in &wanted {
        let owner_id = policy::bound_owner(transaction, owner)?;
        let policy_id = managed_policy::require(transaction, name)?.unique_id;
        named.insert((owner_id, policy_id));
    }
    let declared = transaction
        .prepare_cached("SELECT owner_id, policy_id FROM attachment WHERE origin = ?1")?
        .query_and_then([AsWord(Origin::Declared)], |row: &Row<'_>| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<Vec<(String, String)>, StateError>>()?;
    for (owner_id, policy_id) in declared.iter().filter(|one| !named.contains(one)) {
        attachment::remove(transaction, owner_id, policy_id)?;
    }
    for (owner, name) in &wanted {
        attachment::attach(transaction, owner, name, Origin::Declared)?;
    }
    Ok(())
}
