//! Declared roles.

use rusqlite::Transaction;

use super::super::role;
use crate::declaration::repeated;
use crate::{DeclaredRole, NewRole, Origin, Role, StateError, UnixMillis};

/// Makes the declared roles exactly these, but for what is attached to them.
pub(super) fn declare(
    transaction: &Transaction<'_>,
    declared: &[DeclaredRole],
    now: UnixMillis,
) -> Result<(), StateError> {
    if let Some(at) = repeated(declared.iter().map(|one| one.name.as_str())) {
        let name = declared.get(at).map(|one| one.name.clone());
        return name.map_or(Ok(()), |name| Err(StateError::RoleAlreadyExists { name }));
    }
    for role in role::list(transaction)? {
        let name = role.name.as_str();
        let named = declared
            .iter()
            .find(|one| one.name.as_str().eq_ignore_ascii_case(name));
        let stays = named.is_some_and(|one| one.path == role.path);
        if role.origin == Origin::Declared && !stays {
            role::remove(transaction, &role)?;
        }
    }
    for one in declared {
        match role::find(transaction, &one.name)? {
            None => {
                let new = NewRole {
                    path: one.path.clone(),
                    max_session_s: one.max_session_s,
                    description: one.description.clone(),
                    ..NewRole::new(&one.name, &one.trust_policy)
                };
                role::create(transaction, &new, Origin::Declared, now)?;
            }
            Some(role) if role.origin != Origin::Declared => {
                return Err(StateError::DeclaredElsewhere {
                    what: "role",
                    name: role.name.to_string(),
                });
            }
            Some(role) if says(one, &role) => {}
            Some(role) => role::redeclare(transaction, &role, one)?,
        }
    }
    Ok(())
}

/// Whether a role is as it is declared.
fn says(declared: &DeclaredRole, role: &Role) -> bool {
    role.trust_policy == declared.trust_policy
        && role.max_session_s == declared.max_session_s
        && role.description == declared.description
}
