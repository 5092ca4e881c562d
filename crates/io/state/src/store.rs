//! The questions that may be asked of the state, whatever engine keeps it.
//!
//! Every verb is one transaction: it happens as a whole or not at all, also when two processes share
//! the state. The trait is object-safe, so a server holds an `Arc<dyn StateStore>` and does not care
//! which engine is behind it. Each idea has a trait of its own, all of which make up [`StateStore`].
//!
//! INVARIANT: a use and a revocation are answered only when they are on the disk.
//!
//! INVARIANT: a verb that changed something a request can notice moves [`Pulse::change_token`];
//! whoever keeps answers in memory may keep them until the token moves.

mod issued_link;
mod managed_policy;
mod oidc_provider;
mod role;
mod rotation;
mod sealing_key;
mod share;

pub use self::issued_link::LinkStore;
pub use self::managed_policy::ManagedPolicyStore;
pub use self::oidc_provider::OidcProviderStore;
pub use self::role::RoleStore;
pub use self::rotation::KeyRotationStore;
pub use self::sealing_key::SealingKeyStore;
pub use self::share::ShareStore;

use std::future::Future;
use std::pin::Pin;

use countersign_gate::{LinkId, Receipt, Redeemed, Redemption, Revocation};
use countersign_s3::{BucketId, BucketName, Versioning};
use countersign_sigv4::AccessKeyId;

use crate::{
    AccessKey, AccessKeyListing, Authority, Bucket, BucketDocument, Declaration, Forgotten, Group,
    GroupName, KeyStatus, LinkUse, NewCredential, NewUser, PolicyName, PolicyOwner, Pulse,
    RevocationEntry, RevocationFeed, StateError, StoredPolicy, UnixMillis, User, UserName,
};

/// The most access keys one user may have, active or not. It is IAM's quota: enough to rotate.
pub const MAX_ACCESS_KEYS_PER_USER: usize = 2;

/// The most entries of one page of a list.
pub const MAX_LISTED: usize = 1_000;

/// What a verb returns: an answer that is on its way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StateError>> + Send + 'a>>;

