//! The actions, and the one table of them.

mod access_keys;
mod account;
mod attachments;
mod boundaries;
mod groups;
mod inline_policies;
mod managed_policies;
mod policy_entities;
mod policy_versions;
mod providers;
mod roles;
mod simulation;
mod tags;
mod users;

use crate::call::Call;
use crate::refused::{Outcome, Refused};
use crate::seek::Holder::{Group, Role, User};

/// Makes the table of actions into what looks an action up and into the list of their names.
macro_rules! actions {
    ($call:ident: $($name:literal => $carry_out:expr,)*) => {
        /// Every action there is.
        pub(crate) const NAMES: &[&str] = &[$($name),*];

        /// Carries out the call's action.
        pub(crate) async fn carry_out($call: &Call<'_>) -> Outcome {
            match $call.action {
                $($name => $carry_out,)*
                _ => Err(Refused::from($call.request.unknown_action())),
            }
        }
    };
}

actions! {
    call:
    "CreateUser" => users::create(call).await,
    "DeleteUser" => users::delete(call).await,
    "GetUser" => users::get(call).await,
    "ListUsers" => users::list(call).await,
    "UpdateUser" => users::update(call).await,

    "CreateAccessKey" => access_keys::create(call).await,
    "DeleteAccessKey" => access_keys::delete(call).await,
    "GetAccessKeyLastUsed" => access_keys::last_used(call).await,
    "ListAccessKeys" => access_keys::list(call).await,
    "UpdateAccessKey" => access_keys::update(call).await,

    "AddUserToGroup" => groups::add_user(call).await,
    "CreateGroup" => groups::create(call).await,
    "DeleteGroup" => groups::delete(call).await,
    "GetGroup" => groups::get(call).await,
    "ListGroups" => groups::list(call).await,
    "ListGroupsForUser" => groups::list_for_user(call).await,
    "RemoveUserFromGroup" => groups::remove_user(call).await,

    "CreateRole" => roles::create(call).await,
    "DeleteRole" => roles::delete(call).await,
    "GetRole" => roles::get(call).await,
    "ListInstanceProfilesForRole" => roles::list_instance_profiles(call).await,
    "ListRoles" => roles::list(call).await,
    "UpdateAssumeRolePolicy" => roles::update_trust_policy(call).await,
    "UpdateRole" => roles::update(call).await,
    "UpdateRoleDescription" => roles::update_description(call).await,

    "DeleteGroupPolicy" => inline_policies::delete(call, Group).await,
    "DeleteRolePolicy" => inline_policies::delete(call, Role).await,
    "DeleteUserPolicy" => inline_policies::delete(call, User).await,
    "GetGroupPolicy" => inline_policies::get(call, Group).await,
    "GetRolePolicy" => inline_policies::get(call, Role).await,
    "GetUserPolicy" => inline_policies::get(call, User).await,
    "ListGroupPolicies" => inline_policies::list(call, Group).await,
    "ListRolePolicies" => inline_policies::list(call, Role).await,
    "ListUserPolicies" => inline_policies::list(call, User).await,
    "PutGroupPolicy" => inline_policies::put(call, Group).await,
    "PutRolePolicy" => inline_policies::put(call, Role).await,
    "PutUserPolicy" => inline_policies::put(call, User).await,

    "CreatePolicy" => managed_policies::create(call).await,
    "DeletePolicy" => managed_policies::delete(call).await,
    "GetPolicy" => managed_policies::get(call).await,
    "ListPolicies" => managed_policies::list(call).await,
    "ListEntitiesForPolicy" => policy_entities::list(call).await,
    "CreatePolicyVersion" => policy_versions::create(call).await,
    "DeletePolicyVersion" => policy_versions::delete(call).await,
    "GetPolicyVersion" => policy_versions::get(call).await,
    "ListPolicyVersions" => policy_versions::list(call).await,
    "SetDefaultPolicyVersion" => policy_versions::set_default(call).await,

    "AttachGroupPolicy" => attachments::attach(call, Group).await,
    "AttachRolePolicy" => attachments::attach(call, Role).await,
    "AttachUserPolicy" => attachments::attach(call, User).await,
    "DetachGroupPolicy" => attachments::detach(call, Group).await,
    "DetachRolePolicy" => attachments::detach(call, Role).await,
    "DetachUserPolicy" => attachments::detach(call, User).await,
    "ListAttachedGroupPolicies" => attachments::list(call, Group).await,
    "ListAttachedRolePolicies" => attachments::list(call, Role).await,
    "ListAttachedUserPolicies" => attachments::list(call, User).await,

    "DeleteRolePermissionsBoundary" => boundaries::delete_of_role(call).await,
    "DeleteUserPermissionsBoundary" => boundaries::delete_of_user(call).await,
    "PutRolePermissionsBoundary" => boundaries::put_on_role(call).await,
    "PutUserPermissionsBoundary" => boundaries::put_on_user(call).await,

    "AddClientIDToOpenIDConnectProvider" => providers::add_client_id(call).await,
    "CreateOpenIDConnectProvider" => providers::create(call).await,
    "DeleteOpenIDConnectProvider" => providers::delete(call).await,
    "GetOpenIDConnectProvider" => providers::get(call).await,
    "ListOpenIDConnectProviders" => providers::list(call).await,
    "RemoveClientIDFromOpenIDConnectProvider" => providers::remove_client_id(call).await,
    "UpdateOpenIDConnectProviderThumbprint" => providers::update_thumbprints(call).await,

    "ListOpenIDConnectProviderTags" => tags::list(call, tags::Bearer::Provider).await,
    "ListPolicyTags" => tags::list(call, tags::Bearer::Policy).await,
    "ListRoleTags" => tags::list(call, tags::Bearer::Role).await,
    "ListUserTags" => tags::list(call, tags::Bearer::User).await,
    "TagOpenIDConnectProvider" => tags::add(call, tags::Bearer::Provider).await,
    "TagPolicy" => tags::add(call, tags::Bearer::Policy).await,
    "TagRole" => tags::add(call, tags::Bearer::Role).await,
    "TagUser" => tags::add(call, tags::Bearer::User).await,
    "UntagOpenIDConnectProvider" => tags::remove(call, tags::Bearer::Provider).await,
    "UntagPolicy" => tags::remove(call, tags::Bearer::Policy).await,
    "UntagRole" => tags::remove(call, tags::Bearer::Role).await,
    "UntagUser" => tags::remove(call, tags::Bearer::User).await,

    "DeleteLoginProfile" => account::no_login_profile(call).await,
    "GetLoginProfile" => account::no_login_profile(call).await,
    "SimulatePrincipalPolicy" => simulation::of_principal(call).await,

    "GetAccountSummary" => account::summary(call).await,
    "ListAccountAliases" => account::list_aliases(call).await,
    "ListMFADevices" => account::list_nothing_of_user(call, "MFADevices").await,
    "ListServiceSpecificCredentials" => account::list_nothing_of_user(call, "ServiceSpecificCredentials").await,
    "ListSigningCertificates" => account::list_nothing_of_user(call, "Certificates").await,
    "ListSSHPublicKeys" => account::list_nothing_of_user(call, "SSHPublicKeys").await,
    "ListVirtualMFADevices" => account::list_virtual_mfa_devices(call).await,
}

#[cfg(test)]
mod tests;
