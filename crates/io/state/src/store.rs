//! The questions that may be asked of the state, whatever engine keeps it.
//!
//! Every verb is one transaction: it happens as a whole or not at all, also when two processes share
//! the state. The trait is object-safe, so a server holds an `Arc<dyn StateStore>` and does not care
//! which engine is behind it.
//!
//! INVARIANT: a verb that changed something a request can notice moves [`StateStore::change_token`];
//! whoever keeps answers in memory may keep them until the token moves.

use std::future::Future;
use std::pin::Pin;

use countersign_s3::{BucketId, BucketName, Versioning};
use countersign_sigv4::AccessKeyId;

use crate::{
    AccessKey, AccessKeyListing, Bucket, BucketDocument, DeclaredUser, KeyStatus, NewCredential,
    StateError, UnixMillis, User, UserKind, UserName,
};

/// The most access keys one user may have, active or not. It is IAM's quota: enough to rotate.
pub const MAX_ACCESS_KEYS_PER_USER: usize = 2;

/// What a verb returns: an answer that is on its way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StateError>> + Send + 'a>>;

/// Users, access keys and buckets.
pub trait StateStore: Send + Sync + 'static {
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
    fn create_user<'a>(
        &'a self,
        name: &'a UserName,
        kind: UserKind,
        now: UnixMillis,
    ) -> Answer<'a, User>;

    /// Finds a user by name; case does not matter, as in IAM.
    fn find_user<'a>(&'a self, name: &'a UserName) -> Answer<'a, Option<User>>;

    /// Lists all users by name.
    fn list_users(&self) -> Answer<'_, Vec<User>>;

    /// Makes the declared access keys exactly these: new ones appear with their users, changed
    /// secrets are replaced, and declared keys that are no longer named are removed. A key that an
    /// operator disabled stays disabled.
    fn declare_users<'a>(&'a self, users: &'a [DeclaredUser], now: UnixMillis) -> Answer<'a, ()>;

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

    /// A number that is different whenever anything changed, whichever process changed it. Cheap
    /// enough to be asked several times a second.
    fn change_token(&self) -> Answer<'_, u64>;
}
