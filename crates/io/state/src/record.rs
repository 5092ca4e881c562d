//! What the state is made of: users, access keys and buckets, as values.
//!
//! The words are IAM's. A user is root (administers, and may not presign) or ordinary; an access key
//! belongs to one user, and so does a bucket.

use countersign_s3::{BucketId, BucketName, Versioning};
use countersign_sigv4::{AccessKeyId, SecretAccessKey};

use crate::{Authority, IamPath, UserName};

/// An instant in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixMillis(pub i64);

/// Whether a user administers the server or only uses it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum UserKind {
    /// Works with object data.
    Ordinary,
    /// Administers; there is exactly one.
    Root,
}

/// A user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct User {
    /// The name, unique whatever its case.
    pub name: UserName,
    /// Root or ordinary.
    pub kind: UserKind,
    /// The path.
    pub path: IamPath,
    /// The lasting id, `AIDA` and 17 characters more.
    pub unique_id: String,
    /// When the user was created.
    pub created_at: UnixMillis,
}

/// Whether an access key may be used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyStatus {
    /// It may.
    Active,
    /// It may not, until it is enabled again.
    Disabled,
}

/// Where an access key comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyOrigin {
    /// From the configuration file; it lives as long as it stands there.
    Declared,
    /// Created at run time.
    Stored,
}

/// An access key with its secret, for verifying signatures.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// The public id.
    pub id: AccessKeyId,
    /// The secret.
    pub secret: SecretAccessKey,
    /// Whose key it is.
    pub user: User,
    /// Active or disabled.
    pub status: KeyStatus,
    /// Declared or stored.
    pub origin: KeyOrigin,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When it was last used, as far as was noted.
    pub last_used_at: Option<UnixMillis>,
    /// When it expires; from then on nothing that it signs is accepted.
    pub expires_at: Option<UnixMillis>,
    /// Since when it is retiring, which is to say that its users are noted.
    pub retiring_at: Option<UnixMillis>,
    /// What it is for.
    pub description: Option<String>,
    /// What the user may do, of the same moment.
    pub authority: Authority,
}

/// An access key as it appears in a list: all but the secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessKeyListing {
    /// The public id.
    pub id: AccessKeyId,
    /// Whose key it is.
    pub user: UserName,
    /// Active or disabled.
    pub status: KeyStatus,
    /// Declared or stored.
    pub origin: KeyOrigin,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When it was last used, as far as was noted.
    pub last_used_at: Option<UnixMillis>,
    /// When it expires; from then on nothing that it signs is accepted.
    pub expires_at: Option<UnixMillis>,
    /// Since when it is retiring, which is to say that its users are noted.
    pub retiring_at: Option<UnixMillis>,
    /// What it is for.
    pub description: Option<String>,
}

/// A bucket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bucket {
    /// The name.
    pub name: BucketName,
    /// The lasting number; another bucket of the same name has another.
    pub id: BucketId,
    /// The user who created it.
    pub owner: UserName,
    /// The region it was created in.
    pub region: String,
    /// When it was created.
    pub created_at: UnixMillis,
    /// Whether it keeps versions.
    pub versioning: Versioning,
    /// Its configuration; lists of buckets leave it out.
    pub documents: Vec<(BucketDocument, String)>,
}

/// A kind of configuration document of a bucket.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum BucketDocument {
    /// Cross-origin rules.
    Cors,
    /// Who owns what others upload.
    OwnershipControls,
    /// The bucket policy.
    Policy,
    /// What of public access is blocked.
    PublicAccessBlock,
    /// Tags.
    Tagging,
}

impl Bucket {
    /// The document of this kind, if there is one.
    #[must_use]
    pub fn document(&self, kind: BucketDocument) -> Option<&str> {
        self.documents
            .iter()
            .find(|(known, _)| *known == kind)
            .map(|(_, document)| document.as_str())
    }
}
