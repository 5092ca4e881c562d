//! Declared attachments of managed policies to declared users and roles.

use std::collections::BTreeSet;

use super::super::failure::Failure;
use super::super::work::Work;
use super::super::{attachment, managed_policy, policy};
use crate::declaration::attachments;
use crate::word::Word as _;
use crate::{Declaration, Origin};

/// Makes the declared attachments exactly those of the declaration.
pub(super) async fn declare(work: &Work<'_>, declaration: &Declaration) -> Result<(), Failure> {
    let wanted = attachments(declaration);
    let mut named = BTreeSet::new();
    for (owner, name) in &wanted {
        let owner_id = policy::bound_owner(work, owner).await?;
        let policy_id = managed_policy::require(work, name).await?.unique_id;
        named.insert((owner_id, policy_id));
    }
    let sql = "SELECT owner_id, policy_id FROM attachment WHERE origin = $1";
    for row in work.rows(sql, &[&Origin::Declared.word()]).await? {
        let one: (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if !named.contains(&one) {
            attachment::remove(work, &one.0, &one.1).await?;
        }
    }
    for (owner, name) in &wanted {
        attachment::attach(work, owner, name, Origin::Declared).await?;
    }
    Ok(())
}
