//! The account as a whole, and what users of AWS can have and users here cannot.
//!
//! Tools ask for passwords, MFA devices and certificates before they delete a user. There are none, and to be told so is what
//! they need.

use countersign_aws_query::Answer;
use countersign_state::{
    MAX_ACCESS_KEYS_PER_USER, MAX_ATTACHED_POLICIES, MAX_GROUPS_PER_USER, MAX_POLICY_VERSIONS,
    Origin, UserKind,
};

use crate::call::Call;
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::shapes;
use crate::target::Target;

/// `GetAccountSummary`: how much there is of what, and how much there may be.
pub(super) async fn summary(call: &Call<'_>) -> Outcome {
    let granted = call.admit_to(&Target::account())?;
    let state = granted.state();
    let users = state.list_users().await?;
    let users = users.iter().filter(|user| user.kind == UserKind::Ordinary);
    let policies = state.list_managed_policies().await?;
    let policies = policies
        .iter()
        .filter(|policy| policy.origin != Origin::Aws);
    let entries = [
        ("AccessKeysPerUserQuota", MAX_ACCESS_KEYS_PER_USER),
        ("AccountMFAEnabled", 0),
        ("AttachedPoliciesPerGroupQuota", MAX_ATTACHED_POLICIES),
        ("AttachedPoliciesPerRoleQuota", MAX_ATTACHED_POLICIES),
        ("AttachedPoliciesPerUserQuota", MAX_ATTACHED_POLICIES),
        ("Groups", state.list_groups().await?.len()),
        ("GroupsPerUserQuota", MAX_GROUPS_PER_USER),
        ("MFADevices", 0),
        ("Policies", policies.count()),
        ("Providers", state.list_oidc_providers().await?.len()),
        ("Roles", state.list_roles().await?.len()),
        ("Users", users.count()),
        ("VersionsPerPolicyQuota", MAX_POLICY_VERSIONS),
    ];
    Ok(Answer::of(|xml| {
        xml.element("SummaryMap", |xml| {
            for (key, value) in entries {
                xml.element("entry", |xml| {
                    xml.text("key", key);
                    xml.text("value", &value.to_string());
                });
            }
        });
    }))
}

/// `ListAccountAliases`: there are none.
pub(super) async fn list_aliases(call: &Call<'_>) -> Outcome {
    list_nothing_of_account(call, "AccountAliases")
}

/// `ListVirtualMFADevices`: there are none.
pub(super) async fn list_virtual_mfa_devices(call: &Call<'_>) -> Outcome {
    list_nothing_of_account(call, "VirtualMFADevices")
}

fn list_nothing_of_account(call: &Call<'_>, list: &str) -> Outcome {
    let page = call.read(PageAsked::read)?;
    call.admit_to(&Target::account())?;
    nothing(list, page)
}

/// A list of what no user here has.
pub(super) async fn list_nothing_of_user(call: &Call<'_>, list: &str) -> Outcome {
    let (name, page) = call.read(|call| {
        let name = call.optional("UserName", &shapes::EXISTING_NAME);
        (name, PageAsked::read(call))
    })?;
    let sought = call.user_or_self(name).await?;
    call.admit(sought)?;
    nothing(list, page)
}

/// `GetLoginProfile` and `DeleteLoginProfile`: nobody has a password.
pub(super) async fn no_login_profile(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.optional("UserName", &shapes::EXISTING_NAME))?;
    let sought = call.user_or_self(name).await?;
    let (_, found) = call.admit(sought)?;
    let name = found.user.name;
    Err(Refused::no_such_entity(format!(
        "Login Profile for User {name} cannot be found."
    )))
}

fn nothing(list: &str, page: PageAsked<'_>) -> Outcome {
    let page = page.of(Vec::<String>::new(), String::clone)?;
    Ok(Answer::of(|xml| {
        xml.texts(list, &page.items);
        page.write_end(xml);
    }))
}
