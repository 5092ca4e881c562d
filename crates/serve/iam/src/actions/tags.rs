//! Tags of users, roles, policies and providers.

use countersign_aws_query::{Answer, Reader};
use countersign_state::{PolicyName, RoleName, UserName};

use crate::call::{Call, Granted, Sought};
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::shapes::{self, MOST_TAGS};
use crate::target::Tags;
use crate::written;

/// What AWS keeps for itself.
const RESERVED: &str = "aws:";

/// What kind of thing bears tags.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bearer {
    Policy,
    Provider,
    Role,
    User,
}

/// What bears tags, found.
#[derive(Debug)]
enum Found {
    Policy(PolicyName),
    Provider(String),
    Role(RoleName),
    User(UserName),
}

/// Reads the tags of a call, none if there are none.
pub(super) fn read(call: &mut Reader<'_, '_>) -> Tags {
    call.list("Tags", 0..=MOST_TAGS, |tag| {
        let key = tag.required("Key", &shapes::TAG_KEY).to_owned();
        (key, tag.required("Value", &shapes::TAG_VALUE).to_owned())
    })
    .unwrap_or_default()
}

/// Refuses tags that cannot be given.
pub(super) fn check(tags: &[(String, String)]) -> Result<(), Refused> {
    for (at, (key, _)) in tags.iter().enumerate() {
        let starts = key.get(..RESERVED.len());
        if starts.is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
            return Err(Refused::invalid_input(
                "Tag keys that begin with aws: are reserved for system use.",
            ));
        }
        let mut before = tags.iter().take(at);
        if before.any(|(other, _)| same(other, key)) {
            return Err(Refused::invalid_input(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
    }
    Ok(())
}

/// `TagUser` and its like: adds tags, in place of those of the same keys.
pub(super) async fn add(call: &Call<'_>, bearer: Bearer) -> Outcome {
    let (named, new) = call.read(|call| {
        let named = name(call, bearer);
        (named, read(call))
    })?;
    let sought = seek(call, bearer, named).await?;
    let (granted, (found, mut tags)) = call.admit(sought.with(|target| target.with_tags(&new)))?;
    check(&new)?;
    for (key, value) in new {
        tags.retain(|(other, _)| !same(other, &key));
        tags.push((key, value));
    }
    put(granted, &found, &tags).await?;
    Ok(Answer::done())
}

/// `UntagUser` and its like.
pub(super) async fn remove(call: &Call<'_>, bearer: Bearer) -> Outcome {
    let (named, keys) = call.read(|call| {
        let named = name(call, bearer);
        let keys = call.texts("TagKeys", 0..=MOST_TAGS, &shapes::TAG_KEY);
        (named, keys.unwrap_or_default())
    })?;
    let sought = seek(call, bearer, named).await?;
    let sought = sought.with(|target| target.without_tags(&keys));
    let (granted, (found, mut tags)) = call.admit(sought)?;
    tags.retain(|(key, _)| !keys.iter().any(|gone| same(gone, key)));
    put(granted, &found, &tags).await?;
    Ok(Answer::done())
}

/// `ListUserTags` and its like.
pub(super) async fn list(call: &Call<'_>, bearer: Bearer) -> Outcome {
    let (named, page) = call.read(|call| (name(call, bearer), PageAsked::read(call)))?;
    let sought = seek(call, bearer, named).await?;
    let (_, (_, tags)) = call.admit(sought)?;
    let page = page.of(tags, |(key, _)| key.clone())?;
    Ok(Answer::of(|xml| {
        written::tags(xml, &page.items);
        page.write_end(xml);
    }))
}

fn name<'r>(call: &mut Reader<'r, '_>, bearer: Bearer) -> &'r str {
    match bearer {
        Bearer::Policy => call.required("PolicyArn", &shapes::ARN),
        Bearer::Provider => call.required("OpenIDConnectProviderArn", &shapes::ARN),
        Bearer::Role => call.required("RoleName", &shapes::NAME_64),
        Bearer::User => call.required("UserName", &shapes::EXISTING_NAME),
    }
}

async fn seek<'t>(
    call: &Call<'_>,
    bearer: Bearer,
    named: &'t str,
) -> Result<Sought<'t, (Found, Tags)>, Refused> {
    Ok(match bearer {
        Bearer::Policy => {
            let policy = call.managed_policy(named).await?;
            policy.map(|policy| (Found::Policy(policy.name), policy.tags))
        }
        Bearer::Provider => {
            let provider = call.provider(named).await?;
            provider.map(|provider| (Found::Provider(provider.issuer), provider.tags))
        }
        Bearer::Role => {
            let found = call.role(named).await?;
            found.map(|found| (Found::Role(found.role.name), found.role.tags))
        }
        Bearer::User => {
            let found = call.user(named).await?;
            found.map(|found| (Found::User(found.user.name), found.tags))
        }
    })
}

async fn put(
    granted: Granted<'_>,
    found: &Found,
    tags: &[(String, String)],
) -> Result<(), Refused> {
    let state = granted.state();
    match found {
        Found::Policy(name) => state.set_managed_policy_tags(name, tags).await?,
        Found::Provider(issuer) => state.set_oidc_tags(issuer, tags).await?,
        Found::Role(name) => state.set_role_tags(name, tags).await?,
        Found::User(name) => state.set_user_tags(name, tags).await?,
    }
    Ok(())
}

/// Tag keys that differ in case alone are one key.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
