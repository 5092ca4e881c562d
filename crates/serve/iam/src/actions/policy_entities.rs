//! Who has a managed policy.

use countersign_aws_query::{Answer, Xml};
use countersign_state::{PolicyEntities, PolicyOwner, PrincipalName};

use crate::call::{Call, Granted};
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::shapes;

/// One who has it: its kind, its name and its lasting id.
#[derive(Debug)]
struct Entity {
    kind: &'static str,
    name: String,
    id: String,
}

/// `ListEntitiesForPolicy`.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let (arn, filter, prefix, usage, page) = call.read(|call| {
        (
            call.required("PolicyArn", &shapes::ARN),
            call.optional("EntityFilter", &shapes::ENTITY_FILTER),
            call.optional("PathPrefix", &shapes::PATH_PREFIX)
                .unwrap_or("/"),
            call.optional("PolicyUsageFilter", &shapes::POLICY_USAGE),
            PageAsked::read(call),
        )
    })?;
    let sought = call.managed_policy(arn).await?;
    let (granted, policy) = call.admit(sought)?;
    let entities = granted.state().list_policy_entities(&policy.name).await?;
    let mut having = Vec::new();
    for owner in owners(entities, usage) {
        let (entity, path) = entity(granted, owner).await?;
        if filter.is_none_or(|filter| filter == entity.kind) && path.starts_with(prefix) {
            having.push(entity);
        }
    }
    let page = page.of(having, |entity| format!("{}/{}", entity.kind, entity.name))?;
    let of_kind = |xml: &mut Xml, list: &str, kind: &str| {
        let entities = page.items.iter().filter(|entity| entity.kind == kind);
        xml.list(list, entities, |xml, entity| {
            xml.text(&format!("{kind}Name"), &entity.name);
            xml.text(&format!("{kind}Id"), &entity.id);
        });
    };
    Ok(Answer::of(|xml| {
        of_kind(xml, "PolicyGroups", "Group");
        of_kind(xml, "PolicyUsers", "User");
        of_kind(xml, "PolicyRoles", "Role");
        page.write_end(xml);
    }))
}

/// Who has it in the way that is asked for, each once.
fn owners(entities: PolicyEntities, usage: Option<&str>) -> Vec<PolicyOwner> {
    let PolicyEntities {
        attached,
        boundary_of,
    } = entities;
    let mut owners = match usage {
        Some("PermissionsBoundary") => Vec::new(),
        _ => attached,
    };
    if usage != Some("PermissionsPolicy") {
        for principal in boundary_of {
            let owner = match principal {
                PrincipalName::Role(name) => PolicyOwner::Role(name),
                PrincipalName::User(name) => PolicyOwner::User(name),
            };
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
    }
    owners
}

/// What one of them is called, and its path. One who was deleted meanwhile has no id.
async fn entity(granted: Granted<'_>, owner: PolicyOwner) -> Result<(Entity, String), Refused> {
    let state = granted.state();
    let (kind, name, known) = match owner {
        PolicyOwner::Group(name) => {
            let groups = state.list_groups().await?;
            let group = groups.into_iter().find(|group| group.name == name);
            let known = group.map(|group| (group.unique_id, "/".to_owned()));
            ("Group", name.to_string(), known)
        }
        PolicyOwner::Role(name) => {
            let role = state.find_role(&name).await?;
            let known = role.map(|role| (role.unique_id, role.path.to_string()));
            ("Role", name.to_string(), known)
        }
        PolicyOwner::User(name) => {
            let user = state.find_user(&name).await?;
            let known = user.map(|user| (user.unique_id, user.path.to_string()));
            ("User", name.to_string(), known)
        }
    };
    let (id, path) = known.unwrap_or_default();
    Ok((Entity { kind, name, id }, path))
}
