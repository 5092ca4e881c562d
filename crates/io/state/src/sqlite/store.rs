//! The verbs of the state, each in its transaction.

mod issued_link;
mod managed_policy;
mod oidc_provider;
mod role;
mod rotation;
mod sealing_key;
mod share;

use std::sync::{Arc, PoisonError};

use countersign_gate::{LinkId, Receipt, Redeemed, Redemption, Revocation};
use countersign_s3::{BucketId, BucketName, Versioning};
use countersign_sigv4::AccessKeyId;
use rusqlite::Transaction;

use super::{
    SqliteStore, access_key, bucket, declare, group, in_the_pool, link_use, policy, revocation,
    user,
};
use crate::ledger::batch::Job;
use crate::{
    AccessKey, AccessKeyListing, Answer, Authority, Bucket, BucketDocument, Declaration, Forgotten,
    Group, GroupName, KeyStatus, LinkUse, MAX_LISTED, NewCredential, NewUser, Origin, PolicyName,
    PolicyOwner, Pulse, RevocationEntry, RevocationFeed, StateError, StateStore, StoredPolicy,
    UnixMillis, User, UserName,
};

/// How many rows are deleted in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 1_000;

impl StateStore for SqliteStore {
    fn find_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Option<AccessKey>> {
        let id = id.clone();
        self.read(move |connection, key| access_key::find(connection, key, &id))
    }

