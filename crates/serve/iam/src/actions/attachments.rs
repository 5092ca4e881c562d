//! Managed policies attached to users, groups and roles.

use countersign_aws_query::Answer;
use countersign_state::StateError;

use crate::call::Call;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::seek::{Holder, managed_policy};
use crate::shapes;

/// `AttachUserPolicy` and its like. It is for the one who gets it that the caller needs the right; which policies may be
/// attached is said by the condition key `iam:PolicyARN`.
pub(super) async fn attach(call: &Call<'_>, holder: Holder) -> Outcome {
    let (of, arn) = names(call, holder)?;
    let sought = call.holder(holder, of).await?;
    let (granted, owner) = call.admit(sought.with(|target| target.with_policy(arn)))?;
    let policy = managed_policy(granted.state(), arn).await?;
    let policy = policy.ok_or_else(|| {
        Refused::no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
    })?;
    granted.state().attach_policy(&owner, &policy.name).await?;
    Ok(Answer::done())
}

/// `DetachUserPolicy` and its like.
pub(super) async fn detach(call: &Call<'_>, holder: Holder) -> Outcome {
    let (of, arn) = names(call, holder)?;
    let sought = call.holder(holder, of).await?;
    let (granted, owner) = call.admit(sought.with(|target| target.with_policy(arn)))?;
    let missing = || Refused::no_such_entity(format!("Policy {arn} was not found."));
    let policy = managed_policy(granted.state(), arn).await?;
    let policy = policy.ok_or_else(missing)?;
    match granted.state().detach_policy(&owner, &policy.name).await {
        Ok(()) => Ok(Answer::done()),
        Err(StateError::NotAttached { .. }) => Err(missing()),
        Err(error) => Err(error.into()),
    }
}

/// `ListAttachedUserPolicies` and its like.
pub(super) async fn list(call: &Call<'_>, holder: Holder) -> Outcome {
    let (of, prefix, page) = call.read(|call| {
        let of = call.required(holder.parameter(), &shapes::EXISTING_NAME);
        let prefix = call.optional("PathPrefix", &shapes::POLICY_PATH);
        (of, prefix.unwrap_or("/"), PageAsked::read(call))
    })?;
    let sought = call.holder(holder, of).await?;
    let (granted, owner) = call.admit(sought)?;
    let mut policies = granted.state().list_attached_policies(&owner).await?;
    policies.retain(|policy| policy.path.as_str().starts_with(prefix));
    let page = page.of(policies, |policy| policy.name.to_string())?;
    Ok(Answer::of(|xml| {
        xml.list("AttachedPolicies", &page.items, |xml, policy| {
            xml.text("PolicyName", policy.name.as_str());
            xml.text("PolicyArn", &policy.arn().to_string());
        });
        page.write_end(xml);
    }))
}

fn names<'c>(call: &Call<'c>, holder: Holder) -> Result<(&'c str, &'c str), Refused> {
    call.read(|call| {
        let of = call.required(holder.parameter(), &shapes::EXISTING_NAME);
        (of, call.required("PolicyArn", &shapes::ARN))
    })
}
