//! Declared users and their access keys.

use std::collections::HashSet;

use countersign_sigv4::AccessKeyId;
use rusqlite::{OptionalExtension as _, Transaction};

use super::super::text::AsWord;
use super::super::{access_key, policy, user};
use crate::master_key::MasterKey;
use crate::{
    DeclaredUser, FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, KeyOrigin, NewUser, Origin, StateError,
    UnixMillis, User, UserKind, UserName,
};

/// Makes the declared keys exactly those of `declared`.
pub(super) fn declare(
    transaction: &Transaction<'_>,
    master_key: &MasterKey,
    declared: &[DeclaredUser],
    now: UnixMillis,
) -> Result<(), StateError> {
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

/// Removes the users who were made by a declaration and are declared no more, unless they hold something
/// that was made at run time.
pub(super) fn remove_users(
    transaction: &Transaction<'_>,
    declared: &[DeclaredUser],
) -> Result<(), StateError> {
    let names = transaction
        .prepare_cached("SELECT name FROM user WHERE origin = ?1 AND kind = ?2")?
        .query_and_then(
            (AsWord(Origin::Declared), AsWord(UserKind::Ordinary)),
            |row| user::name_of(row, 0),
        )?
        .collect::<Result<Vec<UserName>, StateError>>()?;
    let is_named = |name: &UserName| {
        let name = name.as_str();
        declared
            .iter()
            .any(|one| one.name.as_str().eq_ignore_ascii_case(name))
    };
    for name in names.iter().filter(|name| !is_named(name)) {
        let user = user::require(transaction, name)?;
        // What the user began with was not made at run time.
        let began_with: Option<String> = transaction
            .prepare_cached(
                "DELETE FROM policy WHERE owner_id = ?1 AND name = ?2 AND document = ?3 \
                 RETURNING document",
            )?
            .query_row(
                (&user.unique_id, FULL_ACCESS_NAME, FULL_ACCESS_DOCUMENT),
                |row| row.get(0),
            )
            .optional()?;
        if user::holds(transaction, &user)?.is_none() {
            user::remove(transaction, &user)?;
        } else if let Some(document) = began_with {
            policy::insert(transaction, &user.unique_id, FULL_ACCESS_NAME, &document)?;
        }
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
        Some(user) => {
            if declared.policies.is_some() {
                take_first_policy(transaction, &user)?;
            }
            Ok(user)
        }
        None => {
            let mut new = NewUser::new(&declared.name, kind);
            new.full_access &= declared.policies.is_none();
            user::create(transaction, &new, Origin::Declared, now)
        }
    }
}

/// Takes from a user whom a declaration made what it began with, now that its policies are declared: else a
/// declaration that narrows would leave everything allowed.
fn take_first_policy(transaction: &Transaction<'_>, user: &User) -> Result<(), StateError> {
    transaction
        .prepare_cached(
            "DELETE FROM policy WHERE owner_id = ?1 AND name = ?2 AND document = ?3 \
             AND EXISTS (SELECT 1 FROM user WHERE unique_id = ?1 AND origin = ?4)",
        )?
        .execute((
            &user.unique_id,
            FULL_ACCESS_NAME,
            FULL_ACCESS_DOCUMENT,
            AsWord(Origin::Declared),
        ))?;
    Ok(())
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