    fn create_access_key<'a>(
        &'a self,
        user: &'a UserName,
        credential: NewCredential,
        now: UnixMillis,
    ) -> Answer<'a, AccessKey> {
        let user = user.clone();
        self.write(move |transaction, key| {
            access_key::create(transaction, key, &user, credential, now)
        })
    }

    fn list_access_keys<'a>(
        &'a self,
        user: Option<&'a UserName>,
    ) -> Answer<'a, Vec<AccessKeyListing>> {
        let user = user.cloned();
        self.read(move |connection, _| access_key::list(connection, user.as_ref()))
    }

    fn set_access_key_status<'a>(
        &'a self,
        id: &'a AccessKeyId,
        status: KeyStatus,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(move |transaction, _| access_key::set_status(transaction, &id, status))
    }

    fn delete_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(move |transaction, _| access_key::delete(transaction, &id))
    }

    fn record_uses<'a>(&'a self, uses: &'a [(AccessKeyId, UnixMillis)]) -> Answer<'a, ()> {
        let uses = uses.to_vec();
        self.writer
            .run(move |transaction| access_key::record_uses(transaction, &uses))
    }

    fn create_user<'a>(&'a self, user: &'a NewUser, now: UnixMillis) -> Answer<'a, User> {
        let user = user.clone();
        self.write(move |transaction, _| user::create(transaction, &user, Origin::Stored, now))
    }

    fn delete_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| user::delete(transaction, &name))
    }

    fn find_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, Option<User>> {
        let name = name.clone();
        self.read(move |connection, _| user::find(connection, &name))
    }

    fn list_users(&self) -> Answer<'_, Vec<User>> {
        self.read(|connection, _| user::list(connection))
    }

    fn declare<'a>(&'a self, declaration: &'a Declaration, now: UnixMillis) -> Answer<'a, ()> {
        let declaration = declaration.clone();
        self.write(move |transaction, key| declare::declare(transaction, key, &declaration, now))
    }

    fn create_bucket<'a>(
        &'a self,
        name: &'a BucketName,
        region: &'a str,
        owner: &'a UserName,
        documents: &'a [(BucketDocument, String)],
        now: UnixMillis,
    ) -> Answer<'a, Bucket> {
        let (name, region, owner) = (name.clone(), region.to_owned(), owner.clone());
        let documents = documents.to_vec();
        self.write(move |transaction, _| {
            bucket::create(transaction, &name, region, &owner, documents, now)
        })
    }

    fn find_bucket<'a>(&'a self, name: &'a BucketName) -> Answer<'a, Option<Bucket>> {
        let name = name.clone();
        self.read(move |connection, _| bucket::find(connection, &name))
    }

    fn list_buckets<'a>(&'a self, owner: Option<&'a UserName>) -> Answer<'a, Vec<Bucket>> {
        let owner = owner.cloned();
        self.read(move |connection, _| bucket::list(connection, owner.as_ref()))
    }

    fn delete_bucket<'a>(&'a self, name: &'a BucketName, id: BucketId) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| bucket::delete(transaction, &name, id))
    }

    fn set_bucket_versioning<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        versioning: Versioning,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| bucket::set_versioning(transaction, &name, id, versioning))
    }

    fn put_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
        document: &'a str,
    ) -> Answer<'a, ()> {
        let (name, document) = (name.clone(), document.to_owned());
        self.write(move |transaction, _| {
            bucket::put_document(transaction, &name, id, kind, &document)
        })
    }

    fn delete_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| bucket::delete_document(transaction, &name, id, kind))
    }

    fn put_policy<'a>(
        &'a self,
        owner: &'a PolicyOwner,
        name: &'a PolicyName,
        document: &'a str,
    ) -> Answer<'a, ()> {
        let (owner, name, document) = (owner.clone(), name.clone(), document.to_owned());
        self.write(move |transaction, _| policy::put(transaction, &owner, &name, &document))
    }

    fn delete_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        let (owner, name) = (owner.clone(), name.clone());
        self.write(move |transaction, _| policy::delete(transaction, &owner, &name))
    }

    fn list_policies<'a>(&'a self, owner: &'a PolicyOwner) -> Answer<'a, Vec<StoredPolicy>> {
        let owner = owner.clone();
        self.read(move |connection, _| policy::list(connection, &owner))
    }

    fn find_authority<'a>(&'a self, user: &'a UserName) -> Answer<'a, Option<Authority>> {
        let user = user.clone();
        self.read(move |connection, _| {
            let found = user::find(connection, &user)?;
            found
                .map(|user| policy::authority(connection, &user))
                .transpose()
        })
    }

    fn set_user_tags<'a>(
        &'a self,
        user: &'a UserName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let (user, tags) = (user.clone(), tags.to_vec());
        self.write(move |transaction, _| policy::set_tags(transaction, &user, &tags))
    }

    fn create_group<'a>(&'a self, name: &'a GroupName, now: UnixMillis) -> Answer<'a, Group> {
        let name = name.clone();
        self.write(move |transaction, _| group::create(transaction, &name, now))
    }

    fn delete_group<'a>(&'a self, name: &'a GroupName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| group::delete(transaction, &name))
    }

    fn list_groups(&self) -> Answer<'_, Vec<Group>> {
        self.read(|connection, _| group::list(connection))
    }

    fn add_group_member<'a>(&'a self, group: &'a GroupName, user: &'a UserName) -> Answer<'a, ()> {
        let (group, user) = (group.clone(), user.clone());
        self.write(move |transaction, _| group::add_member(transaction, &group, &user))
    }

    fn remove_group_member<'a>(
        &'a self,
        group: &'a GroupName,
        user: &'a UserName,
    ) -> Answer<'a, ()> {
        let (group, user) = (group.clone(), user.clone());
        self.write(move |transaction, _| group::remove_member(transaction, &group, &user))
    }

    fn list_group_members<'a>(&'a self, group: &'a GroupName) -> Answer<'a, Vec<UserName>> {
        let group = group.clone();
        self.read(move |connection, _| group::members(connection, &group))
    }

    fn redeem_use<'a>(&'a self, asked: &'a Redemption) -> Answer<'a, Redeemed> {
        let asked = *asked;
        self.writer
            .ask_ledger(|answer| Job::Redeem { asked, answer })
    }

    fn refund_use<'a>(&'a self, receipt: &'a Receipt) -> Answer<'a, ()> {
        let receipt = *receipt;
        self.writer.ask_ledger(|answer| Job::Refund {
            receipt,
            answer: Some(answer),
        })
    }

    fn find_link_use(&self, link: LinkId) -> Answer<'_, Option<LinkUse>> {
        self.read(move |connection, _| link_use::find(connection, link))
    }

    fn list_link_uses(&self, limit: usize, after: Option<LinkId>) -> Answer<'_, Vec<LinkUse>> {
        let limit = limit.min(MAX_LISTED);
        self.read(move |connection, _| link_use::list(connection, limit, after))
    }

    fn rearm_link(&self, link: LinkId) -> Answer<'_, ()> {
        self.writer.ask_ledger(|answer| Job::Rearm { link, answer })
    }

    fn revoke<'a>(&'a self, revocation: &'a Revocation) -> Answer<'a, u64> {
        let revocation = revocation.clone();
        self.writer
            .run(move |transaction| revocation::add(transaction, &revocation))
    }

    fn revocations_since(&self, serial: u64) -> Answer<'_, RevocationFeed> {
        self.read(move |connection, _| revocation::since(connection, serial))
    }

    fn list_revocations(
        &self,
        limit: usize,
        before: Option<u64>,
    ) -> Answer<'_, Vec<RevocationEntry>> {
        let limit = limit.min(MAX_LISTED);
        self.read(move |connection, _| revocation::list(connection, limit, before))
    }

    fn forget_expired(&self, now: UnixMillis) -> Answer<'_, Forgotten> {
        Box::pin(async move {
            Ok(Forgotten {
                answers: self.forget(super::issued_link::forget_answers, now).await?,
                records: self.forget(super::issued_link::forget, now).await?,
                shares: self.forget(super::share::forget, now).await?,
                links: self.forget(link_use::forget, now).await?,
                revocations: self.forget(revocation::forget, now).await?,
            })
        })
    }

    fn pulse(&self) -> Answer<'_, Pulse> {
        let shared = Arc::clone(&self.shared);
        in_the_pool(move || {
            shared
                .changes
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pulse()
        })
    }

    fn news(&self) -> Answer<'_, ()> {
        // Another process cannot be heard of, only seen.
        Box::pin(std::future::pending())
    }
}

impl SqliteStore {
    /// Deletes step by step, so that redemptions get their turn in between.
    async fn forget(
        &self,
        step: fn(&Transaction<'_>, UnixMillis, u32) -> Result<usize, StateError>,
        now: UnixMillis,
    ) -> Result<u64, StateError> {
        let mut forgotten = 0;
        loop {
            let step = self
                .writer
                .run(move |transaction| step(transaction, now, FORGOTTEN_AT_ONCE))
                .await?;
            forgotten += step as u64;
            if step < FORGOTTEN_AT_ONCE as usize {
                return Ok(forgotten);
            }
        }
    }
}
