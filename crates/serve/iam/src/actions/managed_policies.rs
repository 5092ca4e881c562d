//! Managed policies.

use countersign_aws_query::Answer;
use countersign_policy::PolicyKind;
use countersign_state::{IamPath, ManagedPolicy, NewManagedPolicy, Origin, PolicyName};

use super::tags;
use crate::arns;
use crate::call::Call;
use crate::documents;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::shapes;
use crate::target::Target;
use crate::written;

/// `CreatePolicy`: the document becomes version `v1`. Tags need the right to tag as well.
pub(super) async fn create(call: &Call<'_>) -> Outcome {
    let (name, path, document, description, new_tags) = call.read(|call| {
        (
            call.required("PolicyName", &shapes::LONG_NAME),
            call.optional("Path", &shapes::POLICY_PATH).unwrap_or("/"),
            call.required("PolicyDocument", &shapes::DOCUMENT),
            call.optional("Description", &shapes::POLICY_DESCRIPTION),
            tags::read(call),
        )
    })?;
    let target = Target::of(arns::entity("policy", path, name)).with_tags(&new_tags);
    let granted = call.admit_to(&target)?;
    tags::check(&new_tags)?;
    if !new_tags.is_empty() {
        call.demand("TagPolicy", &target)?;
    }
    documents::check(document, PolicyKind::Identity)?;
    let policy = NewManagedPolicy {
        name: PolicyName::parse(name).map_err(|e| Refused::invalid_input(e.to_string()))?,
        path: IamPath::parse(path).map_err(|e| Refused::invalid_input(e.to_string()))?,
        description: description
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        document: document.to_owned(),
        tags: new_tags,
    };
    let state = granted.state();
    let policy = state.create_managed_policy(&policy, call.now).await?;
    Ok(Answer::of(|xml| {
        // AWS: the answer repeats no description, which clients read with GetPolicy.
        xml.element("Policy", |xml| written::policy_whole(xml, &policy));
    }))
}

/// `GetPolicy`.
pub(super) async fn get(call: &Call<'_>) -> Outcome {
    let arn = call.read(|call| call.required("PolicyArn", &shapes::ARN))?;
    let sought = call.managed_policy(arn).await?;
    let (_, policy) = call.admit(sought)?;
    Ok(Answer::of(|xml| {
        xml.element("Policy", |xml| written::policy_whole(xml, &policy));
    }))
}

/// `ListPolicies`.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let (scope, only_attached, prefix, usage, page) = call.read(|call| {
        (
            call.optional("Scope", &shapes::POLICY_SCOPE),
            call.boolean("OnlyAttached").unwrap_or(false),
            call.optional("PathPrefix", &shapes::POLICY_PATH)
                .unwrap_or("/"),
            call.optional("PolicyUsageFilter", &shapes::POLICY_USAGE),
            PageAsked::read(call),
        )
    })?;
    let granted = call.admit_to(&Target::of(arns::entity("policy", prefix, "")))?;
    let mut policies = granted.state().list_managed_policies().await?;
    policies.retain(|policy| {
        let is_aws = policy.origin == Origin::Aws;
        let in_scope = match scope {
            Some("AWS") => is_aws,
            Some("Local") => !is_aws,
            _ => true,
        };
        let is_used = match usage {
            Some("PermissionsPolicy") => policy.attachment_count > 0,
            Some("PermissionsBoundary") => policy.boundary_count > 0,
            _ => !only_attached || policy.attachment_count > 0,
        };
        in_scope && is_used && policy.path.as_str().starts_with(prefix)
    });
    let page = page.of(policies, |policy| policy.name.to_string())?;
    Ok(Answer::of(|xml| {
        xml.list("Policies", &page.items, written::policy);
        page.write_end(xml);
    }))
}

/// `DeletePolicy`, of one that nobody has and that has no version but the one in force.
pub(super) async fn delete(call: &Call<'_>) -> Outcome {
    let arn = call.read(|call| call.required("PolicyArn", &shapes::ARN))?;
    let sought = call.managed_policy(arn).await?;
    let (granted, policy) = call.admit(sought)?;
    refuse_built_in(&policy)?;
    let versions = granted.state().list_policy_versions(&policy.name).await?;
    if policy.attachment_count == 0 && versions.len() > 1 {
        return Err(Refused::delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy.",
        ));
    }
    granted.state().delete_managed_policy(&policy.name).await?;
    Ok(Answer::done())
}

/// Refuses to change a policy that is built in.
pub(super) fn refuse_built_in(policy: &ManagedPolicy) -> Result<(), Refused> {
    if policy.origin != Origin::Aws {
        return Ok(());
    }
    let message = format!("Policy {} is outside your own account.", policy.arn());
    Err(countersign_aws_query::Fault::access_denied(message).into())
}
