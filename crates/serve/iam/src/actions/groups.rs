//! Groups, all of the path `/`.

use countersign_aws_query::Answer;

use crate::arns;
use crate::call::Call;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::seek::group_name;
use crate::shapes;
use crate::target::Target;
use crate::written;

/// `CreateGroup`.
pub(super) async fn create(call: &Call<'_>) -> Outcome {
    let (name, path) = call.read(|call| {
        let name = call.required("GroupName", &shapes::LONG_NAME);
        (name, call.optional("Path", &shapes::PATH).unwrap_or("/"))
    })?;
    let granted = call.admit_to(&Target::of(arns::entity("group", path, name)))?;
    if path != "/" {
        return Err(Refused::invalid_input("Groups have the path / here."));
    }
    let name = group_name(name)?;
    let group = granted.state().create_group(&name, call.now).await?;
    Ok(Answer::of(|xml| {
        xml.element("Group", |xml| written::group(xml, &group));
    }))
}

/// `GetGroup`: the group and its members.
pub(super) async fn get(call: &Call<'_>) -> Outcome {
    let (name, page) = call.read(|call| {
        let name = call.required("GroupName", &shapes::LONG_NAME);
        (name, PageAsked::read(call))
    })?;
    let sought = call.group(name).await?;
    let (granted, group) = call.admit(sought)?;
    let members = granted.state().list_group_members(&group.name).await?;
    let page = page.of(members, ToString::to_string)?;
    let mut users = Vec::with_capacity(page.items.len());
    for name in &page.items {
        users.extend(granted.state().find_user(name).await?);
    }
    Ok(Answer::of(|xml| {
        xml.element("Group", |xml| written::group(xml, &group));
        xml.list("Users", &users, written::user);
        page.write_end(xml);
    }))
}

/// `ListGroups`.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let (prefix, page) = call.read(|call| {
        let prefix = call.optional("PathPrefix", &shapes::PATH_PREFIX);
        (prefix.unwrap_or("/"), PageAsked::read(call))
    })?;
    let granted = call.admit_to(&Target::of(arns::entity("group", prefix, "")))?;
    let mut groups = granted.state().list_groups().await?;
    groups.retain(|_| prefix == "/");
    let page = page.of(groups, |group| group.name.to_string())?;
    Ok(Answer::of(|xml| {
        xml.list("Groups", &page.items, written::group);
        page.write_end(xml);
    }))
}

/// `ListGroupsForUser`.
pub(super) async fn list_for_user(call: &Call<'_>) -> Outcome {
    let (name, page) = call.read(|call| {
        let name = call.required("UserName", &shapes::EXISTING_NAME);
        (name, PageAsked::read(call))
    })?;
    let sought = call.user(name).await?;
    let (granted, found) = call.admit(sought)?;
    let authority = granted.state().find_authority(&found.user.name).await?;
    let member_of = authority.unwrap_or_default().groups;
    let mut groups = granted.state().list_groups().await?;
    groups.retain(|group| member_of.contains(&group.name));
    let page = page.of(groups, |group| group.name.to_string())?;
    Ok(Answer::of(|xml| {
        xml.list("Groups", &page.items, written::group);
        page.write_end(xml);
    }))
}

/// `DeleteGroup`, of one without members and policies.
pub(super) async fn delete(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.required("GroupName", &shapes::LONG_NAME))?;
    let sought = call.group(name).await?;
    let (granted, group) = call.admit(sought)?;
    let owner = countersign_state::PolicyOwner::Group(group.name.clone());
    // The command line's groups take their policies with them. AWS refuses, and so do its tools expect it.
    if !granted.state().list_policies(&owner).await?.is_empty() {
        return Err(Refused::delete_conflict(
            "Cannot delete entity, must delete policies first.",
        ));
    }
    if !granted
        .state()
        .list_attached_policies(&owner)
        .await?
        .is_empty()
    {
        return Err(Refused::delete_conflict(
            "Cannot delete entity, must detach all policies first.",
        ));
    }
    granted.state().delete_group(&group.name).await?;
    Ok(Answer::done())
}

/// `AddUserToGroup`.
pub(super) async fn add_user(call: &Call<'_>) -> Outcome {
    let (group, user) = group_and_user(call)?;
    let sought = call.group(group).await?;
    let (granted, group) = call.admit(sought)?;
    let found = call.user(user).await?.found?;
    let state = granted.state();
    state
        .add_group_member(&group.name, &found.user.name)
        .await?;
    Ok(Answer::done())
}

/// `RemoveUserFromGroup`.
pub(super) async fn remove_user(call: &Call<'_>) -> Outcome {
    let (group, user) = group_and_user(call)?;
    let sought = call.group(group).await?;
    let (granted, group) = call.admit(sought)?;
    let found = call.user(user).await?.found?;
    let state = granted.state();
    state
        .remove_group_member(&group.name, &found.user.name)
        .await?;
    Ok(Answer::done())
}

fn group_and_user<'c>(call: &Call<'c>) -> Result<(&'c str, &'c str), Refused> {
    call.read(|call| {
        let group = call.required("GroupName", &shapes::LONG_NAME);
        (group, call.required("UserName", &shapes::EXISTING_NAME))
    })
}
