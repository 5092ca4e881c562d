//! Roles.

use countersign_aws_query::Answer;
use countersign_policy::PolicyKind;
use countersign_state::{
    DEFAULT_MAX_SESSION_S, IamPath, MAX_SESSION_BOUNDS_S, NewRole, RoleName, RoleUpdate,
};

use super::tags;
use crate::arns;
use crate::call::Call;
use crate::documents;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::seek::FoundRole;
use crate::shapes;
use crate::target::Target;
use crate::written;

/// `CreateRole`. Tags need the right to tag as well.
pub(super) async fn create(call: &Call<'_>) -> Outcome {
    let (name, path, trust_policy, description, max_session_s, boundary_arn, new_tags) = call
        .read(|call| {
            (
                call.required("RoleName", &shapes::NAME_64),
                call.optional("Path", &shapes::PATH).unwrap_or("/"),
                call.required("AssumeRolePolicyDocument", &shapes::DOCUMENT),
                call.optional("Description", &shapes::ROLE_DESCRIPTION),
                call.integer("MaxSessionDuration", MAX_SESSION_BOUNDS_S),
                call.optional("PermissionsBoundary", &shapes::ARN),
                tags::read(call),
            )
        })?;
    let target = Target::of(arns::entity("role", path, name))
        .bounded(boundary_arn.map(str::to_owned))
        .with_tags(&new_tags);
    let granted = call.admit_to(&target)?;
    tags::check(&new_tags)?;
    if !new_tags.is_empty() {
        call.demand("TagRole", &target)?;
    }
    documents::check(trust_policy, PolicyKind::Trust)?;
    let boundary = match boundary_arn {
        Some(arn) => Some(call.boundary(arn).await?),
        None => None,
    };
    let role = NewRole {
        name: RoleName::parse(name).map_err(|e| Refused::invalid_input(e.to_string()))?,
        path: IamPath::parse(path).map_err(|e| Refused::invalid_input(e.to_string()))?,
        trust_policy: trust_policy.to_owned(),
        max_session_s: max_session_s.unwrap_or(DEFAULT_MAX_SESSION_S),
        description: description
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        boundary,
        tags: new_tags,
    };
    let role = granted.state().create_role(&role, call.now).await?;
    Ok(Answer::of(|xml| {
        xml.element("Role", |xml| {
            written::role_whole(xml, &role, boundary_arn, call.region());
        });
    }))
}

/// `GetRole`.
pub(super) async fn get(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.required("RoleName", &shapes::NAME_64))?;
    let sought = call.role(name).await?;
    let (_, FoundRole { role, boundary_arn }) = call.admit(sought)?;
    Ok(Answer::of(|xml| {
        xml.element("Role", |xml| {
            written::role_whole(xml, &role, boundary_arn.as_deref(), call.region());
        });
    }))
}

/// `ListRoles`.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let (prefix, page) = call.read(|call| {
        let prefix = call.optional("PathPrefix", &shapes::PATH_PREFIX);
        (prefix.unwrap_or("/"), PageAsked::read(call))
    })?;
    let granted = call.admit_to(&Target::of(arns::entity("role", prefix, "")))?;
    let mut roles = granted.state().list_roles().await?;
    roles.retain(|role| role.path.as_str().starts_with(prefix));
    let page = page.of(roles, |role| role.name.to_string())?;
    Ok(Answer::of(|xml| {
        xml.list("Roles", &page.items, written::role);
        page.write_end(xml);
    }))
}

/// `UpdateRole`: description and longest session.
pub(super) async fn update(call: &Call<'_>) -> Outcome {
    let (name, update) = call.read(|call| {
        let name = call.required("RoleName", &shapes::NAME_64);
        let description = call.optional("Description", &shapes::ROLE_DESCRIPTION);
        let update = RoleUpdate {
            description: description.map(str::to_owned),
            max_session_s: call.integer("MaxSessionDuration", MAX_SESSION_BOUNDS_S),
        };
        (name, update)
    })?;
    let sought = call.role(name).await?;
    let (granted, found) = call.admit(sought)?;
    granted
        .state()
        .update_role(&found.role.name, &update)
        .await?;
    Ok(Answer::of(|_| {}))
}

/// `UpdateRoleDescription`.
pub(super) async fn update_description(call: &Call<'_>) -> Outcome {
    let (name, description) = call.read(|call| {
        let name = call.required("RoleName", &shapes::NAME_64);
        (
            name,
            call.required("Description", &shapes::ROLE_DESCRIPTION),
        )
    })?;
    let sought = call.role(name).await?;
    let (granted, found) = call.admit(sought)?;
    let update = RoleUpdate {
        description: Some(description.to_owned()),
        max_session_s: None,
    };
    granted
        .state()
        .update_role(&found.role.name, &update)
        .await?;
    let FoundRole { role, boundary_arn } = call.role(name).await?.found?;
    Ok(Answer::of(|xml| {
        xml.element("Role", |xml| {
            written::role_whole(xml, &role, boundary_arn.as_deref(), call.region());
        });
    }))
}

/// `UpdateAssumeRolePolicy`: who may become the role.
pub(super) async fn update_trust_policy(call: &Call<'_>) -> Outcome {
    let (name, document) = call.read(|call| {
        let name = call.required("RoleName", &shapes::NAME_64);
        (name, call.required("PolicyDocument", &shapes::DOCUMENT))
    })?;
    let sought = call.role(name).await?;
    let (granted, found) = call.admit(sought)?;
    documents::check(document, PolicyKind::Trust)?;
    let state = granted.state();
    state.set_trust_policy(&found.role.name, document).await?;
    Ok(Answer::done())
}

/// `DeleteRole`, of one without policies.
pub(super) async fn delete(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.required("RoleName", &shapes::NAME_64))?;
    let sought = call.role(name).await?;
    let (granted, found) = call.admit(sought)?;
    granted.state().delete_role(&found.role.name).await?;
    Ok(Answer::done())
}

/// `ListInstanceProfilesForRole`: there are none, as there are no instances. Tools ask before they delete a role.
pub(super) async fn list_instance_profiles(call: &Call<'_>) -> Outcome {
    let (name, page) = call.read(|call| {
        let name = call.required("RoleName", &shapes::NAME_64);
        (name, PageAsked::read(call))
    })?;
    let sought = call.role(name).await?;
    call.admit(sought)?;
    let page = page.of(Vec::<String>::new(), String::clone)?;
    Ok(Answer::of(|xml| {
        xml.texts("InstanceProfiles", &page.items);
        page.write_end(xml);
    }))
}
