//! Declared managed policies.

use rusqlite::Transaction;

use super::super::managed_policy;
use crate::declaration::repeated;
use crate::{DeclaredPolicy, NewManagedPolicy, Origin, StateError, UnixMillis};

/// Makes the policies that are declared say what is declared.
pub(super) fn declare(
    transaction: &Transaction<'_>,
    declared: &[DeclaredPolicy],
    now: UnixMillis,
) -> Result<(), StateError> {
    let names = declared.iter().map(|one| one.name.as_str());
    if let Some(at) = repeated(names) {
        let name = declared.get(at).map(|one| one.name.clone());
        return name.map_or(Ok(()), |name| Err(StateError::PolicyAlreadyExists { name }));
    }
    for one in declared {
        let Some(policy) = managed_policy::find(transaction, &one.name)? else {
            let new = NewManagedPolicy::new(&one.name, &one.document);
            managed_policy::create(transaction, &new, Origin::Declared, now)?;
            continue;
        };
        match policy.origin {
            Origin::Declared => {}
            Origin::Aws => return Err(StateError::PolicyBuiltIn { name: policy.name }),
            Origin::Stored => {
                return Err(StateError::DeclaredElsewhere {
                    what: "policy",
                    name: policy.name.to_string(),
                });
            }
        }
        let versions = managed_policy::versions(transaction, &one.name)?;
        if versions
            .iter()
            .all(|version| version.document != one.document)
        {
            managed_policy::redeclare(transaction, &policy, &one.document, now)?;
        }
    }
    Ok(())
}

/// Removes the policies that are declared no more. One that somebody still has is an error.
pub(super) fn remove_undeclared(
    transaction: &Transaction<'_>,
    declared: &[DeclaredPolicy],
) -> Result<(), StateError> {
    for policy in managed_policy::list(transaction)? {
        let name = policy.name.as_str();
        let is_named = declared
            .iter()
            .any(|one| one.name.as_str().eq_ignore_ascii_case(name));
        if policy.origin == Origin::Declared && !is_named {
            managed_policy::remove(transaction, &policy)?;
        }
    }
    Ok(())
}
