//! Policies that users, groups and roles have of their own.

use countersign_aws_query::Answer;
use countersign_policy::PolicyKind;
use countersign_state::{PolicyName, StateError};

use crate::call::Call;
use crate::documents;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::seek::Holder;
use crate::shapes;

/// `PutUserPolicy` and its like.
pub(super) async fn put(call: &Call<'_>, holder: Holder) -> Outcome {
    let (of, name, document) = call.read(|call| {
        let of = call.required(holder.parameter(), &shapes::EXISTING_NAME);
        let name = call.required("PolicyName", &shapes::LONG_NAME);
        (of, name, call.required("PolicyDocument", &shapes::DOCUMENT))
    })?;
    let sought = call.holder(holder, of).await?;
    let (granted, owner) = call.admit(sought)?;
    documents::check(document, PolicyKind::Identity)?;
    let name = policy_name(name)?;
    granted.state().put_policy(&owner, &name, document).await?;
    Ok(Answer::done())
}

/// `GetUserPolicy` and its like.
pub(super) async fn get(call: &Call<'_>, holder: Holder) -> Outcome {
    let (of, name) = names(call, holder)?;
    let sought = call.holder(holder, of).await?;
    let (granted, owner) = call.admit(sought)?;
    let policies = granted.state().list_policies(&owner).await?;
    let found = policies
        .into_iter()
        .find(|policy| policy.name.as_str() == name)
        .ok_or_else(|| missing(holder, name))?;
    Ok(Answer::of(|xml| {
        xml.text(holder.parameter(), of);
        xml.text("PolicyName", found.name.as_str());
        documents::write(xml, "PolicyDocument", &found.document);
    }))
}

/// `ListUserPolicies` and its like: the names.
pub(super) async fn list(call: &Call<'_>, holder: Holder) -> Outcome {
    let (of, page) = call.read(|call| {
        let of = call.required(holder.parameter(), &shapes::EXISTING_NAME);
        (of, PageAsked::read(call))
    })?;
    let sought = call.holder(holder, of).await?;
    let (granted, owner) = call.admit(sought)?;
    let policies = granted.state().list_policies(&owner).await?;
    let page = page.of(policies, |policy| policy.name.to_string())?;
    Ok(Answer::of(|xml| {
        xml.texts(
            "PolicyNames",
            page.items.iter().map(|policy| policy.name.as_str()),
        );
        page.write_end(xml);
    }))
}

/// `DeleteUserPolicy` and its like.
pub(super) async fn delete(call: &Call<'_>, holder: Holder) -> Outcome {
    let (of, name) = names(call, holder)?;
    let sought = call.holder(holder, of).await?;
    let (granted, owner) = call.admit(sought)?;
    let deleted = granted
        .state()
        .delete_policy(&owner, &policy_name(name)?)
        .await;
    match deleted {
        Ok(()) => Ok(Answer::done()),
        Err(StateError::NoSuchPolicy { .. }) => Err(missing(holder, name)),
        Err(error) => Err(error.into()),
    }
}

fn names<'c>(call: &Call<'c>, holder: Holder) -> Result<(&'c str, &'c str), Refused> {
    call.read(|call| {
        let of = call.required(holder.parameter(), &shapes::EXISTING_NAME);
        (of, call.required("PolicyName", &shapes::LONG_NAME))
    })
}

fn missing(holder: Holder, name: &str) -> Refused {
    let word = holder.word();
    Refused::no_such_entity(format!(
        "The {word} policy with name {name} cannot be found."
    ))
}

fn policy_name(name: &str) -> Result<PolicyName, Refused> {
    PolicyName::parse(name).map_err(|error| Refused::invalid_input(error.to_string()))
}
