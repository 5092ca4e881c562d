//! The verbs of the state, each in its transaction.

mod issued_link;
mod managed_policy;
mod oidc_provider;
mod role;
mod rotation;
mod sealing_key;
mod share;

use countersign_gate::{LinkId, Receipt, Redeemed, Redemption, Revocation};
use countersign_s3::{BucketId, BucketName, Versioning};
use countersign_sigv4::AccessKeyId;

use super::failure::Failure;
use super::work::Work;
use super::{
    PostgresStore, access_key, bucket, change, declare, group, link_use, policy, revocation, user,
};
use crate::ledger::batch::Job;
use crate::{
    AccessKey, AccessKeyListing, Answer, Authority, Bucket, BucketDocument, Declaration, Forgotten,
    Group, GroupName, KeyStatus, LinkUse, MAX_LISTED, NewCredential, NewUser, Origin, PolicyName,
    PolicyOwner, Pulse, RevocationEntry, RevocationFeed, StateError, StateStore, StoredPolicy,
    UnixMillis, User, UserName,
};

/// How many rows are deleted in one transaction.
const FORGOTTEN_AT_ONCE: i64 = 1_000;

impl StateStore for PostgresStore {
    fn find_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Option<AccessKey>> {
        let id = id.clone();
        self.read(async move |work: &Work<'_>| access_key::find(work, &id).await)
    }

    fn create_access_key<'a>(
        &'a self,
        user: &'a UserName,
        credential: NewCredential,
        now: UnixMillis,
    ) -> Answer<'a, AccessKey> {
        let user = user.clone();
        self.write(async move |work: &Work<'_>| {
            access_key::create(work, &user, &credential, now).await
        })
    }

    fn list_access_keys<'a>(
        &'a self,
        user: Option<&'a UserName>,
    ) -> Answer<'a, Vec<AccessKeyListing>> {
        let user = user.cloned();
        self.read(async move |work: &Work<'_>| access_key::list(work, user.as_ref()).await)
    }

    fn set_access_key_status<'a>(
        &'a self,
        id: &'a AccessKeyId,
        status: KeyStatus,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(async move |work: &Work<'_>| access_key::set_status(work, &id, status).await)
    }

    fn delete_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(async move |work: &Work<'_>| access_key::delete(work, &id).await)
    }

    fn record_uses<'a>(&'a self, uses: &'a [(AccessKeyId, UnixMillis)]) -> Answer<'a, ()> {
        let uses = uses.to_vec();
        self.write_quietly(async move |work: &Work<'_>| access_key::record_uses(work, &uses).await)
    }

    fn create_user<'a>(&'a self, user: &'a NewUser, now: UnixMillis) -> Answer<'a, User> {
        let user = user.clone();
        self.write(async move |work: &Work<'_>| {
            user::create(work, &user, Origin::Stored, now).await
        })
    }

    fn delete_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| user::delete(work, &name).await)
    }

    fn find_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, Option<User>> {
        let name = name.clone();
        self.read(async move |work: &Work<'_>| user::find(work, &name).await)
    }

    fn list_users(&self) -> Answer<'_, Vec<User>> {
        self.read(async move |work: &Work<'_>| user::list(work).await)
    }

    fn declare<'a>(&'a self, declaration: &'a Declaration, now: UnixMillis) -> Answer<'a, ()> {
        let declaration = declaration.clone();
        self.write(async move |work: &Work<'_>| declare::declare(work, &declaration, now).await)
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
        self.write(async move |work: &Work<'_>| {
            bucket::create(work, &name, &region, &owner, &documents, now).await
        })
    }

    fn find_bucket<'a>(&'a self, name: &'a BucketName) -> Answer<'a, Option<Bucket>> {
        let name = name.clone();
        self.read(async move |work: &Work<'_>| bucket::find(work, &name).await)
    }

    fn list_buckets<'a>(&'a self, owner: Option<&'a UserName>) -> Answer<'a, Vec<Bucket>> {
        let owner = owner.cloned();
        self.read(async move |work: &Work<'_>| bucket::list(work, owner.as_ref()).await)
    }

    fn delete_bucket<'a>(&'a self, name: &'a BucketName, id: BucketId) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| bucket::delete(work, &name, id).await)
    }

    fn set_bucket_versioning<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        versioning: Versioning,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| {
            bucket::set_versioning(work, &name, id, versioning).await
        })
    }

    fn put_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
        document: &'a str,
    ) -> Answer<'a, ()> {
        let (name, document) = (name.clone(), document.to_owned());
        self.write(async move |work: &Work<'_>| {
            bucket::put_document(work, &name, id, kind, &document).await
        })
    }

    fn delete_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
    ) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| {
            bucket::delete_document(work, &name, id, kind).await
        })
    }

    fn put_policy<'a>(
        &'a self,
        owner: &'a PolicyOwner,
        name: &'a PolicyName,
        document: &'a str,
    ) -> Answer<'a, ()> {
        let (owner, name, document) = (owner.clone(), name.clone(), document.to_owned());
        self.write(async move |work: &Work<'_>| policy::put(work, &owner, &name, &document).await)
    }

    fn delete_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        let (owner, name) = (owner.clone(), name.clone());
        self.write(async move |work: &Work<'_>| policy::delete(work, &owner, &name).await)
    }

    fn list_policies<'a>(&'a self, owner: &'a PolicyOwner) -> Answer<'a, Vec<StoredPolicy>> {
        let owner = owner.clone();
        self.read(async move |work: &Work<'_>| policy::list(work, &owner).await)
    }

    fn find_authority<'a>(&'a self, user: &'a UserName) -> Answer<'a, Option<Authority>> {
        let user = user.clone();
        self.read(
            async move |work: &Work<'_>| match user::find(work, &user).await? {
                Some(user) => policy::authority(work, &user).await.map(Some),
                None => Ok(None),
            },
        )
    }

    fn set_user_tags<'a>(
        &'a self,
        user: &'a UserName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let (user, tags) = (user.clone(), tags.to_vec());
        self.write(async move |work: &Work<'_>| policy::set_tags(work, &user, &tags).await)
    }

    fn create_group<'a>(&'a self, name: &'a GroupName, now: UnixMillis) -> Answer<'a, Group> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| group::create(work, &name, now).await)
    }

    fn delete_group<'a>(&'a self, name: &'a GroupName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| group::delete(work, &name).await)
    }

    fn list_groups(&self) -> Answer<'_, Vec<Group>> {
        self.read(async move |work: &Work<'_>| group::list(work).await)
    }

    fn add_group_member<'a>(&'a self, group: &'a GroupName, user: &'a UserName) -> Answer<'a, ()> {
        let (group, user) = (group.clone(), user.clone());
        self.write(async move |work: &Work<'_>| group::add_member(work, &group, &user).await)
    }

    fn remove_group_member<'a>(
        &'a self,
        group: &'a GroupName,
        user: &'a UserName,
    ) -> Answer<'a, ()> {
        let (group, user) = (group.clone(), user.clone());
        self.write(async move |work: &Work<'_>| group::remove_member(work, &group, &user).await)
    }

    fn list_group_members<'a>(&'a self, group: &'a GroupName) -> Answer<'a, Vec<UserName>> {
        let group = group.clone();
        self.read(async move |work: &Work<'_>| group::members(work, &group).await)
    }

    fn redeem_use<'a>(&'a self, asked: &'a Redemption) -> Answer<'a, Redeemed> {
        let asked = *asked;
        self.ask_ledger(|answer| Job::Redeem { asked, answer })
    }

    fn refund_use<'a>(&'a self, receipt: &'a Receipt) -> Answer<'a, ()> {
        let receipt = *receipt;
        self.ask_ledger(|answer| Job::Refund {
            receipt,
            answer: Some(answer),
        })
    }

    fn find_link_use(&self, link: LinkId) -> Answer<'_, Option<LinkUse>> {
        self.read(async move |work: &Work<'_>| link_use::find(work, link).await)
    }

    fn list_link_uses(&self, limit: usize, after: Option<LinkId>) -> Answer<'_, Vec<LinkUse>> {
        let limit = limit.min(MAX_LISTED);
        self.read(async move |work: &Work<'_>| link_use::list(work, limit, after).await)
    }

    fn rearm_link(&self, link: LinkId) -> Answer<'_, ()> {
        self.ask_ledger(|answer| Job::Rearm { link, answer })
    }

    fn revoke<'a>(&'a self, revocation: &'a Revocation) -> Answer<'a, u64> {
        let revocation = revocation.clone();
        self.write_quietly(async move |work: &Work<'_>| {
            let serial = revocation::add(work, &revocation).await?;
            change::notify(work).await?;
            Ok(serial)
        })
    }

    fn revocations_since(&self, serial: u64) -> Answer<'_, RevocationFeed> {
        self.follow(async move |work: &Work<'_>| revocation::since(work, serial).await)
    }

    fn list_revocations(
        &self,
        limit: usize,
        before: Option<u64>,
    ) -> Answer<'_, Vec<RevocationEntry>> {
        let limit = limit.min(MAX_LISTED);
        self.read(async move |work: &Work<'_>| revocation::list(work, limit, before).await)
    }

    fn forget_expired(&self, now: UnixMillis) -> Answer<'_, Forgotten> {
        Box::pin(async move {
            let links = self.step_by_step(async move |work: &Work<'_>| {
                link_use::forget(work, now, FORGOTTEN_AT_ONCE).await
            });
            let links = links.await?;
            self.write_quietly(async move |work: &Work<'_>| {
                super::issued_link::forget_counts(work, now).await
            })
            .await?;
            let answers = self.step_by_step(async move |work: &Work<'_>| {
                super::issued_link::forget_answers(work, now, FORGOTTEN_AT_ONCE).await
            });
            let records = self.step_by_step(async move |work: &Work<'_>| {
                super::issued_link::forget(work, now, FORGOTTEN_AT_ONCE).await
            });
            let shares = self.step_by_step(async move |work: &Work<'_>| {
                super::share::forget(work, now, FORGOTTEN_AT_ONCE).await
            });
            let revocations = self.step_by_step(async move |work: &Work<'_>| {
                revocation::forget(work, now, FORGOTTEN_AT_ONCE).await
            });
            Ok(Forgotten {
                answers: answers.await?,
                records: records.await?,
                shares: shares.await?,
                links,
                revocations: revocations.await?,
            })
        })
    }

    fn pulse(&self) -> Answer<'_, Pulse> {
        self.follow(async move |work: &Work<'_>| change::pulse(work).await)
    }

    fn news(&self) -> Answer<'_, ()> {
        let mut news = self.news.subscribe();
        Box::pin(async move { news.changed().await.map_err(|_| StateError::Closed) })
    }
}

impl PostgresStore {
    /// Deletes in many transactions, so that redemptions get their turn in between.
    async fn step_by_step(
        &self,
        step: impl AsyncFn(&Work<'_>) -> Result<u64, Failure> + Clone + Send + 'static,
    ) -> Result<u64, StateError> {
        let mut forgotten = 0;
        loop {
            let step = self.write_quietly(step.clone()).await?;
            forgotten += step;
            if step < FORGOTTEN_AT_ONCE.unsigned_abs() {
                return Ok(forgotten);
            }
        }
    }
}