/// Users, access keys, policies, buckets, counted uses and revocations, and all that the other traits name.
pub trait StateStore:
    KeyRotationStore
    + LinkStore
    + ManagedPolicyStore
    + OidcProviderStore
    + RoleStore
    + SealingKeyStore
    + ShareStore
    + Send
    + Sync
    + 'static
{
    /// Finds an access key with its secret and its user; a disabled one too.
    fn find_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Option<AccessKey>>;

    /// Gives a user one more access key, unless there are two already.
    fn create_access_key<'a>(
        &'a self,
        user: &'a UserName,
        credential: NewCredential,
        now: UnixMillis,
    ) -> Answer<'a, AccessKey>;

    /// Lists access keys without their secrets, of one user or of all, oldest first.
    fn list_access_keys<'a>(
        &'a self,
        user: Option<&'a UserName>,
    ) -> Answer<'a, Vec<AccessKeyListing>>;

    /// Enables or disables an access key.
    fn set_access_key_status<'a>(
        &'a self,
        id: &'a AccessKeyId,
        status: KeyStatus,
    ) -> Answer<'a, ()>;

    /// Deletes an access key. One that a configuration declares is refused.
    fn delete_access_key<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, ()>;

    /// Notes when access keys were last used. Unknown keys are passed over, and time never runs
    /// backwards. This alone does not move the change token.
    fn record_uses<'a>(&'a self, uses: &'a [(AccessKeyId, UnixMillis)]) -> Answer<'a, ()>;

    /// Creates a user without access keys.
    fn create_user<'a>(&'a self, user: &'a NewUser, now: UnixMillis) -> Answer<'a, User>;

    /// Deletes a user who has no access keys, policies, groups and buckets. The root user is refused.
    fn delete_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, ()>;

    /// Finds a user by name; case does not matter, as in IAM.
    fn find_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, Option<User>>;

    /// Lists all users by name.
    fn list_users(&self) -> Answer<'_, Vec<User>>;

    /// Makes what is declared exactly this: new things appear, changed ones are changed, and what is no longer
    /// named is removed. What was made at run time is not touched; a key that an operator disabled stays
    /// disabled. As a whole or not at all.
    fn declare<'a>(&'a self, declaration: &'a Declaration, now: UnixMillis) -> Answer<'a, ()>;

    /// Creates a bucket under a number that was never used before, with these configuration documents,
    /// of each kind at most one.
    fn create_bucket<'a>(
        &'a self,
        name: &'a BucketName,
        region: &'a str,
        owner: &'a UserName,
        documents: &'a [(BucketDocument, String)],
        now: UnixMillis,
    ) -> Answer<'a, Bucket>;

    /// Finds a bucket by name, with its configuration.
    fn find_bucket<'a>(&'a self, name: &'a BucketName) -> Answer<'a, Option<Bucket>>;

    /// Lists buckets by name, of one owner or of all, without their configuration.
    fn list_buckets<'a>(&'a self, owner: Option<&'a UserName>) -> Answer<'a, Vec<Bucket>>;

    /// Deletes the bucket that has both this name and this number, with its configuration.
    fn delete_bucket<'a>(&'a self, name: &'a BucketName, id: BucketId) -> Answer<'a, ()>;

    /// Sets whether the bucket of this name and number keeps versions. Once it does or did, it is never
    /// unversioned again.
    fn set_bucket_versioning<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        versioning: Versioning,
    ) -> Answer<'a, ()>;

    /// Puts one configuration document of a bucket, in place of an earlier one of its kind.
    fn put_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
        document: &'a str,
    ) -> Answer<'a, ()>;

    /// Removes one configuration document of a bucket, if it is there.
    fn delete_bucket_document<'a>(
        &'a self,
        name: &'a BucketName,
        id: BucketId,
        kind: BucketDocument,
    ) -> Answer<'a, ()>;

    /// Puts a policy of a user, group or role, in place of an earlier one of its name.
    fn put_policy<'a>(
        &'a self,
        owner: &'a PolicyOwner,
        name: &'a PolicyName,
        document: &'a str,
    ) -> Answer<'a, ()>;

    /// Deletes a policy of a user, group or role.
    fn delete_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()>;

    /// Lists the policies that a user, group or role has of its own, by name; attached ones are not among them.
    fn list_policies<'a>(&'a self, owner: &'a PolicyOwner) -> Answer<'a, Vec<StoredPolicy>>;

    /// Finds all that decides what a user may do; `None` if there is no such user.
    fn find_authority<'a>(&'a self, user: &'a UserName) -> Answer<'a, Option<Authority>>;

    /// Makes the tags of a user exactly these.
    fn set_user_tags<'a>(
        &'a self,
        user: &'a UserName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()>;

    /// Creates a group without members and policies.
    fn create_group<'a>(&'a self, name: &'a GroupName, now: UnixMillis) -> Answer<'a, Group>;

    /// Deletes a group that has no members, with its policies.
    fn delete_group<'a>(&'a self, name: &'a GroupName) -> Answer<'a, ()>;

    /// Lists all groups by name.
    fn list_groups(&self) -> Answer<'_, Vec<Group>>;

    /// Adds a user to a group, who may be in it already.
    fn add_group_member<'a>(&'a self, group: &'a GroupName, user: &'a UserName) -> Answer<'a, ()>;

    /// Removes a user from a group.
    fn remove_group_member<'a>(
        &'a self,
        group: &'a GroupName,
        user: &'a UserName,
    ) -> Answer<'a, ()>;

    /// Lists the members of a group by name.
    fn list_group_members<'a>(&'a self, group: &'a GroupName) -> Answer<'a, Vec<UserName>>;

    /// Redeems a use of a link, or says why there is none; nobody else can have got the same use.
    ///
    /// An error leaves it open whether the use was counted; whoever gets one must refuse, and not ask again
    /// for the same request.
    fn redeem_use<'a>(&'a self, asked: &'a Redemption) -> Answer<'a, Redeemed>;

    /// Gives a use back of which nothing was delivered, or what a request took from a use others take part
    /// in. What is not there any more is passed over.
    fn refund_use<'a>(&'a self, receipt: &'a Receipt) -> Answer<'a, ()>;

    /// Finds how a link was used; `None` if it never was, or that was forgotten.
    fn find_link_use(&self, link: LinkId) -> Answer<'_, Option<LinkUse>>;

    /// Lists how links were used, by id, those after one id; at most [`MAX_LISTED`] at once.
    fn list_link_uses(&self, limit: usize, after: Option<LinkId>) -> Answer<'_, Vec<LinkUse>>;

    /// Gives back every use of a link, and its network, for the owner of a link that somebody else used up.
    fn rearm_link(&self, link: LinkId) -> Answer<'_, ()>;

    /// Writes a revocation into the feed, and says its serial number once it is on the disk.
    fn revoke<'a>(&'a self, revocation: &'a Revocation) -> Answer<'a, u64>;

    /// One page of the revocations that came after a serial number; 0 is before the first.
    fn revocations_since(&self, serial: u64) -> Answer<'_, RevocationFeed>;

    /// Lists revocations, latest first, those before one serial number; at most [`MAX_LISTED`] at once.
    fn list_revocations(
        &self,
        limit: usize,
        before: Option<u64>,
    ) -> Answer<'_, Vec<RevocationEntry>>;

    /// Forgets uses and records of links, shares, answers and revocations whose time is over at `now`. This alone is many transactions,
    /// so that nobody waits long for it.
    fn forget_expired(&self, now: UnixMillis) -> Answer<'_, Forgotten>;

    /// Whether anything is new. Cheap enough to be asked several times a second.
    fn pulse(&self) -> Answer<'_, Pulse>;

    /// Done when the state says by itself that something is new; that may be never. It only makes whoever
    /// asks for the pulse faster, and takes nothing from their duty to ask.
    fn news(&self) -> Answer<'_, ()>;
}
