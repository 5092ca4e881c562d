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

use crate::{GroupName, PolicyName, RoleName, UserName};

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
    /// Something is declared in configuration files and can only be changed there.
    #[error("{what} `{name}` is declared in the configuration; change it there")]
    Declared {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Something was made at run time, so the configuration cannot declare it.
    #[error(
        "{what} `{name}` was made at run time, so the configuration cannot declare it; remove one of both"
    )]
    DeclaredElsewhere {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The version of a managed policy is the one in force.
    #[error("version v{number} of policy `{name}` is in force; put another in force first")]
    DefaultVersionKept {
        /// The policy.
        name: PolicyName,
        /// The version.
        number: u32,
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
    /// There is no such managed policy.
    #[error("no managed policy `{name}`")]
    NoSuchManagedPolicy {
        /// The name.
        name: PolicyName,
    },
    /// There is no such provider of OpenID Connect tokens.
    #[error("no OpenID Connect provider `{issuer}`")]
    NoSuchProvider {
        /// The issuer.
        issuer: String,
    },
    /// The managed policy has no such version.
    #[error("policy `{name}` has no version v{number}")]
    NoSuchPolicyVersion {
        /// The policy.
        name: PolicyName,
        /// The version.
        number: u32,
    },
    /// There is no such role.
    #[error("no role `{name}`")]
    NoSuchRole {
        /// The name.
        name: RoleName,
    },
    /// There is no such share.
    #[error("no share `{id}`")]
    NoSuchShare {
        /// Its id.
        id: LinkId,
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
    /// The user, group or role has no such policy.
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
    /// The managed policy is not attached.
    #[error("policy `{name}` is not attached")]
    NotAttached {
        /// The policy.
        name: PolicyName,
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
    /// A managed policy of this name exists already, perhaps in another case.
    #[error("managed policy `{name}` exists already")]
    PolicyAlreadyExists {
        /// The name.
        name: PolicyName,
    },
    /// The managed policy is attached to somebody, or is somebody's permissions boundary.
    #[error("policy `{name}` is attached, or a permissions boundary; detach it first")]
    PolicyInUse {
        /// The policy.
        name: PolicyName,
    },
    /// The managed policy is built in.
    #[error("policy `{name}` is built in and cannot be changed")]
    PolicyBuiltIn {
        /// The policy.
        name: PolicyName,
    },
    /// A policy document is too large to be kept.
    #[error("the policy has {bytes} bytes, and {limit} are the most")]
    PolicyTooLong {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A provider of this issuer exists already.
    #[error("OpenID Connect provider `{issuer}` exists already")]
    ProviderAlreadyExists {
        /// The issuer.
        issuer: String,
    },
    /// The principal has as many living links, or shares, as it may have.
    #[error("{limit} living links are the most")]
    QuotaExceeded {
        /// How many there may be.
        limit: u32,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    RandomnessUnavailable,
    /// A role of this name exists already, perhaps in another case.
    #[error("role `{name}` exists already")]
    RoleAlreadyExists {
        /// The name.
        name: RoleName,
    },
    /// The role still has something.
    #[error("role `{name}` has {holds}; remove them first")]
    RoleNotEmpty {
        /// The role.
        name: RoleName,
        /// What it has.
        holds: &'static str,
    },
    /// There is a root user already.
    #[error("there is a root user already")]
    RootAlreadyExists,
    /// An ordinary user cannot have the name of the root user.
    #[error(
        "user `root` is made by the first start of a server, or by declaring it, and is never an ordinary one"
    )]
    RootNameReserved,
    /// The root user cannot be deleted.
    #[error("the root user cannot be deleted")]
    RootKept,
    /// The root user takes no policies, groups or boundary, because none would bind it.
    #[error("policies, groups and boundaries do not bind the root user")]
    RootUnbound,
    /// The database was written by a newer release.
    #[error("the state database was written by a newer release")]
    SchemaTooNew,
    /// The stored bytes of a key of the sealing ring were changed.
    #[error("the stored sealing key {id} is damaged")]
    SealingKeyDamaged {
        /// The key.
        id: u32,
    },
    /// The stored secret of a key was changed, or moved from another key.
    #[error("the stored secret of access key `{id}` is damaged")]
    SecretDamaged {
        /// The key.
        id: AccessKeyId,
    },
    /// The longest session of a role is out of its bounds.
    #[error("the longest session of a role has between 3600 and 43200 seconds, not {seconds}")]
    SessionLength {
        /// What was asked for.
        seconds: u32,
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
    /// Something is too long to be kept.
    #[error(
        "{what} has {limit} bytes or characters at most, printable ones where it is a line of text"
    )]
    TooLong {
        /// What it is.
        what: &'static str,
        /// How long it may be.
        limit: usize,
    },
    /// There are too many of something.
    #[error("{limit} are the most of {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: usize,
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
    /// The user, group or role has as many policies as there may be.
    #[error("there are {limit} policies already")]
    TooManyPolicies {
        /// How many there may be.
        limit: usize,
    },
    /// The managed policy has as many versions as IAM allows.
    #[error("policy `{name}` has {limit} versions already; delete one first")]
    TooManyVersions {
        /// The policy.
        name: PolicyName,
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
    /// The user still has something.
    #[error("user `{name}` has {holds}; remove them first")]
    UserNotEmpty {
        /// The user.
        name: UserName,
        /// What the user has.
        holds: &'static str,
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
