//! The verbs of managed policies, each in its transaction.

use super::super::work::Work;
use super::super::{PostgresStore, attachment, managed_policy};
use crate::{
    Answer, ManagedPolicy, ManagedPolicyStore, NewManagedPolicy, Origin, PolicyEntities,
    PolicyName, PolicyOwner, PolicyVersion, UnixMillis,
};

impl ManagedPolicyStore for PostgresStore {
    fn create_managed_policy<'a>(
        &'a self,
        policy: &'a NewManagedPolicy,
        now: UnixMillis,
    ) -> Answer<'a, ManagedPolicy> {
        let policy = policy.clone();
        self.write(async move |work: &Work<'_>| {
            managed_policy::create(work, &policy, Origin::Stored, now).await
        })
    }

    fn find_managed_policy<'a>(
        &'a self,
        name: &'a PolicyName,
    ) -> Answer<'a, Option<ManagedPolicy>> {
        let name = name.clone();
        self.read(async move |work: &Work<'_>| managed_policy::find(work, &name).await)
    }

    fn list_managed_policies(&self) -> Answer<'_, Vec<ManagedPolicy>> {
        self.read(async move |work: &Work<'_>| managed_policy::list(work).await)
    }

    fn delete_managed_policy<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| managed_policy::delete(work, &name).await)
    }

    fn set_managed_policy_tags<'a>(
        &'a self,
        name: &'a PolicyName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let name = name.clone();
        let tags = tags.to_vec();
        self.write(async move |work: &Work<'_>| managed_policy::set_tags(work, &name, &tags).await)
    }

    fn create_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        document: &'a str,
        set_default: bool,
        now: UnixMillis,
    ) -> Answer<'a, PolicyVersion> {
        let name = name.clone();
        let document = document.to_owned();
        self.write(async move |work: &Work<'_>| {
            managed_policy::create_version(work, &name, &document, set_default, now).await
        })
    }

    fn delete_policy_version<'a>(&'a self, name: &'a PolicyName, number: u32) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| {
            managed_policy::delete_version(work, &name, number).await
        })
    }

    fn set_default_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
        now: UnixMillis,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| {
            managed_policy::set_default_version(work, &name, number, now).await
        })
    }

    fn list_policy_versions<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, Vec<PolicyVersion>> {
        let name = name.clone();
        self.read(async move |work: &Work<'_>| managed_policy::versions(work, &name).await)
    }

    fn find_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
    ) -> Answer<'a, Option<PolicyVersion>> {
        let name = name.clone();
        self.read(async move |work: &Work<'_>| {
            managed_policy::find_version(work, &name, number).await
        })
    }

    fn attach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        let owner = owner.clone();
        let name = name.clone();
        self.write(async move |work: &Work<'_>| {
            attachment::attach(work, &owner, &name, Origin::Stored).await
        })
    }

    fn detach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        let owner = owner.clone();
        let name = name.clone();
        self.write(async move |work: &Work<'_>| attachment::detach(work, &owner, &name).await)
    }

    fn list_attached_policies<'a>(
        &'a self,
        owner: &'a PolicyOwner,
    ) -> Answer<'a, Vec<ManagedPolicy>> {
        let owner = owner.clone();
        self.read(async move |work: &Work<'_>| attachment::list(work, &owner).await)
    }

    fn list_policy_entities<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, PolicyEntities> {
        let name = name.clone();
        self.read(async move |work: &Work<'_>| attachment::entities(work, &name).await)
    }

    fn find_policy_documents<'a>(&'a self, arns: &'a [String]) -> Answer<'a, Vec<Option<String>>> {
        let arns = arns.to_vec();
        self.read(async move |work: &Work<'_>| managed_policy::documents(work, &arns).await)
    }
}
