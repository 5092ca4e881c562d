//! Permissions boundaries of users and roles.
//!
//! For conditions on `iam:PermissionsBoundary`, setting one is about the boundary that is to be, removing one about the one
//! that is.

use countersign_aws_query::Answer;
use countersign_state::PrincipalName;

use crate::call::{Call, Sought};
use crate::refused::{Outcome, Refused};
use crate::shapes;

/// `PutUserPermissionsBoundary`.
pub(super) async fn put_on_user(call: &Call<'_>) -> Outcome {
    let (name, arn) = call.read(|call| {
        let name = call.required("UserName", &shapes::EXISTING_NAME);
        (name, call.required("PermissionsBoundary", &shapes::ARN))
    })?;
    put(call, user(call, name).await?, arn).await
}

/// `PutRolePermissionsBoundary`.
pub(super) async fn put_on_role(call: &Call<'_>) -> Outcome {
    let (name, arn) = call.read(|call| {
        let name = call.required("RoleName", &shapes::NAME_64);
        (name, call.required("PermissionsBoundary", &shapes::ARN))
    })?;
    put(call, role(call, name).await?, arn).await
}

/// `DeleteUserPermissionsBoundary`.
pub(super) async fn delete_of_user(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.required("UserName", &shapes::EXISTING_NAME))?;
    delete(call, user(call, name).await?).await
}

/// `DeleteRolePermissionsBoundary`.
pub(super) async fn delete_of_role(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.required("RoleName", &shapes::NAME_64))?;
    delete(call, role(call, name).await?).await
}

async fn user(
    call: &Call<'_>,
    name: &str,
) -> Result<Sought<'static, (PrincipalName, bool)>, Refused> {
    let sought = call.user(name).await?;
    Ok(sought.map(|found| {
        let has_one = found.boundary_arn.is_some();
        (PrincipalName::User(found.user.name), has_one)
    }))
}

async fn role(
    call: &Call<'_>,
    name: &str,
) -> Result<Sought<'static, (PrincipalName, bool)>, Refused> {
    let sought = call.role(name).await?;
    Ok(sought.map(|found| {
        let has_one = found.boundary_arn.is_some();
        (PrincipalName::Role(found.role.name), has_one)
    }))
}

async fn put(
    call: &Call<'_>,
    sought: Sought<'static, (PrincipalName, bool)>,
    arn: &str,
) -> Outcome {
    let sought = sought.with(|target| target.bounded(Some(arn.to_owned())));
    let (granted, (principal, _)) = call.admit(sought)?;
    let boundary = call.boundary(arn).await?;
    granted
        .state()
        .set_permissions_boundary(&principal, Some(&boundary))
        .await?;
    Ok(Answer::done())
}

async fn delete(call: &Call<'_>, sought: Sought<'static, (PrincipalName, bool)>) -> Outcome {
    let (granted, (principal, has_one)) = call.admit(sought)?;
    if !has_one {
        let (word, name) = match &principal {
            PrincipalName::Role(name) => ("role", name.as_str()),
            PrincipalName::User(name) => ("user", name.as_str()),
        };
        return Err(Refused::no_such_entity(format!(
            "The {word} with name {name} has no permissions boundary."
        )));
    }
    let state = granted.state();
    state.set_permissions_boundary(&principal, None).await?;
    Ok(Answer::done())
}
