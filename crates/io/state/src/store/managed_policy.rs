//! What may be asked about managed policies and to whom they are attached.

use crate::{
    Answer, ManagedPolicy, NewManagedPolicy, PolicyEntities, PolicyName, PolicyOwner,
    PolicyVersion, UnixMillis,
};

/// Managed policies, their versions and attachments.
///
/// Names are enough to find a policy: they are unique whatever their paths. Built-in policies can be found,
/// listed and attached, and are never changed; declared ones can only be changed where they are declared.
pub trait ManagedPolicyStore: Send + Sync {
    /// Creates a managed policy whose document is version 1 and in force.
    fn create_managed_policy<'a>(
        &'a self,
        policy: &'a NewManagedPolicy,
        now: UnixMillis,
    ) -> Answer<'a, ManagedPolicy>;

    /// Finds a managed policy by name; case does not matter.
    fn find_managed_policy<'a>(&'a self, name: &'a PolicyName)
    -> Answer<'a, Option<ManagedPolicy>>;

    /// Lists all managed policies by name.
    fn list_managed_policies(&self) -> Answer<'_, Vec<ManagedPolicy>>;

    /// Deletes a managed policy that nobody has, with all its versions.
    fn delete_managed_policy<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, ()>;

    /// Makes the tags of a managed policy exactly these.
    fn set_managed_policy_tags<'a>(
        &'a self,
        name: &'a PolicyName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()>;

    /// Adds a version, unless there are five already, and puts it in force if asked to.
    fn create_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        document: &'a str,
        set_default: bool,
        now: UnixMillis,
    ) -> Answer<'a, PolicyVersion>;

    /// Deletes a version that is not in force.
    fn delete_policy_version<'a>(&'a self, name: &'a PolicyName, number: u32) -> Answer<'a, ()>;

    /// Puts a version in force.
    fn set_default_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
        now: UnixMillis,
    ) -> Answer<'a, ()>;

    /// Lists the versions of a managed policy, the latest first.
    fn list_policy_versions<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, Vec<PolicyVersion>>;

    /// Finds one version of a managed policy; `None` if the policy has no such version.
    fn find_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
    ) -> Answer<'a, Option<PolicyVersion>>;

    /// Attaches a managed policy to a user, group or role, which may have it already.
    fn attach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()>;

    /// Detaches a managed policy. An attachment that is declared is refused.
    fn detach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()>;

    /// Lists the managed policies attached to a user, group or role, by name.
    fn list_attached_policies<'a>(
        &'a self,
        owner: &'a PolicyOwner,
    ) -> Answer<'a, Vec<ManagedPolicy>>;

    /// Lists who has a managed policy.
    fn list_policy_entities<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, PolicyEntities>;

    /// Finds the documents in force of managed policies by ARN, in the order of the ARNs; `None` for an ARN that
    /// names none.
    fn find_policy_documents<'a>(&'a self, arns: &'a [String]) -> Answer<'a, Vec<Option<String>>>;
}
