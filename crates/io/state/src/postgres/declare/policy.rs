//! Declared managed policies.

use super::super::failure::Failure;
use super::super::managed_policy;
use super::super::work::Work;
use crate::declaration::repeated;
use crate::{DeclaredPolicy, NewManagedPolicy, Origin, StateError, UnixMillis};

/// Makes the policies that are declared say what is declared.
pub(super) async fn declare(
    work: &Work<'_>,
    declared: &[DeclaredPolicy],
    now: UnixMillis,
) -> Result<(), Failure> {
    let names = declared.iter().map(|one| one.name.as_str());
    if let Some(at) = repeated(names) {
        let name = declared.get(at).map(|one| one.name.clone());
        return name.map_or(Ok(()), |name| {
            Err(StateError::PolicyAlreadyExists { name }.into())
        });
    }
    for one in declared {
        let Some(policy) = managed_policy::find(work, &one.name).await? else {
            let new = NewManagedPolicy::new(&one.name, &one.document);
            managed_policy::create(work, &new, Origin::Declared, now).await?;
            continue;
        };
        match policy.origin {
            Origin::Declared => {}
            Origin::Aws => return Err(StateError::PolicyBuiltIn { name: policy.name }.into()),
            Origin::Stored => {
                return Err(StateError::DeclaredElsewhere {
                    what: "policy",
                    name: policy.name.to_string(),
                }
                .into());
            }
        }
        let versions = managed_policy::versions(work, &one.name).await?;
        if versions
            .iter()
            .all(|version| version.document != one.document)
        {
            managed_policy::redeclare(work, &policy, &one.document, now).await?;
        }
    }
    Ok(())
}

/// Removes the policies that are declared no more. One that somebody still has is an error.
pub(super) async fn remove_undeclared(
    work: &Work<'_>,
    declared: &[DeclaredPolicy],
) -> Result<(), Failure> {
    for policy in managed_policy::list(work).await? {
        let name = policy.name.as_str();
        let is_named = declared
            .iter()
            .any(|one| one.name.as_str().eq_ignore_ascii_case(name));
        if policy.origin == Origin::Declared && !is_named {
            managed_policy::remove(work, &policy).await?;
        }
    }
    Ok(())
}
