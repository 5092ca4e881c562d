//! Users.
//!
//! A user made here has no policies, as in AWS; one made by the command line begins with full access to objects.

use countersign_aws_query::Answer;
use countersign_state::{IamPath, NewUser, UserKind, UserName};

use super::tags;
use crate::arns;
use crate::call::Call;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::seek::FoundUser;
use crate::shapes;
use crate::target::Target;
use crate::written;

/// `CreateUser`. Tags need the right to tag as well.
pub(super) async fn create(call: &Call<'_>) -> Outcome {
    let (name, path, boundary_arn, new_tags) = call.read(|call| {
        let name = call.required("UserName", &shapes::NAME_64);
        let path = call.optional("Path", &shapes::PATH).unwrap_or("/");
        let boundary = call.optional("PermissionsBoundary", &shapes::ARN);
        (name, path, boundary, tags::read(call))
    })?;
    let target = Target::of(arns::entity("user", path, name))
        .bounded(boundary_arn.map(str::to_owned))
        .with_tags(&new_tags);
    let granted = call.admit_to(&target)?;
    tags::check(&new_tags)?;
    if !new_tags.is_empty() {
        call.demand("TagUser", &target)?;
    }
    let boundary = match boundary_arn {
        Some(arn) => Some(call.boundary(arn).await?),
        None => None,
    };
    let user = NewUser {
        name: UserName::parse(name).map_err(|e| Refused::invalid_input(e.to_string()))?,
        path: IamPath::parse(path).map_err(|e| Refused::invalid_input(e.to_string()))?,
        kind: UserKind::Ordinary,
        tags: new_tags.clone(),
        boundary,
        full_access: false,
    };
    let user = granted.state().create_user(&user, call.now).await?;
    Ok(Answer::of(|xml| {
        xml.element("User", |xml| {
            written::user(xml, &user);
            written::boundary(xml, boundary_arn);
            if !new_tags.is_empty() {
                written::tags(xml, &new_tags);
            }
        });
    }))
}

/// `GetUser`, of the caller if nobody is named.
pub(super) async fn get(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.optional("UserName", &shapes::EXISTING_NAME))?;
    let sought = call.user_or_self(name).await?;
    let (_, found) = call.admit(sought)?;
    let FoundUser {
        user,
        tags,
        boundary_arn,
    } = found;
    Ok(Answer::of(|xml| {
        xml.element("User", |xml| {
            written::user(xml, &user);
            written::boundary(xml, boundary_arn.as_deref());
            if !tags.is_empty() {
                written::tags(xml, &tags);
            }
        });
    }))
}

/// `ListUsers`. Root is none of them.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let (prefix, page) = call.read(|call| {
        let prefix = call.optional("PathPrefix", &shapes::PATH_PREFIX);
        (prefix.unwrap_or("/"), PageAsked::read(call))
    })?;
    let granted = call.admit_to(&Target::of(arns::entity("user", prefix, "")))?;
    let mut users = granted.state().list_users().await?;
    users.retain(|user| user.kind == UserKind::Ordinary && user.path.as_str().starts_with(prefix));
    let page = page.of(users, |user| user.name.to_string())?;
    Ok(Answer::of(|xml| {
        xml.list("Users", &page.items, written::user);
        page.write_end(xml);
    }))
}

/// `DeleteUser`, of one who has nothing any more.
pub(super) async fn delete(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.required("UserName", &shapes::EXISTING_NAME))?;
    let sought = call.user(name).await?;
    let (granted, found) = call.admit(sought)?;
    granted.state().delete_user(&found.user.name).await?;
    Ok(Answer::done())
}

/// `UpdateUser`, which here can change nothing: names and paths stand in policies, and stay.
pub(super) async fn update(call: &Call<'_>) -> Outcome {
    let (name, new_name, new_path) = call.read(|call| {
        let name = call.required("UserName", &shapes::EXISTING_NAME);
        let new_name = call.optional("NewUserName", &shapes::NAME_64);
        (name, new_name, call.optional("NewPath", &shapes::PATH))
    })?;
    let sought = call.user(name).await?;
    let (_, FoundUser { user, .. }) = call.admit(sought)?;
    if new_name.is_some_and(|new| new != user.name.as_str()) {
        return Err(Refused::invalid_input(format!(
            "Users are not renamed here: create a user of the new name instead of {}.",
            user.name
        )));
    }
    if new_path.is_some_and(|new| new != user.path.as_str()) {
        return Err(Refused::invalid_input(format!(
            "Users keep their path here: create another user instead of {}.",
            user.name
        )));
    }
    Ok(Answer::done())
}
