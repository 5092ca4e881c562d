//! Why the state could not answer.
//!
//! Some variants are facts about the state (a bucket exists already), the others are trouble with
//! its files. No message ever holds a secret (threat F7).

use std::io;
use std::path::{Path, PathBuf};

use countersign_gate::LinkId;
use countersign_s3::BucketName;
use countersign_sigv4::AccessKeyId;
use thiserror::Error;

use crate::{GroupName, PolicyName, UserName};

/// Why a verb of the state was not carried out.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum StateError {
    /// Another access key has this id.
    #[error("access key id `{id}` is taken")]
    AccessKeyIdTaken {
        /// The id.
        id: AccessKeyId,
    },
    /// Someone else owns a bucket of this name.
    #[error("bucket `{name}` exists and belongs to someone else")]
    BucketAlreadyExists {
        /// The name.
        name: BucketName,
    },
    /// The caller owns a bucket of this name already.
    #[error("bucket `{name}` exists and is yours")]
    BucketAlreadyOwnedByYou {
        /// The name.
        name: BucketName,
    },
    /// Others kept the database, or a row of it, locked for too long.
    #[error("the state database is locked by others, or too slow")]
    Busy,
    /// The store was closed, or its writer thread ended.
    #[error("the state store is closed")]
    Closed,
    /// The database reports a failure.
    #[error("state database: {message}")]
    Database {
        /// Its words.
        message: String,
    },
    /// The key is declared in a configuration file and can only be removed there.
    #[error("access key `{id}` is declared in the configuration; remove it there")]
    DeclaredKey {
        /// The id.
        id: AccessKeyId,
    },
    /// A file could not be used.
    #[error("could not {action} `{}`: {kind}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// How it failed.
        kind: io::ErrorKind,
    },
    /// A group of this name exists already, perhaps in another case.
    #[error("group `{name}` exists already")]
    GroupAlreadyExists {
        /// The name.
        name: GroupName,
    },
    /// The group has members.
    #[error("group `{name}` has members; remove them first")]
    GroupNotEmpty {
        /// The group.
        name: GroupName,
    },
    /// The master key file does not hold 32 bytes.
    #[error("master key `{}` has {bytes} bytes instead of 32", path.display())]
    MasterKeyLength {
        /// The file.
        path: PathBuf,
        /// How long it is.
        bytes: u64,
    },
    /// There are sealed secrets, but the key that opens them is gone.
    #[error("master key `{}` is missing, and the stored secrets cannot be read without it; every node of one state has the same", path.display())]
    MasterKeyMissing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Others than the owner may read or write the master key file.
    #[error("master key `{}` has mode {mode:04o}; only 0600 and 0400 are accepted", path.display())]
    MasterKeyTooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The master key is not the one the stored secrets were sealed under.
    #[error("master key `{}` is not the one the stored secrets were sealed under", path.display())]
    MasterKeyWrong {
        /// The file.
        path: PathBuf,
    },
    /// There is no such access key.
    #[error("no access key `{id}`")]
    NoSuchAccessKey {
        /// The id.
        id: AccessKeyId,
    },
    /// There is no such bucket, or another one has taken its name.
    #[error("no bucket `{name}`")]
    NoSuchBucket {
        /// The name.
        name: BucketName,
    },
    /// There is no such group.
    #[error("no group `{name}`")]
    NoSuchGroup {
        /// The name.
        name: GroupName,
    },
    /// No use of this link was ever counted.
    #[error("no use of link `{link}` was ever counted")]
    NoSuchLink {
        /// The link.
        link: LinkId,
    },
    /// The user or group has no such policy.
    #[error("no policy `{name}`")]
    NoSuchPolicy {
        /// The name.
        name: PolicyName,
    },
    /// There is no such user.
    #[error("no user `{name}`")]
    NoSuchUser {
        /// The name.
        name: UserName,
    },
    /// The user is not in the group.
    #[error("user `{user}` is not in group `{group}`")]
    NotInGroup {
        /// The user.
        user: UserName,
        /// The group.
        group: GroupName,
    },
    /// A text holds a byte that not every engine can keep.
    #[error("byte {at} of the text is NUL")]
    NulByte {
        /// Where it is.
        at: usize,
    },
    /// The connection was lost while a change was committed, or the commit took too long.
    #[error("whether the change was made is not known: the state did not answer its commit")]
    OutcomeUnknown,
    /// A policy document is too large to be kept.
    #[error("the policy has {bytes} bytes, and {limit} are the most")]
    PolicyTooLong {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    RandomnessUnavailable,
    /// There is a root user already.
    #[error("there is a root user already")]
    RootAlreadyExists,
    /// An ordinary user cannot have the name of the root user.
    #[error(
        "user `root` is made by the first start of a server, or by declaring it, and is never an ordinary one"
    )]
    RootNameReserved,
    /// The root user takes no policies, groups or boundary, because none would bind it.
    #[error("policies, groups and boundaries do not bind the root user")]
    RootUnbound,
    /// The database was written by a newer release.
    #[error("the state database was written by a newer release")]
    SchemaTooNew,
    /// The stored secret of a key was changed, or moved from another key.
    #[error("the stored secret of access key `{id}` is damaged")]
    SecretDamaged {
        /// The key.
        id: AccessKeyId,
    },
    /// A tag has no key, or its key or value is too long.
    #[error("the key of tag `{key}` has 1 to 128 characters and its value at most 256")]
    TagLength {
        /// The key.
        key: String,
    },
    /// Two tags have the same key, perhaps in another case.
    #[error("tag `{key}` is there twice")]
    TagRepeated {
        /// The key.
        key: String,
    },
    /// The user has as many access keys as IAM allows.
    #[error("user `{user}` has {limit} access keys already")]
    TooManyAccessKeys {
        /// The user.
        user: UserName,
        /// How many there may be.
        limit: usize,
    },
    /// TLS to the database cannot be set up.
    #[error("TLS to the state database: {message}")]
    Tls {
        /// What is wrong.
        message: String,
    },
    /// The user is in as many groups as IAM allows.
    #[error("user `{user}` is in {limit} groups already")]
    TooManyGroups {
        /// The user.
        user: UserName,
        /// How many there may be.
        limit: usize,
    },
    /// The user or group has as many policies as there may be.
    #[error("there are {limit} policies already")]
    TooManyPolicies {
        /// How many there may be.
        limit: usize,
    },
    /// There are more tags than IAM allows.
    #[error("{limit} tags are the most")]
    TooManyTags {
        /// How many there may be.
        limit: usize,
    },
    /// The database of the state cannot be reached.
    #[error("the state database cannot be reached: {message}")]
    Unreachable {
        /// In the words of the one who tried.
        message: String,
    },
    /// A user has this name already, perhaps in another case.
    #[error("user `{name}` exists already")]
    UserAlreadyExists {
        /// The name.
        name: UserName,
    },
    /// A bucket that keeps or kept versions is asked never to have done so.
    #[error("bucket `{name}` keeps the versions it has")]
    VersioningKept {
        /// The bucket.
        name: BucketName,
    },
}

impl StateError {
    /// Whether the same may well be answered a moment later: somebody was in the way, or the database is away.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::OutcomeUnknown | Self::Unreachable { .. }
        )
    }

    /// Says what was tried on which file when `error` came back.
    pub(crate) fn file(action: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::File {
            action,
            path: path.to_owned(),
            kind: error.kind(),
        }
    }

    /// For a row that does not mean what this release writes.
    pub(crate) fn unexpected(column: &'static str) -> Self {
        Self::Database {
            message: format!("unexpected value in column {column}"),
        }
    }
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy,
            _ => Self::Database {
                message: error.to_string(),
            },
        }
    }
}

impl From<rusqlite_migration::Error> for StateError {
    fn from(error: rusqlite_migration::Error) -> Self {
        use rusqlite_migration::{Error, MigrationDefinitionError};
        match error {
            Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                Self::SchemaTooNew
            }
            Error::RusqliteError { err, .. } => err.into(),
            other => Self::Database {
                message: other.to_string(),
            },
        }
    }
}
