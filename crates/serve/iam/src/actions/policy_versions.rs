//! Versions of managed policies.

use countersign_aws_query::Answer;
use countersign_policy::PolicyKind;

use super::managed_policies::refuse_built_in;
use crate::call::Call;
use crate::documents;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::shapes;
use crate::written;

/// `CreatePolicyVersion`.
pub(super) async fn create(call: &Call<'_>) -> Outcome {
    let (arn, document, set_default) = call.read(|call| {
        let arn = call.required("PolicyArn", &shapes::ARN);
        let document = call.required("PolicyDocument", &shapes::DOCUMENT);
        (arn, document, call.boolean("SetAsDefault").unwrap_or(false))
    })?;
    let sought = call.managed_policy(arn).await?;
    let (granted, policy) = call.admit(sought)?;
    refuse_built_in(&policy)?;
    documents::check(document, PolicyKind::Identity)?;
    let version = granted
        .state()
        .create_policy_version(&policy.name, document, set_default, call.now)
        .await?;
    Ok(Answer::of(|xml| {
        xml.element("PolicyVersion", |xml| written::version(xml, &version));
    }))
}

/// `GetPolicyVersion`, with the document.
pub(super) async fn get(call: &Call<'_>) -> Outcome {
    let (arn, id) = arn_and_version(call)?;
    let sought = call.managed_policy(arn).await?;
    let (granted, policy) = call.admit(sought)?;
    let found = match number(id) {
        Some(number) => {
            let state = granted.state();
            state.find_policy_version(&policy.name, number).await?
        }
        None => None,
    };
    let version = found.ok_or_else(|| missing(arn, id))?;
    Ok(Answer::of(|xml| {
        xml.element("PolicyVersion", |xml| {
            documents::write(xml, "Document", &version.document);
            written::version(xml, &version);
        });
    }))
}

/// `ListPolicyVersions`, the latest first.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let (arn, page) = call.read(|call| {
        let arn = call.required("PolicyArn", &shapes::ARN);
        (arn, PageAsked::read(call))
    })?;
    let sought = call.managed_policy(arn).await?;
    let (granted, policy) = call.admit(sought)?;
    let versions = granted.state().list_policy_versions(&policy.name).await?;
    // Numbers in an order that puts the latest first.
    let page = page.of(versions, |version| {
        format!("{:010}", u32::MAX - version.number)
    })?;
    Ok(Answer::of(|xml| {
        xml.list("Versions", &page.items, written::version);
        page.write_end(xml);
    }))
}

/// `SetDefaultPolicyVersion`: puts a version in force.
pub(super) async fn set_default(call: &Call<'_>) -> Outcome {
    let (arn, id) = arn_and_version(call)?;
    let sought = call.managed_policy(arn).await?;
    let (granted, policy) = call.admit(sought)?;
    refuse_built_in(&policy)?;
    let number = number(id).ok_or_else(|| missing(arn, id))?;
    granted
        .state()
        .set_default_policy_version(&policy.name, number, call.now)
        .await?;
    Ok(Answer::done())
}

/// `DeletePolicyVersion`, of one that is not in force.
pub(super) async fn delete(call: &Call<'_>) -> Outcome {
    let (arn, id) = arn_and_version(call)?;
    let sought = call.managed_policy(arn).await?;
    let (granted, policy) = call.admit(sought)?;
    refuse_built_in(&policy)?;
    let number = number(id).ok_or_else(|| missing(arn, id))?;
    let state = granted.state();
    state.delete_policy_version(&policy.name, number).await?;
    Ok(Answer::done())
}

fn arn_and_version<'c>(call: &Call<'c>) -> Result<(&'c str, &'c str), Refused> {
    call.read(|call| {
        let arn = call.required("PolicyArn", &shapes::ARN);
        (arn, call.required("VersionId", &shapes::VERSION_ID))
    })
}

/// The number of `v3`.
fn number(id: &str) -> Option<u32> {
    id.strip_prefix('v')?.parse().ok()
}

fn missing(arn: &str, id: &str) -> Refused {
    Refused::no_such_entity(format!(
        "Policy {arn} version {id} does not exist or is not attachable."
    ))
}
