//! Declared roles.

use super::super::failure::Failure;
use super::super::role;
use super::super::work::Work;
use crate::declaration::repeated;
use crate::{DeclaredRole, NewRole, Origin, Role, StateError, UnixMillis};

/// Makes the declared roles exactly these, but for what is attached to them.
pub(super) async fn declare(
    work: &Work<'_>,
    declared: &[DeclaredRole],
    now: UnixMillis,
) -> Result<(), Failure> {
    if let Some(at) = repeated(declared.iter().map(|one| one.name.as_str())) {
        let name = declared.get(at).map(|one| one.name.clone());
        return name.map_or(Ok(()), |name| {
            Err(StateError::RoleAlreadyExists { name }.into())
        });
    }
    for role in role::list(work).await? {
        let name = role.name.as_str();
        let named = declared
            .iter()
            .find(|one| one.name.as_str().eq_ignore_ascii_case(name));
        let stays = named.is_some_and(|one| one.path == role.path);
        if role.origin == Origin::Declared && !stays {
            role::remove(work, &role).await?;
        }
    }
    for one in declared {
        match role::find(work, &one.name).await? {
            None => {
                let new = NewRole {
                    path: one.path.clone(),
                    max_session_s: one.max_session_s,
                    description: one.description.clone(),
                    ..NewRole::new(&one.name, &one.trust_policy)
                };
                role::create(work, &new, Origin::Declared, now).await?;
            }
            Some(role) if role.origin != Origin::Declared => {
                return Err(StateError::DeclaredElsewhere {
                    what: "role",
                    name: role.name.to_string(),
                }
                .into());
            }
            Some(role) if says(one, &role) => {}
            Some(role) => role::redeclare(work, &role, one).await?,
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
