//! The verbs of managed policies, each in its transaction.

use super::super::{SqliteStore, attachment, managed_policy};
use crate::{
    Answer, ManagedPolicy, ManagedPolicyStore, NewManagedPolicy, Origin, PolicyEntities,
    PolicyName, PolicyOwner, PolicyVersion, UnixMillis,
};

impl ManagedPolicyStore for SqliteStore {
    fn create_managed_policy<'a>(
        &'a self,
        policy: &'a NewManagedPolicy,
        now: UnixMillis,
    ) -> Answer<'a, ManagedPolicy> {
        let policy = policy.clone();
        self.write(move |transaction, _| {
            managed_policy::create(transaction, &policy, Origin::Stored, now)
        })
    }

    fn find_managed_policy<'a>(
        &'a self,
        name: &'a PolicyName,
    ) -> Answer<'a, Option<ManagedPolicy>> {
        let name = name.clone();
        self.read(move |connection, _| managed_policy::find(connection, &name))
    }

    fn list_managed_policies(&self) -> Answer<'_, Vec<ManagedPolicy>> {
        self.read(|connection, _| managed_policy::list(connection))
    }

    fn delete_managed_policy<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| managed_policy::delete(transaction, &name))
    }

    fn set_managed_policy_tags<'a>(
        &'a self,
        name: &'a PolicyName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let name = name.clone();
        let tags = tags.to_vec();
        self.write(move |transaction, _| managed_policy::set_tags(transaction, &name, &tags))
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
        self.write(move |transaction, _| {
            managed_policy::create_version(transaction, &name, &document, set_default, now)
        })
    }

    fn delete_policy_version<'a>(&'a self, name: &'a PolicyName, number: u32) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| managed_policy::delete_version(transaction, &name, number))
    }

    fn set_default_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
        now: UnixMillis,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| {
            managed_policy::set_default_version(transaction, &name, number, now)
        })
    }

    fn list_policy_versions<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, Vec<PolicyVersion>> {
        let name = name.clone();
        self.read(move |connection, _| managed_policy::versions(connection, &name))
    }

    fn find_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
    ) -> Answer<'a, Option<PolicyVersion>> {
        let name = name.clone();
        self.read(move |connection, _| managed_policy::find_version(connection, &name, number))
    }

    fn attach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        let owner = owner.clone();
        let name = name.clone();
        self.write(move |transaction, _| {
            attachment::attach(transaction, &owner, &name, Origin::Stored)
        })
    }

    fn detach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        let owner = owner.clone();
        let name = name.clone();
        self.write(move |transaction, _| attachment::detach(transaction, &owner, &name))
    }

    fn list_attached_policies<'a>(
        &'a self,
        owner: &'a PolicyOwner,
    ) -> Answer<'a, Vec<ManagedPolicy>> {
        let owner = owner.clone();
        self.read(move |connection, _| attachment::list(connection, &owner))
    }

    fn list_policy_entities<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, PolicyEntities> {
        let name = name.clone();
        self.read(move |connection, _| attachment::entities(connection, &name))
    }

    fn find_policy_documents<'a>(&'a self, arns: &'a [String]) -> Answer<'a, Vec<Option<String>>> {
        let arns = arns.to_vec();
        self.read(move |connection, _| managed_policy::documents(connection, &arns))
    }
}
