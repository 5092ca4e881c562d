//! Declared users and their access keys.

use std::collections::HashSet;

use countersign_sigv4::AccessKeyId;

use super::super::failure::Failure;
use super::super::work::Work;
use super::super::{access_key, policy, user};
use crate::word::Word as _;
use crate::{
    DeclaredUser, FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, KeyOrigin, NewUser, Origin, StateError,
    UnixMillis, User, UserKind,
};

/// Makes the declared keys exactly those of `declared`.
pub(super) async fn declare(
    work: &Work<'_>,
    declared: &[DeclaredUser],
    now: UnixMillis,
) -> Result<(), Failure> {
    remove_undeclared(work, declared).await?;
    let mut named = HashSet::new();
    for one in declared {
        if !named.insert(&one.access_key_id) {
            let id = one.access_key_id.clone();
            return Err(StateError::AccessKeyIdTaken { id }.into());
        }
        let user = find_or_create_user(work, one, now).await?;
        declare_key(work, one, &user, now).await?;
        access_key::check_quota(work, &user).await?;
    }
    Ok(())
}

/// Removes the users who were made by a declaration and are declared no more, unless they hold something
/// that was made at run time.
pub(super) async fn remove_users(
    work: &Work<'_>,
    declared: &[DeclaredUser],
) -> Result<(), Failure> {
    let sql = "SELECT name FROM users WHERE origin = $1 AND kind = $2";
    let words = (Origin::Declared.word(), UserKind::Ordinary.word());
    for row in work.rows(sql, &[&words.0, &words.1]).await? {
        let name = user::name_of(&row, 0)?;
        let is_named = declared
            .iter()
            .any(|one| one.name.as_str().eq_ignore_ascii_case(name.as_str()));
        if is_named {
            continue;
        }
        let user = user::require(work, &name).await?;
        // What the user began with was not made at run time.
        let sql = "DELETE FROM policy WHERE owner_id = $1 AND name = $2 AND document = $3";
        let began_with = work
            .change(
                sql,
                &[&user.unique_id, &FULL_ACCESS_NAME, &FULL_ACCESS_DOCUMENT],
            )
            .await?;
        if user::holds(work, &user).await?.is_none() {
            user::remove(work, &user).await?;
        } else if began_with > 0 {
            let (name, document) = (FULL_ACCESS_NAME, FULL_ACCESS_DOCUMENT);
            policy::insert(work, &user.unique_id, name, document).await?;
        }
    }
    Ok(())
}

async fn remove_undeclared(work: &Work<'_>, declared: &[DeclaredUser]) -> Result<(), Failure> {
    let kept: HashSet<&AccessKeyId> = declared.iter().map(|one| &one.access_key_id).collect();
    for key in access_key::list(work, None).await? {
        if key.origin == KeyOrigin::Declared && !kept.contains(&key.id) {
            access_key::remove(work, &key.id).await?;
        }
    }
    Ok(())
}

async fn find_or_create_user(
    work: &Work<'_>,
    declared: &DeclaredUser,
    now: UnixMillis,
) -> Result<User, Failure> {
    let kind = if declared.name.is_root() {
        UserKind::Root
    } else {
        UserKind::Ordinary
    };
    match user::find(work, &declared.name).await? {
        Some(user) => {
            if declared.policies.is_some() {
                take_first_policy(work, &user).await?;
            }
            Ok(user)
        }
        None => {
            let mut new = NewUser::new(&declared.name, kind);
            new.full_access &= declared.policies.is_none();
            user::create(work, &new, Origin::Declared, now).await
        }
    }
}

/// Takes from a user whom a declaration made what it began with, now that its policies are declared: else a
/// declaration that narrows would leave everything allowed.
async fn take_first_policy(work: &Work<'_>, user: &User) -> Result<(), Failure> {
    work.change(
        "DELETE FROM policy WHERE owner_id = $1 AND name = $2 AND document = $3 \
         AND EXISTS (SELECT 1 FROM users WHERE unique_id = $1 AND origin = $4)",
        &[
            &user.unique_id,
            &FULL_ACCESS_NAME,
            &FULL_ACCESS_DOCUMENT,
            &Origin::Declared.word(),
        ],
    )
    .await?;
    Ok(())
}

async fn declare_key(
    work: &Work<'_>,
    declared: &DeclaredUser,
    user: &User,
    now: UnixMillis,
) -> Result<(), Failure> {
    let DeclaredUser {
        access_key_id: id,
        secret,
        ..
    } = declared;
    let Some(origin) = access_key::origin(work, id).await? else {
        let origin = KeyOrigin::Declared;
        return access_key::insert(work, user, id, secret, origin, now).await;
    };
    if origin == KeyOrigin::Stored {
        return Err(StateError::AccessKeyIdTaken { id: id.clone() }.into());
    }
    // A secret that does not open (another key's, or damaged) is replaced like a changed one.
    let current = match access_key::find(work, id).await {
        Err(Failure::State(StateError::SecretDamaged { .. })) => None,
        found => found?,
    };
    let same = current.is_some_and(|key| {
        key.secret.expose() == secret.expose() && key.user.unique_id == user.unique_id
    });
    if !same {
        let sealed = work.master_key().seal(id, secret)?;
        work.change(
            "UPDATE access_key SET sealed_secret = $2, user_id = $3 WHERE id = $1",
            &[&id.as_str(), &sealed, &user.unique_id],
        )
        .await?;
    }
    Ok(())
}
