//! Bringing the declared access keys in line with the configuration.
//!
//! What is already as declared is not written again, so a restart with the same file changes nothing
//! and moves no change token.

use std::collections::HashSet;

use countersign_sigv4::AccessKeyId;
use rusqlite::Transaction;

use super::{access_key, user};
use crate::master_key::MasterKey;
use crate::{
    Declaration, DeclaredUser, KeyOrigin, NewUser, Origin, StateError, UnixMillis, User, UserKind,
};

/// Makes the declared keys exactly those of `declared`, or changes nothing.
pub(super) fn declare(
    transaction: &Transaction<'_>,
    master_key: &MasterKey,
    declaration: &Declaration,
    now: UnixMillis,
) -> Result<(), StateError> {
    let declared = &declaration.users;
    remove_undeclared(transaction, declared)?;
    let mut named = HashSet::new();
    for one in declared {
        if !named.insert(&one.access_key_id) {
            return Err(StateError::AccessKeyIdTaken {
                id: one.access_key_id.clone(),
            });
        }
        let user = find_or_create_user(transaction, one, now)?;
        declare_key(transaction, master_key, one, &user, now)?;
        access_key::check_quota(transaction, &user)?;
    }
    Ok(())
}

fn remove_undeclared(
    transaction: &Transaction<'_>,
    declared: &[DeclaredUser],
) -> Result<(), StateError> {
    let kept: HashSet<&AccessKeyId> = declared.iter().map(|one| &one.access_key_id).collect();
    let keys = access_key::list(transaction, None)?;
    let gone = keys
        .iter()
        .filter(|k| k.origin == KeyOrigin::Declared && !kept.contains(&k.id));
    gone.map(|key| &key.id)
        .try_for_each(|id| access_key::remove(transaction, id))
}

fn find_or_create_user(
    transaction: &Transaction<'_>,
    declared: &DeclaredUser,
    now: UnixMillis,
) -> Result<User, StateError> {
    let kind = if declared.name.is_root() {
        UserKind::Root
    } else {
        UserKind::Ordinary
    };
    match user::find(transaction, &declared.name)? {
        Some(user) => Ok(user),
        None => {
            let mut new = NewUser::new(&declared.name, kind);
            new.full_access &= declared.policies.is_none();
            user::create(transaction, &new, Origin::Declared, now)
        }
    }
}

fn declare_key(
    transaction: &Transaction<'_>,
    master_key: &MasterKey,
    declared: &DeclaredUser,
    user: &User,
    now: UnixMillis,
) -> Result<(), StateError> {
    let DeclaredUser {
        access_key_id: id,
        secret,
        ..
    } = declared;
    let Some(origin) = access_key::origin(transaction, id)? else {
        let origin = KeyOrigin::Declared;
        return access_key::insert(transaction, master_key, user, id, secret, origin, now);
    };
    if origin == KeyOrigin::Stored {
        return Err(StateError::AccessKeyIdTaken { id: id.clone() });
    }
    // A secret that does not open (another key's, or damaged) is replaced like a changed one.
    let current = access_key::find(transaction, master_key, id).ok().flatten();
    let same = current.is_some_and(|key| {
        key.secret.expose() == secret.expose() && key.user.unique_id == user.unique_id
    });
    if !same {
        let sealed = master_key.seal(id, secret)?;
        transaction
            .prepare_cached("UPDATE access_key SET sealed_secret = ?2, user_id = ?3 WHERE id = ?1")?
            .execute((id.as_str(), sealed, &user.unique_id))?;
    }
    Ok(())
}
